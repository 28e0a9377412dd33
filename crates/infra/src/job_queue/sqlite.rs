//! Tickets in a SQLite file of their own, so that they never wait for the business data, nor that for them.

use std::{path::PathBuf, time::Duration};

use apalis_core::{
    backend::{TaskSink, ext::BackendExt},
    worker::builder::WorkerBuilder,
};
use apalis_sqlite::{Config, SqliteConnectOptions, SqlitePool, SqlitePoolOptions, SqliteStorage};
use barker_domain::Result;
use sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    BATCH, HEARTBEAT, Handler, Line, MISSED_HEARTBEATS, POLL_INTERVAL, failed, unattended,
    worker::{closed, ended, name, one_at_a_time, take},
};

/// How long SQLite waits for a lock of another process that looks into the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(4);

#[derive(Debug)]
pub(super) struct Queue {
    file: PathBuf,
    pool: OnceCell<SqlitePool>,
}

impl Queue {
    pub(super) fn new(file: PathBuf) -> Self {
        Self { file, pool: OnceCell::new() }
    }

    pub(super) fn describe(&self) -> String {
        format!("the file {}", self.file.display())
    }

    /// Opens the file when it is first needed, and makes its tables.
    async fn pool(&self) -> Result<&SqlitePool> {
        let open = async || {
            // A ticket that a power cut takes away is written again: the business database knows what is due.
            let options = SqliteConnectOptions::new().filename(&self.file).create_if_missing(true).busy_timeout(BUSY_TIMEOUT);
            let options = options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Normal);
            // One connection: whoever writes waits for it instead of meeting a lock.
            let pool = unattended(SqlitePoolOptions::new())
                .max_connections(1)
                .connect_with(options)
                .await
                .map_err(|error| failed("be opened")(error.into()))?;
            SqliteStorage::migrations().run(&pool).await.map_err(|error| failed("make its tables")(error.into()))?;
            Ok(pool)
        };
        self.pool.get_or_try_init(open).await
    }

    async fn storage(&self, line: Line) -> Result<SqliteStorage<Uuid>> {
        let config = Config::default().queue(line.name("barker")).batch_size(BATCH).lock_tasks(false);
        let config = config.heartbeat_interval(HEARTBEAT).missed_heartbeats(MISSED_HEARTBEATS);
        Ok(SqliteStorage::new(self.pool().await?).with_config(config))
    }

    pub(super) async fn push(&self, line: Line, tickets: &[Uuid]) -> Result<()> {
        let mut storage = self.storage(line).await?;
        storage.push_bulk(tickets.to_vec()).await.map_err(|error| failed("take tickets")(error.into()))
    }

    pub(super) async fn work(&self, line: Line, handler: Handler, closing: CancellationToken) -> Result<()> {
        let backend = self.storage(line).await?.poll_with_interval(POLL_INTERVAL);
        let worker = WorkerBuilder::new(name()).backend(backend).layer(one_at_a_time()).data(handler).build(take);
        ended(worker.run_until(closed(closing)).await)
    }

    pub(super) async fn tidy(&self) -> Result<()> {
        let done = sqlx::query("DELETE FROM Jobs WHERE status IN ('Done', 'Killed') OR (status = 'Failed' AND attempts >= max_attempts)");
        done.execute(self.pool().await?).await.map_err(|error| failed("forget what is done")(error.into()))?;
        // A worker leaves its name behind at each start.
        let gone = sqlx::query(
            "DELETE FROM Workers WHERE last_seen < strftime('%s', 'now') - 3600 AND id NOT IN (SELECT lock_by FROM Jobs WHERE lock_by IS NOT NULL)",
        );
        gone.execute(self.pool().await?).await.map(drop).map_err(|error| failed("forget who is gone")(error.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn its_pool_is_not_gone_over_from_time_to_time() {
        let directory = tempfile::tempdir().unwrap();
        let queue = Queue::new(directory.path().join("jobs.db"));
        let options = queue.pool().await.unwrap().options();
        assert_eq!((options.get_idle_timeout(), options.get_max_lifetime(), options.get_min_connections()), (None, None, 0));
    }
}
