//! What a connection to PostgreSQL is told.

use sea_orm::sqlx::{Executor, Postgres, pool::PoolOptions};

use super::Purpose;

/// Every question Barker asks has its index. A planner that has no statistics of a table yet would read the whole of it; and compiling a
/// plan takes longer than any of them runs.
const BY_KEY: &str = "SET enable_seqscan = off; SET jit = off";
/// A plan that was made when a table was small is not kept for later values.
const FOR_THESE_VALUES: &str = "SET plan_cache_mode = force_custom_plan";
/// What a commit leaves in the outbox is long enough to be compressed, which took 7% of the server's time by its own method. Servers that
/// were built without LZ4 do as they did.
const CHEAP_TO_COMPRESS: &str =
    "SELECT set_config(name, 'lz4', false) FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY(enumvals)";

/// Every new connection of the pool finds its rows by their keys. One that writes keeps its plans: each row it inserts is looked up by
/// each of its references, and planning such a look-up takes longer than doing it.
pub(super) fn by_key(pool: PoolOptions<Postgres>, purpose: Purpose) -> PoolOptions<Postgres> {
    pool.after_connect(move |connection, _| {
        Box::pin(async move {
            connection.execute(BY_KEY).await?;
            let more = if purpose == Purpose::Read { FOR_THESE_VALUES } else { CHEAP_TO_COMPRESS };
            connection.execute(more).await.map(drop)
        })
    })
}
