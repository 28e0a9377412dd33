//! Projects and their members.

use barker_testkit::Backend;
use futures::future::join_all;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{every_database, harness::TestApp, people::actions};

#[apply(every_database)]
#[tokio::test]
async fn a_project_is_made_changed_and_listed_by_its_owner(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let anna = app.person("anna").await;
    let new = json!({"name": " Plush ", "currency": "EUR", "time_zone": "Europe/Moscow", "settings": {"attribution_model": "linear"}});
    let project = app.post_as(&anna.access_token, "/api/v1/projects", &new).await.expect(201);
    let settings =
        json!({"ranking": "expected_profit", "is_moderated": false, "attribution_model": "linear", "attribution_window_days": 30});
    assert_eq!((&project["name"], &project["is_sandbox"], &project["settings"]), (&json!("Plush"), &json!(false), &settings));
    let path = format!("/api/v1/projects/{}", project["project_id"].as_str().unwrap());
    let change = json!({"currency": "RUB", "time_zone": "Asia/Omsk", "settings": {"ranking": "blend", "attribution_window_days": 7}});
    let changed = app.patch_as(&anna.access_token, &path, &change).await.expect(200);
    let settings = json!({"ranking": "blend", "is_moderated": false, "attribution_model": "linear", "attribution_window_days": 7});
    assert_eq!((&changed["name"], &changed["currency"], &changed["settings"]), (&json!("Plush"), &json!("RUB"), &settings));
    assert_eq!(app.get_as(&anna.access_token, &path).await.expect(200), changed);
    assert_eq!(app.get_as(&anna.access_token, "/api/v1/projects").await.expect(200), json!([changed]));
    let app = app.restart().await;
    assert_eq!(app.get_as(&anna.access_token, &path).await.expect(200), changed);
}

#[apply(every_database)]
#[tokio::test]
async fn what_a_project_cannot_be_is_told_by_field(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let anna = app.person("anna").await;
    let create = async |body: Value| app.post_as(&anna.access_token, "/api/v1/projects", &body).await.problem(400).1;
    assert_eq!(
        create(json!({"currency": 7, "time_zone": "Mars/Olympus"})).await,
        ["/name required", "/currency type", "/time_zone format"]
    );
    let bad = json!({"name": " ", "currency": "rub", "settings": {"attribution_window_days": 0}});
    assert_eq!(create(bad).await, ["/name length", "/currency format", "/settings/attribution_window_days range"]);
    let bad = json!({"name": "a", "currency": "RUB", "settings": {"ranking": "best", "is_moderated": "no"}});
    assert_eq!(create(bad).await, ["/settings/ranking enum", "/settings/is_moderated type"]);
    let sandbox = app.project_of(&anna, "Sandbox").await;
    let zone = app.patch_as(&anna.access_token, &format!("/api/v1/projects/{sandbox}"), &json!({"time_zone": "UTC"})).await;
    assert_eq!(zone.problem(400).1, ["/time_zone frozen"]);
}

#[apply(every_database)]
#[tokio::test]
async fn two_tenants_choose_one_name_and_hear_nothing_of_each_other(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let (anna, boris) = (app.person("anna").await, app.person("boris").await);
    let (hers, his) = (app.project_of(&anna, "sandbox").await, app.project_of(&boris, "sandbox").await);
    assert_ne!(hers, his);
    let open = app.app.find_project_by_alias("sandbox").await.unwrap();
    assert_eq!(open.id(), app.project.id(), "the operator's sandbox is nobody's to take");
    assert_eq!(app.get_as(&boris.access_token, "/api/v1/projects").await.expect(200).as_array().unwrap().len(), 1);
    for path in [format!("/api/v1/projects/{hers}"), format!("/api/v1/projects/{}", Uuid::now_v7())] {
        let refused = app.get_as(&boris.access_token, &path).await.expect(403);
        assert_eq!(refused["detail"], "you are not a member of this project", "there or not, the answer is one");
    }
    let all = app.get_as(&anna.access_token, "/api/v1/installation/projects").await.expect(200);
    assert_eq!(all.as_array().unwrap().len(), 3, "the administrator sees the operator's sandbox too");
}

#[apply(every_database)]
#[tokio::test]
async fn the_currency_is_frozen_by_the_first_money_spent(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let anna = app.person("anna").await;
    let path = format!("/api/v1/projects/{}", app.project.id());
    app.campaign(json!({})).await;
    app.patch_as(&anna.access_token, &path, &json!({"currency": "EUR"})).await.expect(200);
    app.ad(app.client().await).await.unwrap();
    assert_eq!(app.patch_as(&anna.access_token, &path, &json!({"currency": "USD"})).await.problem(409).0, "currency-in-use");
    app.patch_as(&anna.access_token, &path, &json!({"currency": "EUR", "name": "Same"})).await.expect(200);
}

