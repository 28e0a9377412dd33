//! Events become durable whole and once.

use std::sync::Arc;

use barker_domain::{
    Day, Micros,
    statistics::{Counters, total},
};
use barker_store::{EventBatch, ShownRow};
use barker_testkit::{Backend, build};
use rstest::rstest;
use rstest_reuse::apply;

use crate::{every_database, world::World};

async fn counted(world: &World) -> Counters {
    total(&world.store.in_project(world.project.id).list_campaign_days(world.campaign.id).await.unwrap())
}

#[apply(every_database)]
#[tokio::test]
async fn a_batch_is_counted_with_its_rows(#[case] on: Backend) {
    let world = World::create(on).await;
    let impression = build::impression(world.project.id, &world.campaign, world.client.id);
    let click = build::click(&impression, &world.campaign);
    let batch = Arc::new(EventBatch { impressions: vec![impression.clone()], clicks: Vec::new() });
    assert_eq!(world.store.record_events(&batch, 1).await.unwrap(), barker_store::Recorded::default());
    let batch = Arc::new(EventBatch { impressions: Vec::new(), clicks: vec![click] });
    world.store.record_events(&batch, 1).await.unwrap();
    let expected = Counters { impressions: 1, clicks: 1, spent_impressions: Micros(1_500_000), spent_clicks: Micros(10_000_000) };
    assert_eq!(counted(&world).await, expected);
    let viewers = world.store.in_project(world.project.id).list_viewers(&[world.client.id]).await.unwrap();
    let viewer = &viewers[&world.client.id];
    let shown = ShownRow {
        campaign_id: world.campaign.id,
        impression_id: impression.id,
        ad_id: impression.ad_id,
        nth: 1,
        day: impression.day,
        occurred_at_ms: impression.occurred_at_ms,
    };
    assert_eq!(viewer.shown, [shown]);
    assert_eq!(viewer.clicked, [(world.campaign.id, true)]);
}

#[apply(every_database)]
#[tokio::test]
async fn repeating_a_batch_whose_outcome_was_unknown_changes_nothing(#[case] on: Backend) {
    let world = World::create(on).await;
    let impression = build::impression(world.project.id, &world.campaign, world.client.id);
    let batch = Arc::new(EventBatch { impressions: vec![impression.clone()], clicks: Vec::new() });
    world.store.record_events(&batch, 1).await.unwrap();
    let again = world.store.record_events(&batch, 2).await.unwrap();
    assert_eq!(again.known_impressions[&impression.id], impression.id);
    assert_eq!(counted(&world).await.impressions, 1);
}

#[apply(every_database)]
#[tokio::test]
async fn another_impression_under_a_taken_key_is_told_who_has_it_and_the_rest_is_recorded(#[case] on: Backend) {
    let world = World::create(on).await;
    let other_campaign = build::campaign(world.campaign.advertiser_id);
    let insert = world.store.write((world.project.id, other_campaign.clone()), |transaction, (project, campaign)| {
        Box::pin(async move { transaction.in_project(project).insert_campaign(&campaign).await })
    });
    insert.await.unwrap();
    let first = build::impression(world.project.id, &world.campaign, world.client.id);
    world.store.record_events(&Arc::new(EventBatch { impressions: vec![first.clone()], clicks: Vec::new() }), 1).await.unwrap();
    let second = build::impression(world.project.id, &world.campaign, world.client.id);
    let fresh = build::impression(world.project.id, &other_campaign, world.client.id);
    let batch = Arc::new(EventBatch { impressions: vec![second.clone(), fresh], clicks: Vec::new() });
    let recorded = world.store.record_events(&batch, 1).await.unwrap();
    assert_eq!(recorded.known_impressions.len(), 1);
    assert_eq!(recorded.known_impressions[&second.id], first.id);
    assert_eq!(counted(&world).await.impressions, 1);
    let delivered = world.store.in_project(world.project.id).list_delivered().await.unwrap();
    assert_eq!(delivered[&other_campaign.id].impressions, 1);
}

#[apply(every_database)]
#[tokio::test]
async fn a_batch_with_a_stranger_in_it_leaves_no_trace(#[case] on: Backend) {
    let world = World::create(on).await;
    let known = build::impression(world.project.id, &world.campaign, world.client.id);
    let stranger = build::impression(world.project.id, &world.campaign, build::client().id);
    let batch = Arc::new(EventBatch { impressions: vec![known, stranger], clicks: Vec::new() });
    assert!(world.store.record_events(&batch, 1).await.is_err());
    assert_eq!(counted(&world).await, Counters::default());
    assert!(world.store.list_outbox_after(0, 10).await.unwrap().is_empty());
}

#[apply(every_database)]
#[tokio::test]
async fn sums_beyond_32_bits_stay_exact(#[case] on: Backend) {
    let world = World::create(on).await;
    let mut impression = build::impression(world.project.id, &world.campaign, world.client.id);
    impression.price = Micros(1_000_000_000_000);
    impression.day = Day(i32::MAX);
    let batch = Arc::new(EventBatch { impressions: vec![impression], clicks: Vec::new() });
    world.store.record_events(&batch, 1).await.unwrap();
    assert_eq!(counted(&world).await.spent_impressions, Micros(1_000_000_000_000));
}
