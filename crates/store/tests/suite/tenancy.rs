//! A project's rows are nobody else's, even under the same ids.

use barker_domain::page::Page;
use barker_store::{AdvertiserFilter, AdvertiserSort};
use barker_testkit::{Backend, build};
use rstest::rstest;
use rstest_reuse::apply;

use crate::{every_database, world::World};

#[apply(every_database)]
#[tokio::test]
async fn the_same_ids_in_two_projects_are_two_different_things(#[case] on: Backend) {
    let world = World::create(on).await;
    let (other, _, _) = World::add_project(&world.store, "other").await;
    let mut double = world.client.clone();
    double.age = 99;
    let upsert = world.store.write((other.id, double), |transaction, (project, client)| {
        Box::pin(async move { transaction.in_project(project).upsert_clients(&[client]).await })
    });
    upsert.await.unwrap();
    assert_eq!(world.store.in_project(world.project.id).find_client(world.client.id).await.unwrap().unwrap().age, 30);
    assert_eq!(world.store.in_project(other.id).find_client(world.client.id).await.unwrap().unwrap().age, 99);
    assert!(world.store.in_project(other.id).find_campaign(world.campaign.id).await.unwrap().is_none());
    assert_eq!(
        world
            .store
            .in_project(other.id)
            .list_advertisers(&AdvertiserFilter::default(), (AdvertiserSort::Created, Page::default()))
            .await
            .unwrap()
            .total,
        1
    );
}

#[apply(every_database)]
#[tokio::test]
async fn a_campaign_cannot_refer_to_another_projects_advertiser(#[case] on: Backend) {
    let world = World::create(on).await;
    let (other, _, _) = World::add_project(&world.store, "other").await;
    let foreign = build::campaign(world.campaign.advertiser_id);
    let insert = world.store.write((other.id, foreign), |transaction, (project, campaign)| {
        Box::pin(async move { transaction.in_project(project).insert_campaign(&campaign).await })
    });
    assert!(insert.await.is_err());
}
