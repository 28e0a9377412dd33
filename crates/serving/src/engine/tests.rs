//! Decisions as clients experience them.

use barker_domain::{
    AdvertiserId, ClientId, ImpressionId,
    campaign::{Delivered, Plan, Rotation, Show, Terms},
    client::{Client, Gender},
    targeting::{Audience, Targeting},
};

use super::*;
use crate::{allowance::Allowance, viewer::Shown};

fn terms() -> Terms {
    Terms {
        impressions_limit: 100,
        clicks_limit: 100,
        cost_per_impression: Micros(1_000_000),
        cost_per_click: Micros(10_000_000),
        ad_title: "title".into(),
        ad_text: "text".into(),
        start_date: Day(0),
        end_date: Day(9),
        targeting: Targeting::default(),
    }
}

fn campaign(created_at_ms: i64, edit: impl FnOnce(&mut Terms)) -> Campaign {
    let mut terms = terms();
    edit(&mut terms);
    let id = CampaignId::generate();
    Campaign {
        id,
        advertiser_id: AdvertiserId::generate(),
        terms,
        plan: Plan::default(),
        ads: Rotation::first(id),
        version: 1,
        created_at_ms,
    }
}

fn engine(campaigns: &[Campaign]) -> Engine {
    let listings = campaigns
        .iter()
        .map(|campaign| Listing::new(campaign.clone(), Meter::new(campaign, Delivered::default(), 0, Allowance::unlimited())));
    Engine::new(Day(0), Ranking::ExpectedProfit, ScoreDistribution::from_counts([(100, 1)]), listings)
}

fn anna() -> Viewer {
    let client = Client { id: ClientId::generate(), login: "anna".into(), age: 30, location: "Moscow".into(), gender: Gender::Female };
    Viewer::new(client)
}

fn shown(engine: &Engine, viewer: &mut Viewer) -> Option<CampaignId> {
    match engine.decide(viewer, Moment::default())? {
        Decision::Repeat { listing, .. } => Some(listing.campaign.id),
        Decision::New { listing, ad_id, reservation, .. } => {
            reservation.settle();
            let shown = Shown { impression_id: ImpressionId::generate(), ad_id, nth: 1, last: Show::default(), is_clicked: false };
            viewer.history.insert(listing.campaign.id, shown);
            engine.retire_when_full(&listing);
            Some(listing.campaign.id)
        }
    }
}

#[test]
fn unseen_ads_come_first_then_seen_ones_and_never_clicked_ones() {
    let (cheap, dear) = (campaign(0, |terms| terms.cost_per_impression = Micros(1)), campaign(1, |_| ()));
    let engine = engine(&[cheap.clone(), dear.clone()]);
    let mut anna = anna();
    anna.scores.insert(dear.advertiser_id, 50);
    assert_eq!(shown(&engine, &mut anna), Some(dear.id));
    assert_eq!(shown(&engine, &mut anna), Some(cheap.id));
    assert_eq!(shown(&engine, &mut anna), Some(dear.id));
    anna.history.get_mut(&dear.id).unwrap().is_clicked = true;
    assert_eq!(shown(&engine, &mut anna), Some(cheap.id));
    anna.history.get_mut(&cheap.id).unwrap().is_clicked = true;
    assert_eq!(shown(&engine, &mut anna), None);
}

#[test]
fn a_full_campaign_is_given_to_nobody_not_even_again() {
    let only = campaign(0, |terms| terms.impressions_limit = 1);
    let engine = engine(&[only]);
    let (mut anna, mut boris) = (anna(), anna());
    assert!(shown(&engine, &mut anna).is_some());
    assert_eq!(shown(&engine, &mut anna), None);
    assert_eq!(shown(&engine, &mut boris), None);
}

#[test]
fn a_reservation_that_is_dropped_frees_the_ad_for_the_next_client() {
    let only = campaign(0, |terms| terms.impressions_limit = 1);
    let engine = engine(&[only]);
    let reserved = engine.decide(&anna(), Moment::default());
    assert!(matches!(reserved, Some(Decision::New { .. })));
    assert!(engine.decide(&anna(), Moment::default()).is_none());
    drop(reserved);
    assert!(engine.decide(&anna(), Moment::default()).is_some());
}

