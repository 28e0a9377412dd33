//! What changes between two days: prices of some running campaigns, relevance of some pairs.

use std::collections::BTreeMap;

use barker_domain::Day;
use futures::{StreamExt, stream};

use super::{PlayArgs, api::Api, stage::Stage};
use crate::{contract::MlScore, market::draw::Draw};

/// Running campaigns in a hundred whose prices change each night.
const PRICE_CHANGES_PERCENT: usize = 20;
/// New prices in percent of the old: it stays believable, and every change shows in the sums.
const NEW_PRICE_PERCENT: (i32, i32) = (70, 140);
/// The dearest that a price grows to, in hundredths; the contract ends at 1,000,000 units.
const DEAREST_HUNDREDTHS: f64 = 10_000_000.0;
/// One score changes for so many clients.
const CLIENTS_PER_SCORE_CHANGE: usize = 20;
/// Most scores that change in one night: nights must stay short against days.
const MAX_SCORE_CHANGES: usize = 500;
/// Where the changes come from.
const STREAM: u64 = 2 << 32;

/// Makes the night's changes; the stage follows those that the server confirmed.
pub(super) async fn overnight(api: &Api, stage: &mut Stage, day: Day, args: &PlayArgs) {
    let mut draw = Draw::new(args.seed, STREAM + u64::from(day.0.unsigned_abs()));
    change_prices(api, stage, day, &mut draw).await;
    change_scores(api, stage, args.concurrency as usize, &mut draw).await;
}

async fn change_prices(api: &Api, stage: &mut Stage, day: Day, draw: &mut Draw) {
    for place in 0..stage.campaigns().len() {
        let campaign = &stage.campaigns()[place];
        if campaign.terms.end_date <= day.0 || !draw.chance(PRICE_CHANGES_PERCENT) {
            continue;
        }
        let advertiser_id = stage.advertisers()[campaign.advertiser].advertiser_id;
        let mut terms = campaign.terms.clone();
        terms.cost_per_impression = new_price(terms.cost_per_impression, draw);
        terms.cost_per_click = new_price(terms.cost_per_click, draw);
        if matches!(api.replace_campaign(advertiser_id, campaign.id, &terms).await, Ok(true)) {
            stage.set_terms(place, terms);
        }
    }
}

/// In whole hundredths, which micros hold exactly.
fn new_price(price: f64, draw: &mut Draw) -> f64 {
    let percent = f64::from(draw.between(NEW_PRICE_PERCENT.0, NEW_PRICE_PERCENT.1));
    (price * percent).round().clamp(0.0, DEAREST_HUNDREDTHS) / 100.0
}

async fn change_scores(api: &Api, stage: &mut Stage, concurrency: usize, draw: &mut Draw) {
    let changes = new_scores(stage, draw);
    let advertisers = stage.advertisers();
    let clients = stage.clients();
    let calls = stream::iter(changes).map(|((client, advertiser), score)| {
        let message = MlScore { client_id: clients[client].client_id, advertiser_id: advertisers[advertiser].advertiser_id, score };
        async move { api.upsert_score(&message).await.is_ok().then_some((client, advertiser, score)) }
    });
    let confirmed: Vec<_> = calls.buffer_unordered(concurrency).collect().await;
    for (client, advertiser, score) in confirmed.into_iter().flatten() {
        stage.set_score(client, advertiser, score);
    }
}

/// By the places of client and advertiser, so that no pair is changed twice at once.
fn new_scores(stage: &Stage, draw: &mut Draw) -> BTreeMap<(usize, usize), i32> {
    if stage.clients().is_empty() || stage.advertisers().is_empty() {
        return BTreeMap::new();
    }
    let count = stage.clients().len().div_ceil(CLIENTS_PER_SCORE_CHANGE).min(MAX_SCORE_CHANGES);
    (0..count)
        .map(|_| {
            let pair = (draw.below(stage.clients().len()), draw.below(stage.advertisers().len()));
            (pair, draw.between(0, stage.largest_score()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use barker_domain::Micros;

    use super::*;

    #[test]
    fn new_prices_are_whole_hundredths_and_never_beyond_the_contract() {
        let mut draw = Draw::new(1, 1);
        for price in [0.0, 0.01, 1.07, 2.333_333, 999_999.99, 1_000_000.0] {
            for _ in 0..100 {
                let micros = Micros::from_decimal(new_price(price, &mut draw)).unwrap();
                assert_eq!(micros.0 % 10_000, 0);
                assert!(micros <= barker_domain::money::MAX_PRICE);
            }
        }
    }
}
