//! Rate limits of this process, in memory that does not grow with the number of names.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use super::{Decision, Policy, gcra::Cell};

/// Names that two cores are unlikely to meet over.
const SHARDS: usize = 64;
/// Names of a shard: what a hash table of 16,384 places holds. In all 917,504 names, 18 MB.
const MAX_NAMES: usize = 16_384 / 8 * 7;

/// Limits of this process. Clones share them.
#[derive(Debug, Clone)]
pub(super) struct InProcess {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    shards: Vec<Mutex<Shard>>,
    /// Secret, so that nobody can choose names that share a number.
    hasher: RandomState,
    start: Instant,
}

/// Arrival times by the hash of the name. Two names out of a million share a hash once in 40 million starts, and then
/// they share a limit.
type Shard = HashMap<u64, i64>;

impl Default for InProcess {
    fn default() -> Self {
        let shards = (0..SHARDS).map(|_| Mutex::default()).collect();
        Self { inner: Arc::new(Inner { shards, hasher: RandomState::new(), start: Instant::now() }) }
    }
}

impl InProcess {
    pub(super) fn take(&self, name: &str, policy: &Policy) -> Decision {
        self.take_at(i64::try_from(self.inner.start.elapsed().as_micros()).unwrap_or(i64::MAX), name, policy)
    }

    fn take_at(&self, now_us: i64, name: &str, policy: &Policy) -> Decision {
        let inner = &self.inner;
        let hash = inner.hasher.hash_one(name);
        // Whoever panicked with it left whole numbers behind.
        let mut shard = inner.shards[shard_of(hash)].lock().unwrap_or_else(PoisonError::into_inner);
        let (decision, arrival_us) = Cell::new(policy).decide(shard.get(&hash).copied(), now_us);
        if let Some(arrival_us) = arrival_us {
            if shard.len() >= MAX_NAMES && !shard.contains_key(&hash) {
                make_room(&mut shard, now_us);
            }
            shard.insert(hash, arrival_us);
        }
        decision
    }
}

/// From bits that the table inside does not use first.
fn shard_of(hash: u64) -> usize {
    usize::try_from(hash >> 32).unwrap_or_default() % SHARDS
}

/// Forgets whoever has rested: they are as good as new. When most have not, also the half that has used least, so that
/// this is rarely done and the worst stay limited. A table of its own, because one with gaps would grow.
fn make_room(shard: &mut Shard, now_us: i64) {
    let mut awaited: Vec<_> = shard.values().copied().filter(|arrival_us| *arrival_us > now_us).collect();
    let mut since_us = now_us;
    if awaited.len() > MAX_NAMES / 2 {
        since_us = *awaited.select_nth_unstable(MAX_NAMES / 2).1;
    }
    let mut kept = Shard::with_capacity(MAX_NAMES);
    kept.extend(shard.drain().filter(|(_, arrival_us)| *arrival_us > since_us));
    *shard = kept;
}

#[cfg(test)]
mod tests {
    use std::{num::NonZeroU32, time::Duration};

    use super::*;

    fn policy(burst: u32) -> Policy {
        Policy { limit: NonZeroU32::MIN, period: Duration::from_mins(1), burst: NonZeroU32::new(burst).unwrap() }
    }

    fn names(limiter: &InProcess) -> usize {
        limiter.inner.shards.iter().map(|shard| shard.lock().unwrap().len()).sum()
    }

    #[test]
    fn millions_of_names_take_no_more_memory_and_do_not_free_the_worst() {
        let limiter = InProcess::default();
        for _ in 0..100 {
            limiter.take_at(0, "worst", &policy(100));
        }
        for number in 0..2_000_000 {
            limiter.take_at(0, &number.to_string(), &policy(1));
        }
        assert!(names(&limiter) <= SHARDS * MAX_NAMES, "{}", names(&limiter));
        let places: usize = limiter.inner.shards.iter().map(|shard| shard.lock().unwrap().capacity()).sum();
        assert!(places <= SHARDS * MAX_NAMES, "the tables have not grown beyond their bound: {places}");
        assert!(!limiter.take_at(0, "worst", &policy(100)).is_allowed);
    }

    #[test]
    fn names_that_have_rested_make_room_first() {
        let limiter = InProcess::default();
        for number in 0..SHARDS * MAX_NAMES / 3 * 2 {
            limiter.take_at(0, &format!("rested {number}"), &policy(1));
        }
        let later_us = 61_000_000;
        let fresh = SHARDS * MAX_NAMES / 6;
        for round in [true, false] {
            for number in 0..fresh {
                assert_eq!(limiter.take_at(later_us, &format!("fresh {number}"), &policy(1)).is_allowed, round, "{number}");
            }
        }
        for number in 0..SHARDS * MAX_NAMES / 3 {
            limiter.take_at(later_us, &format!("more {number}"), &policy(1));
        }
        assert!(
            (0..fresh).all(|number| !limiter.take_at(later_us, &format!("fresh {number}"), &policy(1)).is_allowed),
            "nobody was forgotten too early"
        );
    }
}
