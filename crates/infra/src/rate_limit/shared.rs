//! Rate limits that several processes share through Redis: one script, one round trip, Redis' own clock.

use std::sync::Arc;

use barker_domain::Result;
use redis::Script;

use super::{Decision, Policy, gcra::Cell};
use crate::redis::Redis;

/// Runs inside Redis, where nothing comes in between.
const SCRIPT: &str = include_str!("shared.lua");

/// Limits in Redis. Clones share them.
#[derive(Debug, Clone)]
pub(super) struct Shared {
    redis: Redis,
    script: Arc<Script>,
}

impl Shared {
    pub(super) fn new(redis: Redis) -> Self {
        Self { redis, script: Arc::new(Script::new(SCRIPT)) }
    }

    /// One round trip; two more when Redis has been restarted and does not know the script.
    pub(super) async fn take(&self, name: &str, policy: &Policy) -> Result<Decision> {
        let cell = Cell::new(policy);
        let key = self.redis.key("limit", name);
        let script = Arc::clone(&self.script);
        let ask = async move |mut connection| {
            script.key(key).arg(cell.interval_us).arg(cell.tolerance_us).invoke_async::<(bool, i64)>(&mut connection).await
        };
        let (is_allowed, ahead_us) = self.redis.run(ask).await?;
        Ok(if is_allowed { cell.allowed(ahead_us) } else { cell.refused(ahead_us) })
    }
}
