//! The status of a campaign: what its owner wants of it, and, with what has become of it, the state that people are shown.

use crate::{FieldError, campaign::Stage};

/// What the owner of a campaign wants of it. This is what is stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Status {
    /// It is being thought out: nobody is shown it.
    Draft,
    /// It is shown when its days have come.
    #[default]
    Active,
    /// It rests: nobody is shown it.
    Paused,
    /// It was put away: nobody is shown it, and lists leave it out unless they are asked for it.
    Archived,
}

impl Status {
    /// Every status there is.
    pub const ALL: [Self; 4] = [Self::Draft, Self::Active, Self::Paused, Self::Archived];

    /// Its name in storage and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Archived => "archived",
        }
    }

    /// The status of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// Why it cannot become `next`. What was never launched is never paused, nothing becomes a draft again, and what was put
    /// away comes back at rest.
    #[must_use]
    pub fn fault_of_becoming(self, next: Self) -> Option<FieldError> {
        let is_possible = match (self, next) {
            (_, Self::Archived) | (Self::Draft | Self::Paused, Self::Active) | (Self::Active | Self::Archived, Self::Paused) => true,
            _ => self == next,
        };
        let message = || format!("a campaign that is {} cannot become {}", self.as_str(), next.as_str());
        (!is_possible).then(|| FieldError::new("/status", "state", message()))
    }

    /// Whether it was put away before and is not any more.
    #[must_use]
    pub fn is_taken_out_from(self, before: Self) -> bool {
        before == Self::Archived && self != Self::Archived
    }
}

/// Where a campaign stands in the eyes of people: its status, and `finished` once its days or its impressions are over.
///
/// That it has finished follows from its dates and counters and is not stored: so it never lags behind them, and a campaign
/// whose limit is raised or whose end is moved goes on by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// As the status.
    Draft,
    /// As the status.
    Active,
    /// As the status.
    Paused,
    /// It was launched, and its last day is over or its impressions are used up.
    Finished,
    /// As the status.
    Archived,
}

impl State {
    /// Every state there is.
    pub const ALL: [Self; 5] = [Self::Draft, Self::Active, Self::Paused, Self::Finished, Self::Archived];

    /// The state of a campaign with that status in that stage.
    #[must_use]
    pub fn of(status: Status, stage: Stage) -> Self {
        match (status, stage) {
            (Status::Draft, _) => Self::Draft,
            (Status::Archived, _) => Self::Archived,
            (Status::Active | Status::Paused, Stage::Over | Stage::Full) => Self::Finished,
            (Status::Active, _) => Self::Active,
            (Status::Paused, _) => Self::Paused,
        }
    }

    /// Its name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Finished => "finished",
            Self::Archived => "archived",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_campaign_may_become() {
        use Status::{Active, Archived, Draft, Paused};
        let from = |status: Status| Status::ALL.into_iter().filter(|next| status.fault_of_becoming(*next).is_none()).collect::<Vec<_>>();
        assert_eq!(from(Draft), [Draft, Active, Archived]);
        assert_eq!(from(Active), [Active, Paused, Archived]);
        assert_eq!(from(Paused), [Active, Paused, Archived]);
        assert_eq!(from(Archived), [Paused, Archived]);
    }

    #[test]
    fn what_was_launched_finishes_and_what_was_not_does_not() {
        let of = |status| [Stage::Upcoming, Stage::Running, Stage::Full, Stage::Over].map(|stage| State::of(status, stage).as_str());
        assert_eq!(of(Status::Active), ["active", "active", "finished", "finished"]);
        assert_eq!(of(Status::Paused), ["paused", "paused", "finished", "finished"]);
        assert_eq!(of(Status::Draft), ["draft"; 4]);
        assert_eq!(of(Status::Archived), ["archived"; 4]);
    }
}
