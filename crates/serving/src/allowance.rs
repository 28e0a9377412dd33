//! Allowances and reservations: why no limit is ever passed.
//!
//! An allowance is an amount that the store granted to this node: impressions, clicks, and the money of an advertiser; budgets
//! are more of the same. A decision takes from it before anything is written and gives back what was not used, so
//! the sum of what was settled and what is reserved can never exceed the grant.

use std::{
    ops::Deref,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

/// An amount this node may use. Whoever decides holds a handle on the same one.
#[derive(Debug, Clone)]
pub struct Allowance {
    amounts: Amounts,
    is_second: bool,
}

/// Two amounts side by side: whoever looks at the one looks at the other, too, and finds both in one line of the processor's cache.
#[derive(Debug, Clone)]
pub(crate) struct Amounts(Arc<[Amount; 2]>);

/// What is granted, what of it is left, and what is used for good.
#[derive(Debug)]
pub struct Amount {
    granted: AtomicI64,
    remaining: AtomicI64,
    settled: AtomicI64,
}

impl Allowance {
    /// A grant that nobody can use up.
    pub const UNLIMITED: i64 = i64::MAX / 2;

    /// A grant of `granted` units, of which `settled` were used durably before.
    #[must_use]
    pub fn new(granted: i64, settled: i64) -> Self {
        Self { amounts: Amounts(Arc::new([Amount::new(granted, settled), Amount::new(0, 0)])), is_second: false }
    }

    /// Two that are looked at together, each with what is granted and what was used durably before.
    #[must_use]
    pub fn pair(grants: [(i64, i64); 2]) -> [Self; 2] {
        let amounts = Amounts(Arc::new(grants.map(|(granted, settled)| Amount::new(granted, settled))));
        [Self { amounts: amounts.clone(), is_second: false }, Self { amounts, is_second: true }]
    }

    /// More than anybody can use.
    #[must_use]
    pub fn unlimited() -> Self {
        Self::new(Self::UNLIMITED, 0)
    }

    /// Where it lies, with the one beside it.
    pub(crate) fn amounts(&self) -> &Amounts {
        &self.amounts
    }

    /// Whether it lies there first.
    pub(crate) fn is_first(&self) -> bool {
        !self.is_second
    }
}

impl Deref for Allowance {
    type Target = Amount;

    fn deref(&self) -> &Amount {
        let [first, second] = self.amounts.both();
        if self.is_second { second } else { first }
    }
}

impl Amounts {
    pub(crate) fn both(&self) -> &[Amount; 2] {
        &self.0
    }
}

impl Amount {
    fn new(granted: i64, settled: i64) -> Self {
        Self { granted: AtomicI64::new(granted), remaining: AtomicI64::new(granted - settled), settled: AtomicI64::new(settled) }
    }

    /// What is granted in all.
    #[must_use]
    pub fn granted(&self) -> i64 {
        self.granted.load(Ordering::Acquire)
    }

    /// Units that were used or are reserved.
    #[must_use]
    pub fn used(&self) -> i64 {
        self.granted() - self.remaining()
    }

    /// Whether nothing of it is reserved.
    #[must_use]
    pub fn is_at_rest(&self) -> bool {
        self.remaining().saturating_add(self.settled()) == self.granted()
    }

    /// Units that nobody has reserved or used. Negative when the grant was below what was used from the beginning.
    #[must_use]
    pub fn remaining(&self) -> i64 {
        self.remaining.load(Ordering::Acquire)
    }

    /// Units that were used durably.
    #[must_use]
    pub fn settled(&self) -> i64 {
        self.settled.load(Ordering::Acquire)
    }

    /// What is granted and not used durably, reserved or not.
    #[must_use]
    pub fn unsettled(&self) -> i64 {
        self.granted.load(Ordering::Acquire) - self.settled()
    }

    /// Whether all of it was used durably, so that nothing can come back.
    #[must_use]
    pub fn is_used_up(&self) -> bool {
        self.settled() >= self.granted.load(Ordering::Acquire)
    }

    /// Adds to the grant: a limit was raised. A negative amount takes away whatever is left, and more.
    pub fn grow(&self, amount: i64) {
        self.granted.fetch_add(amount, Ordering::AcqRel);
        self.give_back(amount);
    }

    /// Gives back what was used durably: it turned out not to count.
    pub fn restore(&self, amount: i64) {
        self.settled.fetch_sub(amount, Ordering::AcqRel);
        self.give_back(amount);
    }

    fn take(&self, amount: i64) -> bool {
        let enough = |remaining: i64| (remaining >= amount).then(|| remaining - amount);
        self.remaining.fetch_update(Ordering::AcqRel, Ordering::Acquire, enough).is_ok()
    }

    fn give_back(&self, amount: i64) {
        self.remaining.fetch_add(amount, Ordering::AcqRel);
    }
}

/// Units taken from one or several allowances, all or none. Dropping it gives them back.
#[derive(Debug)]
#[must_use = "a reservation that is dropped is given back"]
pub struct Reservation {
    held: Vec<(Allowance, i64)>,
}

impl Reservation {
    /// Takes every amount, or nothing when one allowance does not cover its share.
    pub fn take<'a>(wanted: impl IntoIterator<Item = (&'a Allowance, i64)>) -> Option<Self> {
        // What was taken before a refusal is given back when `reservation` is dropped.
        let mut reservation = Self { held: Vec::with_capacity(4) };
        for (allowance, amount) in wanted {
            // Nothing can be taken from an allowance that is overdrawn because the operator's tolerance was lowered.
            if amount > 0 && !allowance.take(amount) {
                return None;
            }
            if amount > 0 {
                reservation.held.push((allowance.clone(), amount));
            }
        }
        Some(reservation)
    }

    /// Both reservations as one.
    #[must_use = "a reservation that is dropped is given back"]
    pub fn and(mut self, mut other: Self) -> Self {
        self.held.append(&mut other.held);
        self
    }

    /// Marks the units as used for good: what they paid for is durable.
    pub fn settle(mut self) {
        for (allowance, amount) in self.held.drain(..) {
            allowance.settled.fetch_add(amount, Ordering::AcqRel);
        }
    }

    /// Takes the units out of the grant: a limit was lowered.
    pub fn surrender(mut self) {
        for (allowance, amount) in self.held.drain(..) {
            allowance.granted.fetch_sub(amount, Ordering::AcqRel);
        }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        for (allowance, amount) in self.held.drain(..) {
            allowance.give_back(amount);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_reservation_returns_and_a_settled_one_does_not() {
        let allowance = Allowance::new(2, 0);
        drop(Reservation::take([(&allowance, 1)]));
        assert_eq!((allowance.remaining(), allowance.settled()), (2, 0));
        Reservation::take([(&allowance, 1)]).unwrap().settle();
        assert_eq!((allowance.remaining(), allowance.settled()), (1, 1));
        let last = Reservation::take([(&allowance, 1)]).unwrap();
        assert!(!allowance.is_used_up(), "the last unit may come back");
        last.settle();
        assert!(allowance.is_used_up());
    }

    #[test]
    fn all_or_nothing_over_several_allowances() {
        let (impressions, budget) = (Allowance::new(10, 0), Allowance::new(5, 0));
        assert!(Reservation::take([(&impressions, 1), (&budget, 7)]).is_none());
        assert_eq!((impressions.remaining(), budget.remaining()), (10, 5));
    }

    #[test]
    fn a_grant_never_shrinks_below_what_is_reserved() {
        let allowance = Allowance::new(10, 4);
        let reservation = Reservation::take([(&allowance, 3)]).unwrap();
        assert!(Reservation::take([(&allowance, 4)]).is_none());
        Reservation::take([(&allowance, 3)]).unwrap().surrender();
        assert_eq!((allowance.remaining(), allowance.settled()), (0, 4));
        drop(reservation);
        assert_eq!(allowance.remaining(), 3);
    }

    #[test]
    fn threads_together_never_take_more_than_is_granted() {
        let allowance = Allowance::new(1_000, 0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for turn in 0..1_000 {
                        match Reservation::take([(&allowance, 1)]) {
                            Some(reservation) if turn % 3 > 0 => reservation.settle(),
                            returned => drop(returned),
                        }
                    }
                });
            }
        });
        assert_eq!(allowance.settled() + allowance.remaining(), 1_000);
        assert_eq!(allowance.remaining(), 0);
    }
}