#[test]
fn a_campaign_at_its_clicks_limit_is_shown_for_its_impression_alone() {
    let (clicked_out, other) = (campaign(0, |terms| terms.clicks_limit = 0), campaign(1, |terms| terms.cost_per_click = Micros(1_000_000)));
    let engine = engine(&[clicked_out.clone(), other.clone()]);
    let mut anna = anna();
    anna.scores.extend([(clicked_out.advertiser_id, 100), (other.advertiser_id, 100)]);
    assert_eq!(shown(&engine, &mut anna), Some(other.id));
    assert_eq!(shown(&engine, &mut anna), Some(clicked_out.id));
}

#[test]
fn equals_go_to_the_older_campaign_then_to_the_smaller_id() {
    let mut campaigns = [campaign(7, |_| ()), campaign(5, |_| ()), campaign(5, |_| ())];
    let engine = engine(&campaigns);
    let mut anna = anna();
    campaigns.sort_by_key(|campaign| (campaign.created_at_ms, campaign.id));
    for campaign in campaigns {
        assert_eq!(shown(&engine, &mut anna), Some(campaign.id));
    }
}

#[test]
fn the_day_decides_who_is_active_both_ends_included() {
    let flight = campaign(0, |terms| (terms.start_date, terms.end_date) = (Day(3), Day(4)));
    let engine = engine(&[flight]);
    for (day, is_shown) in [(2, false), (3, true), (4, true), (5, false), (3, true)] {
        engine.open_day(Day(day));
        assert_eq!(engine.decide(&anna(), Moment::default()).is_some(), is_shown, "day {day}");
    }
}

#[test]
fn changes_are_seen_by_the_next_decision_and_reset_no_meter() {
    let mut only = campaign(0, |terms| terms.impressions_limit = 2);
    let engine = engine(std::slice::from_ref(&only));
    let mut anna = anna();
    assert!(shown(&engine, &mut anna).is_some());
    only.terms.targeting.gender = Some(Audience::Male);
    let meter = Arc::clone(&engine.find(only.id).unwrap().meter);
    engine.list(only.clone(), Arc::clone(&meter));
    assert_eq!(shown(&engine, &mut anna), None);
    only.terms.targeting.gender = None;
    engine.list(only.clone(), meter);
    assert!(shown(&engine, &mut self::anna()).is_some());
    assert!(shown(&engine, &mut self::anna()).is_none());
    engine.delist(only.id);
    assert!(engine.find(only.id).is_none());
}

#[test]
fn a_raised_limit_reopens_a_full_campaign() {
    let before = campaign(0, |terms| terms.impressions_limit = 1);
    let engine = engine(std::slice::from_ref(&before));
    assert!(shown(&engine, &mut anna()).is_some());
    let mut after = before.clone();
    after.terms.impressions_limit = 2;
    let meter = Arc::clone(&engine.find(before.id).unwrap().meter);
    meter.conclude(meter.hold_back((&before, &after), 0, Day(0)).unwrap(), (&before, &after), 0);
    engine.list(after, meter);
    assert!(shown(&engine, &mut anna()).is_some());
    assert!(shown(&engine, &mut anna()).is_none());
}

