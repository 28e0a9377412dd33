//! API keys: shown once, within their scopes, and revoked at once.

use barker_testkit::Backend;
use reqwest::Method;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{every_database, harness::TestApp, people::Person, shop::Shop};

#[apply(every_database)]
#[tokio::test]
async fn a_key_is_shown_once_and_known_by_its_beginning(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let anna = app.person("anna").await;
    let project = app.project_of(&anna, "Plush").await;
    let (id, secret) = app.key(&anna, project, &["serve", "read"]).await;
    assert!(secret.starts_with("barker_") && secret.len() == 50, "{secret}");
    let keys = app.get_as(&anna.access_token, &format!("/api/v1/projects/{project}/keys")).await;
    assert!(!keys.body.to_string().contains(&secret));
    let keys = keys.expect(200);
    assert_eq!((&keys[0]["key_id"], &keys[0]["prefix"]), (&json!(id), &json!(secret[..13])));
    assert_eq!((&keys[0]["scopes"], &keys[0]["created_by"]), (&json!(["serve", "read"]), &json!(anna.id)));
}

#[apply(every_database)]
#[tokio::test]
async fn a_key_opens_its_own_project_within_its_scopes(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let anna = app.person("anna").await;
    let project = app.project_of(&anna, "Plush").await;
    let mut keys = Vec::new();
    for scope in ["serve", "manage", "read"] {
        keys.push(app.key(&anna, project, &[scope]).await.1);
    }
    let [serve, manage, read] = &keys[..] else { panic!("three keys") };
    let (client, advertiser) = (Uuid::now_v7(), Uuid::now_v7());
    let clients = json!([{"client_id": client, "login": "anna", "age": 30, "location": "Moscow", "gender": "FEMALE"}]);
    app.post_as(manage, "/clients/bulk", &clients).await.expect(201);
    app.post_as(manage, "/advertisers/bulk", &json!([{"advertiser_id": advertiser, "name": "Smart"}])).await.expect(201);
    let campaign =
        app.post_as(manage, &format!("/advertisers/{advertiser}/campaigns"), &crate::harness::terms()).await.expect(201)["campaign_id"]
            .clone();
    assert_eq!(app.get_as(serve, &format!("/ads?client_id={client}")).await.expect(200)["ad_id"], campaign);
    let stats = format!("/stats/campaigns/{}", campaign.as_str().unwrap());
    assert_eq!(app.get_as(read, &stats).await.expect(200)["impressions_count"], 1);
    for (key, path) in [(serve, &stats), (manage, &stats), (read, &format!("/ads?client_id={client}"))] {
        assert_eq!(app.get_as(key, path).await.problem(403).0, "forbidden", "{path}");
    }
    assert_eq!(app.post_as(serve, "/clients/bulk", &clients).await.problem(403).0, "forbidden");
    assert_eq!(app.get(&stats).await.problem(404).0, "campaign-not-found", "the open sandbox is another project");
    let refused = app.trail(&anna, &format!("project_id={project}&action=request.refused")).await;
    assert_eq!((refused.len(), &refused[0]["after"]["operation"]), (4, &json!("GET /stats/campaigns/{campaignId}")));
}

#[apply(every_database)]
#[tokio::test]
async fn a_key_that_is_wrong_opens_nothing_not_even_the_open_sandbox(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let anna = app.person("anna").await;
    for wrong in ["", "barker_", "barker_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", &anna.access_token] {
        let answer = app.get_as(wrong, "/time").await;
        assert_eq!(answer.headers["www-authenticate"], "Bearer realm=\"barker\"");
        assert_eq!(answer.problem(401).0, "unauthorized");
    }
    let basic = app.http.get(app.url("/time")).header("authorization", "Basic YTpi").send().await.unwrap();
    assert_eq!(basic.status(), 401);
    app.get("/time").await.expect(200);
    let project = app.project_of(&anna, "Plush").await;
    let (_, key) = app.key(&anna, project, &["serve", "manage", "read"]).await;
    let answer = app.get_as(&key, "/api/v1/me").await;
    assert_eq!(answer.body["detail"], "a key does not open this operation: it is for people who log in");
    assert_eq!(answer.problem(403).0, "forbidden", "a key is nobody");
    let wrong = "barker_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    assert_eq!(app.get_as(wrong, "/api/v1/me").await.expect(401)["detail"], "the key is unknown, revoked or expired");
}

