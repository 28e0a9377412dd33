//! Dashboards and saved reports: kept, changed, shown, shared.

use barker_testkit::Backend;
use reqwest::Method;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};

use crate::{every_database, harness::TestApp, people::actions, shop::Shop};

fn morning() -> Value {
    json!({
        "name": "Morning", "period": {"date_from": "2026-11-01", "date_to": "2026-11-30"}, "refresh_seconds": 900,
        "filters": [{"dimension": "campaign_name", "operator": "is_not", "values": ["Free"]}],
        "widgets": [
            {"id": "romi", "kind": "number", "title": "ROMI", "place": {"x": 0, "y": 0, "width": 3, "height": 2}, "query": {"metrics": ["romi"]}},
            {"id": "day", "kind": "line", "query": {"metrics": ["cost"], "group_by": ["day"], "window": "1d", "date_to": "2026-11-10"}},
            {"id": "note", "kind": "text", "text": "Before Black Friday"},
        ],
    })
}

#[apply(every_database)]
#[tokio::test]
async fn a_dashboard_is_made_changed_copied_and_deleted(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let shop = Shop::open(&app, "anna").await;
    let token = &shop.owner.access_token;
    let made = shop.post("dashboards", &morning()).await;
    assert_eq!(made.headers["etag"], "\"1\"");
    let made = made.expect(201);
    let path = shop.path(&format!("dashboards/{}", made["dashboard_id"].as_str().unwrap()));
    assert_eq!((&made["widgets"], &made["version"]), (&morning()["widgets"], &json!(1)));
    assert_eq!(app.get_as(token, &path).await.expect(200), made);
    let mut changed = made.clone();
    changed["name"] = json!("Evening");
    assert_eq!(app.put_as(token, &path, &changed).await.expect(200)["version"], 2);
    let put = async |tag: &str| {
        let request = app.http.put(app.url(&path)).bearer_auth(token).header("if-match", tag).json(&changed);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!((put("\"1\"").await, put("\"2\"").await, put("*").await, put("2").await), (412, 200, 200, 400));
    let copy = app.send_as(token, Method::POST, (&format!("{path}/duplicate"), None)).await.expect(201);
    assert_eq!((&copy["name"], &copy["widgets"]), (&json!("Evening (2)"), &made["widgets"]));
    let names = |list: &Value| list.as_array().unwrap().iter().map(|sheet| sheet["name"].clone()).collect::<Vec<_>>();
    assert_eq!(names(&shop.get("dashboards").await.expect(200)), ["Evening", "Evening (2)", "Overview"]);
    app.delete_as(token, &path).await.expect(204);
    assert_eq!(app.get_as(token, &path).await.problem(404).0, "dashboard-not-found");
    let trail = app.trail(&shop.owner, &format!("project_id={}", shop.project)).await;
    let expected = ["created", "changed", "changed", "changed", "created", "deleted"].map(|done| format!("dashboard.{done}"));
    let dashboards: Vec<_> = actions(&trail).into_iter().filter(|action| action.starts_with("dashboard.")).collect();
    assert_eq!(dashboards, expected);
}

#[tokio::test]
async fn a_new_project_opens_on_a_dashboard_that_answers() {
    let app = TestApp::start(Backend::Sqlite).await;
    let shop = Shop::with_three_campaigns(&app, "anna").await;
    let dashboards = shop.get("dashboards").await.expect(200);
    assert_eq!((dashboards.as_array().unwrap().len(), &dashboards[0]["name"]), (1, &json!("Overview")));
    let id = dashboards[0]["dashboard_id"].as_str().unwrap();
    let shown = shop.get(&format!("dashboards/{id}/data?date_from=2026-11-01&date_to=2026-11-30")).await.expect(200);
    let answers = shown["answers"].as_array().unwrap();
    assert_eq!(answers.len(), dashboards[0]["widgets"].as_array().unwrap().len());
    assert!(answers.iter().all(|answer| answer["status"] == 200), "{shown}");
    let romi = answers.iter().find(|answer| answer["widget"] == "romi").unwrap();
    assert_eq!(romi["report"]["totals"]["romi"], 0.4);
}

#[tokio::test]
async fn widgets_ask_when_and_what_the_dashboard_says() {
    let app = TestApp::start(Backend::Sqlite).await;
    let shop = Shop::with_three_campaigns(&app, "anna").await;
    let id = shop.post("dashboards", &morning()).await.expect(201)["dashboard_id"].as_str().unwrap().to_owned();
    let shown = shop.get(&format!("dashboards/{id}/data")).await.expect(200);
    let widgets: Vec<_> = shown["answers"].as_array().unwrap().iter().map(|answer| answer["widget"].as_str().unwrap()).collect();
    assert_eq!(widgets, ["romi", "day"]);
    // Without the free campaign: 2800 on 2500.
    assert_eq!(shown["answers"][0]["report"]["totals"]["romi"], 0.12);
    assert_eq!(shown["answers"][1]["report"]["rows"], json!([{"day": "2026-11-10", "cost": 2500}]));
    let other = shop.get(&format!("dashboards/{id}/data?window=1d&date_to=2026-11-09&filter=campaign_name:Gem")).await.expect(200);
    assert_eq!(other["answers"][1]["report"]["rows"], json!([{"day": "2026-11-09", "cost": 0}]));
    assert_eq!(shop.get(&format!("dashboards/{id}/data?metrics=cost")).await.problem(400).1, ["/metrics unknown"]);
}

#[apply(every_database)]
#[tokio::test]
async fn whoever_has_a_link_sees_the_dashboard_until_it_is_revoked(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let shop = Shop::with_three_campaigns(&app, "anna").await;
    let token = &shop.owner.access_token;
    let id = shop.post("dashboards", &morning()).await.expect(201)["dashboard_id"].as_str().unwrap().to_owned();
    let links = shop.path(&format!("dashboards/{id}/links"));
    let link = app.send_as(token, Method::POST, (&links, None)).await.expect(201);
    let path = link["path"].as_str().unwrap();
    let shown = app.get(path).await.expect(200);
    assert_eq!((&shown["name"], &shown["content"]["widgets"]), (&json!("Morning"), &morning()["widgets"]));
    let answers = app.get(&format!("{path}/data")).await.expect(200);
    assert_eq!(answers, shop.get(&format!("dashboards/{id}/data")).await.expect(200));
    let instead = app.get(&format!("{path}/data?window=30d&filter=channel:email")).await.problem(400);
    assert_eq!(instead.1, ["/filter unknown", "/window unknown"], "nothing can be asked for instead");
    assert_eq!(app.get(&format!("{path}?window=30d")).await.problem(400).1, ["/window unknown"]);
    let listed = app.get_as(token, &links).await.expect(200);
    assert!(!listed.to_string().contains(link["token"].as_str().unwrap()), "the token is shown once");
    let restarted = format!("/api/v1/shared/{}x", link["token"].as_str().unwrap());
    assert_eq!(app.get(&restarted).await.problem(404).0, "shared-not-found");
    assert_eq!(app.get("/api/v1/shared/%FF/data").await.problem(404).0, "shared-not-found");
    let revoke = format!("{links}/{}", link["link_id"].as_str().unwrap());
    app.delete_as(token, &revoke).await.expect(204);
    assert_eq!(app.get(path).await.problem(404).0, "shared-not-found");
    assert_eq!(app.get(&format!("{path}/data")).await.problem(404).0, "shared-not-found");
    assert_eq!(app.delete_as(token, &revoke).await.problem(404).0, "share-not-found");
    // Links go with their dashboard.
    let second = app.send_as(token, Method::POST, (&links, None)).await.expect(201);
    app.delete_as(token, &shop.path(&format!("dashboards/{id}"))).await.expect(204);
    assert_eq!(app.get(second["path"].as_str().unwrap()).await.problem(404).0, "shared-not-found");
}

#[tokio::test]
async fn what_cannot_be_shown_is_refused_when_it_is_kept() {
    let app = TestApp::start(Backend::Sqlite).await;
    let shop = Shop::open(&app, "anna").await;
    let bad = json!({"name": " ", "widgets": [{"id": "a", "kind": "number", "query": {"metrics": "roi"}}]});
    assert_eq!(shop.post("dashboards", &bad).await.problem(400).1, ["/widgets/0/query/metrics unknown"]);
    assert_eq!(shop.post("dashboards", &json!({"name": " "})).await.problem(400).1, ["/name length"]);
    let many: Vec<_> = (0..51).map(|place| json!({"id": place.to_string(), "kind": "text", "text": "a"})).collect();
    assert_eq!(shop.post("dashboards", &json!({"name": "a", "widgets": many})).await.problem(400).1, ["/widgets length"]);
    let endless: Vec<_> = (0..50).map(|place| json!({"id": place.to_string(), "kind": "text", "text": "a".repeat(9_000)})).collect();
    assert_eq!(shop.post("dashboards", &json!({"name": "a", "widgets": endless})).await.problem(400).1, [" length"]);
    let report = json!({"name": "a", "view": "pie", "query": {"metrics": "cost"}});
    assert_eq!(shop.post("saved_reports", &report).await.problem(400).1, ["/query/group_by unsupported"]);
}

#[apply(every_database)]
#[tokio::test]
async fn a_saved_report_is_kept_and_asked_again(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let shop = Shop::with_three_campaigns(&app, "anna").await;
    let query = json!({"metrics": ["cost", "romi"], "group_by": "campaign_name", "date_from": "2026-11-01", "date_to": "2026-11-30"});
    let saved = shop.post("saved_reports", &json!({"name": "Campaigns", "view": "table", "query": query})).await.expect(201);
    let path = format!("saved_reports/{}", saved["saved_report_id"].as_str().unwrap());
    let shown = shop.get(&format!("{path}/data")).await.expect(200);
    assert_eq!(shown["answers"][0]["report"], shop.ask(&query).await.expect(200));
    assert_eq!(shop.get("saved_reports").await.expect(200), json!([saved]));
    app.delete_as(&shop.owner.access_token, &shop.path(&path)).await.expect(204);
    assert_eq!(shop.get(&path).await.problem(404).0, "saved-report-not-found");
}

#[apply(every_database)]
#[tokio::test]
async fn a_project_decides_which_events_are_conversions(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let shop = Shop::with_three_campaigns(&app, "anna").await;
    let conversions = async || {
        let question = json!({"metrics": "conversions", "date_from": "2026-11-01", "date_to": "2026-11-30"});
        shop.ask(&question).await.expect(200)["totals"]["conversions"].clone()
    };
    assert_eq!(conversions().await, 4, "orders are");
    let settings = shop.path("reports/settings");
    let token = &shop.owner.access_token;
    app.put_as(token, &settings, &json!({"conversion_events": ["click", "click"]})).await.expect(200);
    assert_eq!(app.get_as(token, &settings).await.expect(200), json!({"conversion_events": ["click"]}));
    assert_eq!(conversions().await, 3);
    assert_eq!(app.put_as(token, &settings, &json!({"conversion_events": [" "]})).await.problem(400).1, ["/conversion_events/0 length"]);
    assert_eq!(app.put_as(token, &settings, &json!({"conversion_events": ["a b"]})).await.problem(400).1, ["/conversion_events/0 format"]);
    app.put_as(token, &settings, &json!({"conversion_events": []})).await.expect(200);
    assert_eq!(conversions().await, 4);
}

#[tokio::test]
async fn no_sheet_of_another_project_is_reached_by_any_id() {
    let app = TestApp::start(Backend::Sqlite).await;
    let (hers, his) = (Shop::open(&app, "anna").await, Shop::open(&app, "boris").await);
    let dashboard = hers.post("dashboards", &morning()).await.expect(201)["dashboard_id"].as_str().unwrap().to_owned();
    let query = json!({"metrics": "cost"});
    let report =
        hers.post("saved_reports", &json!({"name": "a", "query": query})).await.expect(201)["saved_report_id"].as_str().unwrap().to_owned();
    let token = &his.owner.access_token;
    for path in [format!("dashboards/{dashboard}"), format!("saved_reports/{report}")] {
        assert_eq!(his.get(&path).await.status, 404);
        assert_eq!(his.get(&format!("{path}/data")).await.status, 404);
        let body = if path.starts_with("dash") { morning() } else { json!({"name": "b", "query": query}) };
        assert_eq!(app.put_as(token, &his.path(&path), &body).await.status, 404);
        assert_eq!(app.delete_as(token, &his.path(&path)).await.status, 404);
        assert_eq!(app.get_as(token, &hers.path(&path)).await.status, 403);
        assert_eq!(hers.get(&path).await.status, 200, "it is still there");
    }
    for rest in ["duplicate", "links"] {
        let path = his.path(&format!("dashboards/{dashboard}/{rest}"));
        assert_eq!(app.send_as(token, Method::POST, (&path, None)).await.status, 404);
    }
}
