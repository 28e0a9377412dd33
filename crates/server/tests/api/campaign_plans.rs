//! What people decide about a campaign beyond the ad contract: its status, its dates, its limits after the start; and what the
//! contract makes of it.

use barker_testkit::Backend;
use reqwest::Method;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    every_database,
    harness::{Answer, TestApp, overlay, terms},
};

/// A marketer at work in a sandbox, whose day 0 is 2026-01-01; and its visitors, who have a key.
pub(crate) struct Cabinet {
    pub(crate) app: TestApp,
    pub(crate) token: String,
    pub(crate) key: String,
    pub(crate) below: String,
    pub(crate) advertiser: Value,
}

impl Cabinet {
    pub(crate) async fn open(on: Backend) -> Self {
        let app = TestApp::start(on).await;
        let root = app.person("root").await;
        let project = app.project_of(&root, "Plush").await;
        let (_, key) = app.key(&root, project, &["serve", "manage", "read"]).await;
        let (token, below) = (root.access_token, format!("/api/v1/projects/{project}"));
        let made = app.post_as(&token, &format!("{below}/advertisers"), &json!({"name": "Bears"})).await.expect(201);
        Self { advertiser: made["advertiser_id"].clone(), app, token, key, below }
    }

    /// A body for a new campaign that begins on the first day.
    pub(crate) fn wanted(&self, changes: Value) -> Value {
        let mut wanted = terms();
        overlay(&mut wanted, json!({"advertiser_id": self.advertiser, "start_date": "2026-01-01", "end_date": "2026-01-11"}));
        overlay(&mut wanted, changes);
        wanted
    }

    pub(crate) async fn campaign(&self, changes: Value) -> Value {
        self.post("/campaigns", &self.wanted(changes)).await.expect(201)
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.app.get_as(&self.token, &format!("{}{path}", self.below)).await.expect(200)
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.app.post_as(&self.token, &format!("{}{path}", self.below), body).await
    }

    pub(crate) async fn patch(&self, campaign: &Value, change: Value) -> Answer {
        self.app.patch_as(&self.token, &format!("{}/campaigns/{}", self.below, id(campaign)), &change).await
    }

    /// As the contract shows it.
    pub(crate) async fn flat(&self, campaign: &Value) -> Value {
        self.app.get_as(&self.key, &self.flat_path(campaign)).await.expect(200)
    }

    pub(crate) fn flat_path(&self, campaign: &Value) -> String {
        format!("/advertisers/{}/campaigns/{}", self.advertiser.as_str().unwrap(), id(campaign))
    }

    /// Someone who has never been here.
    pub(crate) async fn visitor(&self) -> Uuid {
        let client = Uuid::now_v7();
        let person = json!([{"client_id": client, "login": "vera", "age": 30, "location": "Moscow", "gender": "FEMALE"}]);
        self.app.post_as(&self.key, "/clients/bulk", &person).await.expect(201);
        client
    }

    /// Whether somebody new is shown an ad now.
    pub(crate) async fn is_shown(&self) -> bool {
        let visitor = self.visitor().await;
        self.show(visitor).await.is_some()
    }

    /// The id of the ad that the client is given.
    pub(crate) async fn show(&self, client: Uuid) -> Option<Value> {
        let answer = self.app.get_as(&self.key, &format!("/ads?client_id={client}")).await;
        (answer.status == 200).then(|| answer.body["ad_id"].clone())
    }

    pub(crate) async fn go_to(&self, day: i32) {
        self.post("/time/advance", &json!({"current_date": day})).await.expect(200);
    }

    async fn names(&self, query: &str) -> Vec<Value> {
        let found = self.get(&format!("/campaigns?{query}")).await;
        found.as_array().unwrap().iter().map(|campaign| campaign["name"].clone()).collect()
    }
}

pub(crate) fn id(campaign: &Value) -> &str {
    campaign["campaign_id"].as_str().unwrap()
}

