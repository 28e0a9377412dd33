//! A client who is erased is gone; what they counted stays, to the last micro.

use barker_app::Settings;
use barker_testkit::Backend;
use futures::future::join_all;
use reqwest::Method;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    every_connection,
    harness::{TestApp, settings, terms},
};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

#[apply(every_connection)]
#[tokio::test]
async fn an_erased_client_is_nowhere_and_the_numbers_stay(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let (campaign, full) = (app.campaign(json!({})).await, app.campaign(json!({"impressions_limit": 0, "clicks_limit": 0})).await);
    let [gone, other] = [app.client().await, app.client().await];
    for client in [gone, other] {
        app.score(client, campaign.advertiser_id, 7).await;
        assert_eq!(app.ad(client).await, Some(campaign.id));
        app.click(campaign.id, client).await;
        app.click(full.id, client).await;
    }
    let before = app.stats(campaign.id).await;
    let path = format!("/clients/{gone}");
    app.send(Method::DELETE, &path, None).await.expect(204);
    for (method, path) in [(Method::GET, path.clone()), (Method::DELETE, path.clone()), (Method::GET, format!("/ads?client_id={gone}"))] {
        assert_eq!(app.send(method, &path, None).await.problem(404).0, "client-not-found", "{path}");
    }
    let click = app.post(&format!("/ads/{}/click", campaign.id), &json!({"client_id": gone})).await;
    assert_eq!(click.problem(404).0, "client-not-found");
    let score = json!({"client_id": gone, "advertiser_id": campaign.advertiser_id, "score": 1});
    assert_eq!(app.post("/ml-scores", &score).await.problem(404).0, "client-not-found");
    assert_eq!(app.stats(campaign.id).await, before);
    app.assert_audit_is_clean().await;

    let anna = app.person("anna").await;
    let lines = app.trail(&anna, "action=client.erased").await;
    assert_eq!((&lines[0]["after"]["impressions"], &lines[0]["after"]["clicks"]), (&json!(1), &json!(2)));
    assert!(!json!(lines).to_string().contains(&gone.to_string()), "the trail does not tell who it was");

    // The same id is somebody new; nobody else has changed.
    let app = app.restart().await;
    assert_eq!(app.counts_of_scores().await, [(7, 1)]);
    assert_eq!(app.stats(campaign.id).await, before);
    let again = json!([{"client_id": gone, "login": "anna", "age": 30, "location": "Moscow", "gender": "FEMALE"}]);
    app.post("/clients/bulk", &again).await.expect(201);
    assert_eq!(app.ad(gone).await, Some(campaign.id));
    app.ad(other).await;
    assert_eq!(app.stats(campaign.id).await.0, before.0 + 1);
    app.assert_audit_is_clean().await;
}

#[apply(every_connection)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_are_erased_while_they_are_served(#[case] on: Backend) {
    // Without memory each client is in several slots at once.
    for audience_bytes in [10_000_000, 0] {
        let app = TestApp::start_with(on, Settings { audience_bytes, ..settings() }).await;
        let campaign = app.campaign(json!({"impressions_limit": 1_000, "clicks_limit": 1_000})).await;
        let clients = app.clients(60).await;
        let served = &app;
        let visits = clients.iter().flat_map(|client| [(); 3].map(|()| visit(served, campaign.id, campaign.advertiser_id, *client)));
        let erasures =
            clients.iter().map(|client| async move { served.send(Method::DELETE, &format!("/clients/{client}"), None).await.status });
        let (_, erased) = tokio::join!(join_all(visits), join_all(erasures));
        for (client, status) in clients.iter().zip(erased) {
            assert!(status == 204 || status == 503, "{status}");
            if status == 503 {
                app.send(Method::DELETE, &format!("/clients/{client}"), None).await.expect(204);
            }
            app.get(&format!("/clients/{client}")).await.expect(404);
        }
        app.assert_audit_is_clean().await;
        assert_eq!(app.counts_of_scores().await, []);
        let app = app.restart().await;
        app.assert_audit_is_clean().await;
    }
}

async fn visit(app: &TestApp, campaign: Uuid, advertiser: Uuid, client: Uuid) {
    for _ in 0..3 {
        let ad = app.get(&format!("/ads?client_id={client}")).await;
        let click = app.post(&format!("/ads/{campaign}/click"), &json!({"client_id": client})).await;
        let score = app.post("/ml-scores", &json!({"client_id": client, "advertiser_id": advertiser, "score": 3})).await;
        for answer in [ad, click, score] {
            assert!([200, 204, 404, 503].contains(&answer.status.as_u16()), "{} {}", answer.status, answer.body);
        }
    }
}

