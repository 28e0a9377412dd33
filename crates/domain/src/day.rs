//! Civil days as numbers, and which day it is in a project.
//!
//! A live project's day counts from 1970-01-01 in the project's time zone. A sandbox starts at day 0 and is
//! moved by its owner; its epoch (a civil date fixed at creation) says which date each of its days stands for.

use serde::{Deserialize, Serialize};

/// A civil day of a project.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(pub i32);

impl Day {
    /// Every day from this one to `last`, both included; none when `last` is earlier.
    pub fn through(self, last: Self) -> impl Iterator<Item = Self> {
        (self.0..=last.0).map(Self)
    }

    /// How many days [`Day::through`] yields.
    #[must_use]
    pub fn count_through(self, last: Self) -> u64 {
        u64::try_from(i64::from(last.0) - i64::from(self.0) + 1).unwrap_or(0)
    }
}

/// The day of an instant in a time zone, counted from 1970-01-01.
///
/// `at_ms` is milliseconds UTC. Instants beyond jiff's calendar (years -9999 to 9999) give the nearest end.
#[must_use]
pub fn civil_day(at_ms: i64, time_zone: &jiff::tz::TimeZone) -> Day {
    let instant = jiff::Timestamp::from_millisecond(at_ms).unwrap_or(if at_ms < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX });
    let date = time_zone.to_datetime(instant).date();
    let epoch = jiff::civil::date(1970, 1, 1);
    Day(date.since(epoch).map_or(0, |span| span.get_days()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_of_the_projects_time_zone() {
        let moscow = jiff::tz::TimeZone::fixed(jiff::tz::offset(3));
        let just_before_midnight = 20 * 3_600_000 + 3_599_999;
        assert_eq!(civil_day(just_before_midnight, &moscow), Day(0));
        assert_eq!(civil_day(just_before_midnight + 1, &moscow), Day(1));
        assert_eq!(civil_day(just_before_midnight + 1, &jiff::tz::TimeZone::UTC), Day(0));
        assert_eq!(civil_day(-1, &jiff::tz::TimeZone::UTC), Day(-1));
    }

    #[test]
    fn days_are_counted_inclusively_and_backwards_is_none() {
        assert_eq!(Day(3).through(Day(5)).collect::<Vec<_>>(), [Day(3), Day(4), Day(5)]);
        assert_eq!(Day(3).count_through(Day(5)), 3);
        assert_eq!(Day(5).count_through(Day(3)), 0);
        assert_eq!(Day(0).count_through(Day(i32::MAX)), 1 << 31);
    }
}