#[apply(every_database)]
#[tokio::test]
async fn another_ranking_holds_from_the_next_ad_on(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let anna = app.person("anna").await;
    let (client, path) = (app.client().await, format!("/api/v1/projects/{}", app.project.id()));
    // Relevant and cheap by the click, or dear by the impression: the two strategies disagree.
    let relevant = app.campaign(json!({"cost_per_impression": 1, "cost_per_click": 10})).await;
    let dear = app.campaign(json!({"cost_per_impression": 9, "cost_per_click": 0})).await;
    app.score(client, relevant.advertiser_id, 5).await;
    app.score(app.client().await, dear.advertiser_id, 5).await;
    let (one, other) = (app.client().await, app.client().await);
    for (client, advertiser, score) in [(one, relevant.advertiser_id, 1), (other, relevant.advertiser_id, 1)] {
        app.score(client, advertiser, score).await;
    }
    assert_eq!(app.ad(one).await, Some(dear.id), "by expected profit: 1/5 x 10 + 1 < 9");
    app.patch_as(&anna.access_token, &path, &json!({"settings": {"ranking": "blend"}})).await.expect(200);
    assert_eq!(app.ad(other).await, Some(relevant.id), "by blend: 1 x 10 + 1 > 9");
}

#[apply(every_database)]
#[tokio::test]
async fn an_archived_project_is_closed_until_it_is_restored(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let anna = app.person("anna").await;
    let project = app.project_of(&anna, "Plush").await;
    let (_, key) = app.key(&anna, project, &["read"]).await;
    let path = format!("/api/v1/projects/{project}");
    let act = async |app: &TestApp, verb: &str| app.post_as(&anna.access_token, &format!("{path}/{verb}"), &json!(null)).await;
    app.get_as(&key, "/time").await.expect(200);
    assert_eq!(act(&app, "archive").await.expect(200)["is_archived"], true);
    assert_eq!(app.get_as(&key, "/time").await.problem(401).0, "unauthorized");
    assert_eq!(act(&app, "archive").await.problem(409).0, "project-archived");
    assert_eq!(app.patch_as(&anna.access_token, &path, &json!({"name": "a"})).await.problem(409).0, "project-archived");
    let keys = app.post_as(&anna.access_token, &format!("{path}/keys"), &json!({"name": "a", "scopes": ["read"]})).await;
    assert_eq!(keys.problem(409).0, "project-archived");
    act(&app, "restore").await.expect(200);
    app.get_as(&key, "/time").await.expect(200);
    act(&app, "archive").await.expect(200);
    let app = app.restart().await;
    assert_eq!(app.get_as(&key, "/time").await.problem(401).0, "unauthorized");
    act(&app, "restore").await.expect(200);
    app.get_as(&key, "/time").await.expect(200);
}

#[apply(every_database)]
#[tokio::test]
async fn members_get_roles_and_lose_them_at_once(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let (root, anna, boris) = (app.person("root").await, app.person("anna").await, app.person("boris").await);
    let project = app.project_of(&anna, "Plush").await;
    let (path, members) = (format!("/api/v1/projects/{project}"), format!("/api/v1/projects/{project}/members"));
    let his = format!("{members}/{}", boris.id);
    let viewer = json!({"role": "viewer"});
    assert_eq!(app.put_as(&anna.access_token, &his, &viewer).await.problem(404).0, "member-not-found", "an owner adds nobody this way");
    app.get_as(&boris.access_token, &path).await.problem(403);
    app.appoint(&root, (project, "viewer"), &boris).await;
    app.get_as(&boris.access_token, &path).await.expect(200);
    app.patch_as(&boris.access_token, &path, &json!({"name": "His"})).await.problem(403);
    app.clock.advance_ms(1);
    app.put_as(&anna.access_token, &his, &json!({"role": "owner"})).await.expect(200);
    app.patch_as(&boris.access_token, &path, &json!({"name": "His"})).await.expect(200);
    let listed = app.get_as(&anna.access_token, &members).await.expect(200);
    let roles: Vec<_> = listed.as_array().unwrap().iter().map(|member| (&member["email"], &member["role"])).collect();
    assert_eq!(roles, [(&json!(anna.email), &json!("owner")), (&json!(boris.email), &json!("owner"))]);
    app.delete_as(&anna.access_token, &his).await.expect(204);
    app.get_as(&boris.access_token, &path).await.problem(403);
    assert_eq!(app.delete_as(&anna.access_token, &his).await.problem(404).0, "member-not-found");
    let told = app.trail(&root, &format!("project_id={project}&action=member")).await;
    assert_eq!(actions(&told), ["member.added", "member.changed", "member.removed"]);
    assert_eq!((&told[1]["before"], &told[1]["after"]), (&json!({"role": "viewer"}), &json!({"role": "owner"})));
}

#[apply(every_database)]
#[tokio::test]
async fn one_owner_is_left_even_when_all_go_at_once(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let (root, anna) = (app.person("root").await, app.person("anna").await);
    let project = app.project_of(&anna, "Plush").await;
    let members = format!("/api/v1/projects/{project}/members");
    let mut owners = vec![anna];
    for name in ["boris", "clara", "denis"] {
        let person = app.person(name).await;
        app.appoint(&root, (project, "owner"), &person).await;
        owners.push(person);
    }
    let viewer = json!({"role": "viewer"});
    let leave = owners.iter().enumerate().map(async |(place, owner)| {
        let path = format!("{members}/{}", owner.id);
        if place % 2 == 0 { app.delete_as(&root.access_token, &path).await } else { app.put_as(&root.access_token, &path, &viewer).await }
    });
    let answers = join_all(leave).await;
    let kept: Vec<_> = answers.into_iter().filter(|answer| answer.status == 409).map(|answer| answer.problem(409).0).collect();
    assert_eq!(kept, ["last-owner"]);
    let listed = app.get_as(&root.access_token, &members).await.expect(200);
    assert_eq!(listed.as_array().unwrap().iter().filter(|member| member["role"] == "owner").count(), 1);
}
