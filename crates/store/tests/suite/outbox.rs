//! Facts leave the outbox in order, and a position moves once.

use std::sync::Arc;

use barker_domain::fact::Fact;
use barker_store::EventBatch;
use barker_testkit::{Backend, build};
use rstest::rstest;
use rstest_reuse::apply;

use crate::{every_database, world::World};

#[apply(every_database)]
#[tokio::test]
async fn a_position_moves_only_from_where_it_is(#[case] on: Backend) {
    let world = World::create(on).await;
    let advance = |from: i64, to: i64| {
        world.store.write((from, to), |transaction, (from, to)| {
            Box::pin(async move { transaction.advance_outbox_position("someone", from, to).await })
        })
    };
    assert!(advance(0, 3).await.unwrap());
    assert!(!advance(0, 5).await.unwrap(), "another process would have applied these rows");
    assert!(advance(3, 5).await.unwrap());
    assert_eq!(world.store.get_outbox_position("someone").await.unwrap(), 5);
    assert_eq!(world.store.get_outbox_position("nobody").await.unwrap(), 0);
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