#[test]
fn many_threads_give_exactly_the_limit() {
    let only = campaign(0, |terms| terms.impressions_limit = 50);
    let engine = engine(std::slice::from_ref(&only));
    let given = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..100 {
                    given.fetch_add(usize::from(shown(&engine, &mut anna()).is_some()), Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(given.into_inner(), 50);
}

#[test]
fn a_lowered_limit_is_held_back_and_refused_by_its_own_field() {
    let before = campaign(0, |terms| (terms.impressions_limit, terms.clicks_limit) = (5, 5));
    let meter = Meter::new(&before, Delivered { impressions: 3, clicks: 3, ..Delivered::default() }, 0, Allowance::unlimited());
    let lowered = |impressions, clicks| {
        let terms = Terms { impressions_limit: impressions, clicks_limit: clicks, ..before.terms.clone() };
        Campaign { terms, ..before.clone() }
    };
    assert_eq!(meter.hold_back((&before, &lowered(2, 2)), 0, Day(0)).unwrap_err(), "/impressions_limit");
    assert_eq!(meter.hold_back((&before, &lowered(5, 2)), 0, Day(0)).unwrap_err(), "/clicks_limit");
    assert_eq!((meter.impressions.remaining(), meter.clicks.remaining()), (2, 2), "a refusal takes nothing");
    let after = lowered(3, 4);
    meter.conclude(meter.hold_back((&before, &after), 0, Day(0)).unwrap(), (&before, &after), 0);
    assert_eq!((meter.impressions.remaining(), meter.clicks.remaining()), (0, 1));
}

#[test]
fn a_campaign_overdrawn_under_a_former_tolerance_may_still_change_its_price() {
    let before = campaign(0, |terms| (terms.impressions_limit, terms.clicks_limit) = (100, 100));
    let meter = Meter::new(&before, Delivered { impressions: 105, clicks: 105, ..Delivered::default() }, 0, Allowance::unlimited());
    let repriced = Terms { cost_per_click: Micros(1), ..before.terms.clone() };
    assert!(meter.hold_back((&before, &Campaign { terms: repriced, ..before.clone() }), 0, Day(0)).is_ok());
}

/// An engine whose campaigns are all paid for out of one purse.
fn engine_with_money(campaigns: &[Campaign], money: i64) -> (Engine, Allowance) {
    let purse = Allowance::new(money, 0);
    let meter = |campaign: &Campaign| Meter::new(campaign, Delivered::default(), 0, purse.clone());
    let listings: Vec<_> = campaigns.iter().map(|campaign| Listing::new(campaign.clone(), meter(campaign))).collect();
    let scores = ScoreDistribution::from_counts([(100, 1)]);
    (Engine::new(Day(0), Ranking::ExpectedProfit, scores, listings), purse)
}

#[test]
fn campaigns_stop_when_money_ends_and_go_on_when_it_comes() {
    let campaigns = [campaign(0, |_| ()), campaign(1, |_| ())];
    // Two impressions, and the click that may follow the second.
    let (engine, purse) = engine_with_money(&campaigns, 12_000_000);
    let mut anna = anna();
    assert!(shown(&engine, &mut anna).is_some());
    assert!(shown(&engine, &mut anna).is_some());
    assert_eq!(purse.remaining(), 10_000_000, "the price of the click is given back");
    assert!(engine.decide(&self::anna(), Moment::default()).is_none(), "the click could not be paid for");
    assert!(engine.decide(&anna, Moment::default()).is_none(), "nor is an ad repeated");
    purse.grow(1_000_000);
    assert!(matches!(engine.decide(&self::anna(), Moment::default()), Some(Decision::New { .. })));
}

#[test]
fn an_ad_that_the_money_covers_comes_before_a_better_one_that_it_does_not() {
    let dear = campaign(0, |terms| terms.cost_per_impression = Micros(5_000_000));
    let cheap = campaign(1, |terms| (terms.cost_per_impression, terms.cost_per_click) = (Micros(1), Micros(1)));
    let free = campaign(2, |terms| (terms.cost_per_impression, terms.cost_per_click) = (Micros(0), Micros(0)));
    let (engine, purse) = engine_with_money(&[dear, cheap.clone(), free.clone()], 2);
    let mut anna = anna();
    assert_eq!(shown(&engine, &mut anna), Some(cheap.id));
    assert_eq!(purse.remaining(), 1);
    assert_eq!(shown(&engine, &mut anna), Some(free.id), "what costs nothing needs no money");
    let full = campaign(0, |terms| terms.clicks_limit = 0);
    let (engine, _) = engine_with_money(&[full], 1_000_000);
    assert!(
        matches!(engine.decide(&self::anna(), Moment::default()), Some(Decision::New { .. })),
        "no click that will not be billed is waited for"
    );
}

#[test]
fn threads_together_never_spend_more_than_the_purse_holds() {
    let campaigns: Vec<_> = (0..20).map(|age| campaign(age, |terms| terms.cost_per_click = Micros(3_000_000))).collect();
    let (engine, purse) = engine_with_money(&campaigns, 100_000_000);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for turn in 0..500 {
                    let Some(Decision::New { listing, reservation, cover, .. }) = engine.decide(&anna(), Moment::default()) else {
                        continue;
                    };
                    reservation.settle();
                    drop(cover);
                    let price = listing.campaign.terms.cost_per_click.0;
                    if turn % 3 == 0
                        && let Some(click) = Reservation::take([(&listing.meter.purse, price)])
                    {
                        click.settle();
                    }
                }
            });
        }
    });
    assert!(purse.remaining() >= 0 && purse.settled() + purse.remaining() == 100_000_000);
    assert!(purse.remaining() < 4_000_000, "whatever covers an impression and its click is spent");
}
