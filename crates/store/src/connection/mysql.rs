//! What a connection to `MySQL` or `MariaDB` is told.

use std::{io::ErrorKind, time::Duration};

use sea_orm::sqlx::{Connection, Error, Executor, MySql, MySqlConnection, pool::PoolOptions};

/// How long the rest of an answer may take that nobody waits for any more.
const REST_OF_ANSWER: Duration = Duration::from_secs(2);

/// A value that does not fit is an error instead of being cut; a transaction sees what others have committed, as on
/// `PostgreSQL`, and locks no gaps between rows; and nobody waits longer for a lock than for anything else.
const SESSION: [&str; 3] = [
    "SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION')",
    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
    "SET SESSION innodb_lock_wait_timeout = 5",
];

/// Every new connection of the pool behaves as Barker expects, whatever the server's own settings are, and is lent for so long.
pub(super) fn strict(pool: PoolOptions<MySql>, lifetime: Duration) -> PoolOptions<MySql> {
    pool.after_connect(|connection, _| {
        Box::pin(async move {
            for setting in SESSION {
                connection.execute(setting).await?;
            }
            Ok(())
        })
    })
    .after_release(move |connection, about| Box::pin(async move { Ok(is_between_statements(connection).await? && about.age < lifetime) }))
}

/// Whether a connection that is given back may be used by others. One whose statement was given up in the middle may not: the library
/// does not know what of the answer is still to come. After a transaction that was dropped while a statement was being prepared it would
/// wait for the end of that answer for good, and the connection would never come back: no more writes, and no end of the process.
///
/// A connection that is closed undoes its transaction as well.
async fn is_between_statements(connection: &mut MySqlConnection) -> Result<bool, Error> {
    // Only dropping a transaction leaves something to be sent.
    if connection.should_flush() {
        return Ok(false);
    }
    // Does nothing, unless an answer is not read to its end.
    let rest = tokio::time::timeout(REST_OF_ANSWER, connection.flush()).await;
    rest.unwrap_or_else(|_late| Err(Error::Io(ErrorKind::TimedOut.into()))).map(|()| true)
}

#[cfg(test)]
mod tests {
    use barker_testkit::{Backend, TestDatabase};
    use sea_orm::sqlx::{Pool, query_scalar};

    use super::*;

    async fn who_answers(pool: &Pool<MySql>) -> u64 {
        query_scalar("SELECT CONNECTION_ID()").fetch_one(pool).await.unwrap()
    }

    #[tokio::test]
    async fn a_connection_is_lent_until_it_is_old() {
        let database = TestDatabase::create(Backend::MySql).await;
        for (lifetime, is_kept) in [(Duration::MAX, true), (Duration::ZERO, false)] {
            let pool = strict(PoolOptions::new().max_connections(1), lifetime).connect(&database.url()).await.unwrap();
            assert_eq!(who_answers(&pool).await == who_answers(&pool).await, is_kept);
            pool.close().await;
        }
    }
}
