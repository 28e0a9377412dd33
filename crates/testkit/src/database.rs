//! A database that disappears with the value that holds it.

use barker_domain::Result;
use barker_store::{Settings, Store};
use tempfile::TempDir;

/// An empty SQLite database in a directory of its own.
#[derive(Debug)]
pub struct TestDatabase {
    directory: TempDir,
}

impl TestDatabase {
    /// A new database, without a schema.
    ///
    /// # Errors
    /// When no temporary directory can be made.
    pub fn create() -> std::io::Result<Self> {
        Ok(Self { directory: tempfile::tempdir()? })
    }

    /// How to reach it.
    #[must_use]
    pub fn settings(&self) -> Settings {
        let file = self.directory.path().join("barker.db");
        Settings { url: format!("sqlite://{}?mode=rwc", file.display()), max_read_connections: 4, node: 1 }
    }

    /// A connection to it, with its schema up to date.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn connect(&self) -> Result<Store> {
        let store = Store::connect(&self.settings()).await?;
        store.migrate().await?;
        Ok(store)
    }
}
