//! Advertisers' money: what comes in, what is spent, what is given back, and that nothing is ever spent that is not there.

use barker_testkit::Backend;
use reqwest::Method;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    every_connection,
    harness::{Answer, TestApp, TestCampaign},
    people::{Person, actions},
};

/// The sandbox's money, in the hands of an administrator.
pub(crate) struct Cashier {
    pub(crate) app: TestApp,
    pub(crate) root: Person,
    pub(crate) campaign: TestCampaign,
}

impl Cashier {
    /// Impressions cost 1.5, clicks 10.
    pub(crate) async fn open(on: Backend) -> Self {
        Self::open_with(on, json!({})).await
    }

    pub(crate) async fn open_with(on: Backend, terms: Value) -> Self {
        let app = TestApp::start(on).await;
        let (root, campaign) = (app.person("root").await, app.campaign(terms).await);
        Self { app, root, campaign }
    }

    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/api/v1/projects/{}/advertisers/{}{rest}", self.app.project.id(), self.campaign.advertiser_id)
    }

    pub(crate) async fn get(&self, rest: &str) -> Value {
        self.app.get_as(&self.root.access_token, &self.path(rest)).await.expect(200)
    }

    /// With a key of its own, unless one is given.
    pub(crate) async fn post(&self, (rest, key): (&str, Option<&str>), body: &Value) -> Answer {
        let key = key.map_or_else(|| Uuid::now_v7().to_string(), str::to_owned);
        let request = self.app.http.post(self.app.url(&self.path(rest))).bearer_auth(&self.root.access_token).json(body);
        Answer::read(request.header("Idempotency-Key", key).send().await.unwrap()).await
    }

    pub(crate) async fn top_up(&self, amount: f64) {
        self.post(("/account/top-ups", None), &json!({"amount": amount})).await.expect(201);
    }

    pub(crate) async fn set(&self, terms: Value) -> Value {
        self.app.patch_as(&self.root.access_token, &self.path("/account"), &terms).await.expect(200)
    }

    /// What is in the account: balance, unposted spend, spendable.
    pub(crate) async fn money(&self) -> [Value; 3] {
        let account = self.get("/account").await;
        ["balance", "unposted_spend", "spendable"].map(|name| account[name].clone())
    }

    /// What is left, posted or not.
    pub(crate) async fn left(&self) -> f64 {
        let [balance, unposted, _] = self.money().await;
        balance.as_f64().unwrap() - unposted.as_f64().unwrap()
    }

    pub(crate) async fn is_shown(&self) -> bool {
        let client = self.app.client().await;
        self.app.ad(client).await.is_some()
    }

    pub(crate) async fn post_spend(&self) {
        barker_app::outbox::catch_up(&self.app.app).await.unwrap();
    }
}

#[apply(every_connection)]
#[tokio::test]
async fn a_prepaid_advertiser_stops_with_its_last_money_and_goes_on_with_the_next(#[case] on: Backend) {
    let cashier = Cashier::open(on).await;
    assert!(cashier.is_shown().await, "an advertiser of the ad API pays after, without a limit");
    assert_eq!(cashier.money().await[2], Value::Null);
    cashier.top_up(1.5).await;
    let account = cashier.set(json!({"kind": "prepaid"})).await;
    assert_eq!((&account["credit_limit"], &account["spendable"], &account["version"]), (&json!(0.0), &json!(0.0), &json!(2)));
    assert!(!cashier.is_shown().await);
    cashier.top_up(11.499_999).await;
    assert!(!cashier.is_shown().await, "a millionth too little for the view and its click");
    cashier.top_up(0.000_001).await;
    assert!(cashier.is_shown().await);
    assert!(!cashier.is_shown().await, "the click that may follow could not be paid for");
    cashier.set(json!({"credit_limit": 1.5})).await;
    assert!(cashier.is_shown().await, "lent money is money");
    assert_eq!(cashier.app.stats(cashier.campaign.id).await, (3, 0, 4.5));
    cashier.app.assert_audit_is_clean().await;
    let cashier = Cashier { app: cashier.app.restart().await, ..cashier };
    assert!(!cashier.is_shown().await, "nor after a restart");
    assert_eq!(cashier.left().await, 8.5);
    cashier.app.assert_audit_is_clean().await;
}

