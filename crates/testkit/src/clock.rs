//! A clock that stands still until a test moves it.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use barker_domain::clock::Clock;

/// 2026-01-01T00:00:00Z, in milliseconds.
const START_MS: i64 = 1_767_225_600_000;

/// Time as a test says it is. Clones show the same time.
#[derive(Debug, Clone)]
pub struct ManualClock {
    now_ms: Arc<AtomicI64>,
}

impl Default for ManualClock {
    fn default() -> Self {
        Self { now_ms: Arc::new(AtomicI64::new(START_MS)) }
    }
}

impl ManualClock {
    /// Lets time pass.
    pub fn advance_ms(&self, passed_ms: i64) {
        self.now_ms.fetch_add(passed_ms, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now_ms(&self) -> i64 {
        self.now_ms.load(Ordering::SeqCst)
    }
}
