//! Health, metrics and what every answer carries.

use barker_testkit::Backend;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::json;

use crate::{every_connection, harness::TestApp};

#[apply(every_connection)]
#[tokio::test]
async fn a_server_is_alive_and_ready_and_says_so(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    for path in ["/health", "/ready"] {
        assert_eq!(app.get(path).await.expect(200)["status"], "ok");
    }
    app.app.store().close().await.unwrap();
    app.get("/health").await.expect(200);
    assert_eq!(app.get("/ready").await.problem(503).0, "storage-unavailable");
}

#[apply(every_connection)]
#[tokio::test]
async fn metrics_count_decisions_and_requests_by_route_without_ids(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let client = app.client().await;
    app.campaign(json!({})).await;
    app.ad(client).await;
    let text = app.get("/metrics").await.expect(200);
    let text = text.as_str().unwrap();
    assert!(text.contains("barker_decisions_total{outcome=\"new\"}"), "{text}");
    assert!(text.contains("route=\"/ads\""), "{text}");
    assert!(!text.contains(&client.to_string()));
}

#[apply(every_connection)]
#[tokio::test]
async fn a_request_keeps_its_id_or_gets_one(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let own = reqwest::Client::new().get(app.url("/health")).header("x-request-id", "abc-1").send().await.unwrap();
    assert_eq!(own.headers()["x-request-id"], "abc-1");
    let insane = reqwest::Client::new().get(app.url("/health")).header("x-request-id", "a b\"").send().await.unwrap();
    assert_eq!(insane.headers()["x-request-id"].len(), 36);
}

#[apply(every_connection)]
#[tokio::test]
async fn the_documentation_is_served_from_the_binary(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let page = reqwest::get(app.url("/docs/")).await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().contains("swagger-ui"));
    assert_eq!(app.get("/openapi.json").await.expect(200)["info"]["title"], "Barker");
}

#[apply(every_connection)]
#[tokio::test]
async fn the_outbox_is_applied_once_and_then_forgotten(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let campaign = app.campaign(json!({})).await;
    for client in app.clients(20).await {
        app.ad(client).await;
    }
    // Beside the server's own: whoever is first applies it, and the other begins again behind it.
    let catch_up = || barker_app::outbox::catch_up(&app.app);
    tokio::try_join!(catch_up(), catch_up()).unwrap();
    catch_up().await.unwrap();
    assert_eq!(app.stats(campaign.id).await.0, 20);
    app.assert_audit_is_clean().await;
    let app = app.restart().await;
    app.ad(app.client().await).await;
    app.assert_audit_is_clean().await;
}
