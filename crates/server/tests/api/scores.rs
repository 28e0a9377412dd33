//! ML scores.

use barker_testkit::Backend;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::json;
use uuid::Uuid;

use crate::{every_connection, harness::TestApp};

#[apply(every_connection)]
#[tokio::test]
async fn a_changed_score_is_seen_by_the_next_ad(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let (left, right) = (app.campaign(json!({})).await, app.campaign(json!({})).await);
    let (anna, boris) = (app.client().await, app.client().await);
    app.score(anna, right.advertiser_id, 10).await;
    assert_eq!(app.ad(anna).await, Some(right.id));
    app.score(boris, right.advertiser_id, 10).await;
    app.score(boris, left.advertiser_id, 11).await;
    assert_eq!(app.ad(boris).await, Some(left.id));
}

#[apply(every_connection)]
#[tokio::test]
async fn a_bulk_sets_each_pair_once_and_all_or_none(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let campaign = app.campaign(json!({})).await;
    let (anna, boris) = (app.client().await, app.client().await);
    let score = |client: Uuid, score: i64| json!({"client_id": client, "advertiser_id": campaign.advertiser_id, "score": score});
    let scores = json!([score(anna, 1), score(boris, 2), score(anna, 3)]);
    assert_eq!(app.post("/ml-scores/bulk", &scores).await.expect(200), json!({"updated": 2}));
    let stranger = json!([score(anna, 4), score(Uuid::now_v7(), 5)]);
    let (code, fields) = app.post("/ml-scores/bulk", &stranger).await.problem(404);
    assert_eq!((code.as_str(), fields.as_slice()), ("client-not-found", &["/1/client_id unknown".to_owned()][..]));
}

/// So many are not looked at before they are set.
#[apply(every_connection)]
#[tokio::test]
async fn strangers_in_a_large_bulk_are_named_and_keep_the_others_from_being_set(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let advertiser = app.advertiser().await;
    let clients = app.clients(1_100).await;
    let score = |client: Uuid, advertiser: Uuid| json!({"client_id": client, "advertiser_id": advertiser, "score": 7});
    let mut scores: Vec<_> = clients.iter().map(|client| score(*client, advertiser)).collect();
    (scores[3], scores[1_050]) = (score(Uuid::now_v7(), advertiser), score(clients[1_050], Uuid::now_v7()));
    let (code, fields) = app.post("/ml-scores/bulk", &json!(scores)).await.problem(404);
    assert_eq!(code, "client-not-found");
    assert_eq!(fields, ["/3/client_id unknown", "/1050/advertiser_id unknown"]);
    assert_eq!(app.counts_of_scores().await, []);
    (scores[3], scores[1_050]) = (score(clients[3], advertiser), score(clients[1_050], advertiser));
    assert_eq!(app.post("/ml-scores/bulk", &json!(scores)).await.expect(200), json!({"updated": 1_100}));
    assert_eq!(app.counts_of_scores().await, [(7, 1_100)]);
}

#[apply(every_connection)]
#[tokio::test]
async fn a_score_needs_a_client_an_advertiser_and_a_value_of_31_bits(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let (client, advertiser) = (app.client().await, app.advertiser().await);
    let score = |client: Uuid, advertiser: Uuid, score: i64| json!({"client_id": client, "advertiser_id": advertiser, "score": score});
    app.post("/ml-scores", &score(client, advertiser, 0)).await.expect(200);
    app.post("/ml-scores", &score(client, advertiser, 2_147_483_647)).await.expect(200);
    for bad in [-1, 2_147_483_648] {
        assert_eq!(app.post("/ml-scores", &score(client, advertiser, bad)).await.problem(400).1, ["/score range"]);
    }
    assert_eq!(app.post("/ml-scores", &score(Uuid::now_v7(), advertiser, 1)).await.problem(404).0, "client-not-found");
    assert_eq!(app.post("/ml-scores", &score(client, Uuid::now_v7(), 1)).await.problem(404).0, "advertiser-not-found");
}

#[apply(every_connection)]
#[tokio::test]
async fn single_scores_at_the_same_time_are_all_set(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let advertiser = app.advertiser().await;
    let clients = app.clients(200).await;
    futures::future::join_all(clients.iter().map(|client| app.score(*client, advertiser, 5))).await;
    assert_eq!(app.counts_of_scores().await, [(5, 200)]);
}
