//! A project: one business, its money, its time and how it ranks ads. The tenant of everything else.

use crate::{Day, ProjectId, day::civil_day};

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

/// One business and its settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Made by Barker.
    pub id: ProjectId,
    /// Unique; what configuration calls it.
    pub name: String,
    /// ISO 4217 code of all its money.
    pub currency: String,
    /// What its days are.
    pub timekeeping: Timekeeping,
    /// The civil date (days since 1970-01-01) that day 0 of a sandbox stands for; fixed at creation, 0 when live.
    pub epoch: Day,
    /// How it ranks ads.
    pub ranking: Ranking,
    /// Milliseconds UTC.
    pub created_at_ms: i64,
}
