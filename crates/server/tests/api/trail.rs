//! The trail: every change leaves a line, and no line tells a secret.

use barker_testkit::Backend;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};

use crate::{
    every_database,
    harness::TestApp,
    people::{PASSWORD, actions},
};

#[apply(every_database)]
#[tokio::test]
async fn every_change_over_the_ad_api_leaves_a_line(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let anna = app.person("anna").await;
    let project = app.project_of(&anna, "Plush").await;
    let (key_id, key) = app.key(&anna, project, &["manage"]).await;
    let client = json!({"client_id": anna.id, "login": "anna-login", "age": 30, "location": "Moscow", "gender": "FEMALE"});
    app.post_as(&key, "/clients/bulk", &json!([client])).await.expect(201);
    app.post_as(&key, "/advertisers/bulk", &json!([{"advertiser_id": anna.id, "name": "Smart"}])).await.expect(201);
    app.post_as(&key, "/ml-scores", &json!({"client_id": anna.id, "advertiser_id": anna.id, "score": 1})).await.expect(200);
    let campaigns = format!("/advertisers/{}/campaigns", anna.id);
    let campaign = app.post_as(&key, &campaigns, &crate::harness::terms()).await.expect(201);
    let path = format!("{campaigns}/{}", campaign["campaign_id"].as_str().unwrap());
    app.patch_as(&key, &path, &json!({"cost_per_click": 12})).await.expect(200);
    app.post_as(&key, "/time/advance", &json!({"current_date": 3})).await.expect(200);
    app.delete_as(&key, &path).await.expect(204);
    let lines = app.trail(&anna, &format!("key_id={key_id}")).await;
    let expected = [
        "clients.stored",
        "advertisers.stored",
        "scores.stored",
        "campaign.created",
        "campaign.changed",
        "day.changed",
        "campaign.deleted",
    ];
    assert_eq!(actions(&lines), expected);
    assert!(lines.iter().all(|line| line["actor"] == "key" && line["project_id"] == json!(project) && line["address"] == "127.0.0.1"));
    assert!(lines.iter().all(|line| line["request_id"].as_str().is_some_and(|id| id.len() == 36)));
    assert_eq!((&lines[0]["after"], &lines[2]["after"]), (&json!({"clients": 1}), &json!({"scores": 1})));
    assert_eq!(lines[4]["before"]["cost_per_click_micros"], 10_000_000);
    assert_eq!(lines[4]["after"]["cost_per_click_micros"], 12_000_000);
    assert_eq!((&lines[5]["before"], &lines[5]["after"]), (&json!({"day": 0}), &json!({"day": 3})));
    assert!(!json!(lines).to_string().contains("anna-login"), "nothing about clients");
}

#[apply(every_database)]
#[tokio::test]
async fn what_is_refused_changes_nothing_and_leaves_no_line_of_a_change(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let anna = app.person("anna").await;
    let before = app.trail(&anna, "").await.len();
    app.post("/advertisers/bulk", &json!([{"advertiser_id": anna.id, "name": ""}])).await.problem(400);
    app.post(&format!("/advertisers/{}/campaigns", anna.id), &crate::harness::terms()).await.problem(404);
    app.patch_as(&anna.access_token, "/api/v1/me", &json!({"name": "anna"})).await.expect(200);
    assert_eq!(app.trail(&anna, "").await.len(), before, "nor does what changes nothing");
}

#[apply(every_database)]
#[tokio::test]
async fn no_line_holds_a_password_a_token_or_a_key(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let anna = app.person("anna").await;
    let project = app.project_of(&anna, "Plush").await;
    let (_, key) = app.key(&anna, project, &["read"]).await;
    let wrong = "wrong horse battery";
    app.post("/api/v1/auth/token", &json!({"email": anna.email, "password": wrong})).await.expect(401);
    let change = json!({"current_password": PASSWORD, "new_password": "a staple, this time"});
    app.post_as(&anna.access_token, "/api/v1/auth/password", &change).await.expect(204);
    let told = json!(app.trail(&anna, "").await).to_string();
    for secret in [PASSWORD, wrong, "a staple, this time", &key, &anna.access_token, &anna.refresh_token, "argon2"] {
        assert!(!told.contains(secret), "{secret} in {told}");
    }
}

