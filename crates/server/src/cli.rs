//! The command line: what `barker` can be told to do. Each command has a file of its own.

mod audit;
mod backup;
mod demo;
mod doctor;
mod import;
mod keys;
mod migrate;
mod progress;
mod serve;
mod table;
mod user;
mod warehouse;

pub(crate) use serve::{SANDBOX, new_sandbox};

use std::{path::PathBuf, process::ExitCode, time::Duration};

use barker_domain::{Code, Error, Result};
use clap::{Parser, Subcommand};
use tokio::runtime::Runtime;

use crate::{config::Config, market, play};

/// How long what is still under way may take once a command has ended.
const LEFTOVERS: Duration = Duration::from_secs(1);

/// Serves ads within exact limits and keeps the money straight.
///
/// One program for an advertising business: it decides which ad a person sees, counts and bills it exactly once, and
/// answers for every number. Start with `barker serve --demo` and open the address it prints.
#[derive(Debug, Parser)]
#[command(name = "barker", version, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server.
    Serve(serve::ServeArgs),
    /// Bring the database's schema up to date, and end.
    ///
    /// `barker serve` does this by itself at every start; use it to migrate before a new version takes over.
    Migrate(Common),
    /// Look at the installation: what is configured, reachable and writable, and what to do about what is not.
    ///
    /// Exits with 1 when something needs attention.
    Doctor(Common),
    /// Recount everything: counters against rows against the outbox, and limits against what was delivered.
    ///
    /// Reads only, and works beside a running server. Exits with 1 and a table when anything does not add up.
    Audit(Common),
    /// Copy everything into a folder: the business data, objects, mail and keys, as they are at one moment.
    ///
    /// Works beside a running server, which goes on answering, and without one. The copy fits every kind of database.
    Backup(backup::BackupArgs),
    /// Put a backup in place, into a database of any kind, while no server runs.
    ///
    /// Checks it first, builds it aside and puts it in place at once. An older schema is brought up to date.
    Restore(backup::RestoreArgs),
    /// Look after the keys of sealed columns.
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Look after the warehouse of events and facts.
    #[command(subcommand)]
    Warehouse(warehouse::WarehouseCommand),
    /// Bring files of facts into a project: events, orders, refunds, deals, spend or rates.
    ///
    /// CSV, JSON lines or Parquet. Columns are found by what they are called, in English or Russian. Importing a file again
    /// changes nothing. Works beside a running server and without one.
    Import(import::ImportArgs),
    /// Let a made-up online shop open in a project: its advertising, visits, orders and deals up to now, and each hour that comes.
    ///
    /// The same seed makes the same shop. Doing it again changes nothing. Works beside a running server and without one.
    Demo(demo::DemoArgs),
    /// Make accounts.
    #[command(subcommand)]
    User(user::UserCommand),
    /// Play days of traffic against any server of the ad API, and check its numbers.
    Play(play::PlayArgs),
    /// Write a market (advertisers, clients, campaigns, ML scores) to play with.
    GenerateMarket(market::GenerateMarketArgs),
}

/// What every command that touches the installation takes.
#[derive(Debug, Clone, clap::Args)]
struct Common {
    /// A TOML file with the keys that differ from the defaults.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where Barker keeps its files (configuration key `storage.data_dir`, by default "data").
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// URL of the business database (configuration key `database.url`, by default SQLite in the data directory).
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
}

impl Common {
    fn config(&self) -> Result<Config> {
        let mut config = Config::load(self.config.as_deref())?;
        if let Some(data_dir) = &self.data_dir {
            config.storage.data_dir.clone_from(data_dir);
        }
        if let Some(url) = &self.database_url {
            config.database.url = url.as_str().into();
        }
        Ok(config)
    }
}

/// Runs the command line of this process. Errors go to standard error; usage errors exit with 2, all others with 1.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // One TLS provider for the whole process, before anything can ask for it.
    let _already_installed = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let outcome = runtime.map_err(|error| Error::new(Code::Internal, "cannot start the runtime").caused_by(error));
    match outcome.and_then(|runtime| run_to_end(runtime, arguments.command)) {
        Ok(code) => code,
        Err(error) => {
            tell(&error);
            ExitCode::FAILURE
        }
    }
}

/// Everything that counts has ended with the command. A thread that still reads a file whose rows nobody takes any more is not waited for.
fn run_to_end(runtime: Runtime, command: Command) -> Result<ExitCode> {
    let outcome = runtime.block_on(run(command));
    runtime.shutdown_timeout(LEFTOVERS);
    outcome
}

/// The exit code says whether what was looked at is in order.
#[expect(clippy::cognitive_complexity, reason = "a list of commands; every `?` counts as a branch")]
async fn run(command: Command) -> Result<ExitCode> {
    let is_in_order = match command {
        Command::Serve(args) => Box::pin(serve::run(args)).await.map(|()| true)?,
        Command::Migrate(common) => migrate::run(&common.config()?).await.map(|()| true)?,
        Command::Doctor(common) => doctor::run(&common).await,
        Command::Audit(common) => audit::run(&common.config()?).await?,
        Command::Backup(args) => backup::back_up(args).await.map(|()| true)?,
        Command::Restore(args) => backup::restore(args).await.map(|()| true)?,
        Command::Keys(command) => keys::run(command).await.map(|()| true)?,
        Command::Warehouse(command) => warehouse::run(command).await.map(|()| true)?,
        Command::Import(args) => import::run(args).await?,
        Command::Demo(args) => demo::run(args).await.map(|()| true)?,
        Command::User(command) => user::run(command).await.map(|()| true)?,
        Command::Play(args) => {
            play::run(args).await.map_err(|error| Error::new(Code::InvalidRequest, error.to_string()).caused_by(error))?
        }
        Command::GenerateMarket(args) => {
            market::run(&args).map_err(|error| Error::new(Code::InvalidRequest, error.to_string()).caused_by(error)).map(|()| true)?
        }
    };
    Ok(if is_in_order { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[expect(clippy::print_stderr, reason = "the command line speaks to people")]
fn tell(error: &Error) {
    eprintln!("barker: {}", error.detail);
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        if error.to_string() != "" {
            eprintln!("  because: {error}");
        }
        cause = error.source();
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Arguments::command().debug_assert();
    }
}
