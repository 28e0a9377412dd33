//! `barker keys`: the keys of sealed columns.

use barker_app::seal::care;
use barker_domain::{
    Code, Error, Result,
    clock::{Clock, SystemClock},
};
use barker_store::{Claim, Store};
use clap::Subcommand;

use super::{
    Common,
    migrate::occupied,
    serve::start_for_command,
    table::{print, say},
};
use crate::{config::Config, control, data_dir::OwnedDataDir};

/// What can be done about keys.
#[derive(Debug, Subcommand)]
pub(super) enum KeysCommand {
    /// Show the keys and how many values are sealed with each. The keys themselves are not shown.
    List(Common),
    /// Make a new key, seal everything with it and give the former one up.
    ///
    /// Works beside a running server and without one. When it is broken off, run it again.
    Rotate(Common),
    /// Give up everything that is sealed with keys that are lost for good, so that the server starts again.
    ///
    /// People log in again. Only while no server runs.
    Forget(Common),
}

pub(super) async fn run(command: KeysCommand) -> Result<()> {
    match command {
        KeysCommand::List(common) => list(&common.config()?).await,
        KeysCommand::Rotate(common) => rotate(&common.config()?).await,
        KeysCommand::Forget(common) => forget(&common.config()?).await,
    }
}

async fn list(config: &Config) -> Result<()> {
    let keys = if let Some(keys) = control::find_keys(&config.storage.data_dir).await? {
        keys
    } else {
        let _owned = OwnedDataDir::acquire(&config.storage.data_dir)?.ok_or_else(occupied)?;
        let app = start_for_command(config).await?;
        let keys = care::list(&app).await;
        app.shut_down().await?;
        keys?
    };
    let rows = keys.into_iter().map(|key| {
        let task = if key.is_current { "seals" } else { "opens only" };
        let made_at = if key.made_at.is_empty() { "given in the configuration".to_owned() } else { key.made_at };
        [key.id, made_at, task.to_owned(), key.values.to_string()]
    });
    print(&["key", "made", "task", "values"], rows);
    Ok(())
}

async fn rotate(config: &Config) -> Result<()> {
    let rotated = if let Some(rotated) = control::rotate_keys(&config.storage.data_dir).await? {
        rotated
    } else {
        let _owned = OwnedDataDir::acquire(&config.storage.data_dir)?.ok_or_else(occupied)?;
        let app = start_for_command(config).await?;
        let rotated = care::rotate(&app).await;
        app.shut_down().await?;
        rotated?
    };
    say(&format!("the key {} seals now; {} values were sealed anew", rotated.id, rotated.values));
    for id in &rotated.given_up {
        let gone = if rotated.is_in_file { "is gone" } else { "is not needed any more: take it out of secrets.keys" };
        say(&format!("the key {id} {gone}"));
    }
    if rotated.is_in_file {
        say("keep a copy of the key file: older ones do not open what is sealed now");
    }
    Ok(())
}

async fn forget(config: &Config) -> Result<()> {
    if let Some(server) = control::find_status(&config.storage.data_dir).await? {
        let message = format!("process {} serves this data directory, and so has its keys; nothing is lost", server.process_id);
        return Err(Error::new(Code::Misconfigured, message));
    }
    let _owned = OwnedDataDir::acquire(&config.storage.data_dir)?.ok_or_else(occupied)?;
    let (store, now_ms) = (Store::connect(&config.store_settings()).await?, SystemClock.now_ms());
    let claim = Claim { holder: format!("process {}, `barker keys forget`", std::process::id()), by_force: false };
    store.claim(&claim, now_ms).await?;
    let forgotten = care::forget(&store, &config.key_source(), now_ms).await;
    store.close().await?;
    say(&format!("gave up {} values; the server starts again", forgotten?));
    Ok(())
}
