//! A lock that dies with the process that holds it, whatever ends the process.

use std::{
    fs::{File, TryLockError},
    path::PathBuf,
    str::FromStr,
    time::Duration,
};

use barker_domain::{Code, Error, Result};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, Statement, TransactionTrait, sqlx::sqlite::SqliteConnectOptions,
};

use crate::{
    connection::{Purpose, connect},
    error::failed,
};

/// A server that was killed a moment ago is still being buried by the database: how often and how long to wait for it.
const ATTEMPTS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(100);

/// The lock, held until it is dropped or its connection breaks.
#[derive(Debug)]
pub(crate) enum Lock {
    /// A file beside the database's. The database's own file would not do: closing any handle of it lets go of SQLite's locks.
    File { _locked: Option<File> },
    /// A transaction that stays open and touches no table, so that it hinders no vacuum. Pools in transaction mode keep
    /// its connection for it.
    Session { connection: DatabaseConnection, open: DatabaseTransaction },
}

impl Lock {
    /// The lock, or `None` when somebody else holds it.
    pub(crate) async fn acquire(url: &str) -> Result<Option<Self>> {
        for _ in 1..ATTEMPTS {
            if let Some(lock) = Self::try_acquire(url).await? {
                return Ok(Some(lock));
            }
            tokio::time::sleep(PAUSE).await;
        }
        Self::try_acquire(url).await
    }

    /// The same without waiting.
    pub(super) async fn try_acquire(url: &str) -> Result<Option<Self>> {
        if url.starts_with("sqlite:") { lock_file(url) } else { lock_session(url).await }
    }

    /// Whether it is still held.
    pub(super) async fn is_held(&self) -> bool {
        match self {
            Self::File { .. } => true,
            Self::Session { open, .. } => open.execute_unprepared("SELECT 1").await.is_ok(),
        }
    }

    /// Lets go of it.
    pub(crate) async fn release(self) {
        if let Self::Session { connection, open } = self {
            // A connection that does not close cleanly lets go of the lock as well.
            let _ignored = open.rollback().await;
            let _ignored = connection.close().await;
        }
    }
}

fn lock_file(url: &str) -> Result<Option<Lock>> {
    let Some(path) = path_of(url) else { return Ok(Some(Lock::File { _locked: None })) };
    let failed = |error: std::io::Error| Error::new(Code::Misconfigured, format!("cannot lock {}", path.display())).caused_by(error);
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Lock::File { _locked: Some(file) })),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

fn path_of(url: &str) -> Option<PathBuf> {
    let mut path = database_file(url)?.into_os_string();
    path.push("-owner");
    Some(path.into())
}

/// The file of a SQLite database; `None` for one that lives in memory: nobody else can reach it.
pub(crate) fn database_file(url: &str) -> Option<PathBuf> {
    let options = SqliteConnectOptions::from_str(url).ok()?;
    let path = options.get_filename();
    (!path.as_os_str().is_empty() && !url.contains(":memory:")).then(|| path.to_owned())
}

async fn lock_session(url: &str) -> Result<Option<Lock>> {
    let connection = connect(url, 1, Purpose::Read).await?;
    let open = connection.begin().await.map_err(failed("lock the database"))?;
    let attempt = match connection.get_database_backend() {
        DbBackend::Postgres => {
            // An idle transaction is what this one is made to be.
            open.execute_unprepared("SET LOCAL idle_in_transaction_session_timeout = 0").await.map_err(failed("lock the database"))?;
            "SELECT CAST(pg_try_advisory_xact_lock(hashtext('barker ' || current_schema())) AS INTEGER) AS is_ours"
        }
        _ => "SELECT CAST(GET_LOCK(CONCAT('barker ', MD5(DATABASE())), 0) AS SIGNED) AS is_ours",
    };
    let statement = Statement::from_string(connection.get_database_backend(), attempt);
    let row = open.query_one_raw(statement).await.map_err(failed("lock the database"))?;
    let is_ours = row.is_some_and(|row| is_one(&row));
    let lock = Lock::Session { connection, open };
    if is_ours {
        return Ok(Some(lock));
    }
    lock.release().await;
    Ok(None)
}

fn is_one(row: &sea_orm::QueryResult) -> bool {
    row.try_get::<i32>("", "is_ours").ok() == Some(1) || row.try_get::<i64>("", "is_ours").ok() == Some(1)
}
