//! One decision: 300 candidates left after targeting, 50 of them seen, a score for each, on markets of growing size.
//!
//! The rest of the market is for other cities and other ages, as it would be. The curve must grow slower than the market.

use std::sync::Arc;

use barker_domain::{
    AdvertiserId, CampaignId, ClientId, Day, ImpressionId, Micros,
    campaign::{Campaign, DailyBudget, Delivered, FrequencyCap, Pacing, Plan, Rotation, Show, Terms, Window},
    client::{Client, Gender},
    day::Moment,
    project::Ranking,
    targeting::Targeting,
};
use barker_serving::{Allowance, Engine, Listing, Meter, Shown, Viewer, score_distribution::ScoreDistribution};

#[global_allocator]
static ALLOCATOR: divan::AllocProfiler = divan::AllocProfiler::system();

const CANDIDATES: usize = 300;
const SEEN: usize = 50;
const CITIES: usize = 100;
/// More than a benchmark spends, and something that can be spent.
const MUCH: i64 = 4_000_000_000_000_000;

fn main() {
    divan::main();
}

/// Every candidate fits a client of 30 in Moscow; nobody else does.
fn targeting(place: usize, campaigns: usize) -> Targeting {
    if place.is_multiple_of(campaigns / CANDIDATES) && place / (campaigns / CANDIDATES) < CANDIDATES {
        return Targeting { location: place.is_multiple_of(2).then(|| "Moscow".into()), ..Targeting::default() };
    }
    if place.is_multiple_of(3) {
        return Targeting { age_from: Some(31), ..Targeting::default() };
    }
    Targeting { location: Some(format!("City {}", place % CITIES)), ..Targeting::default() }
}

fn campaign(place: usize, campaigns: usize) -> Campaign {
    let terms = Terms {
        impressions_limit: i32::MAX,
        clicks_limit: i32::MAX,
        cost_per_impression: Micros(1_000_000 + i64::try_from(place).unwrap_or(0)),
        cost_per_click: Micros(10_000_000),
        ad_title: "title".into(),
        ad_text: "text".into(),
        start_date: Day(0),
        end_date: Day(9),
        targeting: targeting(place, campaigns),
    };
    let id = CampaignId::generate();
    Campaign {
        id,
        advertiser_id: AdvertiserId::generate(),
        terms,
        plan: Plan::default(),
        ads: Rotation::first(id),
        version: 1,
        created_at_ms: 0,
    }
}

/// A plan with everything that holds a campaign back, and does not.
fn bounded(pacing: Pacing) -> Plan {
    Plan {
        total_budget: Some(Micros(MUCH)),
        daily_budget: Some(DailyBudget { amount: Micros(MUCH), since: Day(0) }),
        pacing,
        frequency_cap: Some(FrequencyCap { shows: 2, window: Window::Day }),
        ..Plan::default()
    }
}

fn market(campaigns: usize, ranking: Ranking) -> (Engine, Viewer) {
    market_of(campaigns, ranking, (&Plan::default(), Allowance::UNLIMITED))
}

fn market_of(campaigns: usize, ranking: Ranking, (plan, balance): (&Plan, i64)) -> (Engine, Viewer) {
    let client = Client { id: ClientId::generate(), login: "anna".into(), age: 30, location: "Moscow".into(), gender: Gender::Female };
    let mut viewer = Viewer::new(client);
    let listings: Vec<Arc<Listing>> = (0..campaigns)
        .map(|place| Campaign { plan: plan.clone(), ..campaign(place, campaigns) })
        .map(|campaign| Listing::new(campaign.clone(), Meter::new(&campaign, Delivered::default(), 0, Allowance::new(balance, 0))))
        .collect();
    let candidates: Vec<_> = listings.iter().filter(|listing| listing.campaign.terms.targeting.matches(&viewer.client)).collect();
    assert_eq!(candidates.len(), CANDIDATES);
    for (place, listing) in candidates.iter().enumerate() {
        viewer.scores.insert(listing.campaign.advertiser_id, i32::try_from(place).unwrap_or(0));
        if place < SEEN {
            viewer.history.insert(
                listing.campaign.id,
                Shown {
                    impression_id: ImpressionId::generate(),
                    ad_id: listing.campaign.id.into(),
                    nth: 1,
                    last: Show::default(),
                    is_clicked: false,
                },
            );
        }
    }
    (Engine::new(Day(0), ranking, ScoreDistribution::from_counts([(250, 1)]), listings), viewer)
}

