//! Rate limits: how often something may happen under a name, in this process or, by Redis, in several together.
//!
//! The rule is the generic cell rate algorithm (`gcra.rs`). Which limits there are, and what a refused caller hears, is
//! for those above.

mod gcra;
mod in_process;
mod lease;
mod shared;

use std::{num::NonZeroU32, time::Duration};

use crate::redis::Redis;
use in_process::InProcess;
use lease::Leases;
use shared::Shared;

/// So many in each period, of which so many may come at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// How many come back in a period: `q` of the header `RateLimit-Policy`.
    pub limit: NonZeroU32,
    /// The period: `w` of the header `RateLimit-Policy`. At least a microsecond for each of the limit.
    pub period: Duration,
    /// How many may come at once after a long silence. The limit itself is the usual choice.
    pub burst: NonZeroU32,
}

/// What the limit says to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// Whether it may happen. If so, it is counted.
    pub is_allowed: bool,
    /// How many more may come at once now: `r` of the header `RateLimit`.
    pub remaining: u32,
    /// When the whole burst is there again, if nothing comes in between: `t` of the header `RateLimit`.
    pub reset_after: Duration,
    /// For the header `Retry-After` of a refusal: when the next one may come.
    pub retry_after: Option<Duration>,
}

/// Keeps rate limits. Clones share them.
#[derive(Debug, Clone)]
pub struct RateLimiter {
    here: InProcess,
    shared: Option<Leases>,
}

impl RateLimiter {
    /// Limits of this process alone.
    #[must_use]
    pub fn in_process() -> Self {
        Self { here: InProcess::default(), shared: None }
    }

    pub(crate) fn in_redis(redis: Redis) -> Self {
        Self { here: InProcess::default(), shared: Some(Leases::new(Shared::new(redis))) }
    }

    /// Asks for one more under this name, and counts it when it may happen. While Redis does not answer, this process
    /// keeps the limit by itself: a limit is no reason to turn everybody away, or to let everything in.
    pub async fn take(&self, name: &str, policy: &Policy) -> Decision {
        if let Some(shared) = &self.shared
            && let Ok(decision) = shared.take(name, policy).await
        {
            return decision;
        }
        self.here.take(name, policy)
    }
}
