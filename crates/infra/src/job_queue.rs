//! The queue of jobs: tickets that say which job is due. In a file of its own, in `PostgreSQL`, in Redis or in `RabbitMQ`.
//!
//! A ticket is a hint and nothing more. What a job is, whether it has run and who runs it now stands in the business
//! database; so a ticket may be lost, come twice or come late. The only place that knows apalis, and lapin.

mod postgres;
mod rabbitmq;
mod redis;
mod sqlite;
mod worker;

use std::{path::PathBuf, time::Duration};

use barker_domain::{Code, Error, Result};
use secrecy::SecretString;
use sqlx::pool::PoolOptions;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub use worker::Handler;

/// How long anybody waits for a queue: handing tickets over, a sign of life.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often a worker asks a queue that cannot call it.
const POLL_INTERVAL: Duration = Duration::from_millis(200);
/// How often a worker says that it lives. What it had taken when it died goes to others after three times that long.
const HEARTBEAT: Duration = Duration::from_secs(5);
const MISSED_HEARTBEATS: usize = 3;
/// Tickets that a worker takes at once.
const BATCH: usize = 16;

/// Nobody goes over a pool from time to time: the library's own task for that may spin for ever (docs/decisions/0095).
fn unattended<D: sqlx::Database>(pool: PoolOptions<D>) -> PoolOptions<D> {
    pool.idle_timeout(None).max_lifetime(None)
}

/// Where tickets wait.
#[derive(Debug, Clone)]
pub enum Settings {
    /// In a SQLite file of their own, for this process.
    Sqlite(PathBuf),
    /// In the schema `apalis` of a PostgreSQL database.
    Postgres(SecretString),
    /// In Redis.
    Redis {
        /// `redis://user:password@host:6379/0`.
        url: SecretString,
        /// Stands before each key.
        prefix: String,
    },
    /// In `RabbitMQ`.
    RabbitMq {
        /// `amqp://user:password@host:5672/vhost`.
        url: SecretString,
        /// Stands before each queue's name.
        prefix: String,
    },
}

/// Who may take a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Line {
    /// Any worker.
    Anywhere,
    /// The process that owns the database.
    Owner,
}

impl Line {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Anywhere, Self::Owner];

    fn name(self, prefix: &str) -> String {
        match self {
            Self::Anywhere => format!("{prefix}-jobs"),
            Self::Owner => format!("{prefix}-jobs-of-owner"),
        }
    }
}

/// The queue. One for the whole process: it keeps connections.
#[derive(Debug)]
pub struct JobQueue {
    home: Home,
}

#[derive(Debug)]
enum Home {
    Sqlite(sqlite::Queue),
    Postgres(postgres::Queue),
    Redis(redis::Queue),
    RabbitMq(rabbitmq::Queue),
}

impl JobQueue {
    /// Reads the settings; nothing is reached yet.
    ///
    /// # Errors
    /// [`Code::Misconfigured`], naming the setting.
    pub fn open(settings: &Settings) -> Result<Self> {
        let home = match settings {
            Settings::Sqlite(file) => Home::Sqlite(sqlite::Queue::new(file.clone())),
            Settings::Postgres(url) => Home::Postgres(postgres::Queue::open(url)?),
            Settings::Redis { url, prefix } => Home::Redis(redis::Queue::open(url, prefix)?),
            Settings::RabbitMq { url, prefix } => Home::RabbitMq(rabbitmq::Queue::open(url.clone(), prefix)?),
        };
        Ok(Self { home })
    }

    /// Whether other processes can reach it.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        !matches!(self.home, Home::Sqlite(_))
    }

    /// Hands tickets over. After an error any of them may be in the queue or not.
    ///
    /// # Errors
    /// [`Code::ServiceUnavailable`].
    pub async fn push(&self, line: Line, tickets: &[Uuid]) -> Result<()> {
        let push = async {
            match &self.home {
                Home::Sqlite(queue) => queue.push(line, tickets).await,
                Home::Postgres(queue) => queue.push(line, tickets).await,
                Home::Redis(queue) => queue.push(line, tickets).await,
                Home::RabbitMq(queue) => queue.push(line, tickets).await,
            }
        };
        in_time(push).await
    }

    /// Takes tickets and hands each to the handler, until `closing`. Whoever calls it calls it again after an error: the
    /// queue was gone, and so may be what was in it.
    ///
    /// # Errors
    /// [`Code::ServiceUnavailable`].
    pub async fn work(&self, line: Line, handler: Handler, closing: CancellationToken) -> Result<()> {
        match &self.home {
            Home::Sqlite(queue) => queue.work(line, handler, closing).await,
            Home::Postgres(queue) => queue.work(line, handler, closing).await,
            Home::Redis(queue) => queue.work(line, handler, closing).await,
            Home::RabbitMq(queue) => queue.work(line, handler, closing).await,
        }
    }

    /// Throws away tickets that were handled.
    ///
    /// # Errors
    /// [`Code::ServiceUnavailable`].
    pub async fn tidy(&self) -> Result<()> {
        let tidy = async {
            match &self.home {
                Home::Sqlite(queue) => queue.tidy().await,
                Home::Postgres(queue) => queue.tidy().await,
                Home::Redis(queue) => queue.tidy().await,
                // What is acknowledged is gone.
                Home::RabbitMq(_) => Ok(()),
            }
        };
        in_time(tidy).await
    }

    /// Asks the queue for a sign of life, and says what was found.
    ///
    /// # Errors
    /// [`Code::ServiceUnavailable`]; [`Code::Misconfigured`] when it does not accept us.
    pub async fn probe(&self) -> Result<String> {
        let probe = async {
            match &self.home {
                Home::Sqlite(queue) => Ok(queue.describe()),
                Home::Postgres(queue) => queue.probe().await,
                Home::Redis(queue) => queue.probe().await,
                Home::RabbitMq(queue) => queue.probe().await,
            }
        };
        in_time(probe).await
    }
}

async fn in_time<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let late = |_elapsed| Error::new(Code::ServiceUnavailable, "the queue of jobs gives no answer in time");
    tokio::time::timeout(PATIENCE, work).await.map_err(late)?
}

/// A queue that does not do what it should.
fn failed(doing: &'static str) -> impl Fn(Box<dyn std::error::Error + Send + Sync>) -> Error {
    move |cause| Error::new(Code::ServiceUnavailable, format!("the queue of jobs could not {doing}")).caused_by(cause)
}