#[divan::bench(args = [1_000, 10_000, 100_000, 1_000_000], consts = [0, 1])]
fn decide<const RANKING: usize>(bencher: divan::Bencher<'_, '_>, campaigns: usize) {
    let (engine, viewer) = market(campaigns, Ranking::ALL[RANKING]);
    bencher.bench_local(|| engine.decide(divan::black_box(&viewer), Moment::default()));
}

/// A viewer in each of as many cities as give each of them 300 campaigns of its own.
fn cities(campaigns: usize, ranking: Ranking) -> (Engine, Vec<Viewer>) {
    let count = campaigns / CANDIDATES;
    let city = |number: usize| format!("City {number}");
    let listings: Vec<Arc<Listing>> = (0..campaigns)
        .map(|place| {
            let mut campaign = campaign(place, campaigns);
            campaign.terms.targeting = Targeting { location: Some(city(place % count)), ..Targeting::default() };
            Listing::new(campaign.clone(), Meter::new(&campaign, Delivered::default(), 0, Allowance::new(Allowance::UNLIMITED, 0)))
        })
        .collect();
    let viewer = |number: usize| {
        let client = Client { id: ClientId::generate(), login: "anna".into(), age: 30, location: city(number), gender: Gender::Female };
        let mut viewer = Viewer::new(client);
        let here = listings.iter().skip(number).step_by(count);
        viewer.scores = here.map(|listing| (listing.campaign.advertiser_id, i32::try_from(number).unwrap_or(0))).collect();
        viewer
    };
    let viewers = (0..count).map(viewer).collect();
    (Engine::new(Day(0), ranking, ScoreDistribution::from_counts([(250, 1)]), listings), viewers)
}

/// The same, each time for another viewer with other candidates: what one decision has looked at is in no cache for the next.
#[divan::bench(args = [10_000, 100_000], consts = [0, 1])]
fn decide_by_turns<const RANKING: usize>(bencher: divan::Bencher<'_, '_>, campaigns: usize) {
    let (engine, viewers) = cities(campaigns, Ranking::ALL[RANKING]);
    let mut turn = 0;
    bencher.bench_local(|| {
        turn = (turn + 1) % viewers.len();
        engine.decide(divan::black_box(&viewers[turn]), Moment::default())
    });
}

/// The same where every campaign has a balance, both budgets and a frequency cap, without and with even pacing.
#[divan::bench(args = [10_000], consts = [0, 1])]
fn decide_bounded<const PACING: usize>(bencher: divan::Bencher<'_, '_>, campaigns: usize) {
    let (engine, viewer) = market_of(campaigns, Ranking::ALL[1], (&bounded(Pacing::ALL[PACING]), MUCH));
    bencher.bench_local(|| engine.decide(divan::black_box(&viewer), Moment::default()));
}

/// A campaign is made and published beside a market of that size.
#[divan::bench(args = [1_000, 10_000, 100_000])]
fn publish(bencher: divan::Bencher<'_, '_>, campaigns: usize) {
    let (engine, _) = market(campaigns, Ranking::ExpectedProfit);
    bencher.with_inputs(|| campaign(1, campaigns)).bench_local_values(|campaign| {
        let meter = Meter::new(&campaign, Delivered::default(), 0, Allowance::unlimited());
        engine.list(campaign, meter);
    });
}
