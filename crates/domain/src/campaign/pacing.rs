//! Pacing: how fast a daily budget may be spent.
//!
//! Even pacing releases the budget along a straight line, from the moment the campaign is first considered on that day to the
//! day's end, a little early. What was not spent stays released, so that a campaign catches up; what was spent ahead is waited for.

use crate::day::MS_PER_DAY;

/// How far ahead of the line a budget is released: a campaign with little traffic delivers from the beginning, and the last of a
/// budget is released while there is still somebody to show an ad to.
pub const HEAD_START_MS: i64 = 30 * 60 * 1_000;

/// How fast a daily budget may be spent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Pacing {
    /// As fast as there are clients to show an ad to.
    #[default]
    Asap,
    /// Spread over the rest of the day.
    Even,
}

impl Pacing {
    /// Every pacing there is.
    pub const ALL: [Self; 2] = [Self::Asap, Self::Even];

    /// Its name in storage and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asap => "asap",
            Self::Even => "even",
        }
    }

    /// The pacing of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|pacing| pacing.as_str() == name)
    }
}

/// Where the line of a day begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineStart {
    /// Milliseconds since midnight.
    pub ms_of_day: i64,
    /// What was spent of the day's budget by then, in micros.
    pub spent: i64,
}

impl LineStart {
    /// How much of the day's budget may have been spent by then, in micros.
    #[must_use]
    pub fn released(self, budget: i64, ms_of_day: i64) -> i64 {
        let (span, rest) = (self.span(), self.rest(budget));
        let elapsed = (ms_of_day - self.ms_of_day).saturating_add(HEAD_START_MS).clamp(0, span);
        self.spent.saturating_add(share(rest, elapsed, span))
    }

    /// From when on so much may have been spent, in milliseconds since midnight; `None`: not on this day.
    #[must_use]
    pub fn when_released(self, budget: i64, needed: i64) -> Option<i64> {
        let (span, rest) = (self.span(), self.rest(budget));
        let wanted = needed.saturating_sub(self.spent).max(0);
        if wanted > rest {
            return None;
        }
        // The first millisecond at which the share, rounded down, is enough.
        let elapsed = if rest == 0 { 0 } else { (i128::from(wanted) * i128::from(span) + i128::from(rest) - 1) / i128::from(rest) };
        let elapsed = i64::try_from(elapsed).unwrap_or(span);
        Some((self.ms_of_day + elapsed - HEAD_START_MS).max(0))
    }

    fn span(self) -> i64 {
        (MS_PER_DAY - self.ms_of_day).max(1)
    }

    fn rest(self, budget: i64) -> i64 {
        budget.saturating_sub(self.spent).max(0)
    }
}

/// `part` of `whole` of an amount, rounded down. Dividing 64 bits takes a fraction of the time that 128 take, and is enough for all
/// but the greatest budgets.
fn share(amount: i64, part: i64, whole: i64) -> i64 {
    match amount.checked_mul(part) {
        Some(product) => product / whole,
        None => i64::try_from(i128::from(amount) * i128::from(part) / i128::from(whole)).unwrap_or(amount),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MIDNIGHT: LineStart = LineStart { ms_of_day: 0, spent: 0 };

    #[test]
    fn half_of_a_budget_is_released_half_an_hour_before_noon() {
        let noon = MS_PER_DAY / 2;
        assert_eq!(MIDNIGHT.released(1_000, noon - HEAD_START_MS), 500);
        assert_eq!(MIDNIGHT.released(4_800, 0), 100, "the head start");
        assert_eq!(MIDNIGHT.released(1_000, MS_PER_DAY - HEAD_START_MS), 1_000);
        let from_noon = LineStart { ms_of_day: noon, spent: 200 };
        assert_eq!(from_noon.released(1_000, noon + noon / 2 - HEAD_START_MS), 600, "the rest over the rest of the day");
        assert_eq!(from_noon.when_released(1_000, 600), Some(noon + noon / 2 - HEAD_START_MS));
        assert_eq!(from_noon.when_released(1_000, 1_001), None);
    }

    proptest! {
        #[test]
        fn a_line_rises_to_the_budget_and_says_when(
            budget in 0..=9_000_000_000_000_000_i64, spent in 0..=9_000_000_000_000_000_i64, start in 0..MS_PER_DAY,
            (one, other) in (0..MS_PER_DAY, 0..MS_PER_DAY), needed in 0..=9_000_000_000_000_000_i64,
        ) {
            let line = LineStart { ms_of_day: start, spent };
            let (earlier, later) = (one.min(other).max(start), one.max(other).max(start));
            prop_assert!(line.released(budget, earlier) <= line.released(budget, later));
            prop_assert!(line.released(budget, later) <= budget.max(spent));
            prop_assert_eq!(line.released(budget, MS_PER_DAY - 1), budget.max(spent));
            match line.when_released(budget, needed) {
                Some(at) => {
                    prop_assert!(line.released(budget, at.max(start)) >= needed);
                    if at > start {
                        prop_assert!(line.released(budget, at - 1) < needed, "not before");
                    }
                }
                None => prop_assert!(line.released(budget, MS_PER_DAY) < needed),
            }
        }
    }
}
