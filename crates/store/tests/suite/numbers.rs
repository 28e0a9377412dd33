//! Money and counters are exact up to the last number of 64 bits, and never become something else beyond it.

use std::sync::Arc;

use barker_domain::{Day, Micros, audit::Report, impression::Impression, money::MAX_PRICE, statistics::total};
use barker_store::EventBatch;
use barker_testkit::{Backend, build};
use rstest::rstest;
use rstest_reuse::apply;

use crate::{every_database, world::World};

const HALF: Micros = Micros(i64::MAX / 2);

/// The nth impression of the world's campaign by its client.
fn impression(world: &World, nth: i32, (day, price): (Day, Micros)) -> Impression {
    Impression { nth, day, price, ..build::impression(world.project.id, &world.campaign, world.client.id) }
}

async fn record(world: &World, impressions: Vec<Impression>) -> barker_domain::Result<()> {
    world.store.record_events(&Arc::new(EventBatch { impressions, clicks: vec![] }), 1).await.map(drop)
}

async fn spent(world: &World) -> Micros {
    total(&world.store.in_project(world.project.id).list_campaign_days(world.campaign.id).await.unwrap()).spent_impressions
}

#[apply(every_database)]
#[tokio::test]
async fn the_largest_terms_come_back_as_they_were(#[case] on: Backend) {
    let world = World::create(on).await;
    let mut campaign = build::campaign(world.campaign.advertiser_id);
    (campaign.terms.impressions_limit, campaign.terms.clicks_limit) = (i32::MAX, i32::MAX);
    (campaign.terms.cost_per_impression, campaign.terms.cost_per_click) = (MAX_PRICE, Micros(1));
    (campaign.terms.start_date, campaign.terms.end_date) = (Day(i32::MAX), Day(i32::MAX));
    campaign.created_at_ms = i64::MAX;
    let insert = world.store.write((world.project.id, campaign.clone()), |transaction, (project, campaign)| {
        Box::pin(async move { transaction.in_project(project).insert_campaign(&campaign).await })
    });
    insert.await.unwrap();
    assert_eq!(world.store.in_project(world.project.id).find_campaign(campaign.id).await.unwrap(), Some(campaign));
}

#[apply(every_database)]
#[tokio::test]
async fn sums_are_exact_up_to_the_last_micro_in_every_count(#[case] on: Backend) {
    let world = World::create(on).await;
    // On one day in one commit and in the next, and on another day.
    record(&world, vec![impression(&world, 1, (Day(0), HALF)), impression(&world, 2, (Day(1), Micros(7)))]).await.unwrap();
    record(&world, vec![impression(&world, 3, (Day(0), Micros(HALF.0 - 6)))]).await.unwrap();
    assert_eq!(spent(&world).await, Micros(i64::MAX));
    for row in world.store.list_outbox_after(0, 10).await.unwrap() {
        world.recount(row.id - 1, row).await;
    }
    let mut report = Report::default();
    report.add_project(world.project.id, &world.store.read_tallies(world.project.id).await.unwrap(), 0);
    assert_eq!(report.differences.into_iter().map(|difference| difference.check).collect::<Vec<_>>(), [""; 0]);
}

#[apply(every_database)]
#[tokio::test]
async fn a_sum_beyond_64_bits_is_refused_and_nothing_of_it_stays(#[case] on: Backend) {
    let world = World::create(on).await;
    record(&world, vec![impression(&world, 1, (Day(0), HALF)), impression(&world, 2, (Day(0), HALF))]).await.unwrap();
    assert!(record(&world, vec![impression(&world, 3, (Day(0), Micros(2)))]).await.is_err());
    assert_eq!(spent(&world).await, Micros(i64::MAX - 1));
    record(&world, vec![impression(&world, 3, (Day(0), Micros(1)))]).await.unwrap();
    assert_eq!(spent(&world).await, Micros(i64::MAX));
}