#[apply(every_connection)]
#[tokio::test]
async fn a_click_without_money_is_kept_and_not_billed(#[case] on: Backend) {
    let cashier = Cashier::open(on).await;
    let (anna, boris) = (cashier.app.client().await, cashier.app.client().await);
    cashier.top_up(14.5).await;
    cashier.set(json!({"kind": "prepaid"})).await;
    for client in [anna, boris] {
        assert!(cashier.app.ad(client).await.is_some());
    }
    // 11.5 are left: one click, and not the other.
    for client in [anna, boris] {
        cashier.app.click(cashier.campaign.id, client).await;
    }
    assert_eq!(cashier.app.stats(cashier.campaign.id).await, (2, 1, 13.0));
    let unpaid = cashier.get("/clicks?outcome=no_money").await;
    assert_eq!((&unpaid[0]["client_id"], &unpaid[0]["price"], unpaid.as_array().unwrap().len()), (&json!(boris), &json!(0.0), 1));
    cashier.app.assert_audit_is_clean().await;
}

#[apply(every_connection)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_never_spends_more_than_there_is(#[case] on: Backend) {
    let cashier = Cashier::open_with(on, json!({"cost_per_click": 3.0})).await;
    cashier.top_up(40.0).await;
    cashier.set(json!({"kind": "prepaid"})).await;
    let clients = cashier.app.clients(60).await;
    let visit = async |client: Uuid| {
        if let Some(ad) = cashier.app.ad(client).await {
            cashier.app.click(ad, client).await;
        }
    };
    futures::future::join_all(clients.iter().map(|client| visit(*client))).await;
    let (impressions, clicks, spent) = cashier.app.stats(cashier.campaign.id).await;
    assert!(impressions > 0 && clicks > 0 && spent <= 40.0 && spent > 40.0 - 4.5 - 3.0, "{impressions} {clicks} {spent}");
    assert_eq!(cashier.left().await, 40.0 - spent);
    cashier.app.assert_audit_is_clean().await;
}

#[apply(every_connection)]
#[tokio::test]
async fn the_same_key_posts_once_and_another_request_under_it_is_refused(#[case] on: Backend) {
    let cashier = Cashier::open(on).await;
    let body = json!({"amount": 100.25, "currency": "RUB", "note": "Invoice 7"});
    let first = cashier.post(("/account/top-ups", Some("invoice-7")), &body).await.expect(201);
    assert_eq!((&first["amount"], &first["balance"], &first["kind"]), (&json!(100.25), &json!(100.25), &json!("top_up")));
    cashier.top_up(1.0).await;
    assert_eq!(cashier.post(("/account/top-ups", Some("invoice-7")), &body).await.expect(201), first, "as it was answered then");
    let others = [
        ("/account/top-ups", json!({"amount": 100.26, "currency": "RUB", "note": "Invoice 7"})),
        ("/account/top-ups", json!({"amount": 100.25})),
        ("/account/adjustments", body.clone()),
    ];
    for (path, other) in others {
        let (code, fields) = cashier.post((path, Some("invoice-7")), &other).await.problem(409);
        assert_eq!((code.as_str(), fields), ("idempotency-conflict", vec!["/Idempotency-Key conflict".to_owned()]));
    }
    assert_eq!(cashier.left().await, 101.25);
    let trail = cashier.app.trail(&cashier.root, "action=account").await;
    assert_eq!(actions(&trail), ["account.topped_up", "account.topped_up"], "what was done once is told once");
    assert_eq!(trail[0]["after"]["idempotency_key"], "invoice-7");
}

