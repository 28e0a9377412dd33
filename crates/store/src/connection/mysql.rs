//! What a connection to `MySQL` or `MariaDB` is told.

use sea_orm::sqlx::{Executor, MySql, pool::PoolOptions};

/// A value that does not fit is an error instead of being cut; a transaction sees what others have committed, as on
/// `PostgreSQL`, and locks no gaps between rows; and nobody waits longer for a lock than for anything else.
const SESSION: [&str; 3] = [
    "SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION')",
    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
    "SET SESSION innodb_lock_wait_timeout = 5",
];

/// Every new connection of the pool behaves as Barker expects, whatever the server's own settings are.
pub(super) fn strict(pool: PoolOptions<MySql>) -> PoolOptions<MySql> {
    pool.after_connect(|connection, _| {
        Box::pin(async move {
            for setting in SESSION {
                connection.execute(setting).await?;
            }
            Ok(())
        })
    })
}