#[apply(every_database)]
#[tokio::test]
async fn a_revoked_key_opens_nothing_from_the_next_request_on(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let (anna, boris) = (app.person("anna").await, app.person("boris").await);
    let (project, other) = (app.project_of(&anna, "Plush").await, app.project_of(&boris, "Other").await);
    let (id, key) = app.key(&anna, project, &["read"]).await;
    app.get_as(&key, "/time").await.expect(200);
    let elsewhere = format!("/api/v1/projects/{other}/keys/{id}");
    assert_eq!(app.delete_as(&boris.access_token, &elsewhere).await.problem(404).0, "key-not-found", "of another project");
    app.get_as(&key, "/time").await.expect(200);
    let path = format!("/api/v1/projects/{project}/keys/{id}");
    app.delete_as(&anna.access_token, &path).await.expect(204);
    assert_eq!(app.get_as(&key, "/time").await.problem(401).0, "unauthorized");
    assert_eq!(app.delete_as(&anna.access_token, &path).await.problem(404).0, "key-not-found");
    let app = app.restart().await;
    assert_eq!(app.get_as(&key, "/time").await.problem(401).0, "unauthorized");
}

#[apply(every_database)]
#[tokio::test]
async fn a_key_expires_at_its_instant_and_its_last_use_is_remembered(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let anna = app.person("anna").await;
    let project = app.project_of(&anna, "Plush").await;
    let path = format!("/api/v1/projects/{project}/keys");
    let create = async |app: &TestApp, body: Value| app.post_as(&anna.access_token, &path, &body).await;
    let past = json!({"name": "", "scopes": [], "expires_at": "2025-12-31T23:59:59Z"});
    assert_eq!(create(&app, past).await.problem(400).1, ["/name length", "/scopes length", "/expires_at range"]);
    assert_eq!(
        create(&app, json!({"name": "a", "scopes": ["all"], "expires_at": "soon"})).await.problem(400).1,
        ["/scopes enum", "/expires_at format"]
    );
    let soon = json!({"name": "a", "scopes": ["read"], "expires_at": "2026-01-01T00:10:00Z"});
    let key = create(&app, soon).await.expect(201)["secret"].as_str().unwrap().to_owned();
    let last_used = async |app: &TestApp| app.get_as(&anna.access_token, &path).await.expect(200)[0]["last_used_at"].clone();
    assert_eq!(last_used(&app).await, Value::Null);
    app.clock.advance_ms(599_999);
    app.get_as(&key, "/time").await.expect(200);
    let expected = json!("2026-01-01T00:09:59.999Z");
    assert_eq!(last_used(&app).await, expected, "known before it is written down");
    let app = app.restart().await;
    assert_eq!(last_used(&app).await, expected, "and written down");
    app.clock.advance_ms(1);
    assert_eq!(app.get_as(&key, "/time").await.problem(401).0, "unauthorized");
}

#[apply(every_database)]
#[tokio::test]
async fn a_project_has_at_most_a_hundred_keys_that_work(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let anna = app.person("anna").await;
    let project = app.project_of(&anna, "Plush").await;
    let (first, _) = app.key(&anna, project, &["read"]).await;
    for _ in 0..99 {
        app.key(&anna, project, &["read"]).await;
    }
    let path = format!("/api/v1/projects/{project}/keys");
    let one_more = json!({"name": "a", "scopes": ["read"]});
    assert_eq!(app.post_as(&anna.access_token, &path, &one_more).await.problem(409).0, "too-many");
    app.delete_as(&anna.access_token, &format!("{path}/{first}")).await.expect(204);
    app.post_as(&anna.access_token, &path, &one_more).await.expect(201);
}