#[apply(every_connection)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_key_at_the_same_time_posts_once(#[case] on: Backend) {
    let cashier = Cashier::open(on).await;
    let body = json!({"amount": 5});
    let answers = (0..12).map(|_| cashier.post(("/account/top-ups", Some("twelve-times")), &body));
    let answers = futures::future::join_all(answers).await;
    let first = answers[0].body.clone();
    assert!(answers.iter().all(|answer| answer.status == 201 && answer.body == first));
    assert_eq!(cashier.left().await, 5.0);
    cashier.app.assert_audit_is_clean().await;
}

#[apply(every_connection)]
#[tokio::test]
async fn whatever_is_wrong_with_money_is_refused_by_its_field(#[case] on: Backend) {
    let cashier = Cashier::open(on).await;
    let refused = async |path: &str, body: Value| {
        let (code, fields) = cashier.post((path, None), &body).await.problem(400);
        assert_eq!(code, "invalid-request");
        fields.join(", ")
    };
    for path in ["/account/top-ups", "/account/refunds"] {
        for amount in [json!(0), json!(-1), json!(9_000_000_000.000_001_f64), json!(1e300)] {
            assert_eq!(refused(path, json!({"amount": amount})).await, "/amount range", "{path} {amount}");
        }
    }
    assert_eq!(refused("/account/adjustments", json!({"amount": 0})).await, "/amount range");
    assert_eq!(refused("/account/top-ups", json!({"amount": 0.000_000_1})).await, "/amount format");
    assert_eq!(refused("/account/top-ups", json!({"amount": "1"})).await, "/amount type");
    assert_eq!(refused("/account/top-ups", json!({})).await, "/amount required");
    assert_eq!(refused("/account/top-ups", json!({"amount": 1, "currency": "EUR"})).await, "/currency enum");
    assert_eq!(refused("/account/top-ups", json!({"amount": 1, "note": " "})).await, "/note length");
    assert_eq!(refused("/account/top-ups", json!({"amount": 1, "comment": "x"})).await, "/comment unknown");
    assert_eq!(refused("/account/refunds", json!({"amount": 1})).await, "/amount range", "nothing was spent");
    let token = &cashier.root.access_token;
    let missing = cashier.app.post_as(token, &cashier.path("/account/top-ups"), &json!({"amount": 1})).await.problem(400);
    assert_eq!(missing.1, ["/Idempotency-Key required"]);
    assert_eq!(
        cashier.post(("/account/top-ups", Some("two words")), &json!({"amount": 1})).await.problem(400).1,
        ["/Idempotency-Key format"]
    );
    let nobody = format!("/api/v1/projects/{}/advertisers/{}/account", cashier.app.project.id(), Uuid::now_v7());
    assert_eq!(cashier.app.get_as(token, &nobody).await.problem(404).0, "advertiser-not-found");
    cashier.top_up(9_000_000_000.0).await;
    assert_eq!(refused("/account/top-ups", json!({"amount": 0.01})).await, "/amount range", "more than a balance may be");
    assert_eq!(cashier.left().await, 9_000_000_000.0);
}

#[apply(every_connection)]
#[tokio::test]
async fn nothing_but_spend_takes_more_than_there_is(#[case] on: Backend) {
    let cashier = Cashier::open(on).await;
    cashier.top_up(20.0).await;
    cashier.set(json!({"kind": "prepaid", "credit_limit": 5})).await;
    let (code, fields) = cashier.post(("/account/adjustments", None), &json!({"amount": -25.000_001})).await.problem(409);
    assert_eq!((code.as_str(), fields), ("over-credit-limit", vec!["/amount range".to_owned()]));
    cashier.post(("/account/adjustments", None), &json!({"amount": -24, "note": "Paid out"})).await.expect(201);
    let patch = cashier.app.patch_as(&cashier.root.access_token, &cashier.path("/account"), &json!({"credit_limit": 3})).await;
    let (code, fields) = patch.problem(409);
    assert_eq!((code.as_str(), fields), ("over-credit-limit", vec!["/credit_limit range".to_owned()]));
    assert_eq!(cashier.set(json!({"credit_limit": 4})).await["spendable"], 0.0);
    for (body, field) in [
        (json!({"credit_limit": -1}), "/credit_limit range"),
        (json!({"credit_limit": null}), "/credit_limit required"),
        (json!({"kind": "gratis"}), "/kind enum"),
        (json!({"limit": 1}), "/limit unknown"),
    ] {
        let answer = cashier.app.patch_as(&cashier.root.access_token, &cashier.path("/account"), &body).await;
        assert_eq!(answer.problem(400).1, [field]);
    }
    cashier.app.assert_audit_is_clean().await;
}