/// A live project's key, and today there.
async fn live_project(app: &TestApp) -> (String, i64) {
    let anna = app.person("anna").await;
    let wanted = json!({"name": "Plush", "currency": "RUB", "time_zone": "UTC"});
    let project = app.post_as(&anna.access_token, "/api/v1/projects", &wanted).await.expect(201);
    let id = project["project_id"].as_str().unwrap().parse().unwrap();
    let (_, key) = app.key(&anna, id, &["serve", "manage", "read"]).await;
    let today = app.get_as(&key, "/time").await.expect(200)["current_date"].as_i64().unwrap();
    (key, today)
}

async fn campaign_in(app: &TestApp, key: &str, days: (i64, i64)) -> String {
    let advertiser = Uuid::now_v7();
    app.post_as(key, "/advertisers/bulk", &json!([{"advertiser_id": advertiser, "name": "Smart"}])).await.expect(201);
    let mut wanted = terms();
    (wanted["start_date"], wanted["end_date"]) = (json!(days.0), json!(days.1));
    let made = app.post_as(key, &format!("/advertisers/{advertiser}/campaigns"), &wanted).await.expect(201);
    made["campaign_id"].as_str().unwrap().to_owned()
}

async fn stats_in(app: &TestApp, key: &str, campaign: &str) -> Value {
    app.get_as(key, &format!("/stats/campaigns/{campaign}")).await.expect(200)
}

#[apply(every_connection)]
#[tokio::test]
async fn impressions_of_campaigns_that_are_long_over_become_anonymous(#[case] on: Backend) {
    let app = TestApp::start_with(on, Settings { impression_retention_days: Some(30), ..settings() }).await;
    let (key, today) = live_project(&app).await;
    let (short, long) = (campaign_in(&app, &key, (today, today)).await, campaign_in(&app, &key, (today, today + 100)).await);
    let clients: Vec<_> = (0..7).map(|_| Uuid::now_v7()).collect();
    let body = clients.iter().map(|id| json!({"client_id": id, "login": "anna", "age": 30, "location": "Moscow", "gender": "FEMALE"}));
    app.post_as(&key, "/clients/bulk", &body.collect()).await.expect(201);
    for client in &clients {
        for _ in 0..2 {
            app.get_as(&key, &format!("/ads?client_id={client}")).await.expect(200);
        }
        app.post_as(&key, &format!("/ads/{short}/click"), &json!({"client_id": client})).await.expect(204);
    }
    let before = [stats_in(&app, &key, &short).await, stats_in(&app, &key, &long).await];
    assert_eq!((&before[0]["impressions_count"], &before[0]["clicks_count"]), (&json!(7), &json!(7)));
    let project = app.app.list_projects().await.into_iter().find(|project| !project.is_sandbox()).unwrap();

    app.clock.advance_ms(30 * DAY_MS);
    assert_eq!(app.app.forget_old_impressions(&project).await.unwrap().impressions, 0, "it ended 30 days ago");
    app.clock.advance_ms(DAY_MS);
    let forgotten = app.app.forget_old_impressions(&project).await.unwrap();
    assert_eq!((forgotten.impressions, forgotten.clicks), (7, 7));
    assert_eq!(app.app.forget_old_impressions(&project).await.unwrap().impressions, 0, "once is enough");
    assert_eq!([stats_in(&app, &key, &short).await, stats_in(&app, &key, &long).await], before);
    app.assert_audit_is_clean().await;

    // A late click finds no impression: kept, not billed, and forgotten with the next pass.
    app.post_as(&key, &format!("/ads/{short}/click"), &json!({"client_id": clients[0]})).await.expect(204);
    assert_eq!(stats_in(&app, &key, &short).await, before[0]);
    assert_eq!(app.app.forget_old_impressions(&project).await.unwrap().clicks, 1);
    // The campaign that goes on knows whom it was shown to.
    app.get_as(&key, &format!("/ads?client_id={}", clients[1])).await.expect(200);
    assert_eq!(stats_in(&app, &key, &long).await, before[1]);
    app.send_as(&key, Method::DELETE, (&format!("/clients/{}", clients[2]), None)).await.expect(204);
    assert_eq!(stats_in(&app, &key, &long).await, before[1]);
    app.assert_audit_is_clean().await;
}

#[tokio::test]
async fn a_sandbox_keeps_everything_because_its_day_may_go_back() {
    let app = TestApp::start_with(Backend::Sqlite, Settings { impression_retention_days: Some(1), ..settings() }).await;
    let campaign = app.campaign(json!({})).await;
    let client = app.client().await;
    app.ad(client).await;
    app.day(500).await;
    assert_eq!(app.app.forget_old_impressions(&app.project).await.unwrap().impressions, 0);
    app.day(0).await;
    app.ad(client).await;
    assert_eq!(app.stats(campaign.id).await.0, 1, "the same client is counted once");
}
