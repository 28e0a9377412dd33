//! Time of a sandbox.

use barker_testkit::Backend;
use reqwest::Method;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::json;

use crate::{every_database, harness::TestApp};

#[apply(every_database)]
#[tokio::test]
async fn the_day_is_set_forwards_backwards_and_by_one(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    assert_eq!(app.get("/time").await.expect(200), json!({"current_date": 0}));
    for day in [5, 2, i32::MAX, 0] {
        assert_eq!(app.post("/time/advance", &json!({"current_date": day})).await.expect(200), json!({"current_date": day}));
        assert_eq!(app.get("/time").await.expect(200), json!({"current_date": day}));
    }
    assert_eq!(app.send(Method::POST, "/time/advance", None).await.expect(200), json!({"current_date": 1}));
    assert_eq!(app.post("/time/advance", &json!({})).await.expect(200), json!({"current_date": 2}));
}

#[apply(every_database)]
#[tokio::test]
async fn a_day_is_a_whole_number_from_zero(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    for (day, code) in [(json!(-1), "range"), (json!(2_147_483_648_u32), "range"), (json!(1.5), "type"), (json!("1"), "type")] {
        let (_, fields) = app.post("/time/advance", &json!({"current_date": day})).await.problem(400);
        assert_eq!(fields, [format!("/current_date {code}")]);
    }
    assert_eq!(app.post("/time/advance", &json!([1])).await.problem(400).1, [" type"]);
    assert_eq!(app.get("/time").await.expect(200), json!({"current_date": 0}));
}

#[apply(every_database)]
#[tokio::test]
async fn the_day_survives_a_restart(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    app.day(42).await;
    let app = app.restart().await;
    assert_eq!(app.get("/time").await.expect(200), json!({"current_date": 42}));
}
