//! Frequency caps: how often one client is shown a campaign within a window of time.
//!
//! Windows are the calendar's: the hour (a full one in UTC), the project's day, the week from Monday, the whole flight. So it can be said of
//! every window when it ends, and a day means what it means to daily budgets and statistics.

use crate::{
    Day, FieldError,
    day::{MS_PER_DAY, Moment, utc_hour},
};

/// Most shows that a cap may allow in a window.
pub const MAX_SHOWS: i32 = 1_000;

/// How long a window is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Window {
    /// An hour, from a full hour UTC on.
    Hour,
    /// A day of the project.
    Day,
    /// Seven days, from Monday on.
    Week,
    /// The campaign's whole life.
    Flight,
}

impl Window {
    /// Every window there is.
    pub const ALL: [Self; 4] = [Self::Hour, Self::Day, Self::Week, Self::Flight];

    /// Its name in storage and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Flight => "flight",
        }
    }

    /// The window of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|window| window.as_str() == name)
    }

    /// Whether a show lies in the window that is open now.
    #[must_use]
    pub fn holds(self, now: Moment, show: Show) -> bool {
        match self {
            Self::Hour => show.day == now.day && show.utc_hour == now.utc_hour,
            Self::Day => show.day == now.day,
            Self::Week => week(now.civil_day) == week(now.on(show.day).civil_day),
            Self::Flight => true,
        }
    }
}

impl Window {
    /// The first day after the window that is open now, and the time of that day at which another begins, in milliseconds since
    /// midnight; `None`: it never ends. An hour ends on the same day, or with it.
    #[must_use]
    pub fn end(self, now: Moment) -> Option<(Day, i64)> {
        const MS_PER_HOUR: i64 = 3_600_000;
        match self {
            Self::Hour => {
                let next = (now.ms_of_day / MS_PER_HOUR + 1) * MS_PER_HOUR;
                Some(if next < MS_PER_DAY { (now.day, next) } else { (now.day.plus(1), 0) })
            }
            Self::Day => Some((now.day.plus(1), 0)),
            Self::Week => Some((now.day.plus(7 - now.civil_day.0.saturating_add(3).rem_euclid(7)), 0)),
            Self::Flight => None,
        }
    }
}

/// Weeks from Monday on; 1970-01-01 was a Thursday.
fn week(civil_day: Day) -> i32 {
    civil_day.0.saturating_add(3).div_euclid(7)
}

/// When something was shown, as far as windows ask.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Show {
    /// The project's day.
    pub day: Day,
    /// The hour of the day in UTC.
    pub utc_hour: u8,
}

impl Show {
    /// A show on one of the project's days, really at `at_ms` (milliseconds UTC).
    #[must_use]
    pub fn new(day: Day, at_ms: i64) -> Self {
        Self { day, utc_hour: utc_hour(at_ms) }
    }
}

/// At most so many shows to one client in a window; each of them is counted and billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrequencyCap {
    /// 1 to [`MAX_SHOWS`].
    pub shows: i32,
    /// In how long.
    pub window: Window,
}

impl FrequencyCap {
    /// What breaks a rule.
    #[must_use]
    pub fn fault(&self) -> Option<FieldError> {
        let message = || format!("must be 1 to {MAX_SHOWS}");
        (!(1..=MAX_SHOWS).contains(&self.shows)).then(|| FieldError::new("/frequency_cap/impressions", "range", message()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In a sandbox whose day 0 is Sunday, 2026-11-22.
    fn now(day: i32, hour: u8) -> Moment {
        Moment { day: Day(day), civil_day: Day(20_779 + day), ms_of_day: 0, utc_hour: hour }
    }

    #[test]
    fn windows_are_the_calendars() {
        let show = |day, utc_hour| Show { day: Day(day), utc_hour };
        let cases = [
            (now(0, 10), show(0, 10), [true, true, true, true]),
            (now(0, 11), show(0, 10), [false, true, true, true]),
            (now(0, 10), show(-6, 10), [false, false, true, true]),
            (now(1, 10), show(0, 10), [false, false, false, true]),
            (now(7, 10), show(1, 10), [false, false, true, true]),
            (now(0, 10), show(1, 10), [false, false, false, true]),
        ];
        for (now, show, expected) in cases {
            assert_eq!(Window::ALL.map(|window| window.holds(now, show)), expected, "{now:?} {show:?}");
        }
    }

    #[test]
    fn windows_end_with_the_calendars() {
        let sunday_morning = Moment { ms_of_day: 10 * 3_600_000 + 1, ..now(0, 10) };
        let next_day = Some((Day(1), 0));
        assert_eq!(Window::ALL.map(|window| window.end(sunday_morning)), [Some((Day(0), 11 * 3_600_000)), next_day, next_day, None]);
        assert_eq!(Window::Week.end(now(1, 0)), Some((Day(8), 0)));
        assert_eq!(Window::Hour.end(Moment { ms_of_day: MS_PER_DAY - 1, ..now(0, 23) }), next_day);
    }

    #[test]
    fn a_cap_of_nothing_is_no_cap() {
        assert_eq!(
            [0, 1, MAX_SHOWS, MAX_SHOWS + 1].map(|shows| FrequencyCap { shows, window: Window::Day }.fault().is_some()),
            [true, false, false, true]
        );
    }
}
