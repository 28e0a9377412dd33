//! The way to Redis that the cache and the rate limits share: one connection for all, and a circuit that keeps callers
//! from waiting while nobody answers.

mod circuit;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use barker_domain::{Code, Error, Result};
use redis::{
    Client, ErrorKind, RedisError,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use secrecy::{ExposeSecret, SecretString};

use circuit::Circuit;

/// Commands that wait for the connection; more wait in line.
const COMMANDS_UNDER_WAY: usize = 1024;

/// What Redis says to whoever may not come in.
const REFUSALS: [&str; 3] = ["NOAUTH", "WRONGPASS", "NOPERM"];

/// How to reach Redis.
#[derive(Debug, Clone)]
pub struct RedisSettings {
    /// `redis://user:password@host:6379/0`, or `rediss://` with TLS.
    pub url: SecretString,
    /// Stands before each key, so that several installations share one Redis.
    pub key_prefix: String,
    /// How long a caller waits in all, connecting included. Redis answers within a millisecond; when it needs far longer
    /// it is in trouble, and so would be everybody who waits.
    pub timeout: Duration,
}

/// A Redis that may come and go. Clones share it.
#[derive(Clone)]
pub(crate) struct Redis {
    inner: Arc<Inner>,
}

struct Inner {
    client: Client,
    connection: ArcSwap<ConnectionManager>,
    circuit: Circuit,
    key_prefix: String,
    place: String,
    timeout: Duration,
}

/// The connection knows the password.
impl std::fmt::Debug for Redis {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Redis").field("place", &self.inner.place).finish_non_exhaustive()
    }
}

impl Redis {
    /// Reads the settings; the first command connects.
    pub(crate) fn open(settings: &RedisSettings) -> Result<Self> {
        let misconfigured = |error: RedisError| {
            let detail = "cache.redis_url must be redis://user:password@host:port/database, or rediss:// with TLS";
            Error::new(Code::Misconfigured, detail).caused_by(error)
        };
        let client = Client::open(settings.url.expose_secret()).map_err(misconfigured)?;
        let connection = ArcSwap::from_pointee(connection(&client, settings.timeout).map_err(misconfigured)?);
        let place = client.get_connection_info().addr().to_string();
        let inner = Inner {
            client,
            connection,
            circuit: Circuit::default(),
            key_prefix: settings.key_prefix.clone(),
            place,
            timeout: settings.timeout,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Where it is, for people.
    pub(crate) fn place(&self) -> &str {
        &self.inner.place
    }

    /// A key of ours: `prefix:kind:name`.
    pub(crate) fn key(&self, kind: &str, name: &str) -> String {
        format!("{}:{kind}:{name}", self.inner.key_prefix)
    }

    /// Runs a command, unless Redis has not answered a moment ago.
    ///
    /// # Errors
    /// [`Code::ServiceUnavailable`], at once or after the time-out; [`Code::Misconfigured`] when Redis refuses us.
    pub(crate) async fn run<T>(&self, command: impl AsyncFnOnce(ConnectionManager) -> redis::RedisResult<T>) -> Result<T> {
        let inner = &self.inner;
        if !inner.circuit.admits(Instant::now()) {
            return Err(Error::new(Code::ServiceUnavailable, format!("Redis at {} does not answer", inner.place)));
        }
        let connection = inner.connection.load_full();
        let late = |_elapsed| RedisError::from((ErrorKind::Io, "no answer in time"));
        let answer = tokio::time::timeout(inner.timeout, command((*connection).clone())).await.map_err(late).flatten();
        match answer {
            Ok(answer) => {
                self.answered();
                Ok(answer)
            }
            Err(error) => Err(self.broken(&connection, error)),
        }
    }

    fn answered(&self) {
        if self.inner.circuit.close() {
            tracing::info!(place = self.inner.place, "Redis answers again");
        }
    }

    fn failed(&self, error: &RedisError) {
        if self.inner.circuit.open(Instant::now()) {
            let place = &self.inner.place;
            tracing::warn!(place, cause = %error, "Redis does not answer; each process keeps its own rate limits until it does");
        }
    }

    /// Opens the circuit, and gives the connection up: it may lead nowhere without ever saying so.
    fn broken(&self, connection: &Arc<ConnectionManager>, error: RedisError) -> Error {
        self.failed(&error);
        let inner = &self.inner;
        if let Ok(fresh) = self::connection(&inner.client, inner.timeout) {
            // Whoever else has failed on the same connection has replaced it already.
            inner.connection.compare_and_swap(connection, Arc::new(fresh));
        }
        let is_refused = error.kind() == ErrorKind::AuthenticationFailed || error.code().is_some_and(|code| REFUSALS.contains(&code));
        let code = if is_refused { Code::Misconfigured } else { Code::ServiceUnavailable };
        Error::new(code, format!("Redis at {} does not serve us", inner.place)).caused_by(error)
    }
}

/// Connects at the first command, once for all who wait for it.
fn connection(client: &Client, timeout: Duration) -> redis::RedisResult<ConnectionManager> {
    let settings = ConnectionManagerConfig::new()
        .set_connection_timeout(Some(timeout))
        .set_response_timeout(Some(timeout))
        .set_number_of_retries(0)
        .set_pipeline_buffer_size(COMMANDS_UNDER_WAY);
    ConnectionManager::new_lazy_with_config(client.clone(), settings)
}
