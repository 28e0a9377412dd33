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

impl Day {
    /// Reads a date like `2026-12-31`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        // Nothing but a date: jiff would take the date of an instant as well.
        if text.len() != "2026-12-31".len() {
            return None;
        }
        text.parse::<jiff::civil::Date>().ok().map(Self::from)
    }

    /// The date; the nearest one where jiff's calendar ends.
    #[must_use]
    pub fn date(self) -> jiff::civil::Date {
        let date = jiff::Span::new().try_days(self.0).and_then(|span| EPOCH.checked_add(span));
        date.unwrap_or(if self.0 < 0 { jiff::civil::Date::MIN } else { jiff::civil::Date::MAX })
    }

    /// The day so many days later; the last one there is where numbers end.
    #[must_use]
    pub fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }
}

impl From<jiff::civil::Date> for Day {
    fn from(date: jiff::civil::Date) -> Self {
        Self(date.since(EPOCH).map_or(0, |span| span.get_days()))
    }
}

/// Milliseconds of a day.
pub const MS_PER_DAY: i64 = 86_400_000;
const MS_PER_HOUR: i64 = 3_600_000;

/// A moment of a project, as its clock shows it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moment {
    /// The project's day.
    pub day: Day,
    /// The civil day that it is, or, in a sandbox, stands for.
    pub civil_day: Day,
    /// Milliseconds since midnight by the clock, below [`MS_PER_DAY`]. On the day the clocks go back an hour comes twice.
    pub ms_of_day: i64,
    /// The hour of the day in UTC, 0 to 23.
    pub utc_hour: u8,
}

impl Moment {
    /// This moment, as those see it for whom it is another day already, or still: that day's beginning.
    #[must_use]
    pub fn on(self, day: Day) -> Self {
        if day == self.day {
            return self;
        }
        let civil_day = self.civil_day.plus(day.0.saturating_sub(self.day.0));
        Self { day, civil_day, ms_of_day: 0, ..self }
    }
}

/// The hour of the day in UTC, 0 to 23, at an instant in milliseconds UTC.
#[must_use]
pub fn utc_hour(at_ms: i64) -> u8 {
    u8::try_from(at_ms.rem_euclid(MS_PER_DAY) / MS_PER_HOUR).unwrap_or(0)
}

/// Day 0.
const EPOCH: jiff::civil::Date = jiff::civil::date(1970, 1, 1);

/// The day of an instant in a time zone, and the milliseconds since midnight that its clock shows. Bounded as [`civil_day`] is.
#[must_use]
pub fn civil_moment(at_ms: i64, time_zone: &jiff::tz::TimeZone) -> (Day, i64) {
    let instant = jiff::Timestamp::from_millisecond(at_ms).unwrap_or(if at_ms < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX });
    let local = time_zone.to_datetime(instant);
    let seconds = (i64::from(local.hour()) * 60 + i64::from(local.minute())) * 60 + i64::from(local.second());
    (Day::from(local.date()), seconds * 1_000 + i64::from(local.millisecond()))
}

/// The day of an instant in a time zone, counted from 1970-01-01.
///
/// `at_ms` is milliseconds UTC. Instants beyond jiff's calendar (years -9999 to 9999) give the nearest end.
#[must_use]
pub fn civil_day(at_ms: i64, time_zone: &jiff::tz::TimeZone) -> Day {
    let instant = jiff::Timestamp::from_millisecond(at_ms).unwrap_or(if at_ms < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX });
    Day::from(time_zone.to_datetime(instant).date())
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
    fn days_are_read_and_written_as_dates() {
        for (text, day) in [("1970-01-01", Some(0)), ("2026-11-21", Some(20_778)), ("1969-12-31", Some(-1))] {
            assert_eq!(Day::parse(text).map(|day| day.0), day);
            assert_eq!(Day(day.unwrap()).date().to_string(), text);
        }
        for text in ["2026-02-29", "2026-11-21T10:00:00Z", "21.11.2026", "2026-W47", ""] {
            assert_eq!(Day::parse(text), None, "{text}");
        }
    }

    #[test]
    fn days_are_counted_inclusively_and_backwards_is_none() {
        assert_eq!(Day(3).through(Day(5)).collect::<Vec<_>>(), [Day(3), Day(4), Day(5)]);
        assert_eq!(Day(3).count_through(Day(5)), 3);
        assert_eq!(Day(5).count_through(Day(3)), 0);
        assert_eq!(Day(0).count_through(Day(i32::MAX)), 1 << 31);
    }
}
