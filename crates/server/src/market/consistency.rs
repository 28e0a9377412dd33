//! What serde cannot see in a data set: ids that repeat, ids that nobody has, prices that are no whole number of micros.

use std::{collections::HashSet, path::Path};

use barker_domain::{Micros, money::MAX_PRICE};
use uuid::Uuid;

use super::{
    Market, MarketError, NewCampaign,
    files::{ADVERTISERS, CAMPAIGNS, CLIENTS, SCORES},
};

/// Finds the first contradiction.
pub(super) fn check(market: &Market, dir: &Path) -> Result<(), MarketError> {
    let first = check_market(market).err();
    first.map_or(Ok(()), |(file, item, problem)| Err(MarketError::Inconsistent { path: dir.join(file), item, problem }))
}

/// File, item counted from 1, problem.
type Contradiction = (&'static str, usize, String);

fn check_market(market: &Market) -> Result<(), Contradiction> {
    let advertisers = unique(ADVERTISERS, market.advertisers.iter().map(|advertiser| advertiser.advertiser_id))?;
    let clients = unique(CLIENTS, market.clients.iter().map(|client| client.client_id))?;
    for (item, campaign) in (1..).zip(&market.campaigns) {
        known(&advertisers, campaign.advertiser_id, "advertiser").map_err(|problem| (CAMPAIGNS, item, problem))?;
        prices_are_exact(campaign).map_err(|problem| (CAMPAIGNS, item, problem))?;
    }
    for (item, score) in (1..).zip(&market.scores) {
        known(&clients, score.client_id, "client").map_err(|problem| (SCORES, item, problem))?;
        known(&advertisers, score.advertiser_id, "advertiser").map_err(|problem| (SCORES, item, problem))?;
    }
    unique(SCORES, market.scores.iter().map(|score| (score.client_id, score.advertiser_id))).map(drop)
}

fn unique<Id: Copy + Eq + std::hash::Hash + std::fmt::Debug>(
    file: &'static str,
    ids: impl Iterator<Item = Id>,
) -> Result<HashSet<Id>, Contradiction> {
    let mut seen = HashSet::new();
    for (item, id) in (1..).zip(ids) {
        if !seen.insert(id) {
            return Err((file, item, format!("repeats the id {id:?}")));
        }
    }
    Ok(seen)
}

fn known(ids: &HashSet<Uuid>, id: Uuid, noun: &str) -> Result<(), String> {
    if ids.contains(&id) { Ok(()) } else { Err(format!("names an unknown {noun} {id}")) }
}

fn prices_are_exact(campaign: &NewCampaign) -> Result<(), String> {
    let data = &campaign.campaign_data;
    for (field, price) in [("cost_per_impression", data.cost_per_impression), ("cost_per_click", data.cost_per_click)] {
        let is_price = Micros::from_decimal(price).is_ok_and(|price| (Micros::ZERO..=MAX_PRICE).contains(&price));
        if !is_price {
            return Err(format!("has {price} as {field}; a price is 0 to 1000000 with at most six decimals"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::{MarketSize, generate};

    type Edit = fn(&mut Market);

    #[test]
    fn a_generated_market_has_no_contradictions() {
        assert_eq!(check_market(&generate(&MarketSize::default(), 9)), Ok(()));
    }

    #[test]
    fn every_contradiction_names_its_file_and_item() {
        let cases: [(Edit, &str, usize, &str); 6] = [
            (|market| market.advertisers.push(market.advertisers[0].clone()), ADVERTISERS, 3, "repeats"),
            (|market| market.clients[3].client_id = market.clients[1].client_id, CLIENTS, 4, "repeats"),
            (|market| market.campaigns[0].advertiser_id = Uuid::nil(), CAMPAIGNS, 1, "unknown advertiser"),
            (|market| market.campaigns[1].campaign_data.cost_per_click = 0.000_000_1, CAMPAIGNS, 2, "cost_per_click"),
            (|market| market.scores[2].client_id = Uuid::nil(), SCORES, 3, "unknown client"),
            (|market| market.scores[1] = market.scores[0].clone(), SCORES, 2, "repeats"),
        ];
        for (edit, file, item, words) in cases {
            let mut market = generate(&MarketSize { clients: 5, advertisers: 2, campaigns: 3, days: 7 }, 3);
            edit(&mut market);
            let (found_file, found_item, problem) = check_market(&market).unwrap_err();
            assert_eq!((found_file, found_item), (file, item), "{problem}");
            assert!(problem.contains(words), "{problem}");
        }
    }
}
