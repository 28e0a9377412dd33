//! PostgreSQL knows its tables soon after a bulk.

use std::time::Duration;

use barker_domain::client::Client;
use barker_testkit::{Backend, TestDatabase, build};
use rstest::rstest;
use rstest_reuse::apply;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

use crate::{every_database, world::World};

const CLIENTS: usize = 5_000;

/// How many clients PostgreSQL believes there are; -1 while it has never looked.
async fn believed(connection: &DatabaseConnection) -> f32 {
    let sql = "SELECT reltuples FROM pg_class WHERE oid = 'clients'::regclass";
    let row = connection.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap().unwrap();
    row.try_get("", "reltuples").unwrap()
}

#[apply(every_database)]
#[tokio::test]
async fn after_a_bulk_the_planner_is_told_how_much_there_is(#[case] on: Backend) {
    let database = TestDatabase::create(on).await;
    let store = database.connect().await.unwrap();
    let (project, ..) = World::add_project(&store, "sandbox").await;
    let clients: Vec<Client> = (1..CLIENTS).map(|_| build::client()).collect();
    let bulk = store.write((project.id, clients), |transaction, (project, clients)| {
        Box::pin(async move { transaction.in_project(project).upsert_clients(&clients).await })
    });
    bulk.await.unwrap();
    let connection = Database::connect(database.url()).await.unwrap();
    if connection.get_database_backend() != DbBackend::Postgres {
        return assert_eq!(store.refresh_planner().await.unwrap(), [""; 0]);
    }
    assert!(believed(&connection).await < 1.0, "nobody has looked yet");
    // What a connection has changed is known to the server a second later, when the connection is used again; else after ten.
    let mut looked_at = Vec::new();
    while looked_at.is_empty() {
        tokio::time::sleep(Duration::from_millis(50)).await;
        store.write((), |_, ()| Box::pin(async { Ok(()) })).await.unwrap();
        looked_at = store.refresh_planner().await.unwrap();
    }
    assert_eq!(looked_at, ["clients"], "the other tables are small");
    #[expect(clippy::cast_precision_loss, reason = "a small number")]
    let there = CLIENTS as f32;
    assert!((believed(&connection).await - there).abs() < 1.0);
    assert_eq!(store.refresh_planner().await.unwrap(), [""; 0], "nothing has changed since");
}