#[apply(every_database)]
#[tokio::test]
async fn the_trail_is_filtered_and_comes_in_pages(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let (anna, boris) = (app.person("anna").await, app.person("boris").await);
    let project = app.project_of(&boris, "Plush").await;
    app.clock.advance_ms(60_000);
    for name in ["one", "two", "three"] {
        app.patch_as(&boris.access_token, &format!("/api/v1/projects/{project}"), &json!({"name": name})).await.expect(200);
        app.clock.advance_ms(60_000);
    }
    let count = async |query: &str| app.trail(&anna, query).await.len();
    assert_eq!(count(&format!("user_id={}&action=project", boris.id)).await, 4);
    assert_eq!(count(&format!("user_id={}&action=project.changed", boris.id)).await, 3);
    assert_eq!(count(&format!("subject_id={project}&from=2026-01-01T00:01:00Z&before=2026-01-01T00:03:00Z")).await, 2);
    assert_eq!(count(&format!("user_id={}&action=project", anna.id)).await, 0);
    let of_project = format!("/api/v1/projects/{project}/audit?action=project.changed&size=2");
    let page = app.get_as(&boris.access_token, &of_project).await;
    assert_eq!(page.headers["x-total-count"], "3");
    let names: Vec<_> = page.body.as_array().unwrap().iter().map(|line| line["after"]["name"].clone()).collect();
    assert_eq!(names, ["three", "two"], "newest first");
    for (query, fault) in [("action=everything", "/action enum"), ("from=yesterday", "/from type"), ("user_id=7", "/user_id type")] {
        assert_eq!(app.get_as(&anna.access_token, &format!("/api/v1/audit?{query}")).await.problem(400).1, [fault]);
    }
}

#[apply(every_database)]
#[tokio::test]
async fn an_owner_sees_the_trail_of_their_own_project_alone(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let (root, anna) = (app.person("root").await, app.person("anna").await);
    let (theirs, hers) = (app.project_of(&root, "Theirs").await, app.project_of(&anna, "Hers").await);
    // Filters that name others do not widen what is seen.
    for query in [format!("project_id={theirs}"), format!("user_id={}", root.id), format!("subject_id={theirs}"), String::new()] {
        let lines = app.get_as(&anna.access_token, &format!("/api/v1/projects/{hers}/audit?{query}")).await.expect(200);
        assert!(lines.as_array().unwrap().iter().all(|line| line["project_id"] == json!(hers)), "{query}: {lines}");
    }
    app.get_as(&anna.access_token, &format!("/api/v1/projects/{theirs}/audit")).await.problem(403);
    let refused = app.trail(&root, "action=request.refused").await;
    assert_eq!((refused.len(), &refused[0]["user_id"], &refused[0]["project_id"]), (1, &json!(anna.id), &Value::Null));
}

#[apply(every_database)]
#[tokio::test]
async fn an_export_has_every_line_in_order_and_leaves_one_itself(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let anna = app.person("anna").await;
    let project = app.project_of(&anna, "Plush, \"soft\"").await;
    let (_, key) = app.key(&anna, project, &["manage"]).await;
    // More than one portion, most of them within one millisecond.
    for number in 0..600 {
        app.post_as(&key, "/time/advance", &json!({"current_date": number})).await.expect(200);
        app.clock.advance_ms(i64::from(number % 50 == 0));
    }
    let path = format!("/api/v1/projects/{project}/audit/export");
    let ndjson = app.get_as(&anna.access_token, &format!("{path}?format=ndjson&action=day")).await;
    assert_eq!(ndjson.headers["content-type"], "application/x-ndjson");
    let text = ndjson.body.as_str().unwrap().to_owned();
    let days: Vec<i64> = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["after"]["day"].as_i64().unwrap()).collect();
    assert_eq!(days, (0..600).rev().collect::<Vec<_>>());
    let csv = app.get_as(&anna.access_token, &path).await;
    assert_eq!(csv.headers["content-disposition"], "attachment; filename=\"audit.csv\"");
    let text = csv.body.as_str().unwrap().to_owned();
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    assert_eq!(rows.headers().unwrap().iter().next_back(), Some("request_id"));
    let rows: Vec<_> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 600 + 4, "the project, its key, the first export and this one");
    assert_eq!((&rows[0][6], &rows[1][6], &rows[603][6]), ("trail.exported", "trail.exported", "project.created"));
    assert_eq!(serde_json::from_str::<Value>(&rows[603][9]).unwrap()["name"], "Plush, \"soft\"");
}

#[apply(every_database)]
#[tokio::test]
async fn exporting_the_trail_of_no_project_is_told_so_and_hinders_nobody(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let root = app.person("root").await;
    let nowhere = uuid::Uuid::now_v7();
    for path in [format!("/api/v1/projects/{nowhere}/audit/export"), format!("/api/v1/audit/export?project_id={nowhere}")] {
        assert_eq!(app.get_as(&root.access_token, &path).await.problem(404).0, "project-not-found");
    }
    app.get_as(&root.access_token, "/api/v1/audit/export").await.expect(200);
}
