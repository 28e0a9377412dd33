//! The installation as administrators see it.

use barker_testkit::Backend;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::Value;

use crate::{every_database, harness::TestApp};

/// Names of the parts, and whether each does its work.
fn parts(health: &Value) -> Vec<(String, bool)> {
    let part = |part: &Value| (part["part"].as_str().unwrap().to_owned(), part["is_in_order"].as_bool().unwrap());
    health.as_array().unwrap().iter().map(part).collect()
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_health_of_every_part_is_told_by_itself(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let root = app.person("root").await;
    let path = "/api/v1/installation/health";
    let health = app.get_as(&root.access_token, path).await.expect(200);
    let names = ["database", "owner", "outbox", "warehouse", "mail", "cache", "objects"];
    assert_eq!(parts(&health), names.map(|name| (name.to_owned(), true)), "{health}");
    app.break_mail();
    let health = app.get_as(&root.access_token, path).await.expect(200);
    assert_eq!(parts(&health), names.map(|name| (name.to_owned(), name != "mail")), "{health}");
    assert!(health[4]["found"].as_str().is_some_and(|found| !found.is_empty()));
    app.app.store().close().await.unwrap();
    let health = barker_app::health::examine(&app.app).await;
    assert_eq!(health.iter().map(|part| part.is_in_order).collect::<Vec<_>>(), [false, false, false, true, false, true, true]);
}
