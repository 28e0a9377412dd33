//! A copy holds every table, and every kind of database can be filled from it.

use std::sync::Arc;

use barker_domain::audit::Report;
use barker_store::{
    EventBatch, Store,
    copy::{Chunk, Loader, Reading},
};
use barker_testkit::{Backend, TestDatabase, build};
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::Value;
use tokio::sync::mpsc;

use crate::{every_database, world::World};

async fn rows(reading: &Reading, table: &str) -> Vec<Vec<Value>> {
    let (sender, mut receiver) = mpsc::channel::<Chunk>(1);
    let collect = async {
        let mut lines = Vec::new();
        while let Some(chunk) = receiver.recv().await {
            lines.extend(chunk.lines);
        }
        lines
    };
    let send = async {
        let sent = reading.send_rows(table, &sender).await;
        drop(sender);
        sent
    };
    let (lines, sent) = tokio::join!(collect, send);
    sent.unwrap();
    String::from_utf8(lines).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

async fn load(reading: &Reading, database: &TestDatabase) {
    let loader = Loader::begin(&database.url(), None, reading.migrations()).await.unwrap();
    for table in reading.tables() {
        loader.load(table, &rows(reading, &table.name).await).await.unwrap();
    }
    loader.finish().await.unwrap();
}

#[apply(every_database)]
#[tokio::test]
async fn a_copy_fills_every_other_kind_of_database(#[case] on: Backend) {
    let world = World::create(on).await;
    let (impression, mut client) = (build::impression(world.project.id, &world.campaign, world.client.id), build::client());
    client.login = "\u{0416} \"'\\ \n\t\u{1F984} ".to_owned();
    let (project_id, copied) = (world.project.id, client.clone());
    let upsert = world.store.write(client, move |transaction, client| {
        Box::pin(async move { transaction.in_project(project_id).upsert_clients(&[client]).await })
    });
    upsert.await.unwrap();
    let batch = EventBatch { clicks: vec![build::click(&impression, &world.campaign)], impressions: vec![impression] };
    world.store.record_events(&Arc::new(batch), 1).await.unwrap();
    let reading = world.store.open_copy().await.unwrap();
    // What is written after the moment was opened is not in it.
    let late = build::client();
    let upsert = world.store.write(late.clone(), move |transaction, client| {
        Box::pin(async move { transaction.in_project(project_id).upsert_clients(&[client]).await })
    });
    upsert.await.unwrap();
    for to in [Backend::Sqlite, Backend::Postgres, Backend::MySql] {
        let database = TestDatabase::create(to).await;
        load(&reading, &database).await;
        let store = database.connect().await.unwrap();
        assert_eq!(store.list_projects().await.unwrap().len(), 1);
        let clients = store.in_project(project_id);
        assert_eq!(clients.find_client(copied.id).await.unwrap().as_ref(), Some(&copied), "{to:?}");
        assert_eq!(clients.find_client(late.id).await.unwrap(), None);
        let mut report = Report::default();
        report.add_project(project_id, &store.read_tallies(project_id).await.unwrap(), 0);
        assert_eq!((report.differences, report.impressions, report.clicks), (vec![], 1, 1), "{to:?}");
        assert_outbox_goes_on(&world.store, &store).await;
    }
    reading.close().await.unwrap();
}

/// The next row comes after every row there ever was, also when all were pruned.
async fn assert_outbox_goes_on(former: &Store, store: &Store) {
    let last = former.list_outbox_after(0, 10).await.unwrap().last().unwrap().id;
    store.prune_outbox(i64::MAX, i64::MAX).await.unwrap();
    let (project, campaign, client) = World::add_project(store, "another").await;
    let batch = EventBatch { impressions: vec![build::impression(project.id, &campaign, client.id)], clicks: vec![] };
    store.record_events(&Arc::new(batch), 2).await.unwrap();
    assert!(store.list_outbox_after(last, 1).await.unwrap().len() == 1, "behind {last}");
}

#[apply(every_database)]
#[tokio::test]
async fn a_position_without_rows_is_what_the_outbox_goes_on_from(#[case] on: Backend) {
    let world = World::create(on).await;
    let advance = world.store.write((), |transaction, ()| {
        Box::pin(async move { transaction.advance_outbox_positions(&["recount/0".to_owned()], 0..5_000).await.map(drop) })
    });
    advance.await.unwrap();
    let database = TestDatabase::create(on).await;
    load(&world.store.open_copy().await.unwrap(), &database).await;
    let store = database.connect().await.unwrap();
    let impression = build::impression(world.project.id, &world.campaign, world.client.id);
    store.record_events(&Arc::new(EventBatch { impressions: vec![impression], clicks: vec![] }), 1).await.unwrap();
    assert_eq!(store.list_outbox_after(5_000, 9).await.unwrap().len(), 1);
}

#[apply(every_database)]
#[tokio::test]
async fn a_database_that_was_filled_half_way_is_not_served_and_can_be_filled_again(#[case] on: Backend) {
    let world = World::create(on).await;
    let reading = world.store.open_copy().await.unwrap();
    let database = TestDatabase::create(on).await;
    let projects = &reading.tables()[0];
    let loader = Loader::begin(&database.url(), None, reading.migrations()).await.unwrap();
    loader.load(projects, &rows(&reading, "projects").await).await.unwrap();
    drop(loader);
    let refused = database.connect().await.unwrap().claim(&barker_store::Claim::default(), 1).await.unwrap_err();
    assert!(refused.detail.contains("run `barker restore` again"), "{refused}");
    load(&reading, &database).await;
    database.connect().await.unwrap().claim(&barker_store::Claim::default(), 1).await.unwrap();
    let again = Loader::begin(&database.url(), None, reading.migrations()).await;
    assert!(again.is_err(), "a database with data is left alone");
}

/// Some of its tables, which there are no more, refer to others that there are.
#[apply(every_database)]
#[tokio::test]
async fn what_was_begun_with_an_earlier_schema_is_begun_again(#[case] on: Backend) {
    let world = World::create(on).await;
    let reading = world.store.open_copy().await.unwrap();
    let database = TestDatabase::create(on).await;
    drop(Loader::begin(&database.url(), None, &reading.migrations()[..22]).await.unwrap());
    load(&reading, &database).await;
    assert_eq!(database.connect().await.unwrap().list_projects().await.unwrap().len(), 1);
}
