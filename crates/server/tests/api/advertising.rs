//! Advertising of a project as its members do it after logging in: advertisers, campaigns, the playground of a sandbox.

use barker_testkit::Backend;
use reqwest::Method;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    every_database,
    harness::{TestApp, overlay, terms},
    people::{Person, actions},
};

/// A marketer at work, and where.
struct Desk {
    app: TestApp,
    token: String,
    below: String,
    project: Uuid,
    root: Person,
}

impl Desk {
    async fn open(on: Backend) -> Self {
        let app = TestApp::start(on).await;
        let (root, boris) = (app.person("root").await, app.person("boris").await);
        let project = app.project_of(&root, "Plush").await;
        app.appoint(&root, (project, "marketer"), &boris).await;
        Self { token: boris.access_token, below: format!("/api/v1/projects/{project}"), project, root, app }
    }

    async fn get(&self, path: &str) -> Value {
        self.app.get_as(&self.token, &format!("{}{path}", self.below)).await.expect(200)
    }

    async fn post(&self, path: &str, body: &Value, status: u16) -> Value {
        self.app.post_as(&self.token, &format!("{}{path}", self.below), body).await.expect(status)
    }

    async fn advertiser(&self, name: &str) -> Value {
        self.post("/advertisers", &json!({"name": name}), 201).await["advertiser_id"].clone()
    }

    async fn campaign(&self, advertiser: &Value, changes: Value) -> Value {
        let mut wanted = terms();
        overlay(&mut wanted, json!({"advertiser_id": advertiser, "start_date": "2026-01-01", "end_date": "2026-01-11"}));
        overlay(&mut wanted, changes);
        self.post("/campaigns", &wanted, 201).await["campaign_id"].clone()
    }

    /// The titles of a list.
    async fn titles(&self, query: &str) -> Vec<String> {
        let found = self.get(&format!("/campaigns?{query}")).await;
        found.as_array().unwrap().iter().map(|campaign| campaign["ad_title"].as_str().unwrap().to_owned()).collect()
    }
}

#[apply(every_database)]
#[tokio::test]
async fn a_marketer_makes_renames_and_finds_advertisers(#[case] on: Backend) {
    let desk = Desk::open(on).await;
    let id = desk.advertiser(" Umbrella Shop ").await;
    let path = format!("{}/advertisers/{}", desk.below, id.as_str().unwrap());
    let money = json!({"status": "active", "account_kind": "postpaid", "balance": 0.0, "spendable": null, "currency": "RUB"});
    let mut found = json!({"advertiser_id": id, "name": "Umbrella Shop"});
    overlay(&mut found, money);
    assert_eq!(desk.get("/advertisers?search=UMBRELLA").await, json!([found]));
    let renamed = desk.app.patch_as(&desk.token, &path, &json!({"name": "Rain & Co."})).await.expect(200);
    assert_eq!(desk.app.get_as(&desk.token, &path).await.expect(200), renamed);
    assert_eq!(desk.app.patch_as(&desk.token, &path, &json!({"name": " "})).await.problem(400).1, ["/name length"]);
    let nobody = format!("{}/advertisers/{}", desk.below, Uuid::now_v7());
    assert_eq!(desk.app.patch_as(&desk.token, &nobody, &json!({"name": "A"})).await.problem(404).0, "advertiser-not-found");
    let trail = desk.app.trail(&desk.root, &format!("project_id={}&action=advertisers", desk.project)).await;
    assert_eq!(actions(&trail), ["advertisers.stored", "advertisers.stored"]);
}

#[apply(every_database)]
#[tokio::test]
async fn campaigns_of_all_advertisers_stand_in_one_list(#[case] on: Backend) {
    let desk = Desk::open(on).await;
    let (bears, hats) = (desk.advertiser("Bears").await, desk.advertiser("Hats").await);
    desk.campaign(&bears, json!({"ad_title": "b now"})).await;
    desk.campaign(&hats, json!({"ad_title": "A later", "start_date": "2026-01-04", "end_date": "2026-01-06"})).await;
    desk.campaign(&bears, json!({"ad_title": "c full", "impressions_limit": 0, "clicks_limit": 0})).await;
    assert_eq!(desk.titles("").await, ["c full", "A later", "b now"], "newest first");
    assert_eq!(desk.titles("sort=title").await, ["A later", "b now", "c full"]);
    assert_eq!(desk.titles("sort=end_date&size=1").await, ["A later"]);
    assert_eq!(desk.titles("search=LATER").await, ["A later"]);
    assert_eq!(desk.titles(&format!("advertiser_id={}", hats.as_str().unwrap())).await, ["A later"]);
    for (stage, title) in [("running", "b now"), ("upcoming", "A later"), ("full", "c full")] {
        assert_eq!(desk.titles(&format!("stage={stage}")).await, [title]);
    }
    desk.post("/time/advance", &json!({"current_date": 11}), 200).await;
    assert_eq!(desk.titles("stage=over&sort=title").await, ["A later", "b now", "c full"]);
    let bad = desk.app.get_as(&desk.token, &format!("{}/campaigns?stage=gone", desk.below)).await;
    assert_eq!(bad.problem(400).1, ["/stage enum"]);
}

