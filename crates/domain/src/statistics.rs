//! What a campaign or an advertiser delivered and spent, in total and by day.

use std::collections::BTreeMap;

use crate::{Day, Error, FieldError, Micros, Result};

/// Most days one answer lists with the empty ones filled in: a hundred years.
pub const MAX_FILLED_DAYS: u64 = 36_600;

/// Exact counts, and money at the prices of the events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Counted impressions.
    pub impressions: i64,
    /// Billed clicks.
    pub clicks: i64,
    /// Spent on impressions.
    pub spent_impressions: Micros,
    /// Spent on clicks.
    pub spent_clicks: Micros,
}

impl Counters {
    /// Clicks per hundred impressions; 0 without impressions.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a ratio for people")]
    pub fn conversion_percent(&self) -> f64 {
        if self.impressions == 0 { 0.0 } else { self.clicks as f64 / self.impressions as f64 * 100.0 }
    }

    /// Spent in all.
    #[must_use]
    pub fn spent_total(&self) -> Micros {
        self.spent_impressions.saturating_add(self.spent_clicks)
    }

    /// Adds the other counters to these.
    pub fn add(&mut self, other: &Self) {
        self.impressions += other.impressions;
        self.clicks += other.clicks;
        self.spent_impressions = self.spent_impressions.saturating_add(other.spent_impressions);
        self.spent_clicks = self.spent_clicks.saturating_add(other.spent_clicks);
    }
}

/// Whether days without events are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EmptyDays {
    /// With zeros.
    #[default]
    Listed,
    /// Left out.
    LeftOut,
}

/// Counters of each day that has any.
pub type Days = BTreeMap<Day, Counters>;

/// The sum of all days.
#[must_use]
pub fn total(days: &Days) -> Counters {
    days.values().fold(Counters::default(), |mut sum, day| {
        sum.add(day);
        sum
    })
}

/// The days of a flight as statistics list them, with zeros for days without events.
///
/// Runs from `start` (or an earlier day with an event, in a rewound sandbox) to the later of `min(today, end)` and the
/// last day with an event, so that the sum of the rows always equals the total.
///
/// # Errors
/// [`crate::Code::InvalidRequest`] when that is more than [`MAX_FILLED_DAYS`] days.
pub fn fill(days: &Days, start: Day, end: Day, today: Day) -> Result<Vec<(Day, Counters)>> {
    let first = days.first_key_value().map_or(start, |(day, _)| start.min(*day));
    let last = days.last_key_value().map_or(today.min(end), |(day, _)| today.min(end).max(*day));
    if first.count_through(last) > MAX_FILLED_DAYS {
        let message = format!("the flight has more than {MAX_FILLED_DAYS} days; ask with fill=none to leave empty ones out");
        return Err(Error::invalid(vec![FieldError::new("/fill", "range", message)]));
    }
    Ok(first.through(last).map(|day| (day, days.get(&day).copied().unwrap_or_default())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_impression() -> Counters {
        Counters { impressions: 1, spent_impressions: Micros(7), ..Counters::default() }
    }

    fn listed(days: &Days, start: i32, end: i32, today: i32) -> Vec<i32> {
        fill(days, Day(start), Day(end), Day(today)).unwrap().into_iter().map(|(day, _)| day.0).collect()
    }

    #[test]
    fn every_day_of_the_flight_up_to_today_is_listed() {
        assert_eq!(listed(&Days::new(), 3, 9, 5), [3, 4, 5]);
        assert_eq!(listed(&Days::new(), 3, 4, 9), [3, 4]);
        assert_eq!(listed(&Days::new(), 3, 9, 2), [0; 0]);
    }

    #[test]
    fn a_click_after_the_end_extends_the_list() {
        assert_eq!(listed(&Days::from([(Day(6), one_impression())]), 3, 4, 9), [3, 4, 5, 6]);
    }

    #[test]
    fn endless_flights_are_refused_with_advice() {
        let error = fill(&Days::new(), Day(0), Day(i32::MAX), Day(i32::MAX)).unwrap_err();
        assert_eq!(error.fields[0].pointer, "/fill");
    }

    #[test]
    fn conversion_is_in_percent_and_zero_without_impressions() {
        assert_eq!(Counters::default().conversion_percent(), 0.0);
        assert_eq!(Counters { impressions: 8, clicks: 1, ..Counters::default() }.conversion_percent(), 12.5);
    }

    proptest::proptest! {
        #[test]
        fn rows_always_sum_to_the_total(events in proptest::collection::vec((0..60_i32, 0..4_i64, 0..4_i64), 0..40), start in 0..60_i32, length in 0..60_i32, today in 0..90_i32) {
            let mut days = Days::new();
            for (day, impressions, clicks) in events {
                days.entry(Day(day)).or_default().add(&Counters { impressions, clicks, spent_impressions: Micros(impressions * 3), spent_clicks: Micros(clicks * 5) });
            }
            let rows = fill(&days, Day(start), Day(start + length), Day(today)).unwrap();
            let summed = total(&rows.iter().copied().collect());
            proptest::prop_assert_eq!(summed, total(&days));
            proptest::prop_assert!(rows.windows(2).all(|pair| pair[0].0.0 + 1 == pair[1].0.0));
        }
    }
}
