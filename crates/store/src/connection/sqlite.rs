//! What a SQLite connection is told.

use std::time::Duration;

use sea_orm::sqlx::{
    Connection, Sqlite,
    pool::PoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use super::STATEMENT_CACHE;

/// How long SQLite waits for another process's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Pages a connection keeps: negative numbers are KiB. The system's own cache holds the rest of the file.
const CACHE_SIZE: &str = "-16384";
/// Rows that may wait between SQLite's thread and the reader: more than a statement's worth, so that neither waits.
const ROW_BUFFER: usize = 2_048;

/// WAL lets readers go on while one writes; FULL makes a commit survive a power cut. The log is written back to the file
/// by [`crate::checkpoint`], not by whoever happens to commit.
pub(super) fn durable(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .create_if_missing(true)
        .pragma("wal_autocheckpoint", "0")
        .pragma("cache_size", CACHE_SIZE)
        .pragma("temp_store", "MEMORY")
        // A bulk of 10,000 rows touches more pages than are kept; written early, they would be written again.
        .pragma("cache_spill", "OFF")
        .row_buffer_size(ROW_BUFFER)
        .statement_cache_capacity(STATEMENT_CACHE)
}

/// Keeps no connection that believes to be in a transaction.
///
/// On a full disk SQLite undoes a transaction by itself; the `ROLLBACK` that follows fails, and the library goes on
/// counting one open transaction. Every later one would be a savepoint within it, whose release commits nothing.
pub(super) fn trustworthy(pool: PoolOptions<Sqlite>) -> PoolOptions<Sqlite> {
    pool.after_release(|connection, _| {
        Box::pin(async move {
            if connection.is_in_transaction() {
                // A rollback that was asked for by dropping a transaction is done before this is answered.
                connection.ping().await?;
            }
            Ok(!connection.is_in_transaction())
        })
    })
}
