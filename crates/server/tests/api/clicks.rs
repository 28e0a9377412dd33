//! Clicks.

use barker_testkit::Backend;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::json;
use uuid::Uuid;

use crate::{every_connection, harness::TestApp};

#[apply(every_connection)]
#[tokio::test]
async fn a_click_is_billed_once_at_the_price_of_its_moment_and_on_its_own_day(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let campaign = app.campaign(json!({"end_date": 1})).await;
    let client = app.client().await;
    app.ad(client).await;
    app.patch(&campaign.path(), &json!({"cost_per_click": 20})).await.expect(200);
    app.day(7).await;
    app.click(campaign.id, client).await;
    app.patch(&campaign.path(), &json!({"cost_per_click": 30})).await.expect(200);
    app.click(campaign.id, client).await;
    assert_eq!(app.stats(campaign.id).await, (1, 1, 21.5));
    let days = app.get(&format!("/stats/campaigns/{}/daily", campaign.id)).await.expect(200);
    assert_eq!(days.as_array().unwrap().len(), 8, "the list runs to the day of the late click");
    assert_eq!((&days[7]["date"], &days[7]["clicks_count"], &days[7]["spent_clicks"]), (&json!(7), &json!(1), &json!(20.0)));
}

#[apply(every_connection)]
#[tokio::test]
async fn a_click_without_an_impression_is_not_billed_and_does_not_prevent_a_later_one(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let campaign = app.campaign(json!({})).await;
    let client = app.client().await;
    app.click(campaign.id, client).await;
    app.click(campaign.id, client).await;
    assert_eq!(app.stats(campaign.id).await, (0, 0, 0.0));
    assert_eq!(app.ad(client).await, Some(campaign.id));
    app.click(campaign.id, client).await;
    assert_eq!(app.stats(campaign.id).await, (1, 1, 11.5));
    app.assert_audit_is_clean().await;
}

#[apply(every_connection)]
#[tokio::test]
async fn clicks_beyond_the_limit_are_taken_and_not_billed(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let campaign = app.campaign(json!({"clicks_limit": 2})).await;
    for client in app.clients(5).await {
        assert_eq!(app.ad(client).await, Some(campaign.id));
        app.click(campaign.id, client).await;
        assert_eq!(app.ad(client).await, None, "clicked is clicked, billed or not");
    }
    assert_eq!(app.stats(campaign.id).await, (5, 2, 27.5));
    app.assert_audit_is_clean().await;
}

#[apply(every_connection)]
#[tokio::test]
async fn who_clicks_and_what_must_be_known(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let campaign = app.campaign(json!({})).await;
    let client = app.client().await;
    let click = |ad: Uuid, client: Uuid| (format!("/ads/{ad}/click"), json!({"client_id": client}));
    let (path, body) = click(Uuid::now_v7(), client);
    assert_eq!(app.post(&path, &body).await.problem(404).0, "campaign-not-found");
    let (path, body) = click(campaign.id, Uuid::now_v7());
    assert_eq!(app.post(&path, &body).await.problem(404).0, "client-not-found");
    assert_eq!(app.post(&path, &json!({})).await.problem(400).1, ["/client_id required"]);
    assert_eq!(app.post("/ads/seven/click", &body).await.problem(400).1, ["/adId format"]);
}
