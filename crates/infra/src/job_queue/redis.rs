//! Tickets in Redis.

use std::time::Duration;

use ::redis::{
    Client, RedisError,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use apalis_core::{
    backend::{TaskSink, Vacuum, ext::BackendExt},
    worker::builder::WorkerBuilder,
};
use apalis_redis::{Config, RedisStorage};
use barker_domain::{Code, Error, Result};
use secrecy::{ExposeSecret, SecretString};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    BATCH, HEARTBEAT, Handler, Line, MISSED_HEARTBEATS, POLL_INTERVAL, failed,
    worker::{closed, ended, name, one_at_a_time, take},
};

/// How long a command waits: a worker that hears nothing begins anew.
const TIMEOUT: Duration = Duration::from_secs(2);

pub(super) struct Queue {
    place: String,
    prefix: String,
    connection: ConnectionManager,
}

/// The connection knows the password.
impl std::fmt::Debug for Queue {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Queue").field("place", &self.place).finish_non_exhaustive()
    }
}

impl Queue {
    pub(super) fn open(url: &SecretString, prefix: &str) -> Result<Self> {
        let misconfigured = |error: RedisError| {
            Error::new(Code::Misconfigured, "jobs.redis_url must be redis://user:password@host:port/database").caused_by(error)
        };
        let client = Client::open(url.expose_secret()).map_err(misconfigured)?;
        let place = client.get_connection_info().addr().to_string();
        let settings = ConnectionManagerConfig::new().set_connection_timeout(Some(TIMEOUT)).set_response_timeout(Some(TIMEOUT));
        let settings = settings.set_number_of_retries(1);
        let connection = ConnectionManager::new_lazy_with_config(client, settings).map_err(misconfigured)?;
        Ok(Self { place, prefix: prefix.to_owned(), connection })
    }

    fn storage(&self, line: Line) -> RedisStorage<Uuid> {
        let config = Config::default().queue(line.name(&self.prefix)).batch_size(BATCH).lock_tasks(false);
        let config = config.heartbeat_interval(HEARTBEAT).missed_heartbeats(MISSED_HEARTBEATS);
        RedisStorage::new(self.connection.clone()).with_config(config)
    }

    pub(super) async fn push(&self, line: Line, tickets: &[Uuid]) -> Result<()> {
        self.storage(line).push_bulk(tickets.to_vec()).await.map_err(|error| failed("take tickets")(error.into()))
    }

    pub(super) async fn work(&self, line: Line, handler: Handler, closing: CancellationToken) -> Result<()> {
        let backend = self.storage(line).poll_with_interval(POLL_INTERVAL);
        let worker = WorkerBuilder::new(name()).backend(backend).layer(one_at_a_time()).data(handler).build(take);
        ended(worker.run_until(closed(closing)).await)
    }

    pub(super) async fn tidy(&self) -> Result<()> {
        for line in Line::ALL {
            self.storage(line).vacuum().await.map_err(|error| failed("forget what is done")(error.into()))?;
        }
        Ok(())
    }

    pub(super) async fn probe(&self) -> Result<String> {
        let answer = ::redis::cmd("PING").query_async::<String>(&mut self.connection.clone()).await;
        answer.map_err(|error| failed("answer")(error.into()))?;
        Ok(format!("Redis at {}", self.place))
    }
}