#[apply(every_database)]
#[tokio::test]
async fn a_draft_is_shown_to_nobody_until_it_is_launched_and_rests_when_it_is_paused(#[case] on: Backend) {
    let cabinet = Cabinet::open(on).await;
    let campaign = cabinet.campaign(json!({"name": "Bears in autumn", "status": "draft"})).await;
    assert_eq!((&campaign["status"], &campaign["stage"], &campaign["version"]), (&json!("draft"), &json!("running"), &json!(1)));
    assert!(!cabinet.is_shown().await);
    assert_eq!(cabinet.patch(&campaign, json!({"status": "paused"})).await.problem(400).1, ["/status state"]);
    for (status, is_shown) in [("active", true), ("paused", false), ("active", true), ("archived", false)] {
        assert_eq!(cabinet.patch(&campaign, json!({"status": status})).await.expect(200)["status"], status);
        assert_eq!(cabinet.is_shown().await, is_shown, "{status}");
    }
    assert_eq!(cabinet.patch(&campaign, json!({"status": "active"})).await.problem(400).1, ["/status state"]);
    assert_eq!(cabinet.patch(&campaign, json!({"status": "finished"})).await.problem(400).1, ["/status enum"]);
    let restored = cabinet.patch(&campaign, json!({"status": "paused"})).await.expect(200);
    assert_eq!((&restored["status"], &restored["impressions_count"]), (&json!("paused"), &json!(2)));
    let refused = cabinet.post("/campaigns", &cabinet.wanted(json!({"status": "paused"}))).await;
    assert_eq!(refused.problem(400).1, ["/status state"]);
}

#[apply(every_database)]
#[tokio::test]
async fn what_people_have_decided_holds_after_a_restart(#[case] on: Backend) {
    let cabinet = Cabinet::open(on).await;
    let campaign = cabinet.campaign(json!({"status": "draft", "name": "Bears", "end_date": null})).await;
    let cabinet = Cabinet { app: cabinet.app.restart().await, ..cabinet };
    let found = cabinet.get(&format!("/campaigns/{}", id(&campaign))).await;
    assert_eq!(found, campaign);
    assert!(!cabinet.is_shown().await);
}

#[apply(every_database)]
#[tokio::test]
async fn dates_are_dates_of_the_project_and_days_of_the_contract(#[case] on: Backend) {
    let cabinet = Cabinet::open(on).await;
    let campaign = cabinet.campaign(json!({"start_date": "2026-01-04", "end_date": "2026-01-06"})).await;
    let flat = cabinet.flat(&campaign).await;
    assert_eq!((&flat["start_date"], &flat["end_date"]), (&json!(3), &json!(5)));
    let open = cabinet.patch(&campaign, json!({"end_date": null, "cost_per_click": 2})).await.expect(200);
    assert_eq!((&open["end_date"], &open["start_date"]), (&Value::Null, &json!("2026-01-04")));
    assert_eq!(cabinet.flat(&campaign).await["end_date"], i32::MAX, "the last day there is");
    let mut flat = terms();
    overlay(&mut flat, json!({"start_date": 3, "end_date": i32::MAX}));
    cabinet.go_to(4).await;
    assert!(cabinet.is_shown().await);
    let kept = cabinet.app.put_as(&cabinet.key, &cabinet.flat_path(&campaign), &flat).await.expect(200);
    assert_eq!(kept["end_date"], i32::MAX, "what was answered may be sent back");
    for (day, pointers) in
        [("2026-01-04", vec!["/end_date past"]), ("4", vec!["/end_date format"]), ("2026-02-30", vec!["/end_date format"])]
    {
        assert_eq!(cabinet.patch(&campaign, json!({"end_date": day})).await.problem(400).1, pointers);
    }
    let ended = cabinet.patch(&campaign, json!({"end_date": "2026-01-05"})).await.expect(200);
    assert_eq!((&ended["status"], &ended["end_date"]), (&json!("active"), &json!("2026-01-05")));
    cabinet.go_to(5).await;
    assert_eq!(cabinet.get(&format!("/campaigns/{}", id(&campaign))).await["status"], "finished");
    assert_eq!(cabinet.patch(&campaign, json!({"end_date": null})).await.expect(200)["status"], "active", "it goes on");
    assert_eq!(cabinet.patch(&campaign, json!({"start_date": null})).await.problem(400).1, ["/start_date required"]);
    let refused = cabinet.post("/campaigns", &cabinet.wanted(json!({"start_date": true, "endd_date": "2026-01-06"}))).await.problem(400).1;
    assert_eq!(refused, ["/endd_date unknown", "/start_date type"]);
    let counted = cabinet.campaign(json!({"start_date": 5, "end_date": 6})).await;
    assert_eq!((&counted["start_date"], &counted["end_day"]), (&json!("2026-01-06"), &json!(6)), "a sandbox counts its days");
}

