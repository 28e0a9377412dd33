//! `barker-benches`: measures a release build of `barker` from outside, over HTTP, as its callers meet it.
//!
//! Loads a market through the API, lets `oha` ask at a constant rate, reads what the kernel says about processor time and
//! memory, and prints Markdown. What the figures mean is in `benches/README.md`; `scripts/bench` runs everything.

mod api;
mod bounds;
mod decisions;
mod figures;
mod intake;
mod load;
mod market;
mod memory;
mod oha;
mod process;
mod projects;
mod report;
mod server;

use std::{error::Error, path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};

use crate::market::Market;

/// Anything that spoils a measurement.
type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[derive(Debug, Parser)]
#[command(name = "barker-benches", about = "Measures barker over HTTP and prints Markdown")]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Decisions with durable commits at a constant rate, beside GET /health at the same rate.
    Http(decisions::HttpArgs),
    /// Memory with everything loaded, and how long a start takes then.
    Memory(memory::MemoryArgs),
    /// Rows a second of the bulk endpoints, each run on a new database.
    Load(load::LoadArgs),
    /// Events in batches at a constant rate beside reports, and `kill -9` under that load.
    Intake(intake::IntakeArgs),
    /// Hundreds of projects at once: authorised reads at a constant rate, each answer checked to be the right project's.
    Projects(projects::ProjectsArgs),
}

/// What every measurement needs to know.
#[derive(Debug, Clone, Args)]
struct Setting {
    /// The program to measure.
    #[arg(long, value_name = "PATH", default_value = "target/release/barker")]
    barker: PathBuf,
    /// An empty database; without it, SQLite in the data directory.
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// The database server's main process, whose processor time (with its children's) is reported as well.
    #[arg(long, value_name = "PID")]
    database_pid: Option<u32>,
    /// Where data directories are made. Must be a disk: on a file system in memory a flush costs nothing.
    #[arg(long, value_name = "DIR", default_value = "target")]
    work_dir: PathBuf,
    /// Clients to load.
    #[arg(long, default_value_t = 1_000_000)]
    clients: u32,
    /// Campaigns to load.
    #[arg(long, default_value_t = 10_000)]
    campaigns: u32,
    /// Times to measure; the median is reported.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    runs: u32,
}

impl Setting {
    fn market(&self) -> Market {
        Market::new(self.clients, self.campaigns)
    }

    fn database_name(&self) -> &str {
        self.database_url.as_deref().and_then(|url| url.split(':').next()).unwrap_or("sqlite")
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let _already_installed = rustls::crypto::ring::default_provider().install_default();
    let outcome = match arguments.what {
        What::Http(args) => decisions::run(&args).await,
        What::Memory(args) => memory::run(&args).await,
        What::Load(args) => load::run(&args).await,
        What::Intake(args) => intake::run(&args).await,
        What::Projects(args) => projects::run(&args).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::tell(&format!("failed: {error}"));
            ExitCode::FAILURE
        }
    }
}
