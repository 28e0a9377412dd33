//! A project: one business, its money, its time and how it ranks ads. The tenant of everything else.

use crate::{
    Day, FieldError, ProjectId,
    day::{MS_PER_DAY, Moment, civil_day, civil_moment, utc_hour},
    text,
};

/// Longest time after a touch in which a conversion is credited to it, in days.
pub const MAX_ATTRIBUTION_WINDOW_DAYS: i32 = 365;

/// How a project knows which day it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Timekeeping {
    /// The civil day in the project's time zone.
    Live {
        /// IANA time zone.
        time_zone: jiff::tz::TimeZone,
    },
    /// A day that is set by hand.
    Sandbox {
        /// Today.
        today: Day,
    },
}

impl Timekeeping {
    /// The project's day at the instant `now_ms` (milliseconds UTC).
    #[must_use]
    pub fn today(&self, now_ms: i64) -> Day {
        match self {
            Self::Live { time_zone } => civil_day(now_ms, time_zone),
            Self::Sandbox { today } => *today,
        }
    }

    /// Whether the day is set by hand.
    #[must_use]
    pub fn is_sandbox(&self) -> bool {
        matches!(self, Self::Sandbox { .. })
    }
}

/// The ranking strategies a project can choose from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Ranking {
    /// Income and click-through rate, each relative to the best candidate's.
    Blend,
    /// What a show is expected to earn.
    #[default]
    ExpectedProfit,
}

impl Ranking {
    /// Every strategy there is.
    pub const ALL: [Self; 2] = [Self::Blend, Self::ExpectedProfit];

    /// The strategy's name in configuration and storage.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Blend => "blend",
            Self::ExpectedProfit => "expected_profit",
        }
    }

    /// The strategy of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ranking| ranking.as_str() == name)
    }
}

/// Which touch of a customer's path is credited with a conversion, unless a report asks otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum AttributionModel {
    /// The first one.
    FirstClick,
    /// The last one.
    #[default]
    LastClick,
    /// All of them alike.
    Linear,
}

impl AttributionModel {
    /// Every model there is.
    pub const ALL: [Self; 3] = [Self::FirstClick, Self::LastClick, Self::Linear];

    /// The model's name in the API and in storage.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FirstClick => "first_click",
            Self::LastClick => "last_click",
            Self::Linear => "linear",
        }
    }

    /// The model of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|model| model.as_str() == name)
    }
}

/// What its owners decide about a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How it ranks ads.
    pub ranking: Ranking,
    /// Whether titles and texts of ads are moderated.
    pub is_moderated: bool,
    /// Which touch is credited with a conversion.
    pub attribution_model: AttributionModel,
    /// How many days after a touch a conversion is still credited to it.
    pub attribution_window_days: i32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            ranking: Ranking::default(),
            is_moderated: false,
            attribution_model: AttributionModel::default(),
            attribution_window_days: 30,
        }
    }
}

/// One business and its settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Made by Barker.
    pub id: ProjectId,
    /// What configuration calls it: unique. The id's text, unless the operator made it at the command line.
    pub alias: String,
    /// What people call it; two businesses may choose the same.
    pub name: String,
    /// ISO 4217 code of all its money.
    pub currency: String,
    /// What its days are.
    pub timekeeping: Timekeeping,
    /// The civil date (days since 1970-01-01) that day 0 of a sandbox stands for; fixed at creation, 0 when live.
    pub epoch: Day,
    /// What its owners decide.
    pub settings: Settings,
    /// Milliseconds UTC.
    pub created_at_ms: i64,
    /// When it was put away; `None`: it is in use.
    pub archived_at_ms: Option<i64>,
}

impl Project {
    /// The civil day (days since 1970-01-01) that one of its days stands for.
    #[must_use]
    pub fn civil_day(&self, day: Day) -> Day {
        match self.timekeeping {
            Timekeeping::Live { .. } => day,
            Timekeeping::Sandbox { .. } => Day(self.epoch.0.saturating_add(day.0)),
        }
    }

    /// Which of its days stands for a civil day; the nearest one where numbers end.
    #[must_use]
    pub fn day_of(&self, civil: Day) -> Day {
        match self.timekeeping {
            Timekeeping::Live { .. } => civil,
            Timekeeping::Sandbox { .. } => Day(civil.0.saturating_sub(self.epoch.0)),
        }
    }

    /// The IANA name of the time zone that its days are days of.
    #[must_use]
    pub fn time_zone_name(&self) -> &str {
        match &self.timekeeping {
            Timekeeping::Live { time_zone } => time_zone.iana_name().unwrap_or("UTC"),
            Timekeeping::Sandbox { .. } => "UTC",
        }
    }

    /// When something is told to have happened that happened on one of its days, really at `at_ms` (milliseconds UTC): in a
    /// sandbox on the date that the day stands for, at the real time of day.
    #[must_use]
    pub fn instant_on(&self, day: Day, at_ms: i64) -> i64 {
        match self.timekeeping {
            Timekeeping::Live { .. } => at_ms,
            Timekeeping::Sandbox { .. } => i64::from(self.civil_day(day).0) * MS_PER_DAY + at_ms.rem_euclid(MS_PER_DAY),
        }
    }

