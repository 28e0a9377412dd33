//! A fact: something that happened and that other parts of Barker will want to know, exactly once.
//!
//! Facts travel through the outbox as JSON. Fields may be added (with a default); none is renamed or removed.

use serde::{Deserialize, Serialize};

use crate::{
    AdId, AdvertiserId, CampaignId, ClickId, ClientId, Day, ImpressionId, Micros, ProjectId,
    click::{Click, Outcome},
    impression::Impression,
};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fact {
    /// An ad was shown, counted and billed.
    Impression(Happened<ImpressionId>),
    /// An ad was clicked, counted and billed.
    Click(Happened<ClickId>),
    /// A billed click turned out to be invalid: it is counted no more, and its price was given back.
    ClickRefunded(Happened<ClickId>),
}

/// What impressions and clicks have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happened<Id> {
    /// The event's own id.
    pub id: Id,
    /// Tenant.
    pub project_id: ProjectId,
    /// Who pays.
    pub advertiser_id: AdvertiserId,
    /// For what.
    pub campaign_id: CampaignId,
    /// Which of the campaign's ads; facts from before there were several have none.
    #[serde(default)]
    pub ad_id: Option<AdId>,
    /// To or by whom.
    pub client_id: ClientId,
    /// The project's day.
    pub day: Day,
    /// Milliseconds UTC.
    pub occurred_at_ms: i64,
    /// Price in micros of the project's currency.
    pub price_micros: Micros,
}

impl<Id> Happened<Id> {
    /// Which ad: without any, the one that the campaign was made with.
    #[must_use]
    pub fn ad(&self) -> AdId {
        self.ad_id.unwrap_or_else(|| self.campaign_id.into())
    }
}

impl From<&Impression> for Fact {
    fn from(impression: &Impression) -> Self {
        Self::Impression(Happened {
            id: impression.id,
            project_id: impression.project_id,
            advertiser_id: impression.advertiser_id,
            campaign_id: impression.campaign_id,
            ad_id: Some(impression.ad_id),
            client_id: impression.client_id,
            day: impression.day,
            occurred_at_ms: impression.occurred_at_ms,
            price_micros: impression.price,
        })
    }
}

impl Fact {
    /// The fact of a click, if it is one that others care about: unbilled ones stay where they are kept.
    #[must_use]
    pub fn of_click(click: &Click) -> Option<Self> {
        let Outcome::Billed(price) = click.outcome else { return None };
        Some(Self::Click(Happened {
            id: click.id,
            project_id: click.project_id,
            advertiser_id: click.advertiser_id,
            campaign_id: click.campaign_id,
            ad_id: click.ad_id,
            client_id: click.client_id,
            day: click.day,
            occurred_at_ms: click.occurred_at_ms,
            price_micros: price,
        }))
    }

    /// What its advertiser owes for it, and since which day; a refund is posted when it is made.
    #[must_use]
    pub fn spent(&self) -> Option<(ProjectId, AdvertiserId, Day, Micros)> {
        match self {
            Self::Impression(shown) => Some((shown.project_id, shown.advertiser_id, shown.day, shown.price_micros)),
            Self::Click(click) => Some((click.project_id, click.advertiser_id, click.day, click.price_micros)),
            Self::ClickRefunded(_) => None,
        }
    }

    /// The campaign whose ad was shown or clicked.
    #[must_use]
    pub fn campaign_id(&self) -> CampaignId {
        match self {
            Self::Impression(shown) => shown.campaign_id,
            Self::Click(click) | Self::ClickRefunded(click) => click.campaign_id,
        }
    }
}
