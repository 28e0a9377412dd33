//! A circuit: after a failure nobody tries for a while, then one does, for all.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// How long an open circuit rests between two tries.
const REST: Duration = Duration::from_secs(1);

/// Closed as long as the service answers.
#[derive(Debug, Default)]
pub(super) struct Circuit {
    /// When the next try is due; `None` while it is closed.
    next_try: Mutex<Option<Instant>>,
}

impl Circuit {
    /// Whether this caller may try. While it is open that is one caller for each rest.
    pub(super) fn admits(&self, now: Instant) -> bool {
        let mut next_try = self.state();
        match *next_try {
            None => true,
            Some(due) if now >= due => {
                *next_try = Some(now + REST);
                true
            }
            Some(_) => false,
        }
    }

    /// After a failure. Answers whether it was closed before: an outage begins once.
    pub(super) fn open(&self, now: Instant) -> bool {
        self.state().replace(now + REST).is_none()
    }

    /// After an answer. Answers whether it was open before.
    pub(super) fn close(&self) -> bool {
        self.state().take().is_some()
    }

    /// Whoever panicked with it left a whole value behind.
    fn state(&self) -> MutexGuard<'_, Option<Instant>> {
        self.next_try.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_begins_and_ends_once_and_one_caller_tries_for_all() {
        let (circuit, now) = (Circuit::default(), Instant::now());
        assert!(circuit.admits(now) && circuit.admits(now));
        assert!(circuit.open(now), "the outage begins");
        assert!(!circuit.open(now), "it has begun already");
        assert!(!circuit.admits(now));
        assert!(circuit.admits(now + REST), "one tries");
        assert!(!circuit.admits(now + REST), "and the others do not");
        assert!(circuit.close());
        assert!(!circuit.close());
        assert!(circuit.admits(now) && circuit.admits(now));
    }
}
