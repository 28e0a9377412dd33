//! The index must agree with `Targeting::matches`, however it was built.

use barker_domain::{
    AdvertiserId, CampaignId, ClientId,
    campaign::{Campaign, Delivered, Plan, Rotation, Terms},
    client::Gender,
    targeting::{Audience, Targeting},
};
use proptest::prelude::*;

use super::*;
use crate::{allowance::Allowance, listing::Meter};

const PLACES: [&str; 3] = ["Moscow", "moscow", "Казань"];

prop_compose! {
    fn targeting()(
        gender in proptest::option::of(prop::sample::select(vec![Audience::Male, Audience::Female, Audience::All])),
        age_from in proptest::option::of(0..150_i32),
        span in proptest::option::of(0..80_i32),
        location in proptest::option::of(prop::sample::select(PLACES.to_vec())),
    ) -> Targeting {
        let age_to = span.map(|span| age_from.unwrap_or(0) + span);
        Targeting { gender, age_from, age_to, location: location.map(Into::into) }
    }
}

prop_compose! {
    fn client()(age in 0..=130_i32, is_male in any::<bool>(), place in prop::sample::select(PLACES.to_vec())) -> Client {
        let gender = if is_male { Gender::Male } else { Gender::Female };
        Client { id: ClientId::generate(), login: "someone".into(), age, location: place.into(), gender }
    }
}

fn listing(targeting: Targeting) -> Arc<Listing> {
    let terms = Terms {
        impressions_limit: 1,
        clicks_limit: 1,
        cost_per_impression: Micros(1),
        cost_per_click: Micros(1),
        ad_title: "title".into(),
        ad_text: "text".into(),
        start_date: Day(0),
        end_date: Day(9),
        targeting,
    };
    let (id, has_budget) = (CampaignId::generate(), terms.targeting.age_from.is_some());
    let campaign = Campaign {
        id,
        advertiser_id: AdvertiserId::generate(),
        terms,
        // Some of them have a budget.
        plan: Plan { total_budget: has_budget.then_some(Micros(1)), ..Plan::default() },
        ads: Rotation::first(id),
        version: 1,
        created_at_ms: 0,
    };
    let meter = Meter::new(&campaign, Delivered::default(), 0, Allowance::unlimited());
    Listing::new(campaign, meter)
}

fn found(market: &Market, client: &Client) -> Vec<CampaignId> {
    let matches = market.matches(client);
    assert!(matches.iter().all(|found| found.glance.campaign_id == found.listing.campaign.id));
    assert!(matches.iter().all(|found| found.is_bounded == found.listing.is_bounded()));
    let mut ids: Vec<_> = matches.iter().map(|found| found.glance.campaign_id).collect();
    ids.sort_unstable();
    ids
}

fn expected(listings: &[Arc<Listing>], client: &Client) -> Vec<CampaignId> {
    let fitting = listings.iter().filter(|listing| listing.campaign.terms.targeting.matches(client));
    let mut ids: Vec<_> = fitting.map(|listing| listing.campaign.id).collect();
    ids.sort_unstable();
    ids
}

proptest! {
    #[test]
    fn the_index_finds_exactly_what_targeting_matches(targetings in prop::collection::vec(targeting(), 0..200), removals in prop::collection::vec(0..200_usize, 0..40), client in client()) {
        let mut listings: Vec<_> = targetings.into_iter().map(listing).collect();
        let mut grown = Market::default();
        for listing in &listings {
            grown.insert(listing);
        }
        prop_assert_eq!(found(&grown, &client), expected(&listings, &client));
        for removal in removals {
            if removal < listings.len() {
                let removed = listings.swap_remove(removal);
                prop_assert!(grown.remove(&removed));
                prop_assert!(!grown.remove(&removed));
            }
        }
        prop_assert_eq!(found(&grown, &client), expected(&listings, &client));
        prop_assert_eq!(found(&Market::open(Day(0), &listings), &client), expected(&listings, &client));
    }
}

#[test]
fn a_full_block_is_followed_by_another() {
    let listings: Vec<_> = (0..=block::CAPACITY).map(|_| listing(Targeting::default())).collect();
    let mut market = Market::open(Day(0), &listings[..block::CAPACITY]);
    market.insert(&listings[block::CAPACITY]);
    let anyone = Client { id: ClientId::generate(), login: "anna".into(), age: 30, location: "Moscow".into(), gender: Gender::Female };
    assert_eq!(found(&market, &anyone).len(), listings.len());
    assert!(market.remove(&listings[block::CAPACITY]));
    assert_eq!(market.anywhere.len(), 1);
}
