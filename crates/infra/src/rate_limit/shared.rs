//! Rate limits that several processes share through Redis: one script, one round trip, Redis' own clock.

use std::sync::Arc;

use barker_domain::Result;
use redis::Script;

use super::gcra::Cell;
use crate::redis::Redis;

/// Runs inside Redis, where nothing comes in between.
const SCRIPT: &str = include_str!("shared.lua");

/// Limits in Redis. Clones share them.
#[derive(Debug, Clone)]
pub(super) struct Shared {
    redis: Redis,
    script: Arc<Script>,
}

/// What Redis says to a process that asks for several at once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grant {
    /// How many of them may happen; they are counted.
    pub(super) granted: u32,
    /// How far the arrival time lies ahead now, in microseconds.
    pub(super) ahead_us: i64,
}

impl Shared {
    pub(super) fn new(redis: Redis) -> Self {
        Self { redis, script: Arc::new(Script::new(SCRIPT)) }
    }

    /// One round trip; two more when Redis has been restarted and does not know the script.
    pub(super) async fn take(&self, name: &str, cell: Cell, wanted: u32) -> Result<Grant> {
        let key = self.redis.key("limit", name);
        let script = Arc::clone(&self.script);
        let ask = async move |mut connection| {
            let arguments = (cell.interval_us, cell.tolerance_us, wanted);
            script.key(key).arg(arguments).invoke_async::<(u32, i64)>(&mut connection).await
        };
        let (granted, ahead_us) = self.redis.run(ask).await?;
        Ok(Grant { granted, ahead_us })
    }
}
