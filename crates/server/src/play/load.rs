//! Brings a market to a server: day 0, advertisers, clients, scores one by one, campaigns in the order of their file.

use barker_domain::Day;
use futures::{StreamExt, TryStreamExt, stream};

use super::{PlayError, api::Api, progress, stage::Stage, step};
use crate::market::Market;

/// Items of one bulk call: small enough for the strictest known server, large enough that calls do not matter.
const BULK_ITEMS: usize = 1_000;

/// Loads everything and remembers the ids that the campaigns were given.
pub(super) async fn load(api: &Api, market: Market, concurrency: usize) -> Result<Stage, PlayError> {
    api.set_day(Day(0)).await.map_err(step("set day 0"))?;
    for advertisers in market.advertisers.chunks(BULK_ITEMS) {
        api.upsert_advertisers(advertisers).await.map_err(step("take the advertisers"))?;
    }
    for clients in market.clients.chunks(BULK_ITEMS) {
        api.upsert_clients(clients).await.map_err(step("take the clients"))?;
    }
    load_scores(api, &market, concurrency).await?;
    let ids = create_campaigns(api, &market).await?;
    Ok(Stage::new(market, &ids))
}

async fn load_scores(api: &Api, market: &Market, concurrency: usize) -> Result<(), PlayError> {
    let bar = progress::bar(market.scores.len(), "scores");
    let calls = stream::iter(0..market.scores.len()).map(|place| api.upsert_score(&market.scores[place])).buffer_unordered(concurrency);
    let loaded = calls.inspect_ok(|()| bar.inc(1)).try_collect::<()>().await;
    bar.finish_and_clear();
    loaded.map_err(step("take a score"))
}

/// One after the other: the older of two equal campaigns may be preferred, and a run is to be repeatable.
async fn create_campaigns(api: &Api, market: &Market) -> Result<Vec<uuid::Uuid>, PlayError> {
    let bar = progress::bar(market.campaigns.len(), "campaigns");
    let mut ids = Vec::with_capacity(market.campaigns.len());
    for (item, campaign) in (1..).zip(&market.campaigns) {
        let created = api.create_campaign(campaign.advertiser_id, &campaign.campaign_data).await;
        ids.push(created.map_err(step(format!("create campaign {item} of campaigns.json")))?.campaign_id);
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(ids)
}