#[apply(every_database)]
#[tokio::test]
async fn limits_move_after_the_start_here_and_are_frozen_in_the_contract(#[case] on: Backend) {
    let cabinet = Cabinet::open(on).await;
    let campaign = cabinet.campaign(json!({"impressions_limit": 2, "clicks_limit": 1})).await;
    assert!(cabinet.is_shown().await && cabinet.is_shown().await && !cabinet.is_shown().await);
    assert_eq!(cabinet.get(&format!("/campaigns/{}", id(&campaign))).await["status"], "finished");
    assert_eq!(cabinet.patch(&campaign, json!({"impressions_limit": 1})).await.problem(400).1, ["/impressions_limit range"]);
    let frozen = cabinet.app.patch_as(&cabinet.key, &cabinet.flat_path(&campaign), &json!({"impressions_limit": 3})).await;
    assert_eq!(frozen.problem(400).1, ["/impressions_limit frozen"]);
    let raised = cabinet.patch(&campaign, json!({"impressions_limit": 3})).await.expect(200);
    assert_eq!((&raised["status"], &raised["impressions_limit"]), (&json!("active"), &json!(3)));
    assert!(cabinet.is_shown().await && !cabinet.is_shown().await);
    let lowered = cabinet.patch(&campaign, json!({"impressions_limit": 100, "clicks_limit": 0})).await.expect(200);
    assert_eq!(lowered["clicks_limit"], 0);
    assert_eq!(cabinet.patch(&campaign, json!({"advertiser_id": Uuid::now_v7()})).await.problem(400).1, ["/advertiser_id frozen"]);
}

#[apply(every_database)]
#[tokio::test]
async fn a_change_of_an_older_version_is_refused(#[case] on: Backend) {
    let cabinet = Cabinet::open(on).await;
    let campaign = cabinet.campaign(json!({})).await;
    let path = format!("{}/campaigns/{}", cabinet.below, id(&campaign));
    let send = async |method: Method, tag: &'static str| {
        let request = cabinet.app.http.request(method, cabinet.app.url(&path)).bearer_auth(&cabinet.token).header("if-match", tag);
        Answer::read(request.json(&json!({"name": "Bears"})).send().await.unwrap()).await
    };
    let changed = send(Method::PATCH, "\"1\"").await;
    assert_eq!((changed.status.as_u16(), changed.headers["etag"].to_str().unwrap()), (200, "\"2\""));
    assert_eq!(send(Method::PATCH, "\"1\"").await.problem(412).0, "version-conflict");
    // The contract knows no versions, and makes one all the same.
    cabinet.app.patch_as(&cabinet.key, &cabinet.flat_path(&campaign), &json!({"ad_title": "Softer"})).await.expect(200);
    assert_eq!(send(Method::DELETE, "\"2\"").await.problem(412).0, "version-conflict");
    assert_eq!(send(Method::DELETE, "\"3\"").await.status, 204);
}

