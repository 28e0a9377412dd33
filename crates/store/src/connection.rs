//! The connection to whichever database is configured. What differs between databases is set up here, once.

mod mysql;
mod postgres;
mod sqlite;

use std::time::Duration;

use barker_domain::{Code, Error, ProjectId, Result};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, RuntimeErr};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    checkpoint::Checkpointer,
    error::{failed, is_refused_for_good},
    migration::{self, SchemaState},
    owner::Owner,
    tenant::InProject,
};

/// How long a caller waits for a free connection before it is told that the database does not answer.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// A connection that was used a moment ago is taken to be alive; one that has rested longer is asked first.
const TRUSTED_FOR: Duration = Duration::from_secs(1);

/// An older connection is closed when it is given back: what a server keeps for it grows, and its name may lead to another server by now.
const LIFETIME: Duration = Duration::from_mins(30);

/// How long closing waits for connections that are in use. All that was to be written is written by then.
const CLOSED_WITHIN: Duration = Duration::from_secs(20);

/// Prepared statements of a connection: every statement there is, those over many rows in ten sizes each.
const STATEMENT_CACHE: usize = 400;

/// How to reach the database.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `sqlite://path/to/file.db?mode=rwc` (the file is made when it is missing), `postgres://user:password@host/database`
    /// or `mysql://user:password@host/database`, which is for `MariaDB` too.
    pub url: SecretString,
    /// Most connections that read at the same time.
    pub max_read_connections: u32,
    /// This process's number among those that share the database; its counters carry it.
    pub node: i32,
}

/// What a pool's connections are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Read,
    Write,
}

/// Business data of all projects.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) reader: DatabaseConnection,
    pub(crate) writer: DatabaseConnection,
    pub(crate) node: i32,
    pub(crate) owner: Owner,
    pub(crate) checkpointer: Checkpointer,
}

impl Store {
    /// Connects; neither makes nor changes the schema.
    ///
    /// # Errors
    /// [`Code::Misconfigured`] for a URL no database answers to, [`Code::StorageUnavailable`] when it does not answer.
    pub async fn connect(settings: &Settings) -> Result<Self> {
        let url = normal(settings.url.expose_secret())?;
        let writer = connect(&url, writers(&url), Purpose::Write).await?;
        let reader = connect(&url, settings.max_read_connections, Purpose::Read).await?;
        let checkpointer = Checkpointer::connect(&url).await?;
        Ok(Self { reader, writer, node: settings.node, owner: Owner::new(url.into()), checkpointer })
    }

    /// Brings the schema up to date.
    ///
    /// # Errors
    /// [`Code::StorageUnavailable`] or [`Code::Internal`] when a migration fails.
    pub async fn migrate(&self) -> Result<()> {
        migration::migrate(&self.writer).await
    }

    /// How far the schema is.
    ///
    /// # Errors
    /// [`Code::StorageUnavailable`] when the database does not answer.
    pub async fn schema_state(&self) -> Result<SchemaState> {
        migration::state(&self.reader).await
    }

    /// Asks the database for a sign of life.
    ///
    /// # Errors
    /// [`Code::StorageUnavailable`] when it gives none.
    pub async fn ping(&self) -> Result<()> {
        self.reader.execute_unprepared("SELECT 1").await.map(drop).map_err(failed("reach the database"))
    }

    /// A project's rows, to read. The only way to them.
    #[must_use]
    pub fn in_project(&self, project_id: ProjectId) -> InProject<'_> {
        InProject::new(project_id, &self.reader)
    }

    /// Gives the database up to whoever comes next, and closes every connection after what is running on it. A connection that does not
    /// come back is not waited for: it ends with the process.
    ///
    /// # Errors
    /// [`Code::Internal`] when a connection does not close cleanly.
    pub async fn close(&self) -> Result<()> {
        self.close_within(CLOSED_WITHIN).await
    }

    async fn close_within(&self, patience: Duration) -> Result<()> {
        tokio::time::timeout(patience, self.close_all()).await.unwrap_or_else(|_| {
            tracing::warn!("a connection to the database did not come back to be closed; it ends with the process");
            Ok(())
        })
    }

    async fn close_all(&self) -> Result<()> {
        self.owner.release().await;
        self.checkpointer.close().await;
        self.writer.close_by_ref().await.map_err(failed("close the database"))?;
        self.reader.close_by_ref().await.map_err(failed("close the database"))
    }

    /// The kind of database, in its own name's spelling.
    #[must_use]
    pub fn backend_name(&self) -> &'static str {
        match self.reader.get_database_backend() {
            DbBackend::MySql => "MySQL",
            DbBackend::Postgres => "PostgreSQL",
            DbBackend::Sqlite => "SQLite",
            _ => "unknown",
        }
    }
}

