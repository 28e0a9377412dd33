//! The slow-down after failed attempts to log in: the first ones are free, then each costs twice the wait of the one before.

use std::net::IpAddr;

/// How many failures are forgiven, and how long the wait can grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Failures without a wait.
    pub free: i32,
    /// The longest wait, in milliseconds.
    pub longest_ms: i64,
}

/// For one account. The longest wait is short, so that a stranger cannot lock its owner out: 1,440 guesses a day.
pub const OF_ACCOUNT: Patience = Patience { free: 5, longest_ms: 60_000 };
/// For one address, behind which an office may sit.
pub const OF_ADDRESS: Patience = Patience { free: 20, longest_ms: 900_000 };
/// After this long without a failure, everything is forgiven, in milliseconds.
pub const FORGIVEN_AFTER_MS: i64 = 86_400_000;

/// The first wait; it doubles with every further failure.
const FIRST_WAIT_MS: i64 = 1_000;

/// Failures of one account or one address.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Failures {
    /// How many, since the last success or since all was forgiven.
    pub count: i32,
    /// The last one, in milliseconds UTC.
    pub last_at_ms: i64,
}

impl Failures {
    /// How long to wait from `now_ms` on before the next attempt, in milliseconds; 0 for not at all.
    #[must_use]
    pub fn wait_ms(self, patience: Patience, now_ms: i64) -> i64 {
        let beyond = self.count - patience.free;
        if beyond < 0 || now_ms - self.last_at_ms >= FORGIVEN_AFTER_MS {
            return 0;
        }
        // 2^40 seconds is beyond every longest wait.
        let wait_ms = (FIRST_WAIT_MS << beyond.min(40)).min(patience.longest_ms);
        (self.last_at_ms + wait_ms - now_ms).clamp(0, patience.longest_ms)
    }

    /// These failures and one more.
    #[must_use]
    pub fn and_one_at(self, now_ms: i64) -> Self {
        let forgiven = now_ms - self.last_at_ms >= FORGIVEN_AFTER_MS;
        Self { count: if forgiven { 1 } else { self.count.saturating_add(1) }, last_at_ms: now_ms }
    }
}

/// What one caller can choose addresses from: of IPv6, 64 bits.
#[must_use]
pub fn network(address: IpAddr) -> IpAddr {
    const LAST_64_BITS: u128 = u64::MAX as u128;
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) & !LAST_64_BITS).into()),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Patience = Patience { free: 2, longest_ms: 5_000 };

    #[test]
    fn waits_double_up_to_the_longest() {
        let waits: Vec<_> = (0..7).map(|count| Failures { count, last_at_ms: 100 }.wait_ms(PATIENCE, 100)).collect();
        assert_eq!(waits, [0, 0, 1_000, 2_000, 4_000, 5_000, 5_000]);
        assert_eq!(Failures { count: i32::MAX, last_at_ms: 0 }.wait_ms(PATIENCE, 0), 5_000);
    }

    #[test]
    fn time_that_has_passed_counts_and_a_day_forgives() {
        let failures = Failures { count: 4, last_at_ms: 1_000 };
        assert_eq!(failures.wait_ms(PATIENCE, 3_500), 1_500);
        assert_eq!(failures.wait_ms(PATIENCE, 9_000), 0);
        assert_eq!(failures.and_one_at(9_000), Failures { count: 5, last_at_ms: 9_000 });
        assert_eq!(failures.and_one_at(1_000 + FORGIVEN_AFTER_MS), Failures { count: 1, last_at_ms: 1_000 + FORGIVEN_AFTER_MS });
    }

    #[test]
    fn addresses_of_one_network_count_together() {
        for (address, expected) in
            [("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
        {
            assert_eq!(network(address.parse().unwrap()).to_string(), expected);
        }
    }
}
