//! Who pays and for what: advertisers of ten trades, and campaigns whose limits, prices, flights and audiences differ widely.

use super::{
    MarketSize, NewCampaign,
    audience::{OLDEST, YOUNGEST},
    draw::Draw,
    vocabulary::{CITIES, TRADES, Trade},
};
use crate::contract::{Advertiser, Audience, CampaignCreate, Targeting};

/// Largest impressions limit of a generated campaign, well within the contract's 2^31 - 1.
const MAX_IMPRESSIONS_LIMIT: i32 = 1_000_000;

/// Draws the advertisers; trades take turns, and a name that is used up comes again with a number.
pub(super) fn advertisers(count: u32, draw: &mut Draw) -> Vec<Advertiser> {
    (0..count as usize).map(|index| Advertiser { advertiser_id: draw.uuid(), name: name(index) }).collect()
}

/// The trade of the advertiser with this place in the list.
pub(super) fn trade_index(advertiser_index: usize) -> usize {
    advertiser_index % TRADES.len()
}

/// Draws the campaigns; a few advertisers have several, some have none.
pub(super) fn campaigns(size: &MarketSize, advertisers: &[Advertiser], draw: &mut Draw) -> Vec<NewCampaign> {
    if advertisers.is_empty() {
        return Vec::new();
    }
    (0..size.campaigns)
        .map(|_| {
            let index = draw.below(advertisers.len());
            let campaign_data = campaign(size, &TRADES[trade_index(index)], draw);
            NewCampaign { advertiser_id: advertisers[index].advertiser_id, campaign_data }
        })
        .collect()
}

fn name(index: usize) -> String {
    let names = TRADES[trade_index(index)].names;
    let turn = index / TRADES.len();
    let name = names[turn % names.len()];
    match turn / names.len() {
        0 => name.to_owned(),
        repeat => format!("{name} {}", repeat + 1),
    }
}

fn campaign(size: &MarketSize, trade: &Trade, draw: &mut Draw) -> CampaignCreate {
    let (ad_title, ad_text) = *draw.pick(&trade.ads);
    let impressions_limit = impressions_limit(size.clients, draw);
    let (start_date, end_date) = flight(size.days, draw);
    CampaignCreate {
        impressions_limit,
        clicks_limit: clicks_limit(impressions_limit, draw),
        cost_per_impression: price(5, 300, draw),
        cost_per_click: price(80, 2_500, draw),
        ad_title: ad_title.to_owned(),
        ad_text: ad_text.to_owned(),
        start_date,
        end_date,
        targeting: targeting(draw),
    }
}

/// Most limits are small against the audience, so that they are reached; a few can never be.
fn impressions_limit(clients: u32, draw: &mut Draw) -> i32 {
    let clients = i32::try_from(clients).unwrap_or(MAX_IMPRESSIONS_LIMIT).min(MAX_IMPRESSIONS_LIMIT / 2);
    let nobody = (0, 0);
    let small = (1, 5 + clients / 20);
    let medium = (5, 10 + clients / 4);
    let large = (10, 10 + clients);
    let endless = (clients * 2, clients * 2);
    let (low, high) = *draw.pick_weighted(&[(nobody, 2), (small, 40), (medium, 33), (large, 20), (endless, 5)]);
    draw.between(low, high)
}

fn clicks_limit(impressions_limit: i32, draw: &mut Draw) -> i32 {
    let none = (0, 0);
    let share = (1, 1 + impressions_limit / 3);
    let all = (impressions_limit, impressions_limit);
    let (low, high) = *draw.pick_weighted(&[(none, 5), (share, 70), (all, 25)]);
    draw.between(low, high).min(impressions_limit)
}

/// A third starts on day 0; the last flights end after the last day.
fn flight(days: u32, draw: &mut Draw) -> (i32, i32) {
    let last_day = i32::try_from(days).unwrap_or(i32::MAX / 4).max(1) - 1;
    let start = if draw.chance(35) { 0 } else { draw.between(0, last_day * 3 / 4) };
    (start, start + draw.between(last_day / 5, last_day))
}

/// A price in whole hundredths: many are low, few are high, one in fifty is free.
fn price(lowest_hundredths: i32, highest_hundredths: i32, draw: &mut Draw) -> f64 {
    if draw.chance(2) {
        return 0.0;
    }
    let ceiling = draw.between(lowest_hundredths, highest_hundredths);
    f64::from(draw.between(lowest_hundredths, ceiling)) / 100.0
}

/// Absent for one in four; otherwise every restriction is there or null on its own.
fn targeting(draw: &mut Draw) -> Option<Targeting> {
    if draw.chance(25) {
        return None;
    }
    let gender = *draw.pick_weighted(&[(None, 35), (Some(Audience::All), 15), (Some(Audience::Female), 25), (Some(Audience::Male), 25)]);
    let age_from = draw.chance(55).then(|| draw.between(YOUNGEST, 50));
    let age_to = draw.chance(55).then(|| draw.between(age_from.unwrap_or(YOUNGEST) + 5, OLDEST));
    let location = draw.chance(35).then(|| (*draw.pick_weighted(&CITIES)).to_owned());
    Some(Targeting { gender, age_from, age_to, location })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_never_used_twice() {
        let names: std::collections::HashSet<_> = (0..200).map(name).collect();
        assert_eq!(names.len(), 200);
    }

    #[test]
    fn every_campaign_keeps_the_contracts_rules() {
        let mut draw = Draw::new(5, 0);
        for days in [1, 2, 14, 3_650] {
            let size = MarketSize { clients: 3, campaigns: 300, days, ..MarketSize::default() };
            for NewCampaign { campaign_data: data, .. } in campaigns(&size, &advertisers(7, &mut draw), &mut draw) {
                assert!(0 <= data.clicks_limit && data.clicks_limit <= data.impressions_limit, "{data:?}");
                assert!(0 <= data.start_date && data.start_date <= data.end_date, "{data:?}");
                let targeting = data.targeting.unwrap_or_default();
                assert!(targeting.age_from.unwrap_or(0) <= targeting.age_to.unwrap_or(i32::MAX), "{targeting:?}");
            }
        }
    }
}