#[apply(every_database)]
#[tokio::test]
async fn campaigns_are_paused_together_or_not_at_all(#[case] on: Backend) {
    let cabinet = Cabinet::open(on).await;
    let active = cabinet.campaign(json!({"name": "active"})).await;
    let paused = cabinet.campaign(json!({"name": "paused"})).await;
    let draft = cabinet.campaign(json!({"name": "draft", "status": "draft"})).await;
    let together = async |campaigns: &[&Value], action: &str| {
        let ids: Vec<_> = campaigns.iter().map(|campaign| id(campaign)).collect();
        cabinet.post("/campaigns/bulk", &json!({"campaign_ids": ids, "action": action})).await
    };
    let nobody = json!({"campaign_id": Uuid::now_v7()});
    let refused = together(&[&active, &draft, &nobody], "pause").await.problem(400).1;
    assert_eq!(refused, ["/campaign_ids/1 state", "/campaign_ids/2 unknown"]);
    assert!(cabinet.is_shown().await, "nothing was changed");
    let answered = together(&[&paused, &active, &paused], "pause").await.expect(200);
    let told: Vec<_> = answered.as_array().unwrap().iter().map(|campaign| [&campaign["name"], &campaign["status"]]).collect();
    assert_eq!(json!(told), json!([["paused", "paused"], ["active", "paused"], ["paused", "paused"]]));
    assert!(!cabinet.is_shown().await);
    assert_eq!(together(&[&draft], "resume").await.problem(400).1, ["/campaign_ids/0 state"]);
    let resumed = together(&[&active, &paused], "resume").await.expect(200);
    assert_eq!((&resumed[0]["version"], &resumed[1]["status"]), (&json!(3), &json!("active")));
    assert!(cabinet.is_shown().await);
    assert_eq!(together(&[], "pause").await.problem(400).1, ["/campaign_ids length"]);
    let many = vec![Uuid::now_v7(); 1_001];
    let refused = cabinet.post("/campaigns/bulk", &json!({"campaign_ids": many, "action": "pause"})).await;
    assert_eq!(refused.problem(400).1, ["/campaign_ids length"]);
    together(&[&active, &draft], "archive").await.expect(200);
    assert_eq!(cabinet.names("sort=title").await, ["paused"], "lists leave out what is put away");
    assert_eq!(cabinet.names("status=archived&sort=created").await, ["draft", "active"]);
    assert_eq!(cabinet.names("search=PAUSED&status=active").await, ["paused"]);
    let flat = cabinet.app.get_as(&cabinet.key, &format!("/advertisers/{}/campaigns", cabinet.advertiser.as_str().unwrap())).await;
    assert_eq!(flat.expect(200).as_array().unwrap().len(), 1);
    let statistics = cabinet.get(&format!("/campaigns/{}/statistics?fill=none", id(&active))).await;
    assert_eq!(statistics["total"]["impressions_count"], cabinet.flat_count(&active).await, "what it delivered stays");
}

impl Cabinet {
    async fn flat_count(&self, campaign: &Value) -> Value {
        self.app.get_as(&self.key, &format!("/stats/campaigns/{}", id(campaign))).await.expect(200)["impressions_count"].clone()
    }
}

#[apply(every_database)]
#[tokio::test]
async fn a_copy_is_a_draft_from_today_on(#[case] on: Backend) {
    let cabinet = Cabinet::open(on).await;
    let original = cabinet.campaign(json!({"name": "Bears", "targeting": {"location": "Moscow"}})).await;
    assert!(cabinet.is_shown().await);
    cabinet.go_to(30).await;
    let path = format!("{}/campaigns/{}/duplicate", cabinet.below, id(&original));
    let copy = cabinet.app.send_as(&cabinet.token, Method::POST, (&path, None)).await.expect(201);
    let mut expected = original.clone();
    for (name, value) in [
        ("campaign_id", copy["campaign_id"].clone()),
        ("name", json!("Bears (2)")),
        ("status", json!("draft")),
        ("start_date", json!("2026-01-31")),
        ("end_date", json!("2026-02-10")),
        ("start_day", json!(30)),
        ("end_day", json!(40)),
    ] {
        assert_ne!(original[name], value);
        expected[name] = value;
    }
    assert_eq!(copy, expected);
    cabinet.patch(&copy, json!({"status": "active"})).await.expect(200);
    assert!(cabinet.is_shown().await);
}
