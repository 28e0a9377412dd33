//! `barker user`: accounts made by the operator, who needs none.

use std::io::{IsTerminal, Read};

use barker_app::new_password;
use barker_domain::{Code, Error, Result};
use clap::Subcommand;

use super::{Common, migrate::occupied, serve::start_for_command, table::say};
use crate::{
    config::Config,
    control::{self, Account, NewAccount},
    data_dir::OwnedDataDir,
};

/// Longest input that may be a password, in bytes.
const MAX_INPUT_BYTES: u64 = 4_096;

/// What can be done about accounts.
#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Make an account, whoever may register.
    ///
    /// The password is read from standard input (`barker user create ... < password.txt`); at a terminal one is made up and
    /// shown once. Works beside a running server and without one.
    Create(CreateArgs),
}

/// Options of `barker user create`.
#[derive(Debug, clap::Args)]
pub(super) struct CreateArgs {
    #[command(flatten)]
    common: Common,
    /// What the user logs in with.
    #[arg(long, value_name = "EMAIL")]
    email: String,
    /// What they are called.
    #[arg(long, value_name = "NAME", default_value = "")]
    name: String,
    /// They run the installation: every project, every user.
    #[arg(long)]
    administrator: bool,
}

pub(super) async fn run(command: UserCommand) -> Result<()> {
    let UserCommand::Create(args) = command;
    let config = args.common.config()?;
    let (password, is_made_up) = password()?;
    let wanted = NewAccount { email: args.email, password: password.clone(), name: args.name, is_administrator: args.administrator };
    let made = match control::find_created_user(&config.storage.data_dir, &wanted).await? {
        Some(made) => made,
        None => create_in_files(&config, wanted).await?,
    };
    say(&format!("made the account of {} ({})", made.email, made.user_id));
    if is_made_up {
        say(&format!("password, shown this once: {password}"));
    }
    Ok(())
}

async fn create_in_files(config: &Config, wanted: NewAccount) -> Result<Account> {
    let _owned = OwnedDataDir::acquire(&config.storage.data_dir)?.ok_or_else(occupied)?;
    let app = start_for_command(config).await?;
    let made = wanted.create(&app).await;
    app.shut_down().await?;
    made
}

/// The password, and whether it was made up.
fn password() -> Result<(String, bool)> {
    let mut input = String::new();
    if !std::io::stdin().is_terminal() {
        let unreadable = |error| Error::new(Code::InvalidRequest, "cannot read the password from standard input").caused_by(error);
        std::io::stdin().take(MAX_INPUT_BYTES).read_to_string(&mut input).map_err(unreadable)?;
    }
    let given = input.trim_end_matches(['\r', '\n']);
    if given.is_empty() { new_password().map(|password| (password, true)) } else { Ok((given.to_owned(), false)) }
}