#[apply(every_database)]
#[tokio::test]
async fn a_campaign_is_changed_and_deleted(#[case] on: Backend) {
    let desk = Desk::open(on).await;
    let bears = desk.advertiser("Bears").await;
    let id = desk.campaign(&bears, json!({"targeting": {"location": "Moscow"}})).await;
    let path = format!("{}/campaigns/{}", desk.below, id.as_str().unwrap());
    let change = json!({"ad_title": "Softer", "targeting": {"location": null}});
    let changed = desk.app.patch_as(&desk.token, &path, &change).await.expect(200);
    assert_eq!((&changed["ad_title"], &changed["stage"]), (&json!("Softer"), &json!("running")));
    assert_eq!(changed["targeting"]["location"], Value::Null);
    let frozen = desk.app.patch_as(&desk.token, &path, &json!({"start_date": "2026-01-02"})).await;
    assert_eq!(frozen.problem(400).1, ["/start_date frozen"]);
    assert_eq!(desk.app.delete_as(&desk.token, &path).await.status, 204);
    assert_eq!(desk.app.get_as(&desk.token, &path).await.problem(404).0, "campaign-not-found");
    let create = async |body: Value| desk.app.post_as(&desk.token, &format!("{}/campaigns", desk.below), &body).await;
    assert_eq!(create(json!({})).await.problem(400).1[0], "/advertiser_id required");
}

#[apply(every_database)]
#[tokio::test]
async fn a_client_of_a_sandbox_is_played_and_counts(#[case] on: Backend) {
    let desk = Desk::open(on).await;
    let none = desk.app.get_as(&desk.token, &format!("{}/clients/random", desk.below)).await;
    assert_eq!(none.problem(404).0, "client-not-found");
    let (_, key) = desk.app.key(&desk.root, desk.project, &["manage"]).await;
    let client = json!({"client_id": Uuid::now_v7(), "login": "vera", "age": 30, "location": "Moscow", "gender": "FEMALE"});
    desk.app.post_as(&key, "/clients/bulk", &json!([client])).await.expect(201);
    assert_eq!(desk.get("/clients/random").await, client);
    assert_eq!(desk.get("/clients").await, json!([client]));
    let bears = desk.advertiser("Bears").await;
    let campaign = desk.campaign(&bears, json!({})).await;
    let (client, campaign) = (client["client_id"].as_str().unwrap(), campaign.as_str().unwrap());
    let ad = desk.post(&format!("/clients/{client}/ad"), &Value::Null, 200).await;
    assert_eq!((&ad["ad_id"], &ad["ad_title"]), (&json!(campaign), &json!("Plush bears")));
    let click = format!("{}/clients/{client}/clicks/{campaign}", desk.below);
    for _ in 0..2 {
        assert_eq!(desk.app.send_as(&desk.token, Method::POST, (&click, None)).await.status, 204);
    }
    let counted = desk.get(&format!("/campaigns/{campaign}/statistics?fill=none")).await;
    let expected = json!({
        "impressions_count": 1, "clicks_count": 1, "conversion": 100.0, "spent_impressions": 1.5, "spent_clicks": 10.0, "spent_total": 11.5
    });
    assert_eq!(counted["total"], expected);
    let day = &counted["days"][0];
    assert_eq!((&day["date"], &day["calendar_date"], counted["days"].as_array().unwrap().len()), (&json!(0), &json!("2026-01-01"), 1));
    let of_advertiser = desk.get(&format!("/advertisers/{}/statistics?fill=none", bears.as_str().unwrap())).await;
    assert_eq!(of_advertiser, counted);
    let overview = desk.get(&format!("/campaigns/{campaign}")).await;
    assert_eq!((&overview["impressions_count"], &overview["clicks_count"]), (&json!(1), &json!(1)));
}

#[apply(every_database)]
#[tokio::test]
async fn a_live_project_is_not_played(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let anna = app.person("anna").await;
    let live = json!({"name": "Live", "currency": "EUR", "time_zone": "Europe/Moscow"});
    let project = app.post_as(&anna.access_token, "/api/v1/projects", &live).await.expect(201);
    let below = format!("/api/v1/projects/{}", project["project_id"].as_str().unwrap());
    let (client, campaign) = (Uuid::now_v7(), Uuid::now_v7());
    for path in [format!("{below}/clients/{client}/ad"), format!("{below}/clients/{client}/clicks/{campaign}")] {
        let refused = app.send_as(&anna.access_token, Method::POST, (&path, None)).await;
        assert_eq!(refused.problem(409).0, "not-a-sandbox");
    }
    let moved = app.post_as(&anna.access_token, &format!("{below}/time/advance"), &json!({"current_date": 7})).await;
    assert_eq!(moved.problem(409).0, "time-is-real");
}
