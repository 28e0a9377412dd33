//! A fact: something that happened and that other parts of Barker will want to know, exactly once.
//!
//! Facts travel through the outbox as JSON. Fields may be added (with a default); none is renamed or removed.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    AdId, AdvertiserId, CampaignId, ClickId, ClientId, Day, ImpressionId, Micros, ProjectId,
    click::{Click, Outcome},
    impression::Impression,
};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", from = "Flat")]
pub enum Fact {
    /// An ad was shown, counted and billed.
    Impression(Happened<ImpressionId>),
    /// An ad was clicked, counted and billed.
    Click(Happened<ClickId>),
    /// A billed click turned out to be invalid: it is counted no more, and its price was given back.
    ClickRefunded(Happened<ClickId>),
}

/// What impressions and clicks have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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

/// A fact as it is read. Every consumer of the outbox reads all of them, and a tag between the fields would have each field kept aside
/// until the tag is known.
#[derive(Deserialize)]
struct Flat {
    kind: Kind,
    id: Uuid,
    project_id: ProjectId,
    advertiser_id: AdvertiserId,
    campaign_id: CampaignId,
    #[serde(default)]
    ad_id: Option<AdId>,
    client_id: ClientId,
    day: Day,
    occurred_at_ms: i64,
    price_micros: Micros,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Impression,
    Click,
    ClickRefunded,
}

impl From<Flat> for Fact {
    fn from(flat: Flat) -> Self {
        match flat.kind {
            Kind::Impression => Self::Impression(flat.happened()),
            Kind::Click => Self::Click(flat.happened()),
            Kind::ClickRefunded => Self::ClickRefunded(flat.happened()),
        }
    }
}

impl Flat {
    fn happened<Id: From<Uuid>>(self) -> Happened<Id> {
        Happened {
            id: self.id.into(),
            project_id: self.project_id,
            advertiser_id: self.advertiser_id,
            campaign_id: self.campaign_id,
            ad_id: self.ad_id,
            client_id: self.client_id,
            day: self.day,
            occurred_at_ms: self.occurred_at_ms,
            price_micros: self.price_micros,
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_is_read_as_it_was_written_and_one_from_before_ads_as_well() {
        let click = |ad_id| Happened {
            id: ClickId(Uuid::from_u128(1)),
            project_id: ProjectId(Uuid::from_u128(2)),
            advertiser_id: AdvertiserId(Uuid::from_u128(3)),
            campaign_id: CampaignId(Uuid::from_u128(4)),
            ad_id,
            client_id: ClientId(Uuid::from_u128(5)),
            day: Day(6),
            occurred_at_ms: 7,
            price_micros: Micros(8),
        };
        let clicked = click(Some(AdId(Uuid::from_u128(9))));
        for fact in [Fact::Click(clicked.clone()), Fact::ClickRefunded(clicked.clone())] {
            let written = serde_json::to_string(&fact).unwrap();
            assert_eq!(serde_json::from_str::<Fact>(&written).unwrap(), fact, "{written}");
        }
        let mut written = serde_json::to_value(Fact::Click(clicked)).unwrap();
        assert_eq!(written["kind"], "click");
        written.as_object_mut().unwrap().remove("ad_id");
        assert_eq!(serde_json::from_value::<Fact>(written).unwrap(), Fact::Click(click(None)));
    }
}
