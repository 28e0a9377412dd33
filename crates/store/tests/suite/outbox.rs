//! Facts leave the outbox in order, and a position moves once.

use std::sync::Arc;

use barker_domain::{fact::Fact, impression::Impression};
use barker_store::{EventBatch, PRUNED_TOGETHER};
use barker_testkit::{Backend, build};
use rstest::rstest;
use rstest_reuse::apply;

use crate::{every_database, world::World};

#[apply(every_database)]
#[tokio::test]
async fn a_position_moves_only_from_where_it_is(#[case] on: Backend) {
    let world = World::create(on).await;
    let advance = |consumers: &[&str], from: i64, to: i64| {
        let consumers: Vec<String> = consumers.iter().map(|name| (*name).to_owned()).collect();
        world.store.write((consumers, from..to), |transaction, (consumers, span)| {
            Box::pin(async move { transaction.advance_outbox_positions(&consumers, span).await })
        })
    };
    assert!(advance(&["someone"], 0, 3).await.unwrap());
    assert!(!advance(&["someone"], 0, 5).await.unwrap(), "another process would have applied these rows");
    assert!(!advance(&["another", "someone"], 0, 5).await.unwrap(), "one of them is not there any more");
    assert!(advance(&["another", "third"], 0, 3).await.unwrap());
    assert!(advance(&["third", "someone", "another"], 3, 5).await.unwrap());
    let positions = world.store.read_outbox_positions().await.unwrap();
    assert_eq!(["someone", "another", "third", "nobody"].map(|name| positions.of(name)), [5, 5, 5, 0]);
}

#[apply(every_database)]
#[tokio::test]
async fn one_commit_is_one_row_and_applied_rows_can_be_forgotten(#[case] on: Backend) {
    let world = World::create(on).await;
    let impression = build::impression(world.project.id, &world.campaign, world.client.id);
    let click = build::click(&impression, &world.campaign);
    let batches = [
        EventBatch { impressions: vec![impression.clone()], clicks: vec![] },
        EventBatch { impressions: vec![], clicks: vec![click.clone()] },
    ];
    for batch in batches {
        world.store.record_events(&Arc::new(batch), 7).await.unwrap();
    }
    let rows = world.store.list_outbox_after(0, 10).await.unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].facts, [Fact::from(&impression)]);
    assert_eq!(rows[1].facts, [Fact::of_click(&click).unwrap()]);
    assert_eq!(world.store.prune_outbox(rows[0].id, 7).await.unwrap(), 0, "not old enough");
    assert_eq!(world.store.prune_outbox(rows[0].id, 8).await.unwrap(), 1);
    assert_eq!(world.store.list_outbox_after(0, 10).await.unwrap()[0].id, rows[1].id);
}

#[apply(every_database)]
#[tokio::test]
async fn old_rows_are_forgotten_a_portion_at_a_time_and_the_oldest_first(#[case] on: Backend) {
    let world = World::create(on).await;
    let rows_too_many = 3;
    for nth in 1..=i32::try_from(PRUNED_TOGETHER).unwrap() + rows_too_many {
        let impression = Impression { nth, ..build::impression(world.project.id, &world.campaign, world.client.id) };
        let batch = EventBatch { impressions: vec![impression], clicks: vec![] };
        world.store.record_events(&Arc::new(batch), 7).await.unwrap();
    }
    let rows = world.store.list_outbox_after(0, PRUNED_TOGETHER + 3).await.unwrap();
    let last_id = rows.last().unwrap().id;
    assert_eq!(world.store.prune_outbox(last_id, 8).await.unwrap(), PRUNED_TOGETHER);
    let rest: Vec<_> = world.store.list_outbox_after(0, 10).await.unwrap().into_iter().map(|row| row.id).collect();
    assert_eq!(rest, rows[rows.len() - 3..].iter().map(|row| row.id).collect::<Vec<_>>());
    assert_eq!(world.store.prune_outbox(last_id - 1, 8).await.unwrap(), 2, "the last one is not applied yet");
    assert_eq!(world.store.prune_outbox(last_id, 8).await.unwrap(), 1);
    assert_eq!(world.store.prune_outbox(last_id, 8).await.unwrap(), 0);
}
