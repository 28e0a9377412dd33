//! SQLite's log, written back to its file while others read and write. The other databases see to theirs themselves.
//!
//! A commit waits for the disk, and the disk for whatever else it was given. So the pages of the log are written back a
//! little at a time, flushed before anybody has to wait for that, and only the last few with the writer held.

use std::{
    fs::File,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use barker_domain::{Code, Error, Result};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, RuntimeErr, Statement, sqlx::sqlite::SqliteConnectOptions};

use crate::{
    Store,
    connection::{Purpose, connect},
    error::failed,
};

/// Pages in the log from which on it is brought to its end, so that it starts anew: 32 MiB. A page that changes several
/// times meanwhile is written back once.
const LONG_LOG_PAGES: i32 = 8_192;
/// Rounds of writing back and flushing before the writer is held: each leaves only what was committed during it.
const ROUNDS: u32 = 2;
/// How long the end of the log waits for readers of an older state, while the writer is held. They may read for long.
const PATIENCE: &str = "PRAGMA busy_timeout = 20";

/// The connection that writes the log back, so that nobody who commits has to; nothing on other databases.
#[derive(Debug, Clone)]
pub(crate) struct Checkpointer {
    sqlite: Option<Sqlite>,
    /// Readers that take their time. As long as there is one, the log cannot be brought to its end.
    long_readers: Arc<AtomicUsize>,
}

/// Somebody who reads one moment for long. While there is one, nobody holds the writer to wait for the end of readers.
#[derive(Debug)]
pub(crate) struct LongReader {
    among: Arc<AtomicUsize>,
}

impl Drop for LongReader {
    fn drop(&mut self) {
        self.among.fetch_sub(1, Ordering::Relaxed);
    }
}

#[derive(Debug, Clone)]
struct Sqlite {
    connection: DatabaseConnection,
    /// The database's file, to flush it. Never closed: a process that closes a file lets go of all its locks on it, those
    /// of SQLite among them.
    file: Option<&'static File>,
}

impl Checkpointer {
    pub(crate) async fn connect(url: &str) -> Result<Self> {
        if !url.starts_with("sqlite:") {
            return Ok(Self { sqlite: None, long_readers: Arc::default() });
        }
        let sqlite = Sqlite { connection: connect(url, 1, Purpose::Write).await?, file: open(url) };
        Ok(Self { sqlite: Some(sqlite), long_readers: Arc::default() })
    }

    /// Takes note of somebody who is about to read for long.
    pub(crate) fn expect_long_reader(&self) -> LongReader {
        self.long_readers.fetch_add(1, Ordering::Relaxed);
        LongReader { among: Arc::clone(&self.long_readers) }
    }

    pub(crate) async fn close(&self) {
        if let Some(sqlite) = &self.sqlite {
            // Its work is done by whoever opens the file next.
            let _ignored = sqlite.connection.close_by_ref().await;
        }
    }
}

/// `None` for a database in memory, and for a file that cannot be opened twice: then SQLite flushes it alone.
fn open(url: &str) -> Option<&'static File> {
    let options = SqliteConnectOptions::from_str(url).ok()?;
    let file = File::open(options.get_filename()).ok()?;
    Some(Box::leak(Box::new(file)))
}

/// What the log holds, in pages.
#[derive(Debug, Clone, Copy)]
struct Log {
    pages: i32,
    written_back: i32,
}

impl Store {
    /// Writes back what can be written back without making anybody wait, and brings a log that has become long to its end.
    /// Answers how many pages of the log are in the file: the same number twice means that there was nothing to do.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn checkpoint(&self) -> Result<i32> {
        let Some(sqlite) = &self.checkpointer.sqlite else { return Ok(0) };
        let log = sqlite.write_back("PRAGMA wal_checkpoint(PASSIVE)").await?;
        if log.pages > LONG_LOG_PAGES && self.checkpointer.long_readers.load(Ordering::Relaxed) == 0 {
            self.start_log_anew(sqlite).await?;
        }
        Ok(log.written_back)
    }

    async fn start_log_anew(&self, sqlite: &Sqlite) -> Result<()> {
        for _ in 0..ROUNDS {
            sqlite.flush().await?;
            sqlite.write_back("PRAGMA wal_checkpoint(PASSIVE)").await?;
        }
        sqlite.connection.execute_unprepared(PATIENCE).await.map_err(failed("write the log back"))?;
        // Whoever wants to write queues for this connection, and goes on the moment it is given back.
        let writer = self.writer.get_sqlite_connection_pool().acquire().await;
        let _held = writer.map_err(|error| failed("hold the writer")(DbErr::Conn(RuntimeErr::SqlxError(error.into()))))?;
        sqlite.write_back("PRAGMA wal_checkpoint(RESTART)").await.map(drop)
    }
}

impl Sqlite {
    async fn write_back(&self, pragma: &str) -> Result<Log> {
        let statement = Statement::from_string(DbBackend::Sqlite, pragma);
        let row = self.connection.query_one_raw(statement).await.map_err(failed("write the log back"))?;
        let column = |name| row.as_ref().and_then(|row| row.try_get("", name).ok()).unwrap_or_default();
        Ok(Log { pages: column("log"), written_back: column("checkpointed") })
    }

    /// Makes what was written back durable, so that SQLite finds nothing left to flush.
    async fn flush(&self) -> Result<()> {
        let Some(file) = self.file else { return Ok(()) };
        let flushed = tokio::task::spawn_blocking(move || file.sync_data()).await;
        let failed = |error| Error::new(Code::StorageUnavailable, "could not flush the database").caused_by(error);
        match flushed {
            Ok(Err(error)) => Err(failed(error)),
            Ok(Ok(())) | Err(_) => Ok(()),
        }
    }
}
