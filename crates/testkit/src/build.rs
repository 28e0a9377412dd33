//! Nouns with every field set to something sensible, for tests to change what they are about.

use barker_domain::{
    AdvertiserId, CampaignId, ClientId, Day, ImpressionId, Micros, ProjectId,
    advertiser::Advertiser,
    campaign::{Campaign, Plan, Rotation, Terms},
    click::{Click, Outcome},
    client::{Client, Gender},
    impression::Impression,
    project::{Project, Settings, Timekeeping},
    targeting::Targeting,
};

/// A sandbox on day 0.
#[must_use]
pub fn sandbox(name: &str) -> Project {
    Project {
        id: ProjectId::generate(),
        alias: name.to_owned(),
        name: name.to_owned(),
        currency: "RUB".to_owned(),
        timekeeping: Timekeeping::Sandbox { today: Day(0) },
        epoch: Day(20_454),
        settings: Settings::default(),
        created_at_ms: 1,
        archived_at_ms: None,
    }
}

/// An advertiser.
#[must_use]
pub fn advertiser(name: &str) -> Advertiser {
    Advertiser { id: AdvertiserId::generate(), name: name.to_owned() }
}

/// A woman of 30 in Moscow.
#[must_use]
pub fn client() -> Client {
    Client { id: ClientId::generate(), login: "anna".to_owned(), age: 30, location: "Moscow".to_owned(), gender: Gender::Female }
}

/// A campaign for anyone, days 0 to 10, 100 impressions at 1.5 and 50 clicks at 10.
#[must_use]
pub fn campaign(advertiser_id: AdvertiserId) -> Campaign {
    let terms = Terms {
        impressions_limit: 100,
        clicks_limit: 50,
        cost_per_impression: Micros(1_500_000),
        cost_per_click: Micros(10_000_000),
        ad_title: "Plush bears".to_owned(),
        ad_text: "Softer than yesterday's".to_owned(),
        start_date: Day(0),
        end_date: Day(10),
        targeting: Targeting::default(),
    };
    let id = CampaignId::generate();
    Campaign { id, advertiser_id, terms, plan: Plan::default(), ads: Rotation::first(id), version: 1, created_at_ms: 1 }
}

/// The client's first impression of the campaign, on its first day and at its price.
#[must_use]
pub fn impression(project_id: ProjectId, campaign: &Campaign, client_id: ClientId) -> Impression {
    Impression {
        id: ImpressionId::generate(),
        project_id,
        campaign_id: campaign.id,
        ad_id: campaign.id.into(),
        advertiser_id: campaign.advertiser_id,
        client_id,
        nth: 1,
        day: campaign.terms.start_date,
        occurred_at_ms: 1,
        price: campaign.terms.cost_per_impression,
    }
}

/// A billed click that follows the impression.
#[must_use]
pub fn click(impression: &Impression, campaign: &Campaign) -> Click {
    Click {
        id: barker_domain::ClickId::generate(),
        project_id: impression.project_id,
        campaign_id: impression.campaign_id,
        ad_id: Some(impression.ad_id),
        advertiser_id: impression.advertiser_id,
        client_id: impression.client_id,
        impression_id: Some(impression.id),
        day: impression.day,
        occurred_at_ms: impression.occurred_at_ms,
        outcome: Outcome::Billed(campaign.terms.cost_per_click),
    }
}
