//! What a SQLite connection is told.

use std::time::Duration;

use sea_orm::sqlx::{
    Connection, Sqlite,
    pool::PoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

/// How long SQLite waits for another process's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// WAL lets readers go on while one writes; FULL makes a commit survive a power cut.
pub(super) fn durable(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .create_if_missing(true)
}

/// Keeps no connection that believes to be in a transaction.
///
/// On a full disk SQLite undoes a transaction by itself; the `ROLLBACK` that follows fails, and the library goes on
/// counting one open transaction. Every later one would be a savepoint within it, whose release commits nothing.
pub(super) fn trustworthy(pool: PoolOptions<Sqlite>) -> PoolOptions<Sqlite> {
    pool.after_release(|connection, _| {
        Box::pin(async move {
            // A rollback that was asked for by dropping a transaction is done before this is answered.
            connection.ping().await?;
            Ok(!connection.is_in_transaction())
        })
    })
}
