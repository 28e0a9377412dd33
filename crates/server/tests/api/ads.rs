//! Which ad a client gets.

use barker_app::Settings;
use barker_testkit::Backend;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::json;
use uuid::Uuid;

use crate::{
    every_connection,
    harness::{TestApp, settings},
};

#[apply(every_connection)]
#[tokio::test]
async fn the_ad_of_a_campaign_carries_its_id_title_and_text(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let campaign = app.campaign(json!({"ad_title": "Мишки", "ad_text": "Мягче вчерашних"})).await;
    let ad = app.get(&format!("/ads?client_id={}", app.client().await)).await.expect(200);
    let expected =
        json!({"ad_id": campaign.id, "ad_title": "Мишки", "ad_text": "Мягче вчерашних", "advertiser_id": campaign.advertiser_id});
    assert_eq!(ad, expected);
}

#[apply(every_connection)]
#[tokio::test]
async fn every_restriction_of_the_targeting_must_hold(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let campaign = app.campaign(json!({"targeting": {"gender": "FEMALE", "age_from": 25, "age_to": 40, "location": "Moscow"}})).await;
    for (changes, is_shown) in [
        (json!({}), true),
        (json!({"age": 25}), true),
        (json!({"age": 40}), true),
        (json!({"age": 24}), false),
        (json!({"age": 41}), false),
        (json!({"gender": "MALE"}), false),
        (json!({"location": "moscow"}), false),
        (json!({"location": "Moscow "}), false),
    ] {
        let client = app.client_with(changes.clone()).await;
        assert_eq!(app.ad(client).await, is_shown.then_some(campaign.id), "{changes}");
    }
}

#[apply(every_connection)]
#[tokio::test]
async fn unseen_ads_come_first_then_seen_ones_and_clicked_ones_never(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let (dear, cheap) = (app.campaign(json!({"cost_per_impression": 5})).await, app.campaign(json!({"cost_per_impression": 1})).await);
    let client = app.client().await;
    assert_eq!(app.ad(client).await, Some(dear.id));
    assert_eq!(app.ad(client).await, Some(cheap.id));
    app.click(dear.id, client).await;
    assert_eq!(app.ad(client).await, Some(cheap.id));
    assert_eq!(app.ad(client).await, Some(cheap.id));
    app.click(cheap.id, client).await;
    assert_eq!(app.ad(client).await, None);
    assert_eq!(app.stats(cheap.id).await, (1, 1, 11.0), "a repeated show is neither counted nor billed");
}

#[apply(every_connection)]
#[tokio::test]
async fn the_day_decides_which_campaigns_are_active_backwards_too(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let campaign = app.campaign(json!({"start_date": 3, "end_date": 4})).await;
    for (day, is_shown) in [(2, false), (3, true), (4, true), (5, false), (4, true), (0, false)] {
        app.day(day).await;
        let client = app.client().await;
        assert_eq!(app.ad(client).await, is_shown.then_some(campaign.id), "day {day}");
    }
    let days = app.get(&format!("/stats/campaigns/{}/daily?fill=none", campaign.id)).await.expect(200);
    let counted: Vec<_> =
        days.as_array().unwrap().iter().map(|row| (row["date"].as_i64().unwrap(), row["impressions_count"].as_i64().unwrap())).collect();
    assert_eq!(counted, [(3, 1), (4, 2)]);
}

#[apply(every_connection)]
#[tokio::test]
async fn what_was_shown_and_clicked_survives_a_restart(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let (first, second) =
        (app.campaign(json!({"cost_per_impression": 5})).await, app.campaign(json!({"impressions_limit": 2, "clicks_limit": 1})).await);
    let client = app.client().await;
    assert_eq!(app.ad(client).await, Some(first.id));
    app.click(first.id, client).await;
    let app = app.restart().await;
    assert_eq!(app.ad(client).await, Some(second.id));
    assert_eq!(app.ad(client).await, Some(second.id));
    let others = app.clients(2).await;
    assert_eq!(app.ad(others[0]).await, Some(first.id));
    assert_eq!(app.ad(others[0]).await, Some(second.id));
    assert_eq!(app.ad(others[1]).await, Some(first.id));
    assert_eq!(app.ad(others[1]).await, Some(first.id), "the second is at its limit");
    assert_eq!(app.stats(second.id).await.0, 2);
    app.assert_audit_is_clean().await;
}

#[apply(every_connection)]
#[tokio::test]
async fn the_tolerance_an_operator_allows_is_used_and_not_passed(#[case] on: Backend) {
    let settings = Settings { overshoot_percent: 5, audience_bytes: 1_000_000, commit_queue: 64, ..settings() };
    let app = TestApp::start_with(on, settings).await;
    let campaign = app.campaign(json!({"impressions_limit": 20, "clicks_limit": 0})).await;
    for client in app.clients(25).await {
        app.ad(client).await;
    }
    assert_eq!(app.stats(campaign.id).await.0, 21);
}

#[apply(every_connection)]
#[tokio::test]
async fn a_client_that_falls_out_of_the_cache_is_remembered(#[case] on: Backend) {
    let settings = Settings { overshoot_percent: 0, audience_bytes: 0, commit_queue: 64, ..settings() };
    let app = TestApp::start_with(on, settings).await;
    let campaign = app.campaign(json!({})).await;
    let client = app.client().await;
    for _ in 0..3 {
        assert_eq!(app.ad(client).await, Some(campaign.id));
    }
    app.click(campaign.id, client).await;
    app.click(campaign.id, client).await;
    assert_eq!(app.ad(client).await, None);
    assert_eq!(app.stats(campaign.id).await, (1, 1, 11.5));
}

#[apply(every_connection)]
#[tokio::test]
async fn who_asks_must_be_known_and_named(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    assert_eq!(app.get(&format!("/ads?client_id={}", Uuid::now_v7())).await.problem(404).0, "client-not-found");
    assert_eq!(app.get("/ads").await.problem(400).1, ["/client_id required"]);
    assert_eq!(app.get("/ads?client_id=7").await.problem(400).1, ["/client_id type"]);
    let stranger = Uuid::now_v7();
    assert_eq!(app.get(&format!("/ads?client_id={stranger}")).await.problem(404).0, "client-not-found");
    app.post("/clients/bulk", &json!([{"client_id": stranger, "login": "a", "age": 1, "location": "x", "gender": "MALE"}]))
        .await
        .expect(201);
    assert_eq!(app.ad(stranger).await, None, "known from now on");
}
