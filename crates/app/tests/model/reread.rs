//! Reads everything there is to read and compares it with the model.

use barker_app::{advertiser, campaign, campaign::Named, client, statistics};
use barker_domain::{
    AdvertiserId, CampaignId,
    page::Page,
    statistics::{Counters, EmptyDays},
};

use crate::{
    disagreement::{Disagreement, agree, unless},
    money,
    naive::Naive,
    own_facts,
    step::{ADVERTISERS, CLIENTS, advertiser_id, client_id},
    world::Sandbox,
};

/// Every client, advertiser, campaign and number; and the audit.
pub(crate) async fn everything(sandbox: &Sandbox<'_>, naive: &Naive) -> Result<(), Disagreement> {
    for number in 0..CLIENTS {
        let expected = naive.known_client(client_id(number)).cloned();
        agree(client::get(&sandbox.app, &sandbox.project, client_id(number)).await, &expected)?;
    }
    for number in 0..ADVERTISERS {
        self::advertiser(sandbox, naive, advertiser_id(number)).await?;
    }
    for made in &naive.campaigns {
        self::campaign(sandbox, naive, made.id).await?;
    }
    money::hold_accounts(sandbox, naive).await?;
    own_facts::agree(sandbox).await
}

/// An advertiser, its campaigns and its numbers.
pub(crate) async fn advertiser(sandbox: &Sandbox<'_>, naive: &Naive, id: AdvertiserId) -> Result<(), Disagreement> {
    let (app, project) = (&sandbox.app, &sandbox.project);
    agree(advertiser::get(app, project, id).await, &naive.known_advertiser(id).cloned())?;
    let total = naive.total_of_advertiser(id);
    agree(statistics::of_advertiser(app, project, id).await, &total)?;
    let rows = naive.days_of_advertiser(id);
    agree(statistics::of_advertiser_by_day(app, project, id, EmptyDays::Listed).await, &rows)?;
    unless(rows.as_ref().ok().map(|rows| sum(rows)) != total.ok(), || format!("the model's rows are not its total: {rows:?}"))?;
    campaigns_of(sandbox, naive, id).await
}

/// A campaign and its numbers.
pub(crate) async fn campaign(sandbox: &Sandbox<'_>, naive: &Naive, id: CampaignId) -> Result<(), Disagreement> {
    let (app, project) = (&sandbox.app, &sandbox.project);
    let owner = naive.campaigns.iter().find(|campaign| campaign.id == id).map_or(advertiser_id(0), |campaign| campaign.advertiser_id);
    let found = campaign::get(app, project, Named { advertiser_id: owner, campaign_id: id }).await;
    agree(found.map(|campaign| campaign.terms), &naive.named(owner, id).map(|campaign| campaign.terms.clone()))?;
    agree(statistics::of_campaign(app, project, id).await, &naive.total_of_campaign(id))?;
    let rows = naive.days_of_campaign(id);
    agree(statistics::of_campaign_by_day(app, project, id, EmptyDays::Listed).await, &rows)?;
    let with_events = rows.map(|rows| rows.into_iter().filter(|(_, counted)| *counted != Counters::default()).collect());
    agree(statistics::of_campaign_by_day(app, project, id, EmptyDays::LeftOut).await, &with_events)
}

/// The list is newest first; of two that are as old, either may come first.
async fn campaigns_of(sandbox: &Sandbox<'_>, naive: &Naive, id: AdvertiserId) -> Result<(), Disagreement> {
    let expected = naive.known_advertiser(id).map(|_| {
        let mut campaigns: Vec<_> = naive.campaigns_of(id).map(|campaign| (campaign.id, campaign.terms.clone())).collect();
        campaigns.sort_by_key(|(id, _)| *id);
        campaigns
    });
    let found = campaign::list(&sandbox.app, &sandbox.project, id, Page::default()).await;
    if let Ok(listed) = &found {
        let is_newest_first = listed.rows.windows(2).all(|pair| pair[0].created_at_ms >= pair[1].created_at_ms);
        unless(!is_newest_first || listed.total != listed.rows.len() as u64, || format!("out of order: {listed:?}"))?;
    }
    let by_id = found.map(|listed| {
        let mut campaigns: Vec<_> = listed.rows.into_iter().map(|campaign| (campaign.id, campaign.terms)).collect();
        campaigns.sort_by_key(|(id, _)| *id);
        campaigns
    });
    agree(by_id, &expected)
}

fn sum(rows: &[(barker_domain::Day, Counters)]) -> Counters {
    let mut sum = Counters::default();
    for (_, counted) in rows {
        sum.add(counted);
    }
    sum
}
