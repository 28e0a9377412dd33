//! SQLite's log, written back to its file while others read and write. The other databases see to theirs themselves.

use barker_domain::Result;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use crate::{Store, connection::connect, error::failed};

/// Pages in the log from which on writers are made to wait until it can start anew: 128 MiB.
const MAX_LOG_PAGES: i32 = 32_768;

/// The connection that writes the log back, so that nobody who commits has to; `None` on other databases.
#[derive(Debug, Clone)]
pub(crate) struct Checkpointer {
    connection: Option<DatabaseConnection>,
}

impl Checkpointer {
    pub(crate) async fn connect(url: &str) -> Result<Self> {
        let connection = if url.starts_with("sqlite:") { Some(connect(url, 1).await?) } else { None };
        Ok(Self { connection })
    }

    pub(crate) async fn close(&self) {
        if let Some(connection) = &self.connection {
            // Its work is done by whoever opens the file next.
            let _ignored = connection.close_by_ref().await;
        }
    }
}

impl Store {
    /// Writes back what can be written back without making anybody wait; waits only when the log has become too long.
    /// Answers how many pages of the log are in the file: the same number twice means that there was nothing to do.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn checkpoint(&self) -> Result<i32> {
        let Some(connection) = &self.checkpointer.connection else { return Ok(0) };
        let (log_pages, written_back) = run(connection, "PRAGMA wal_checkpoint(PASSIVE)").await?;
        if log_pages > MAX_LOG_PAGES && written_back > 0 {
            run(connection, "PRAGMA wal_checkpoint(RESTART)").await?;
        }
        Ok(written_back)
    }
}

/// Pages in the log, and how many of them are in the file as well.
async fn run(connection: &DatabaseConnection, pragma: &str) -> Result<(i32, i32)> {
    let row = connection.query_one_raw(Statement::from_string(DbBackend::Sqlite, pragma)).await.map_err(failed("write the log back"))?;
    let column = |name| row.as_ref().and_then(|row| row.try_get("", name).ok()).unwrap_or_default();
    Ok((column("log"), column("checkpointed")))
}
