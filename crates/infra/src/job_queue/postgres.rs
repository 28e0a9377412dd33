//! Tickets in PostgreSQL, in the schema `apalis`, which belongs to nobody else.

use std::time::Duration;

use apalis_core::{
    backend::{TaskSink, ext::BackendExt},
    worker::builder::WorkerBuilder,
};
use apalis_postgres::{Config, PgPool, PostgresStorage};
use barker_domain::{Code, Error, Result};
use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    BATCH, HEARTBEAT, Handler, Line, MISSED_HEARTBEATS, POLL_INTERVAL, failed, unattended,
    worker::{closed, ended, name, one_at_a_time, take},
};

/// Connections of a process: one for tickets that come, two for those that go.
const MAX_CONNECTIONS: u32 = 3;
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(4);

#[derive(Debug)]
pub(super) struct Queue {
    place: String,
    pool: PgPool,
    is_set_up: OnceCell<()>,
}

impl Queue {
    /// Needs a runtime around it, for what the pool does in the background.
    pub(super) fn open(url: &SecretString) -> Result<Self> {
        let misconfigured = |error: sqlx::Error| {
            Error::new(Code::Misconfigured, "jobs.postgres_url must be postgres://user:password@host:port/database").caused_by(error)
        };
        let options: PgConnectOptions = url.expose_secret().parse().map_err(misconfigured)?;
        let place = format!("{}:{}", options.get_host(), options.get_port());
        let pool = unattended(PgPoolOptions::new()).max_connections(MAX_CONNECTIONS).acquire_timeout(ACQUIRE_TIMEOUT);
        let pool = pool.connect_lazy_with(options);
        Ok(Self { place, pool, is_set_up: OnceCell::new() })
    }

    async fn storage(&self, line: Line) -> Result<PostgresStorage<Uuid>> {
        let set_up = async || PostgresStorage::migrations().run(&self.pool).await.map_err(|error| failed("make its tables")(error.into()));
        self.is_set_up.get_or_try_init(set_up).await?;
        let config = Config::default().queue(line.name("barker")).batch_size(BATCH).lock_tasks(false);
        let config = config.heartbeat_interval(HEARTBEAT).missed_heartbeats(MISSED_HEARTBEATS);
        Ok(PostgresStorage::new(&self.pool).with_config(config))
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
        self.storage(Line::Anywhere).await?;
        let done = "DELETE FROM apalis.jobs WHERE status IN ('Done', 'Killed') OR (status = 'Failed' AND attempts >= max_attempts)";
        sqlx::query(done).execute(&self.pool).await.map_err(|error| failed("forget what is done")(error.into()))?;
        let gone = "DELETE FROM apalis.workers WHERE last_seen < now() - interval '1 hour' \
                    AND NOT EXISTS (SELECT 1 FROM apalis.jobs WHERE jobs.lock_by = workers.id)";
        sqlx::query(gone).execute(&self.pool).await.map(drop).map_err(|error| failed("forget who is gone")(error.into()))
    }

    pub(super) async fn probe(&self) -> Result<String> {
        sqlx::query("SELECT 1").execute(&self.pool).await.map_err(|error| failed("answer")(error.into()))?;
        Ok(format!("PostgreSQL at {}", self.place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn its_pool_is_not_gone_over_from_time_to_time() {
        let queue = Queue::open(&"postgres://me@127.0.0.1/nowhere".to_owned().into()).unwrap();
        let options = queue.pool.options();
        assert_eq!((options.get_idle_timeout(), options.get_max_lifetime(), options.get_min_connections()), (None, None, 0));
    }
}
