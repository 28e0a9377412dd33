//! What a connection to PostgreSQL is told.

use std::time::Duration;

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

/// A connection is lent for so long.
pub(super) fn lent_for(pool: PoolOptions<Postgres>, lifetime: Duration) -> PoolOptions<Postgres> {
    pool.after_release(move |_, about| Box::pin(async move { Ok(about.age < lifetime) }))
}

#[cfg(test)]
mod tests {
    use barker_testkit::{Backend, TestDatabase};
    use sea_orm::sqlx::{Pool, query_scalar};

    use super::*;

    async fn who_answers(pool: &Pool<Postgres>) -> i32 {
        query_scalar("SELECT pg_backend_pid()").fetch_one(pool).await.unwrap()
    }

    #[tokio::test]
    async fn a_connection_is_lent_until_it_is_old() {
        let database = TestDatabase::create(Backend::Postgres).await;
        for (lifetime, is_kept) in [(Duration::MAX, true), (Duration::ZERO, false)] {
            let pool = lent_for(PoolOptions::new().max_connections(1), lifetime).connect(&database.url()).await.unwrap();
            assert_eq!(who_answers(&pool).await == who_answers(&pool).await, is_kept);
            pool.close().await;
        }
    }
}