/// Few connections queue writers fairly instead of letting them collide; whoever is first holds the owner's row, so that facts reach the
/// outbox in commit order. `SQLite` knows one writer. Elsewhere a connection that has committed is asked for a sign of life on its way
/// back to the pool, and the next writer does not wait for that.
fn writers(url: &str) -> u32 {
    if url.starts_with("sqlite:") { 1 } else { 2 }
}

/// Databases have several names for themselves; the libraries know one of each.
pub(crate) fn normal(url: &str) -> Result<String> {
    const NAMES: [(&str, &str); 5] =
        [("sqlite:", "sqlite:"), ("postgres:", "postgres:"), ("postgresql:", "postgres:"), ("mysql:", "mysql:"), ("mariadb:", "mysql:")];
    let known = NAMES.iter().find_map(|(name, normal)| Some(format!("{normal}{}", url.strip_prefix(name)?)));
    known.ok_or_else(|| Error::new(Code::Misconfigured, "database.url must begin with sqlite:, postgres: or mysql:"))
}

pub(crate) async fn connect(url: &str, max_connections: u32, purpose: Purpose) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    // No least number: whoever keeps it up tries again after pauses of up to a minute, holding one caller's place meanwhile. The writer
    // has one place.
    options.max_connections(max_connections).acquire_timeout(ACQUIRE_TIMEOUT).sqlx_logging(false);
    options.test_before_acquire_if_idle_for(TRUSTED_FOR);
    // Nobody goes over the pool from time to time: the library's own task for that may spin for ever (docs/decisions/0095).
    options.idle_timeout(None::<Duration>).max_lifetime(None::<Duration>);
    options.map_sqlx_sqlite_opts(sqlite::durable).map_sqlx_sqlite_pool_opts(sqlite::trustworthy);
    options
        .map_sqlx_mysql_opts(|mysql| mysql.statement_cache_capacity(STATEMENT_CACHE))
        .map_sqlx_mysql_pool_opts(|pool| mysql::strict(pool, LIFETIME));
    options
        .map_sqlx_postgres_opts(|postgres| postgres.statement_cache_capacity(STATEMENT_CACHE))
        .map_sqlx_postgres_pool_opts(move |pool| postgres::by_key(postgres::lent_for(pool, LIFETIME), purpose));
    Database::connect(options).await.map_err(refusal)
}

/// What a connection that could not be made means: not now, or never with this URL.
fn refusal(error: DbErr) -> Error {
    match &error {
        DbErr::Conn(RuntimeErr::SqlxError(cause)) if is_refused_for_good(cause) => {
            Error::new(Code::Misconfigured, "the database refuses database.url").caused_by(error)
        }
        // It quotes the whole URL, password included.
        DbErr::Conn(RuntimeErr::Internal(_)) => {
            Error::new(Code::Misconfigured, "database.url cannot be read: look at its port, its options, and characters that need %XX")
        }
        DbErr::Conn(_) | DbErr::ConnectionAcquire(_) => failed("connect to the database")(error),
        _ => Error::new(Code::Misconfigured, "database.url is not a URL of a database").caused_by(error),
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::TransactionTrait;

    use super::*;

    #[test]
    fn every_name_of_a_database_is_understood() {
        assert_eq!(normal("postgresql://me@there/barker").unwrap(), "postgres://me@there/barker");
        assert_eq!(normal("mariadb://me@there/barker").unwrap(), "mysql://me@there/barker");
        assert_eq!(normal("sqlite://barker.db").unwrap(), "sqlite://barker.db");
        assert_eq!(normal("oracle://barker").unwrap_err().code, Code::Misconfigured);
    }

    #[tokio::test]
    async fn no_pool_is_gone_over_from_time_to_time() {
        let database = connect("sqlite::memory:", 1, Purpose::Read).await.unwrap();
        let options = database.get_sqlite_connection_pool().options();
        assert_eq!((options.get_idle_timeout(), options.get_max_lifetime(), options.get_min_connections()), (None, None, 0));
    }

    #[tokio::test]
    async fn a_connection_that_does_not_come_back_keeps_nobody_from_ending() {
        let settings = Settings { url: "sqlite::memory:".to_owned().into(), max_read_connections: 1, node: 0 };
        let store = Store::connect(&settings).await.unwrap();
        let kept = store.writer.begin().await.unwrap();
        let closed = tokio::time::timeout(Duration::from_secs(10), store.close_within(Duration::from_millis(50))).await;
        assert!(closed.is_ok_and(|closed| closed.is_ok()));
        drop(kept);
    }
}