    /// The moment that its clock shows at `now_ms` (milliseconds UTC): in a sandbox on its day, at the real time of day.
    #[must_use]
    pub fn moment(&self, now_ms: i64) -> Moment {
        let (day, ms_of_day) = match &self.timekeeping {
            Timekeeping::Live { time_zone } => civil_moment(now_ms, time_zone),
            Timekeeping::Sandbox { today } => (*today, now_ms.rem_euclid(MS_PER_DAY)),
        };
        Moment { day, civil_day: self.civil_day(day), ms_of_day, utc_hour: utc_hour(now_ms) }
    }

    /// The instant, in milliseconds UTC, at which its clock shows so many milliseconds since midnight on one of its days. A sandbox
    /// is dated by its day.
    #[must_use]
    pub fn instant_of(&self, day: Day, ms_of_day: i64) -> i64 {
        let civil_day = self.civil_day(day);
        let in_utc = i64::from(civil_day.0).saturating_mul(MS_PER_DAY).saturating_add(ms_of_day);
        match &self.timekeeping {
            Timekeeping::Sandbox { .. } => in_utc,
            Timekeeping::Live { time_zone } => {
                let midnight = civil_day.date().to_datetime(jiff::civil::Time::midnight());
                let shown = midnight.checked_add(jiff::SignedDuration::from_millis(ms_of_day)).unwrap_or(midnight);
                time_zone.to_timestamp(shown).map_or(in_utc, jiff::Timestamp::as_millisecond)
            }
        }
    }

    /// Every field that breaks a rule, with pointers relative to the project.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        faults.extend(text::fault("/name", &self.name, text::MAX_NAME_CHARS));
        faults.extend(text::currency_fault("/currency", &self.currency));
        if !(1..=MAX_ATTRIBUTION_WINDOW_DAYS).contains(&self.settings.attribution_window_days) {
            let message = format!("must be 1 to {MAX_ATTRIBUTION_WINDOW_DAYS}");
            faults.push(FieldError::new("/settings/attribution_window_days", "range", message));
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    fn project(currency: &str, attribution_window_days: i32) -> Project {
        Project {
            id: ProjectId::generate(),
            alias: "a".into(),
            name: " ".into(),
            currency: currency.into(),
            timekeeping: Timekeeping::Live { time_zone: TimeZone::UTC },
            epoch: Day(0),
            settings: Settings { attribution_window_days, ..Settings::default() },
            created_at_ms: 0,
            archived_at_ms: None,
        }
    }

    #[test]
    fn what_happens_in_a_sandbox_is_dated_by_its_day_and_the_real_time_of_day() {
        let live = project("RUB", 30);
        assert_eq!((live.civil_day(Day(7)), live.instant_on(Day(7), 12_345)), (Day(7), 12_345));
        let sandbox = Project { epoch: Day(20_000), timekeeping: Timekeeping::Sandbox { today: Day(1) }, ..live };
        assert_eq!(sandbox.civil_day(Day(7)), Day(20_007));
        assert_eq!(sandbox.instant_on(Day(7), 25_000 * MS_PER_DAY + 5), 20_007 * MS_PER_DAY + 5);
        assert_eq!(sandbox.instant_on(Day(7), -1), 20_008 * MS_PER_DAY - 1);
        assert_eq!(sandbox.civil_day(Day(i32::MAX)), Day(i32::MAX));
    }

    #[test]
    fn a_moment_is_what_the_clock_shows() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let live = Project { timekeeping: Timekeeping::Live { time_zone: berlin }, ..project("EUR", 30) };
        // 2026-11-21T22:30:00Z is half past eleven in the evening in Berlin.
        let at_ms = 20_778 * MS_PER_DAY + 22 * 3_600_000 + 1_800_000;
        let moment = live.moment(at_ms);
        assert_eq!((moment.day, moment.ms_of_day, moment.utc_hour), (Day(20_778), 23 * 3_600_000 + 1_800_000, 22));
        assert_eq!(live.instant_of(moment.day, moment.ms_of_day), at_ms);
        assert_eq!(live.instant_of(Day(20_779), 0), at_ms + 1_800_000, "midnight");
        let sandbox = Project { epoch: Day(20_000), timekeeping: Timekeeping::Sandbox { today: Day(1) }, ..live };
        let moment = sandbox.moment(at_ms);
        assert_eq!((moment.day, moment.civil_day, moment.utc_hour), (Day(1), Day(20_001), 22));
        assert_eq!(sandbox.instant_of(Day(2), 5), 20_002 * MS_PER_DAY + 5);
    }

    #[test]
    fn every_broken_rule_is_named_at_once() {
        for (currency, window) in [("rub", 0), ("РУБ", 366), ("EURO", -1)] {
            let pointers: Vec<_> = project(currency, window).faults().into_iter().map(|fault| fault.pointer).collect();
            assert_eq!(pointers, ["/name", "/currency", "/settings/attribution_window_days"], "{currency}");
        }
    }
}
