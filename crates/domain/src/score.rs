//! ML scores: how relevant an advertiser is to a client, as the caller's model judged it.

use crate::{AdvertiserId, ClientId, FieldError};

/// One judgement; a pair that was never judged counts as 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Score {
    /// Whom the ad would be shown to.
    pub client_id: ClientId,
    /// Whose ad it would be.
    pub advertiser_id: AdvertiserId,
    /// 0 or more; the larger, the more relevant.
    pub value: i32,
}

impl Score {
    /// Every field that breaks a rule, with pointers relative to the score.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        if self.value >= 0 {
            return Vec::new();
        }
        vec![FieldError::new("/score", "range", format!("must be 0 to {}", i32::MAX))]
    }
}

/// The place, counted from 1, of the 90th percentile by nearest rank among `count` ordered scores; 0 when there are none.
///
/// Nearest rank: the smallest value such that at least 90% of all values are not above it, at place ceil(0.9 x count).
#[must_use]
pub fn p90_rank(count: u64) -> u64 {
    count - count / 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rank_is_nine_tenths_rounded_up() {
        for (count, rank) in [(0, 0), (1, 1), (9, 9), (10, 9), (11, 10), (19, 18), (20, 18), (100, 90), (101, 91)] {
            assert_eq!(p90_rank(count), rank, "of {count}");
        }
    }
}
