//! A click on an ad. It is billed once per client and campaign; one that cannot be billed is kept with its reason.

pub mod robot;

use crate::{AdId, AdvertiserId, CampaignId, ClickId, ClientId, Day, ImpressionId, Micros, ProjectId};

/// Why a click is in no counter and costs nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unbilled {
    /// The client had no impression of the ad.
    NoImpression,
    /// The campaign's `clicks_limit` was reached.
    ClicksLimit,
    /// The advertiser's money did not cover it.
    NoMoney,
    /// A budget of the campaign did not cover it.
    Budget,
    /// The link that was followed had expired.
    LinkExpired,
    /// A browser loaded the page in advance, or only looked whether it is there.
    Prefetch,
    /// A program followed the link that says it is one.
    Bot,
}

impl Unbilled {
    /// Every reason there is.
    pub const ALL: [Self; 7] =
        [Self::NoImpression, Self::ClicksLimit, Self::NoMoney, Self::Budget, Self::LinkExpired, Self::Prefetch, Self::Bot];

    /// The reason as it is stored and shown.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoImpression => "no_impression",
            Self::ClicksLimit => "clicks_limit",
            Self::NoMoney => "no_money",
            Self::Budget => "budget",
            Self::LinkExpired => "link_expired",
            Self::Prefetch => "prefetch",
            Self::Bot => "bot",
        }
    }

    /// The reason of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }

    /// Whether the client has not clicked in truth: what was followed was no link of now, or not by a person. Their own click counts
    /// when it comes.
    #[must_use]
    pub fn is_no_click(self) -> bool {
        matches!(self, Self::LinkExpired | Self::Prefetch | Self::Bot)
    }
}

/// What a click came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Counted, at this price.
    Billed(Micros),
    /// Kept, and nothing else.
    Unbilled(Unbilled),
}

impl Outcome {
    /// The word that makes a click unique together with its client and campaign: `billed`, or the reason.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Billed(_) => "billed",
            Self::Unbilled(reason) => reason.as_str(),
        }
    }

    /// What it costs the advertiser.
    #[must_use]
    pub fn price(self) -> Micros {
        match self {
            Self::Billed(price) => price,
            Self::Unbilled(_) => Micros::ZERO,
        }
    }

    /// Whether it stands in counters and money.
    #[must_use]
    pub fn is_billed(self) -> bool {
        matches!(self, Self::Billed(_))
    }
}

/// One click as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Click {
    /// Made by Barker; the event's id everywhere downstream.
    pub id: ClickId,
    /// Tenant.
    pub project_id: ProjectId,
    /// What was clicked.
    pub campaign_id: CampaignId,
    /// Which of its ads: that of the impression; absent exactly when there was none.
    pub ad_id: Option<AdId>,
    /// Who pays for it, when it is billed.
    pub advertiser_id: AdvertiserId,
    /// Who clicked.
    pub client_id: ClientId,
    /// The impression it followed; absent exactly when there was none.
    pub impression_id: Option<ImpressionId>,
    /// The project's day.
    pub day: Day,
    /// Milliseconds UTC.
    pub occurred_at_ms: i64,
    /// Billed or kept with its reason.
    pub outcome: Outcome,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_told_apart_and_fit_their_column() {
        let mut names: Vec<_> = Unbilled::ALL.iter().map(|reason| reason.as_str()).collect();
        assert!(names.iter().all(|name| name.len() <= 32 && *name != "billed"));
        assert!(Unbilled::ALL.iter().all(|reason| Unbilled::named(reason.as_str()) == Some(*reason)));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Unbilled::ALL.len());
    }
}
