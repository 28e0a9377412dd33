//! An audit sees rows, counters and outbox as they are.

use std::sync::Arc;

use barker_domain::audit::Report;
use barker_store::{CounterSums, EventBatch, add_to_sums, recount};
use barker_testkit::{Backend, build};
use rstest::rstest;
use rstest_reuse::apply;

use crate::{every_database, world::World};

async fn audit(world: &World) -> Vec<String> {
    let mut report = Report::default();
    report.add_project(world.project.id, &world.store.read_tallies(world.project.id).await.unwrap(), 0);
    report.differences.into_iter().map(|difference| difference.check).collect()
}

#[apply(every_database)]
#[tokio::test]
async fn recorded_events_add_up_before_and_after_the_recount(#[case] on: Backend) {
    let world = World::create(on).await;
    let impression = build::impression(world.project.id, &world.campaign, world.client.id);
    let click = build::click(&impression, &world.campaign);
    let batch = EventBatch { impressions: vec![impression], clicks: vec![click] };
    world.store.record_events(&Arc::new(batch), 1).await.unwrap();
    assert_eq!(audit(&world).await, [""; 0]);
    let row = world.store.list_outbox_after(0, 1).await.unwrap().remove(0);
    world.recount(0, row).await;
    assert_eq!(audit(&world).await, [""; 0]);
}

#[apply(every_database)]
#[tokio::test]
async fn parts_of_the_recount_may_be_ahead_of_each_other(#[case] on: Backend) {
    let world = World::create(on).await;
    let impression = build::impression(world.project.id, &world.campaign, world.client.id);
    world.store.record_events(&Arc::new(EventBatch { impressions: vec![impression], clicks: vec![] }), 1).await.unwrap();
    let row = world.store.list_outbox_after(0, 1).await.unwrap().remove(0);
    let part = recount::part_of(world.campaign.id);
    for parts in [part..part + 1, 0..part, part + 1..recount::PARTS] {
        world.recount_parts(parts, 0, row.clone()).await;
        assert_eq!(audit(&world).await, [""; 0]);
    }
}

#[apply(every_database)]
#[tokio::test]
async fn a_recount_applied_twice_and_a_passed_limit_are_found(#[case] on: Backend) {
    let world = World::create(on).await;
    let impression = build::impression(world.project.id, &world.campaign, world.client.id);
    world.store.record_events(&Arc::new(EventBatch { impressions: vec![impression], clicks: vec![] }), 1).await.unwrap();
    let row = world.store.list_outbox_after(0, 1).await.unwrap().remove(0);
    let mut sums = CounterSums::new();
    add_to_sums(&mut sums, &row.facts);
    let recount = world.store.write(sums, |transaction, sums| Box::pin(async move { transaction.add_to_recount(&sums).await }));
    recount.await.unwrap();
    assert_eq!(audit(&world).await, ["outbox and rows: impressions", "outbox and rows: spent on impressions"]);
    let mut lowered = world.campaign.clone();
    (lowered.terms.impressions_limit, lowered.terms.clicks_limit) = (0, 0);
    let lower = world.store.write((world.project.id, lowered), |transaction, (project, campaign)| {
        Box::pin(async move { transaction.in_project(project).update_campaign(&campaign).await })
    });
    lower.await.unwrap();
    assert!(audit(&world).await.contains(&"impressions_limit".to_owned()));
}
