//! A database that disappears with the value that holds it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use barker_domain::Result;
use barker_store::{Settings, Store};
use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection, PgConnection};
use tempfile::TempDir;
use uuid::Uuid;

use crate::template;

/// Connections that read at the same time, in tests.
const READ_CONNECTIONS: u32 = 3;

/// What a database in a file is called.
const FILE: &str = "barker.db";

/// Every way to a database that Barker promises to behave alike on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// A file.
    Sqlite,
    /// A server, directly.
    Postgres,
    /// The same through pgbouncer in session mode.
    PgBouncer,
    /// `MariaDB`, or `MySQL` 8 where `BARKER_TEST_MYSQL_URL` points at one.
    MySql,
}

/// An empty database of its own.
#[derive(Debug)]
pub struct TestDatabase {
    home: Home,
}

#[derive(Debug)]
enum Home {
    File(TempDir),
    /// Where Barker reaches the database, where it is dropped, and its name.
    Server {
        url: String,
        server: String,
        name: String,
    },
}

impl Backend {
    /// Where its server is: the variable that says so.
    ///
    /// # Panics
    /// When the variable is not set.
    #[must_use]
    pub(crate) fn server_url(self) -> String {
        let variable = match self {
            Self::Sqlite | Self::Postgres => POSTGRES_URL,
            Self::PgBouncer => PGBOUNCER_URL,
            Self::MySql => MYSQL_URL,
        };
        let advice = || panic!("{variable} is not set: run the tests through scripts/test, which starts throw-away servers");
        std::env::var(variable).unwrap_or_else(|_| advice())
    }
}

/// A PostgreSQL server where databases may be made: `postgres://user:password@host:port`.
pub const POSTGRES_URL: &str = "BARKER_TEST_POSTGRES_URL";
/// A pgbouncer in session mode in front of the same server.
pub const PGBOUNCER_URL: &str = "BARKER_TEST_PGBOUNCER_URL";
/// A `MySQL` 8 or `MariaDB` server where databases may be made: `mysql://user:password@host:port`.
pub const MYSQL_URL: &str = "BARKER_TEST_MYSQL_URL";

/// A `RabbitMQ` that tests may fill: `amqp://user:password@host:port/vhost`.
pub const RABBITMQ_URL: &str = "BARKER_TEST_RABBITMQ_URL";
/// A Redis that tests share, each with keys of its own: `redis://host:port`.
pub const REDIS_URL: &str = "BARKER_TEST_REDIS_URL";
/// A bucket that tests share, each with a folder of its own: `http://key:secret@host:port/bucket`.
pub const S3_URL: &str = "BARKER_TEST_S3_URL";
/// A ClickHouse where databases may be made: `http://host:port`, whose user is `barker`, and so is the password.
pub const CLICKHOUSE_URL: &str = "BARKER_TEST_CLICKHOUSE_URL";

impl TestDatabase {
    /// A new database, without a schema.
    ///
    /// # Panics
    /// When it cannot be made, or nobody said where its server is.
    pub async fn create(on: Backend) -> Self {
        Self::create_as(on, &Self::new_name()).await
    }

    /// A new database with its schema up to date, for tests that are not about how it is made.
    ///
    /// # Panics
    /// When it cannot be made, or nobody said where its server is.
    pub async fn with_schema(on: Backend) -> Self {
        if let Some(copy) = template::copy(on).await {
            return copy;
        }
        let database = Self::create(on).await;
        let store = database.connect().await.expect("a database whose schema can be made");
        store.close().await.expect("a database that can be closed");
        database
    }

    pub(crate) fn new_name() -> String {
        format!("barker_test_{}", Uuid::now_v7().simple())
    }

    pub(crate) async fn create_as(on: Backend, name: &str) -> Self {
        if on == Backend::Sqlite {
            return Self { home: Home::File(tempfile::tempdir().expect("a temporary directory")) };
        }
        let database = Self::on_server(on, name.to_owned());
        if let Home::Server { server, .. } = &database.home {
            execute(server, format!("CREATE DATABASE {name}")).await.expect("a server that makes databases");
        }
        database
    }

    /// The one of that name, which goes with this value.
    pub(crate) fn on_server(on: Backend, name: String) -> Self {
        let server = if on == Backend::PgBouncer { Backend::Postgres } else { on }.server_url();
        Self { home: Home::Server { url: format!("{}/{name}", on.server_url()), server, name } }
    }

    /// A copy of a file.
    pub(crate) fn of_file(template: &Path) -> Self {
        let database = Self { home: Home::File(tempfile::tempdir().expect("a temporary directory")) };
        fs::copy(template, database.file().expect("a file")).expect("a copy of a file");
        database
    }

    /// Where it is, when it is a file.
    pub(crate) fn file(&self) -> Option<PathBuf> {
        if let Home::File(directory) = &self.home { Some(directory.path().join(FILE)) } else { None }
    }

    /// Leaves it on its server, and answers its name.
    pub(crate) fn keep(mut self) -> String {
        let kept = if let Home::Server { name, .. } = &mut self.home { std::mem::take(name) } else { String::new() };
        assert!(!kept.is_empty(), "a file goes with its directory");
        kept
    }

    /// How to reach it.
    #[must_use]
    pub fn settings(&self) -> Settings {
        Settings { url: self.url().into(), max_read_connections: READ_CONNECTIONS, node: 1 }
    }

    /// Its URL, as `database.url` takes it.
    #[must_use]
    pub fn url(&self) -> String {
        match &self.home {
            Home::File(directory) => format!("sqlite://{}?mode=rwc", directory.path().join(FILE).display()),
            Home::Server { url, .. } => url.clone(),
        }
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

/// The server forgets the database, whoever is still connected to it.
impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Home::Server { server, name, .. } = &self.home else { return };
        if name.is_empty() {
            return;
        }
        let (server, name) = (server.clone(), name.clone());
        // Dropping happens inside a test's runtime, which cannot be blocked on.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.map(|runtime| runtime.block_on(drop_database(&server, &name)))
        });
        // A throw-away server takes what is left with it.
        let _outcome = dropped.join();
    }
}

async fn drop_database(server: &str, name: &str) -> std::result::Result<(), sqlx::Error> {
    if server.starts_with("postgres") {
        return execute(server, format!("DROP DATABASE {name} WITH (FORCE)")).await;
    }
    let mut connection = MySqlConnection::connect(server).await?;
    // Whoever is in the middle of a transaction there would be waited for.
    let connected = sqlx::query_scalar::<_, i64>("SELECT CAST(id AS SIGNED) FROM information_schema.processlist WHERE db = ?");
    for id in connected.bind(name).fetch_all(&mut connection).await? {
        // Gone by itself meanwhile.
        let _outcome = connection.execute(AssertSqlSafe(format!("KILL {id}"))).await;
    }
    connection.execute(AssertSqlSafe(format!("DROP DATABASE {name}"))).await.map(drop)
}

/// Runs a statement on a server of either kind; on `MariaDB` also several.
///
/// # Errors
/// When the server does not answer, or refuses.
pub async fn execute(url: &str, statement: String) -> std::result::Result<(), sqlx::Error> {
    let statement = AssertSqlSafe(statement);
    if url.starts_with("postgres") {
        let mut connection = PgConnection::connect(&format!("{url}/postgres")).await?;
        connection.execute(statement).await?;
        return connection.close().await;
    }
    let mut connection = MySqlConnection::connect(url).await?;
    sqlx::raw_sql(statement).execute(&mut connection).await?;
    connection.close().await
}
