//! The connection to whichever database is configured. What differs between databases is set up here, once.

use std::time::Duration;

use barker_domain::{Code, Error, ProjectId, Result};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend,
    sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use crate::{
    error::failed,
    migration::{self, SchemaState},
    tenant::InProject,
};

/// How long a caller waits for a free connection before it is told that the database does not answer.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long SQLite waits for another process's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How to reach the database.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `sqlite://path/to/file.db?mode=rwc`; the file is made when it is missing.
    pub url: String,
    /// Most connections that read at the same time.
    pub max_read_connections: u32,
    /// This process's number among those that share the database; its counters carry it.
    pub node: i32,
}

/// Business data of all projects.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) reader: DatabaseConnection,
    pub(crate) writer: DatabaseConnection,
    pub(crate) node: i32,
}

impl Store {
    /// Connects; neither makes nor changes the schema.
    ///
    /// # Errors
    /// [`Code::Misconfigured`] for a URL no database answers to, [`Code::StorageUnavailable`] when it does not answer.
    pub async fn connect(settings: &Settings) -> Result<Self> {
        if !settings.url.starts_with("sqlite:") {
            return Err(Error::new(Code::Misconfigured, "database.url must begin with sqlite:"));
        }
        // SQLite has one writer at a time: a single connection queues writers fairly instead of letting them collide.
        let writer = connect(&settings.url, 1).await?;
        let reader = connect(&settings.url, settings.max_read_connections).await?;
        Ok(Self { reader, writer, node: settings.node })
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

    /// Closes every connection after what is running on it.
    ///
    /// # Errors
    /// [`Code::Internal`] when a connection does not close cleanly.
    pub async fn close(&self) -> Result<()> {
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

async fn connect(url: &str, max_connections: u32) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(max_connections).min_connections(1).acquire_timeout(ACQUIRE_TIMEOUT).sqlx_logging(false);
    options.map_sqlx_sqlite_opts(durable_sqlite);
    Database::connect(options).await.map_err(|error| match error {
        sea_orm::DbErr::Conn(_) | sea_orm::DbErr::ConnectionAcquire(_) => failed("connect to the database")(error),
        other => Error::new(Code::Misconfigured, "database.url is not a URL of a database").caused_by(other),
    })
}

/// WAL lets readers go on while one writes; FULL makes a commit survive a power cut.
fn durable_sqlite(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .create_if_missing(true)
}