#[apply(every_connection)]
#[tokio::test]
async fn an_account_is_changed_only_by_whoever_has_seen_it(#[case] on: Backend) {
    let cashier = Cashier::open(on).await;
    let token = &cashier.root.access_token;
    let tag = cashier.app.get_as(token, &cashier.path("/account")).await.headers["etag"].to_str().unwrap().to_owned();
    assert_eq!(tag, "\"1\"");
    let change = |tag: &str, limit: i32| {
        let request = cashier.app.http.patch(cashier.app.url(&cashier.path("/account"))).bearer_auth(token);
        request.header("If-Match", tag.to_owned()).json(&json!({"credit_limit": limit})).send()
    };
    let changed = Answer::read(change(&tag, 7).await.unwrap()).await;
    assert_eq!((changed.status.as_u16(), &changed.headers["etag"]), (200, &"\"2\"".parse().unwrap()));
    assert_eq!(Answer::read(change(&tag, 8).await.unwrap()).await.problem(412).0, "version-conflict");
    assert_eq!(cashier.get("/account").await["credit_limit"], 7.0);
    let trail = cashier.app.trail(&cashier.root, "action=account.changed").await;
    assert_eq!((&trail[0]["before"]["credit_limit_micros"], &trail[0]["after"]["credit_limit_micros"]), (&Value::Null, &json!(7_000_000)));
}

#[apply(every_connection)]
#[tokio::test]
async fn members_see_money_and_owners_move_it(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let (root, boris) = (app.person("root").await, app.person("boris").await);
    let project = app.project_of(&root, "Plush").await;
    app.appoint(&root, (project, "marketer"), &boris).await;
    let base = format!("/api/v1/projects/{project}");
    let made = app.post_as(&boris.access_token, &format!("{base}/advertisers"), &json!({"name": "Bears"})).await.expect(201);
    let account = format!("{base}/advertisers/{}/account", made["advertiser_id"].as_str().unwrap());
    assert_eq!(app.get_as(&boris.access_token, &account).await.expect(200)["balance"], 0.0);
    assert_eq!(app.post_as(&boris.access_token, &format!("{account}/top-ups"), &json!({"amount": 1})).await.problem(403).0, "forbidden");
    assert_eq!(app.patch_as(&boris.access_token, &account, &json!({"kind": "prepaid"})).await.problem(403).0, "forbidden");
    let top_up = |key: &'static str| {
        app.http
            .post(app.url(&format!("{account}/top-ups")))
            .bearer_auth(&root.access_token)
            .header("Idempotency-Key", key)
            .json(&json!({"amount": 1}))
            .send()
    };
    assert_eq!(Answer::read(top_up("first").await.unwrap()).await.status, 201);
    let listed = app.get_as(&boris.access_token, &format!("{base}/advertisers")).await.expect(200);
    assert_eq!((&listed[0]["balance"], &listed[0]["spendable"], &listed[0]["currency"]), (&json!(1.0), &Value::Null, &json!("RUB")));
    // The currency is fixed from the first posting on.
    let change = app.patch_as(&root.access_token, &base, &json!({"currency": "EUR"})).await;
    assert_eq!(change.problem(409).0, "currency-in-use");
    app.send_as(&root.access_token, Method::POST, (&format!("{base}/archive"), None)).await;
    assert_eq!(Answer::read(top_up("second").await.unwrap()).await.problem(409).0, "project-archived");
}
