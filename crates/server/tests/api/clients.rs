//! Clients.

use barker_testkit::Backend;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::json;
use uuid::Uuid;

use crate::{every_database, harness::TestApp};

#[apply(every_database)]
#[tokio::test]
async fn a_client_is_answered_as_it_was_brought(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let client = json!({"client_id": Uuid::now_v7(), "login": "Анна@пример.рф", "age": 0, "location": "Санкт-Петербург", "gender": "MALE"});
    assert_eq!(app.post("/clients/bulk", &json!([client])).await.expect(201), json!([client]));
    assert_eq!(app.get(&format!("/clients/{}", client["client_id"].as_str().unwrap())).await.expect(200), client);
}

#[apply(every_database)]
#[tokio::test]
async fn the_last_of_several_with_one_id_wins_and_is_answered_once(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let (id, other) = (Uuid::now_v7(), Uuid::now_v7());
    let client = |id: Uuid, age: i32| json!({"client_id": id, "login": "a", "age": age, "location": "x", "gender": "MALE"});
    let answer = app.post("/clients/bulk", &json!([client(id, 1), client(other, 2), client(id, 3)])).await.expect(201);
    assert_eq!(answer, json!([client(id, 3), client(other, 2)]));
    app.post("/clients/bulk", &json!([client(id, 4)])).await.expect(201);
    assert_eq!(app.get(&format!("/clients/{id}")).await.expect(200)["age"], 4);
}

#[apply(every_database)]
#[tokio::test]
async fn one_bad_client_refuses_all_of_them(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let good = json!({"client_id": Uuid::now_v7(), "login": "a", "age": 130, "location": "x", "gender": "MALE"});
    let bad = json!({"client_id": Uuid::now_v7(), "login": "", "age": 131, "location": "x", "gender": "MALE"});
    let (code, fields) = app.post("/clients/bulk", &json!([good, bad])).await.problem(400);
    assert_eq!((code.as_str(), fields.as_slice()), ("invalid-request", &["/1/login length".to_owned(), "/1/age range".to_owned()][..]));
    let half = json!({"client_id": Uuid::now_v7(), "login": " ", "age": 131});
    let (_, fields) = app.post("/clients/bulk", &json!([good, half])).await.problem(400);
    assert_eq!(fields, ["/1/location required", "/1/gender required", "/1/login length", "/1/age range"], "what is missing hides nothing");
    assert_eq!(app.get(&format!("/clients/{}", good["client_id"].as_str().unwrap())).await.problem(404).0, "client-not-found");
}

#[apply(every_database)]
#[tokio::test]
async fn an_empty_bulk_is_nothing_and_ten_thousand_is_the_most(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    assert_eq!(app.post("/clients/bulk", &json!([])).await.expect(201), json!([]));
    let client = |place: u128| json!({"client_id": Uuid::from_u128(place), "login": "a", "age": 1, "location": "x", "gender": "MALE"});
    let full: Vec<_> = (0..10_000).map(client).collect();
    assert_eq!(app.post("/clients/bulk", &json!(full)).await.expect(201).as_array().unwrap().len(), 10_000);
    let over: Vec<_> = (0..10_001).map(client).collect();
    assert_eq!(app.post("/clients/bulk", &json!(over)).await.problem(400).1, [" length"]);
}

#[apply(every_database)]
#[tokio::test]
async fn a_changed_profile_is_seen_by_the_next_ad(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let campaign = app.campaign(json!({"targeting": {"location": "Kazan"}})).await;
    let client = app.client().await;
    assert_eq!(app.ad(client).await, None);
    let moved = json!([{"client_id": client, "login": "anna", "age": 30, "location": "Kazan", "gender": "FEMALE"}]);
    app.post("/clients/bulk", &moved).await.expect(201);
    assert_eq!(app.ad(client).await, Some(campaign.id));
}
