//! What administrators decide while the server runs: it holds at once and after a restart, and can be taken back.

use barker_app::Settings;
use barker_domain::installation::Registration;
use barker_testkit::Backend;
use futures::future::join_all;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};

use crate::{
    every_database,
    harness::{Answer, TestApp, installation, settings},
    people::{PASSWORD, Person, actions},
};

const PATH: &str = "/api/v1/installation/settings";

async fn decide(app: &TestApp, root: &Person, body: Value) -> Value {
    app.patch_as(&root.access_token, PATH, &body).await.expect(200)
}

async fn register(app: &TestApp, name: &str) -> Answer {
    app.post("/api/v1/auth/register", &json!({"email": format!("{name}@example.com"), "password": PASSWORD})).await
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_decision_holds_at_once_and_after_a_restart_until_it_is_taken_back(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let root = app.person("root").await;
    let configured = json!({"registration": "open", "default_ranking": "expected_profit", "default_currency": "RUB"});
    let as_configured = json!({
        "registration": "open", "default_ranking": "expected_profit", "default_currency": "RUB", "overshoot_percent": 0,
        "decided": [], "configured": configured,
    });
    assert_eq!(app.get_as(&root.access_token, PATH).await.expect(200), as_configured);
    let decided = decide(&app, &root, json!({"registration": "closed", "default_ranking": "blend", "default_currency": "EUR"})).await;
    let expected = json!({
        "registration": "closed", "default_ranking": "blend", "default_currency": "EUR", "overshoot_percent": 0,
        "decided": ["registration", "default_ranking", "default_currency"], "configured": configured,
    });
    assert_eq!(decided, expected);
    assert_eq!(register(&app, "anna").await.problem(403).0, "registration-closed");
    let app = app.restart().await;
    assert_eq!(app.get_as(&root.access_token, PATH).await.expect(200), expected);
    assert_eq!(app.get_as(&root.access_token, "/api/v1/installation").await.expect(200)["registration"], "closed");
    assert_eq!(register(&app, "anna").await.problem(403).0, "registration-closed");
    let project = app.post_as(&root.access_token, "/api/v1/projects", &json!({"name": "Plush"})).await.expect(201);
    assert_eq!((&project["currency"], &project["settings"]["ranking"]), (&json!("EUR"), &json!("blend")));
    let wanted = json!({"name": "Plush", "currency": "USD", "settings": {"ranking": "expected_profit"}});
    let project = app.post_as(&root.access_token, "/api/v1/projects", &wanted).await.expect(201);
    assert_eq!((&project["currency"], &project["settings"]["ranking"]), (&json!("USD"), &json!("expected_profit")), "its maker's choice");
    let partly = decide(&app, &root, json!({"registration": null, "default_ranking": null})).await;
    assert_eq!((&partly["registration"], &partly["decided"]), (&json!("open"), &json!(["default_currency"])));
    register(&app, "anna").await.expect(201);
    assert_eq!(decide(&app, &root, json!({"default_currency": null})).await, as_configured);
}

#[apply(every_database)]
#[tokio::test]
async fn what_is_decided_stands_over_what_is_configured_later(#[case] on: Backend) {
    let invite = Settings { installation: installation(Registration::Invite), ..settings() };
    let app = TestApp::start_with(on, invite).await;
    let root = app.person("root").await;
    assert_eq!(register(&app, "anna").await.problem(403).0, "registration-closed");
    decide(&app, &root, json!({"registration": "open"})).await;
    register(&app, "anna").await.expect(201);
    decide(&app, &root, json!({"registration": "invite"})).await;
    assert_eq!(register(&app, "boris").await.problem(403).0, "registration-closed");
    // The restarted server is configured to be open.
    let app = app.restart().await;
    assert_eq!(register(&app, "boris").await.problem(403).0, "registration-closed");
}

#[apply(every_database)]
#[tokio::test]
async fn a_decision_leaves_a_line_with_before_and_after_and_what_changes_nothing_leaves_none(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let root = app.person("root").await;
    decide(&app, &root, json!({"registration": "invite"})).await;
    decide(&app, &root, json!({"registration": "invite"})).await;
    decide(&app, &root, json!({})).await;
    decide(&app, &root, json!({"registration": null, "default_currency": null})).await;
    let lines = app.trail(&root, "action=installation").await;
    assert_eq!(actions(&lines), ["installation.changed", "installation.changed"]);
    let told = |registration: &str, decided: Value| json!({"registration": registration, "default_ranking": "expected_profit", "default_currency": "RUB", "decided": decided});
    let (open, invite) = (told("open", json!([])), told("invite", json!(["registration"])));
    assert_eq!((&lines[0]["before"], &lines[0]["after"]), (&open, &invite));
    assert_eq!((&lines[1]["before"], &lines[1]["after"]), (&invite, &open));
    assert_eq!((&lines[0]["user_id"], &lines[0]["project_id"]), (&json!(root.id), &Value::Null));
}

#[apply(every_database)]
#[tokio::test]
async fn what_cannot_be_decided_is_told_by_field_and_changes_nothing(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let root = app.person("root").await;
    let before = app.get_as(&root.access_token, PATH).await.expect(200);
    let refused = async |body: Value| app.patch_as(&root.access_token, PATH, &body).await.problem(400).1;
    assert_eq!(
        refused(json!({"registration": "anybody", "default_ranking": 7, "default_currency": ["RUB"], "overshoot_percent": 3})).await,
        ["/overshoot_percent frozen", "/registration enum", "/default_ranking type", "/default_currency type"]
    );
    assert_eq!(refused(json!({"registration": "closed", "default_currency": "rub"})).await, ["/default_currency format"]);
    assert_eq!(refused(json!([])).await, [" type"]);
    assert_eq!(app.get_as(&root.access_token, PATH).await.expect(200), before);
    assert_eq!(app.trail(&root, "action=installation").await.len(), 0);
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn decisions_at_once_are_all_kept_and_each_line_begins_where_the_one_before_ended(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let root = app.person("root").await;
    let bodies = [
        json!({"registration": "closed"}),
        json!({"registration": "invite"}),
        json!({"default_ranking": "blend"}),
        json!({"default_currency": "EUR"}),
        json!({"default_currency": null}),
    ];
    join_all(bodies.map(|body| decide(&app, &root, body))).await;
    let lines = app.trail(&root, "action=installation").await;
    for pair in lines.windows(2) {
        assert_eq!(pair[0]["after"], pair[1]["before"]);
    }
    let held = app.get_as(&root.access_token, PATH).await.expect(200);
    for name in ["registration", "default_ranking", "default_currency", "decided"] {
        assert_eq!(held[name], lines.last().unwrap()["after"][name], "memory and trail say the same of {name}");
    }
    assert_eq!(app.restart().await.get_as(&root.access_token, PATH).await.expect(200), held, "and so does the database");
}
