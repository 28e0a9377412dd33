//! What a connection to PostgreSQL is told.

use sea_orm::sqlx::{Executor, Postgres, pool::PoolOptions};

/// Every question Barker asks has its index. A planner that has no statistics of a table yet, or keeps the plan it made
/// when the table was empty, would read the whole of it; and compiling a plan takes longer than any of them runs.
const SESSION: [&str; 3] = ["SET plan_cache_mode = force_custom_plan", "SET enable_seqscan = off", "SET jit = off"];

/// Every new connection of the pool finds its rows by their keys.
pub(super) fn by_key(pool: PoolOptions<Postgres>) -> PoolOptions<Postgres> {
    pool.after_connect(|connection, _| {
        Box::pin(async move {
            for setting in SESSION {
                connection.execute(setting).await?;
            }
            Ok(())
        })
    })
}
