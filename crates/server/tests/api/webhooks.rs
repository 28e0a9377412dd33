//! Webhooks are told once what happened, signed, and again until they have it.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU16, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, http::StatusCode, routing::post};
use barker_testkit::Backend;
use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::Method;
use ring::hmac;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};

use crate::{
    every_database,
    harness::{PATIENCE, TestApp, TestCampaign},
    people::{Person, actions},
};

/// Longer than the first pause between two attempts.
const MINUTE_MS: i64 = 60_000;

/// What stands at the address of a webhook: keeps what it is sent, and answers what it is told to.
#[derive(Clone, Default)]
struct Ear {
    heard: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
    answer: Arc<AtomicU16>,
}

impl Ear {
    /// An ear, and its address.
    async fn open() -> (Self, String) {
        let ear = Self::default();
        ear.answers(204);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let hear = async |State(ear): State<Self>, headers: HeaderMap, body: Bytes| {
            ear.heard.lock().unwrap().push((headers, body));
            (StatusCode::from_u16(ear.answer.load(Ordering::SeqCst)).unwrap(), "heard\n")
        };
        let router = Router::new().route("/hook", post(hear)).with_state(ear.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        (ear, url)
    }

    fn answers(&self, status: u16) {
        self.answer.store(status, Ordering::SeqCst);
    }

    /// What it has heard once that is as much, each checked with the secret as Standard Webhooks says.
    async fn heard(&self, count: usize, secret: &str) -> Vec<Value> {
        let begun = Instant::now();
        while self.heard.lock().unwrap().len() < count {
            assert!(begun.elapsed() < PATIENCE, "{} messages instead of {count}", self.heard.lock().unwrap().len());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let heard = self.heard.lock().unwrap().clone();
        assert_eq!(heard.len(), count);
        heard.iter().map(|message| open(message, secret)).collect()
    }
}

fn open((headers, body): &(HeaderMap, Bytes), secret: &str) -> Value {
    let header = |name: &str| headers[name].to_str().unwrap();
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let signed = [header("webhook-id").as_bytes(), b".", header("webhook-timestamp").as_bytes(), b".", body].concat();
    let signature = STANDARD.decode(header("webhook-signature").strip_prefix("v1,").unwrap()).unwrap();
    hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, &key), &signed, &signature).unwrap();
    assert_eq!(header("content-type"), "application/json");
    serde_json::from_slice(body).unwrap()
}

/// The webhook's path and its secret.
async fn hook(app: &TestApp, owner: &Person, url: &str) -> (String, String) {
    let path = format!("/api/v1/projects/{}/webhooks", app.project.id());
    let made = app.post_as(&owner.access_token, &path, &json!({"url": url, "events": ["campaign.finished"]})).await;
    assert_eq!(made.headers["cache-control"], "no-store");
    let made = made.expect(201);
    (format!("{path}/{}", made["webhook_id"].as_str().unwrap()), made["secret"].as_str().unwrap().to_owned())
}

