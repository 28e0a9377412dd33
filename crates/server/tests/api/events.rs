//! Events that programs and members send: on disk before the answer, once each, refused by name.

use std::time::{Duration, Instant};

use barker_app::{
    Settings,
    job::{self, Job},
    warehouse::{RetainEvents, RollUpEvents},
};
use barker_domain::{clock::Clock as _, job::State};
use barker_testkit::Backend;
use reqwest::Method;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    every_connection, every_database,
    harness::{Answer, BODY_LIMIT_BYTES, PATIENCE, TestApp, settings},
    shop::at,
};

fn event(id: usize) -> Value {
    json!({"event_id": id.to_string(), "event_type": "lead", "occurred_at": "2026-11-20T10:00:00Z", "client_id": "c"})
}

fn batch(ids: impl Iterator<Item = usize>) -> Value {
    json!({"events": ids.map(event).collect::<Vec<_>>()})
}

struct Sender {
    app: TestApp,
    project: Uuid,
    key: String,
    /// Of somebody who reads reports.
    token: String,
}

impl Sender {
    async fn start(on: Backend) -> Self {
        let app = TestApp::start(on).await;
        // Later than the events that tests send.
        app.clock.advance_ms(1_795_000_000_000);
        let anna = app.person("anna").await;
        let project = app.project_of(&anna, "Shop").await;
        let (_, key) = app.key(&anna, project, &["serve"]).await;
        Self { app, project, key, token: anna.access_token }
    }

    async fn send_to(&self, project: Uuid, body: &Value) -> Answer {
        let request = self.app.http.request(Method::POST, self.app.url(&format!("/api/v1/projects/{project}/events")));
        Answer::read(request.bearer_auth(&self.key).json(body).send().await.unwrap()).await
    }

    async fn send(&self, body: &Value) -> Answer {
        self.send_to(self.project, body).await
    }

    async fn kept(&self) -> u64 {
        let stats = self.app.app.warehouse().stats().await.unwrap();
        stats.tables.iter().find(|(name, _)| *name == "events").unwrap().1
    }
}