/// A saved report of the project.
async fn save_report(shop: &Shop<'_>, owner: &Person) -> String {
    let report = json!({"name": "Channels", "query": {"metrics": "cost", "date_from": "2026-11-01", "date_to": "2026-11-30"}});
    let saved = shop.app.post_as(&owner.access_token, &shop.path("saved_reports"), &report).await.expect(201);
    saved["saved_report_id"].as_str().unwrap().to_owned()
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_reads_is_told_what_people_are_told_in_reports(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let shop = Shop::with_three_campaigns(&app, "anna").await;
    let (_, key) = app.key(&shop.owner, shop.project, &["read"]).await;
    let saved = save_report(&shop, &shop.owner).await;
    let dashboards = app.get_as(&key, &shop.path("dashboards")).await.expect(200);
    let dashboard = dashboards[0]["dashboard_id"].as_str().unwrap();
    let november = "date_from=2026-11-01&date_to=2026-11-30&metrics=cost,revenue,romi&group_by=campaign_name";
    for path in [
        &format!("reports/kpi?{november}"),
        &format!("reports/export?{november}"),
        "reports/metrics",
        "reports/settings",
        "channels/rules",
        "saved_reports",
        &format!("saved_reports/{saved}"),
        &format!("saved_reports/{saved}/data"),
        &format!("dashboards/{dashboard}"),
        &format!("dashboards/{dashboard}/data"),
    ] {
        let path = shop.path(path);
        let (to_key, to_owner) = (app.get_as(&key, &path).await, app.get_as(&shop.owner.access_token, &path).await);
        assert_eq!(to_key.expect(200), to_owner.expect(200), "{path}");
    }
    let body = json!({"metrics": ["cost", "revenue"], "group_by": "campaign_name", "date_from": "2026-11-01", "date_to": "2026-11-30"});
    let changes = json!({"metric": "revenue", "group_by": "campaign_name", "date_from": "2026-11-01", "date_to": "2026-11-30"});
    for (path, body) in [
        ("reports/kpi", &body),
        ("reports/export?format=csv", &body),
        ("reports/batch", &json!({"reports": [body], "changes": [changes]})),
        ("reports/changes", &changes),
        ("channels/test", &json!({"utm_source": "yandex", "utm_medium": "cpc"})),
    ] {
        let path = shop.path(path);
        let (to_key, to_owner) = (app.post_as(&key, &path, body).await, app.post_as(&shop.owner.access_token, &path, body).await);
        assert_eq!(to_key.expect(200), to_owner.expect(200), "{path}");
    }
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_may_not_ask_for_reports_is_told_why_and_the_trail_has_it(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let shop = Shop::open(&app, "anna").await;
    let boris = app.person("boris").await;
    let other = app.project_of(&boris, "Other").await;
    let (id, read) = app.key(&shop.owner, shop.project, &["read"]).await;
    let (_, others) = app.key(&shop.owner, shop.project, &["serve", "manage"]).await;
    let (_, foreign) = app.key(&boris, other, &["serve", "manage", "read"]).await;
    let saved = save_report(&shop, &shop.owner).await;
    let (kpi, members, saved) = (shop.path("reports/kpi"), shop.path("members"), shop.path(&format!("saved_reports/{saved}")));
    let people_only = "a key does not open this operation: it is for people who log in";
    for (key, method, path, reason) in [
        (&others, Method::GET, &kpi, "the key has not the scope read"),
        (&foreign, Method::GET, &kpi, "the key is of another project"),
        (&foreign, Method::GET, &saved, "the key is of another project"),
        (&read, Method::DELETE, &saved, people_only),
        (&read, Method::GET, &members, people_only),
        (&foreign, Method::GET, &members, people_only),
    ] {
        let answer = app.send_as(key, method, (path, None)).await;
        assert_eq!(answer.body["detail"], reason, "{path}");
        assert_eq!(answer.problem(403).0, "forbidden");
    }
    let refused = app.trail(&shop.owner, &format!("project_id={}&action=request.refused", shop.project)).await;
    let told: Vec<_> = refused.iter().map(|line| line["after"]["operation"].as_str().unwrap()).collect();
    let saved_report = "DELETE /api/v1/projects/{projectId}/saved_reports/{savedReportId}";
    assert_eq!(told, ["GET /api/v1/projects/{projectId}/reports/kpi", saved_report, "GET /api/v1/projects/{projectId}/members"]);
    app.delete_as(&shop.owner.access_token, &shop.path(&format!("keys/{id}"))).await.expect(204);
    assert_eq!(app.get_as(&read, &kpi).await.problem(401).0, "unauthorized");
}
