//! `barker migrate`.

use barker_domain::{Code, Error, Result};
use barker_store::Store;

use super::table::say;
use crate::{config::Config, control, data_dir::OwnedDataDir};

pub(super) async fn run(config: &Config) -> Result<()> {
    if let Some(server) = control::find_status(&config.storage.data_dir).await? {
        say(&format!("process {} serves this data directory and has brought its schema up to date itself", server.process_id));
        return Ok(());
    }
    let _owned = OwnedDataDir::acquire(&config.storage.data_dir)?.ok_or_else(occupied)?;
    let store = Store::connect(&config.store_settings()).await?;
    let before = store.schema_state().await?;
    store.migrate().await?;
    for migration in &before.pending {
        say(&format!("applied {migration}"));
    }
    say(&format!("the schema is up to date ({} migrations)", before.applied + before.pending.len()));
    store.close().await
}

/// The lock is held and nobody answers on the socket: a server that starts or stops right now.
pub(super) fn occupied() -> Error {
    Error::new(Code::Misconfigured, "another process uses this data directory and does not answer; is it starting or stopping? Try again")
}
