//! A click on an ad. It is billed once per client and campaign; one that cannot be billed is kept with its reason.

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
}

impl Unbilled {
    /// Every reason there is.
    pub const ALL: [Self; 4] = [Self::NoImpression, Self::ClicksLimit, Self::NoMoney, Self::Budget];

    /// The reason as it is stored and shown.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoImpression => "no_impression",
            Self::ClicksLimit => "clicks_limit",
            Self::NoMoney => "no_money",
            Self::Budget => "budget",
        }
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
