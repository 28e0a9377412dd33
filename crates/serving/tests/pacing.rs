//! A day of even pacing, minute by minute: whatever the traffic, delivery keeps to the line as far as there are visitors, and the
//! budget is met to the last impression that it can pay.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is its job")]

use std::sync::Arc;

use barker_domain::{
    AdvertiserId, CampaignId, ClientId, Day, Micros,
    campaign::{Campaign, DailyBudget, Delivered, Pacing, Plan, Rotation, Terms},
    client::{Client, Gender},
    day::{MS_PER_DAY, Moment},
    project::Ranking,
    targeting::Targeting,
};
use barker_serving::{Allowance, Decision, Engine, Listing, Meter, Viewer, score_distribution::ScoreDistribution};
use proptest::prelude::*;

const MINUTE_MS: i64 = 60_000;

fn campaign(budget: i64, price: i64) -> Campaign {
    let terms = Terms {
        impressions_limit: i32::MAX,
        clicks_limit: 0,
        cost_per_impression: Micros(price),
        cost_per_click: Micros(0),
        ad_title: "title".into(),
        ad_text: "text".into(),
        start_date: Day(0),
        end_date: Day(9),
        targeting: Targeting::default(),
    };
    let daily_budget = Some(DailyBudget { amount: Micros(budget), since: Day(0) });
    let plan = Plan { daily_budget, pacing: Pacing::Even, ..Plan::default() };
    let id = CampaignId::generate();
    Campaign { id, advertiser_id: AdvertiserId::generate(), terms, plan, ads: Rotation::first(id), version: 1, created_at_ms: 0 }
}

fn engine(campaign: &Campaign) -> Engine {
    let meter = Meter::new(campaign, Delivered::default(), 0, Allowance::unlimited());
    let listings: [Arc<Listing>; 1] = [Listing::new(campaign.clone(), meter)];
    Engine::new(Day(0), Ranking::ExpectedProfit, ScoreDistribution::from_counts([(1, 1)]), listings)
}

/// Somebody new comes; whether they are shown the ad.
fn visit(engine: &Engine, day: i32, ms_of_day: i64) -> bool {
    let client = Client { id: ClientId::generate(), login: "anna".into(), age: 30, location: "Moscow".into(), gender: Gender::Female };
    let now = Moment { day: Day(day), civil_day: Day(day), ms_of_day, utc_hour: 0 };
    let Some(Decision::New { reservation, cover, .. }) = engine.decide(&Viewer::new(client), now) else { return false };
    drop(cover);
    reservation.settle();
    true
}

#[test]
fn a_day_with_visitors_in_every_minute_follows_the_line_within_a_tenth() {
    let (budget, price) = (100_000_000, 70_000);
    let engine = engine(&campaign(budget, price));
    let mut spent = 0;
    for minute in 0..1_440 {
        let ms_of_day = minute * MINUTE_MS;
        // Few at night, many by day; never fewer than the line takes.
        let visitors = if (480..1_320).contains(&minute) { 9 } else { 2 };
        spent += (0..visitors).filter(|_| visit(&engine, 0, ms_of_day)).map(|_| price).sum::<i64>();
        let line = budget * ms_of_day / MS_PER_DAY;
        assert!((spent - line).abs() <= budget / 10, "{spent} spent at minute {minute}, where the line is at {line}");
    }
    assert_eq!(spent, budget / price * price, "the last impression that the budget can pay");
    engine.open_day(Day(1));
    assert!(visit(&engine, 1, 0), "the next day begins with its head start");
    assert!(!(0..100).all(|_| visit(&engine, 1, 0)));
}

proptest! {
    /// Whatever comes when, the budget is not passed; and when enough come in the last half hour, nothing of it is left over.
    #[test]
    fn a_budget_is_met_whenever_visitors_come(
        budget in 1..50_000_000_i64, price in 100_000..5_000_000_i64, mut visits in prop::collection::vec(0..MS_PER_DAY, 0..60),
    ) {
        visits.sort_unstable();
        let engine = engine(&campaign(budget, price));
        let mut spent = 0;
        for ms_of_day in visits {
            spent += if visit(&engine, 0, ms_of_day) { price } else { 0 };
            prop_assert!(spent <= budget);
        }
        while visit(&engine, 0, MS_PER_DAY - 1) {
            spent += price;
        }
        prop_assert_eq!(spent, budget / price * price);
    }
}
