//! Leases: a process that asks often takes several at once from the limit that all share, and hands them out by itself.
//!
//! What is leased is counted in Redis before it is used, so that all processes together never pass the limit. Leases grow
//! only as long as they are used up within their life, so that little is taken in vain. A refusal is remembered for the
//! same time, if Redis said that it lasts so long: whoever hammers costs few round trips.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use barker_domain::Result;
use moka::sync::Cache;

use super::{Decision, Policy, gcra::Cell, shared::Shared};

/// How long what Redis said holds. What is left of a lease then is given up: it has been counted, and comes back with time.
const LIFE: Duration = Duration::from_millis(100);
/// The largest part of a burst that one process holds at a time, as a divisor.
const BURST_SHARE: u32 = 32;
/// Most that is leased at once.
const MAX_LEASED: u32 = 64;
/// Names with a lease or a refusal; those of others ask Redis each time.
const MAX_NAMES: u64 = 100_000;
/// A name that nobody asks for is forgotten.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(2);

/// Leases of this process. Clones share them.
#[derive(Debug, Clone)]
pub(super) struct Leases {
    shared: Shared,
    names: Cache<Box<str>, Arc<Mutex<Lease>>>,
}

/// What this process holds of one limit.
#[derive(Debug)]
struct Lease {
    left: u32,
    taken_at: Instant,
    /// How far the shared arrival time lay ahead when it was taken, in microseconds.
    ahead_us: i64,
    /// How many to ask for the next time.
    next: u32,
    /// Somebody is asking for a new one. Whoever comes meanwhile asks for a single one.
    is_asking: bool,
    /// When the last refusal was asked for, and how long it said to wait.
    refusal: Option<(Instant, Duration)>,
}

/// What there is to do for one that comes.
enum Step {
    Decided(Decision),
    /// Ask for so many, for everybody who comes next.
    Lease(u32),
    AskForOne,
}

impl Leases {
    pub(super) fn new(shared: Shared) -> Self {
        Self { shared, names: Cache::builder().max_capacity(MAX_NAMES).time_to_idle(FORGOTTEN_AFTER).build() }
    }

    /// At most one round trip.
    pub(super) async fn take(&self, name: &str, policy: &Policy) -> Result<Decision> {
        let cell = Cell::new(policy);
        let entry = self.names.get(name).unwrap_or_else(|| self.names.get_with(name.into(), Arc::default));
        let wanted = match locked(&entry, |lease| lease.step(cell, Instant::now())) {
            Step::Decided(decision) => return Ok(decision),
            Step::Lease(wanted) => wanted,
            Step::AskForOne => 0,
        };
        // Also when whoever asks hangs up in the middle.
        let asking = Asking { entry: &entry, is_leasing: wanted > 0 };
        let asked_at = Instant::now();
        let grant = self.shared.take(name, cell, wanted.max(1)).await?;
        let most = most_leased(policy, cell);
        locked(&entry, |lease| {
            if grant.granted == 0 {
                // From when the question was sent: rather ask too early than refuse for longer than Redis does.
                lease.refusal = cell.refused(grant.ahead_us).retry_after.map(|wait| (asked_at, wait));
                return;
            }
            if wanted > 0 {
                *lease = Lease { left: grant.granted - 1, taken_at: asked_at, next: (wanted * 2).min(most), refusal: None, ..*lease };
            }
            lease.ahead_us = grant.ahead_us;
        });
        drop(asking);
        Ok(if grant.granted > 0 { cell.allowed(grant.ahead_us) } else { cell.refused(grant.ahead_us) })
    }
}

impl Default for Lease {
    fn default() -> Self {
        Self { left: 0, taken_at: Instant::now(), ahead_us: 0, next: 1, is_asking: false, refusal: None }
    }
}

impl Lease {
    fn step(&mut self, cell: Cell, now: Instant) -> Step {
        let age = now.saturating_duration_since(self.taken_at);
        let ahead_us = self.ahead_us.saturating_sub(i64::try_from(age.as_micros()).unwrap_or(i64::MAX)).max(0);
        if self.left > 0 && age < LIFE {
            self.left -= 1;
            let allowed = cell.allowed(ahead_us);
            return Step::Decided(Decision { remaining: allowed.remaining + self.left, ..allowed });
        }
        if let Some((asked_at, wait)) = self.refusal {
            let passed = now.saturating_duration_since(asked_at);
            if passed < wait.min(LIFE) {
                return Step::Decided(cell.refused_for(wait.saturating_sub(passed)));
            }
        }
        if self.is_asking {
            return Step::AskForOne;
        }
        if age >= LIFE {
            // Nobody needs as many as that.
            self.next = (self.next / 2).saturating_sub(self.left).max(1);
        }
        self.left = 0;
        self.is_asking = true;
        Step::Lease(self.next)
    }
}

/// Never more than comes back within the life of a lease: what is given up is soon made good.
fn most_leased(policy: &Policy, cell: Cell) -> u32 {
    let come_back = LIFE.as_micros() / u128::from(cell.interval_us.unsigned_abs().max(1));
    u32::try_from(come_back).unwrap_or(u32::MAX).min(policy.burst.get() / BURST_SHARE).clamp(1, MAX_LEASED)
}

/// Ends with the question, however that ends.
struct Asking<'a> {
    entry: &'a Mutex<Lease>,
    is_leasing: bool,
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        if self.is_leasing {
            locked(self.entry, |lease| lease.is_asking = false);
        }
    }
}

fn locked<T>(entry: &Mutex<Lease>, work: impl FnOnce(&mut Lease) -> T) -> T {
    // Whoever panicked with it left whole numbers behind.
    work(&mut entry.lock().unwrap_or_else(PoisonError::into_inner))
}