#[apply(every_connection)]
#[tokio::test(flavor = "multi_thread")]
async fn events_are_kept_once_however_often_they_are_sent(#[case] on: Backend) {
    let sender = Sender::start(on).await;
    assert_eq!(sender.send(&batch(0..1_000)).await.expect(200), json!({"taken": 1000, "duplicates": 0}));
    assert_eq!(sender.send(&batch(990..1_010)).await.expect(200), json!({"taken": 10, "duplicates": 10}));
    let sends = (0..20).map(|_| async { sender.send(&batch(2_000..2_050)).await.expect(200)["taken"].as_u64().unwrap() });
    let taken: u64 = futures::future::join_all(sends).await.into_iter().sum();
    assert_eq!((taken, sender.kept().await), (50, 1_060));
    let sender = Sender { app: sender.app.restart().await, ..sender };
    assert_eq!(sender.send(&batch(0..2)).await.expect(200), json!({"taken": 0, "duplicates": 2}));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_named_and_nothing_of_the_batch_is_kept() {
    let sender = Sender::start(Backend::Sqlite).await;
    let mut broken = batch(0..3);
    broken["events"][1]["occurred_at"] = json!("yesterday");
    broken["events"][2]["event_id"] = json!(7);
    assert_eq!(sender.send(&broken).await.problem(400).1, ["/events/1/occurred_at format", "/events/2/event_id type"]);
    let mut broken = batch(0..4);
    broken["events"][0]["event_type"] = json!("two words");
    broken["events"][1]["value"] = json!(1.5);
    broken["events"][2]["occurred_at"] = json!("1999-12-31T23:59:59Z");
    broken["events"][3]["client_id"] = json!("x".repeat(201));
    let faults = ["/events/0/event_type format", "/events/1/currency format", "/events/2/occurred_at range", "/events/3/client_id length"];
    assert_eq!(sender.send(&broken).await.problem(400).1, faults);
    let mut broken = batch(0..2);
    broken["events"][0]["attributes"] = json!({"list": []});
    broken["events"][1]["value"] = json!(0.000_000_1);
    assert_eq!(sender.send(&broken).await.problem(400).1, ["/events/0/attributes type", "/events/1/value format"]);
    let mut broken = batch(0..3);
    broken["events"][0]["cart"] = json!({"items": 2});
    broken["events"][1]["click_ids"] = json!({"gclic": "g"});
    broken["events"][2]["attributes"] = json!({"coupon": "A"});
    broken["events"][2]["coupon"] = json!("B");
    let faults = ["/events/0/cart unknown", "/events/1/click_ids/gclic unknown", "/events/2/coupon conflict"];
    assert_eq!(sender.send(&broken).await.problem(400).1, faults);
    let mut long = event(1);
    long["utm_term"] = json!("x".repeat(2_001));
    long["click_ids"] = json!({"yclid": "x".repeat(2_001)});
    let faults = ["/events/0/utm_term length", "/events/0/click_ids/yclid length"];
    assert_eq!(sender.send(&json!({"events": [long]})).await.problem(400).1, faults);
    assert_eq!(sender.send(&json!({"events": [event(1)], "project": "x"})).await.problem(400).1, ["/project unknown"]);
    let mut many = event(1);
    many["attributes"] = (0..50).map(|place| (place.to_string(), json!(place))).collect::<serde_json::Map<_, _>>().into();
    many["one_more"] = json!(true);
    assert_eq!(sender.send(&json!({"events": [many]})).await.problem(400).1, ["/events/0/attributes length"]);
    for (body, fault) in [(json!({}), "/events required"), (json!({"events": []}), "/events length"), (batch(0..1_001), "/events length")] {
        assert_eq!(sender.send(&body).await.problem(400).1, [fault]);
    }
    let long = json!({"events": [{"event_id": "x".repeat(BODY_LIMIT_BYTES)}]});
    assert_eq!(sender.send(&long).await.problem(413).0, "body-too-large");
    assert_eq!(sender.kept().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_that_are_not_known_become_attributes_and_are_told() {
    let sender = Sender::start(Backend::Sqlite).await;
    let mut events = batch(0..3);
    events["events"][0]["clientid"] = json!("misspelt");
    events["events"][0]["coupon"] = json!(7);
    events["events"][0]["nothing"] = json!(null);
    events["events"][1]["coupon"] = json!("AUTUMN");
    events["events"][1]["attributes"] = json!({"is_new": true});
    events["events"][2]["yclid"] = json!("a click id is a field");
    let told = sender.send(&events).await.expect(200);
    assert_eq!(told, json!({"taken": 3, "duplicates": 0, "as_attributes": ["clientid", "coupon"]}));
    let ask = json!({"metrics": "people", "group_by": "attributes.coupon", "date_from": "2026-11-20", "date_to": "2026-11-20"});
    let path = format!("/api/v1/projects/{}/reports/kpi", sender.project);
    let report = sender.app.post_as(&sender.token, &path, &ask).await.expect(200);
    let coupons: Vec<_> = report["rows"].as_array().unwrap().iter().map(|row| row["attributes.coupon"].as_str().unwrap()).collect();
    assert_eq!(coupons.len(), 3, "{coupons:?}");
    assert!(["7", "AUTUMN", "(unattributed)"].iter().all(|coupon| coupons.contains(coupon)), "{coupons:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_works_in_its_own_project_only() {
    let sender = Sender::start(Backend::Sqlite).await;
    let boris = sender.app.person("boris").await;
    let other = sender.app.project_of(&boris, "Other").await;
    assert_eq!(sender.send_to(other, &batch(0..1)).await.problem(403).0, "forbidden");
    assert_eq!(sender.send_to(Uuid::now_v7(), &batch(0..1)).await.problem(403).0, "forbidden");
    assert_eq!(sender.kept().await, 0);
}

async fn run_job<J: Job>(app: &TestApp, job: &J) {
    let id = job::enqueue(app.app.workshop(), job::new(job).unwrap()).await.unwrap().id;
    let begun = Instant::now();
    while app.app.store().find_job(id).await.unwrap().unwrap().state != State::Done {
        assert!(begun.elapsed() < PATIENCE);
        app.clock.advance_ms(1_000);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread")]
async fn old_events_of_live_projects_go_after_as_many_days_as_the_operator_says(#[case] on: Backend) {
    let app = TestApp::start_with(on, Settings { event_retention_days: Some(30), ..settings() }).await;
    app.clock.advance_ms(at("2026-11-22", 12) - app.clock.now_ms());
    let anna = app.person("anna").await;
    let live = json!({"name": "Live", "currency": "RUB", "time_zone": "UTC"});
    let live = app.post_as(&anna.access_token, "/api/v1/projects", &live).await.expect(201);
    let live: Uuid = live["project_id"].as_str().unwrap().parse().unwrap();
    let sandbox = app.project_of(&anna, "Sandbox").await;
    // Keys, which outlive the hours that pass here.
    let live = (live, app.key(&anna, live, &["serve", "read"]).await.1);
    let sandbox = (sandbox, app.key(&anna, sandbox, &["serve", "read"]).await.1);
    let days = ["2026-10-22", "2026-10-23", "2026-11-21"];
    let visit =
        |day: &&str| json!({"event_id": day, "event_type": "session_start", "occurred_at": format!("{day}T10:00:00Z"), "client_id": "c"});
    let visits = json!({"events": days.iter().map(visit).collect::<Vec<_>>()});
    for (project, key) in [&live, &sandbox] {
        app.post_as(key, &format!("/api/v1/projects/{project}/events"), &visits).await.expect(200);
    }
    let question = json!({"metrics": ["sessions", "people"], "group_by": "channel", "date_from": "2026-10-01", "date_to": "2026-11-30"});
    let told = async |(project, key): &(Uuid, String)| {
        app.post_as(key, &format!("/api/v1/projects/{project}/reports/kpi"), &question).await.expect(200)["totals"].clone()
    };
    assert_eq!(told(&sandbox).await, json!({"sessions": 3, "people": 1}));
    // Hours that are counted up go with their events. Nights have passed, so the live project's first day may be gone already.
    app.clock.advance_ms(2 * 60 * 60 * 1_000);
    run_job(&app, &RollUpEvents {}).await;
    run_job(&app, &RetainEvents {}).await;
    assert_eq!(told(&live).await, json!({"sessions": 2, "people": 1}), "of 30 days, by the UTC day");
    assert_eq!(told(&sandbox).await, json!({"sessions": 3, "people": 1}), "its day may go back");
    let app = app.restart().await;
    let stats = app.app.warehouse().stats().await.unwrap();
    assert_eq!(stats.tables.iter().find(|(name, _)| *name == "events").unwrap().1, 5);
}
