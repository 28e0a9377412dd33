//! The generic cell rate algorithm: one number for each name says everything.
//!
//! The number is the *theoretical arrival time*: when the last of all that were let through would have come, had they
//! come evenly. How far it lies ahead of now is how much of the burst is used. It is the leaky bucket as a meter of
//! ITU-T I.371, Annex A. Times are microseconds. `shared.lua` says the same to Redis; one suite holds both.

use super::{Decision, Policy};
use std::time::Duration;

/// A policy in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell {
    /// Between two, when they come evenly. Rounded up: rather a microsecond late than one too many.
    pub(super) interval_us: i64,
    /// How far ahead of now the arrival time may lie.
    pub(super) tolerance_us: i64,
}

impl Cell {
    pub(super) fn new(policy: &Policy) -> Self {
        let period_us = policy.period.as_micros().max(1);
        let interval_us = period_us.div_ceil(u128::from(policy.limit.get()));
        // A period of centuries is capped, so that sums of microseconds stay far from the end of their type.
        let interval_us = i64::try_from(interval_us).unwrap_or(i64::MAX).min(MAX_INTERVAL_US);
        Self { interval_us, tolerance_us: interval_us.saturating_mul(i64::from(policy.burst.get())).min(MAX_TOLERANCE_US) }
    }

    /// What happens to one that comes now, and the new arrival time, when it is let through.
    pub(super) fn decide(self, arrival_us: Option<i64>, now_us: i64) -> (Decision, Option<i64>) {
        // Neither a clock that was set back nor a policy that was larger before locks anybody out for longer than this.
        let latest = now_us.saturating_add(self.tolerance_us);
        let ahead_us = arrival_us.unwrap_or(now_us).clamp(now_us, latest) - now_us;
        let next_us = ahead_us + self.interval_us;
        if next_us > self.tolerance_us {
            return (self.refused(ahead_us), None);
        }
        (self.allowed(next_us), Some(now_us + next_us))
    }

    /// Let through, with the arrival time now so far ahead.
    pub(super) fn allowed(self, ahead_us: i64) -> Decision {
        Decision { is_allowed: true, remaining: self.remaining(ahead_us), reset_after: micros(ahead_us), retry_after: None }
    }

    /// Refused, with the arrival time so far ahead.
    pub(super) fn refused(self, ahead_us: i64) -> Decision {
        let retry_after = Some(micros(ahead_us + self.interval_us - self.tolerance_us));
        Decision { is_allowed: false, remaining: 0, reset_after: micros(ahead_us), retry_after }
    }

    /// Refused, when that is all that is known: the next one may come after this wait.
    pub(super) fn refused_for(self, wait: Duration) -> Decision {
        let wait_us = i64::try_from(wait.as_micros()).unwrap_or(i64::MAX);
        let ahead_us = wait_us.saturating_add(self.tolerance_us).saturating_sub(self.interval_us);
        Decision { is_allowed: false, remaining: 0, reset_after: micros(ahead_us), retry_after: Some(wait) }
    }

    fn remaining(self, ahead_us: i64) -> u32 {
        u32::try_from((self.tolerance_us - ahead_us) / self.interval_us).unwrap_or_default()
    }
}

/// A year between two.
const MAX_INTERVAL_US: i64 = 366 * 24 * 3_600 * 1_000_000;
/// A hundred years; Redis counts exactly up to 2^53 microseconds.
const MAX_TOLERANCE_US: i64 = 100 * MAX_INTERVAL_US;

fn micros(us: i64) -> Duration {
    Duration::from_micros(u64::try_from(us).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn policy(limit: u32, period_us: u64, burst: u32) -> Policy {
        let at_least_one = |number| NonZeroU32::new(number).unwrap();
        Policy { limit: at_least_one(limit), period: Duration::from_micros(period_us), burst: at_least_one(burst) }
    }

    #[test]
    fn a_burst_is_let_through_and_then_one_for_each_interval() {
        let cell = Cell::new(&policy(10, 1_000, 3));
        let mut arrival = None;
        let mut take = |now| {
            let (decision, next) = cell.decide(arrival, now);
            arrival = next.or(arrival);
            decision
        };
        assert_eq!(
            [take(0), take(0), take(0)].map(|decision| (decision.is_allowed, decision.remaining)),
            [(true, 2), (true, 1), (true, 0)]
        );
        let refused = take(40);
        assert_eq!((refused.is_allowed, refused.retry_after, refused.reset_after), (false, Some(micros(60)), micros(260)));
        assert!(take(100).is_allowed, "exactly then");
        assert!(!take(199).is_allowed);
        let rested = take(10_000);
        assert_eq!((rested.remaining, rested.reset_after), (2, micros(100)));
    }

    #[test]
    fn a_clock_that_was_set_back_locks_nobody_out_for_longer_than_the_burst_takes() {
        let cell = Cell::new(&policy(1, 1_000, 5));
        let (decision, _) = cell.decide(Some(1_000_000_000), 0);
        assert_eq!(decision.retry_after, Some(micros(1_000)));
    }

    #[test]
    fn policies_at_the_ends_of_their_types_do_not_overflow() {
        for (limit, period, burst) in [(u32::MAX, 1, u32::MAX), (1, u64::MAX, u32::MAX), (1, 0, 1), (u32::MAX, u64::MAX, 1)] {
            let cell = Cell::new(&policy(limit, period, burst));
            let (decision, next) = cell.decide(Some(i64::MAX), i64::MAX / 2);
            assert!(!decision.is_allowed || next.is_some());
            assert!(cell.decide(None, 0).0.is_allowed);
        }
    }

    proptest! {
        /// In any stretch of time no more than the burst and what has come back meanwhile.
        #[test]
        fn no_stretch_of_time_lets_more_through_than_the_policy(
            limit in 1_u32..50, period_us in 1_u64..5_000, burst in 1_u32..20, gaps in vec(0_i64..300, 1..200),
        ) {
            let cell = Cell::new(&policy(limit, period_us, burst));
            let (mut now, mut arrival, mut let_through) = (0, None, Vec::new());
            for gap in gaps {
                now += gap;
                let (decision, next) = cell.decide(arrival, now);
                prop_assert_eq!(decision.is_allowed, decision.retry_after.is_none());
                if let Some(wait) = decision.retry_after {
                    let then = now + i64::try_from(wait.as_micros()).unwrap();
                    prop_assert!(cell.decide(arrival, then).0.is_allowed, "the wait that is told is long enough");
                    prop_assert!(!cell.decide(arrival, then - 1).0.is_allowed, "and not longer than needed");
                }
                arrival = next.or(arrival);
                if decision.is_allowed {
                    let_through.push(now);
                }
            }
            for (from, start) in let_through.iter().enumerate() {
                for (count, end) in let_through[from..].iter().enumerate() {
                    let stretch = u128::try_from(end - start).unwrap();
                    let most = u128::from(burst) + stretch * u128::from(limit) / u128::from(period_us);
                    prop_assert!((count as u128) < most + 1, "{} in {stretch} us", count + 1);
                }
            }
        }
    }
}