/// The deliveries of a webhook once the newest is in that state.
async fn deliveries(app: &TestApp, owner: &Person, (hook, state): (&str, &str)) -> Vec<Value> {
    let begun = Instant::now();
    loop {
        let listed = app.get_as(&owner.access_token, &format!("{hook}/deliveries")).await.expect(200);
        if listed[0]["state"] == state {
            return listed.as_array().unwrap().clone();
        }
        assert!(begun.elapsed() < PATIENCE, "{listed}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_end_of_a_campaign_is_told_once_and_what_was_over_before_is_not(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let owner = app.person("anna").await;
    let (ear, url) = Ear::open().await;
    app.campaign(json!({"end_date": 0})).await;
    app.day(1).await;
    let (hook, secret) = hook(&app, &owner, &url).await;
    let over = app.campaign(json!({"start_date": 1, "end_date": 1})).await;
    let full = app.campaign(json!({"start_date": 1, "end_date": 9, "impressions_limit": 1, "clicks_limit": 1, "ad_title": "One"})).await;
    app.score(app.client().await, full.advertiser_id, 1).await;
    app.day(2).await;
    let told = ear.heard(1, &secret).await;
    assert_eq!((&told[0]["type"], &told[0]["data"]["campaign_id"]), (&json!("campaign.finished"), &json!(over.id)));
    assert_eq!((&told[0]["data"]["reason"], &told[0]["data"]["impressions_count"]), (&json!("over"), &json!(0)));
    // A limit that is reached is an end as well.
    assert_eq!(app.ad(app.client().await).await, Some(full.id));
    let told = ear.heard(2, &secret).await;
    assert_eq!((&told[1]["data"]["ad_title"], &told[1]["data"]["reason"]), (&json!("One"), &json!("limit_reached")));
    let sent = deliveries(&app, &owner, (&hook, "delivered")).await;
    assert_eq!(sent.len(), 2);
    assert_eq!((&sent[0]["attempts"], &sent[0]["status_code"], &sent[0]["error"]), (&json!(1), &json!(204), &Value::Null));
    assert_eq!(sent[0]["body"], told[1]);
    // It has been told; a new start of the server tells nothing again.
    let app = app.restart().await;
    app.campaign(json!({"start_date": 2, "end_date": 2})).await;
    app.day(3).await;
    assert_eq!(ear.heard(3, &secret).await[2]["data"]["reason"], "over");
}

/// An advertiser who may spend 20, with a campaign of 10 an impression and 5 a click; and whoever hears of its money.
struct Poor {
    app: TestApp,
    token: String,
    account: String,
    campaign: TestCampaign,
    ear: Ear,
    secret: String,
}

impl Poor {
    async fn listening_to(event: &str, account: Value) -> Self {
        let app = TestApp::start(Backend::Sqlite).await;
        let token = app.person("anna").await.access_token;
        let (ear, url) = Ear::open().await;
        let path = format!("/api/v1/projects/{}", app.project.id());
        let made = app.post_as(&token, &format!("{path}/webhooks"), &json!({"url": url, "events": [event]})).await.expect(201);
        let secret = made["secret"].as_str().unwrap().to_owned();
        let campaign = app.campaign(json!({"cost_per_impression": 10, "cost_per_click": 5})).await;
        let path = format!("{path}/advertisers/{}/account", campaign.advertiser_id);
        app.patch_as(&token, &path, &account).await.expect(200);
        Self { app, token, account: path, campaign, ear, secret }
    }

    async fn see_an_ad(&self) {
        assert_eq!(self.app.ad(self.app.client().await).await, Some(self.campaign.id));
    }

    /// Pays, and waits until it is seen that there is money again.
    async fn top_up(&self, amount: u32) {
        let paid = self.app.http.post(self.app.url(&format!("{}/top-ups", self.account))).bearer_auth(&self.token);
        let paid = paid.header("Idempotency-Key", "one").json(&json!({"amount": amount})).send().await.unwrap();
        assert_eq!(paid.status(), 201);
        let begun = Instant::now();
        while !self.app.app.store().in_project(self.app.project.id()).list_marks().await.unwrap().is_empty() {
            assert!(begun.elapsed() < PATIENCE);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_end_of_money_is_told_and_told_again_when_it_ends_again() {
    let poor = Poor::listening_to("money.ended", json!({"kind": "prepaid", "credit_limit": 20})).await;
    poor.see_an_ad().await;
    let told = &poor.ear.heard(1, &poor.secret).await[0];
    assert_eq!((&told["type"], &told["data"]["advertiser_id"]), (&json!("money.ended"), &json!(poor.campaign.advertiser_id)));
    assert_eq!((&told["data"]["spendable"], &told["data"]["needed"]), (&json!(10.0), &json!(15.0)));
    poor.top_up(10).await;
    poor.see_an_ad().await;
    poor.ear.heard(2, &poor.secret).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_low_balance_is_told_before_it_ends_and_told_again_when_it_falls_again() {
    let poor = Poor::listening_to("balance.low", json!({"kind": "prepaid", "credit_limit": 40, "low_balance": 35})).await;
    poor.see_an_ad().await;
    let told = &poor.ear.heard(1, &poor.secret).await[0];
    assert_eq!((&told["type"], &told["data"]["advertiser_id"]), (&json!("balance.low"), &json!(poor.campaign.advertiser_id)));
    assert_eq!((&told["data"]["spendable"], &told["data"]["low_balance"]), (&json!(30.0), &json!(35.0)));
    poor.top_up(10).await;
    poor.see_an_ad().await;
    poor.ear.heard(2, &poor.secret).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_of_a_webhook_at_the_same_time_undo_nothing() {
    let app = TestApp::start(Backend::Sqlite).await;
    let token = app.person("anna").await.access_token;
    let path = format!("/api/v1/projects/{}/webhooks", app.project.id());
    let made = json!({"url": "https://shop.example/hook", "events": ["campaign.finished"], "description": "first", "is_enabled": true});
    let id = app.post_as(&token, &path, &made).await.expect(201)["webhook_id"].as_str().unwrap().to_owned();
    for turn in 0..10 {
        let (description, is_enabled) = (format!("turn {turn}"), turn % 2 == 0);
        let one = format!("{path}/{id}");
        let (described, switched) = (json!({"description": description}), json!({"is_enabled": is_enabled}));
        let (first, second) = tokio::join!(app.patch_as(&token, &one, &described), app.patch_as(&token, &one, &switched));
        first.expect(200);
        second.expect(200);
        let kept = app.get_as(&token, &one).await.expect(200);
        assert_eq!((&kept["description"], &kept["is_enabled"]), (&json!(description), &json!(is_enabled)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_taken_is_sent_again_under_the_same_id_and_can_be_replayed() {
    let app = TestApp::start(Backend::Sqlite).await;
    let owner = app.person("anna").await;
    let token = &owner.access_token;
    let (ear, url) = Ear::open().await;
    let (hook, secret) = hook(&app, &owner, &url).await;
    ear.answers(503);
    let ping = app.send_as(token, Method::POST, (&format!("{hook}/ping"), None)).await.expect(202);
    assert_eq!((&ping["event"], &ping["state"], &ping["attempts"]), (&json!("ping"), &json!("pending"), &json!(0)));
    ear.heard(1, &secret).await;
    let begun = Instant::now();
    let refused = loop {
        let listed = app.get_as(token, &format!("{hook}/deliveries?state=pending")).await.expect(200);
        if listed[0]["attempts"] == 1 {
            break listed[0].clone();
        }
        assert!(begun.elapsed() < PATIENCE, "{listed}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!((&refused["status_code"], &refused["error"]), (&json!(503), &json!("it answered 503 Service Unavailable: heard")));
    ear.answers(200);
    app.clock.advance_ms(MINUTE_MS);
    ear.heard(2, &secret).await;
    assert_eq!(deliveries(&app, &owner, (&hook, "delivered")).await[0]["attempts"], 2);
    let replay = format!("{hook}/deliveries/{}/replay", ping["delivery_id"].as_str().unwrap());
    assert_eq!(app.send_as(token, Method::POST, (&replay, None)).await.expect(202)["state"], "pending");
    ear.heard(3, &secret).await;
    let ids: Vec<_> = ear.heard.lock().unwrap().iter().map(|(headers, _)| headers["webhook-id"].clone()).collect();
    assert!(ids.iter().all(|id| *id == ping["delivery_id"].as_str().unwrap()), "{ids:?}");
    // Another secret signs from now on, and the former does not.
    let renewed = app.send_as(token, Method::POST, (&format!("{hook}/secret"), None)).await.expect(200);
    app.send_as(token, Method::POST, (&format!("{hook}/ping"), None)).await.expect(202);
    let begun = Instant::now();
    while ear.heard.lock().unwrap().len() < 4 {
        assert!(begun.elapsed() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let last = ear.heard.lock().unwrap()[3].clone();
    assert_eq!(open(&last, renewed["secret"].as_str().unwrap())["type"], "ping");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_is_gone_is_switched_off() {
    let app = TestApp::start(Backend::Sqlite).await;
    let owner = app.person("anna").await;
    let token = &owner.access_token;
    let (ear, url) = Ear::open().await;
    let (hook, _) = hook(&app, &owner, &url).await;
    ear.answers(410);
    app.send_as(token, Method::POST, (&format!("{hook}/ping"), None)).await.expect(202);
    let sent = deliveries(&app, &owner, (&hook, "failed")).await;
    assert_eq!((&sent[0]["attempts"], &sent[0]["status_code"]), (&json!(1), &json!(410)));
    assert_eq!(app.get_as(token, &hook).await.expect(200)["is_enabled"], false);
    app.patch_as(token, &hook, &json!({"is_enabled": true, "description": "again"})).await.expect(200);
    let webhook = app.get_as(token, &hook).await.expect(200);
    assert_eq!((&webhook["is_enabled"], &webhook["url"], webhook.get("secret")), (&json!(true), &json!(url), None));
    app.delete_as(token, &hook).await.expect(204);
    assert_eq!(app.get_as(token, &hook).await.problem(404).0, "webhook-not-found");
    assert_eq!(app.get_as(token, &format!("{hook}/deliveries")).await.problem(404).0, "webhook-not-found");
    let trail = app.trail(&owner, &format!("project_id={}", app.project.id())).await;
    let told: Vec<_> = actions(&trail).into_iter().filter(|action| action.starts_with("webhook.")).collect();
    assert_eq!(told, ["webhook.created", "webhook.changed", "webhook.changed", "webhook.deleted"]);
}

#[tokio::test]
async fn every_field_of_a_webhook_that_is_wrong_is_named() {
    let app = TestApp::start(Backend::Sqlite).await;
    let owner = app.person("anna").await;
    let path = format!("/api/v1/projects/{}/webhooks", app.project.id());
    let refused = async |body: Value| app.post_as(&owner.access_token, &path, &body).await.problem(400).1;
    assert_eq!(refused(json!({})).await, ["/url required", "/events required"]);
    assert_eq!(refused(json!({"url": "ftp://x", "events": [], "descriptoin": "x"})).await, ["/descriptoin unknown"]);
    assert_eq!(refused(json!({"url": "ftp://x", "events": []})).await, ["/events length", "/url format"]);
    assert_eq!(refused(json!({"url": "http://x/", "events": ["campaign.began"]})).await, ["/events enum"]);
    assert_eq!(refused(json!({"url": "http://a:b@x/", "events": ["campaign.finished"]})).await, ["/url format"]);
    let hook = json!({"url": "http://x/", "events": ["campaign.finished", "campaign.finished"]});
    for _ in 0..20 {
        let made = app.post_as(&owner.access_token, &path, &hook).await.expect(201);
        assert_eq!(made["events"], json!(["campaign.finished"]));
    }
    assert_eq!(app.post_as(&owner.access_token, &path, &hook).await.problem(409).0, "too-many");
}
