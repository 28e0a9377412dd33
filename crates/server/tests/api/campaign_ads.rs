//! Several ads of a campaign, what they show, and what the ad contract makes of it.

use std::collections::BTreeMap;

use barker_testkit::Backend;
use reqwest::Method;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    campaign_plans::{Cabinet, id},
    every_database,
    harness::Answer,
};

fn foxes() -> Value {
    json!({"title": "Plush foxes", "text": "Redder than yesterday's", "landing_url": "https://example.com/foxes"})
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

impl Cabinet {
    async fn ad(&self, campaign: &Value, ad: Value) -> Value {
        self.post(&format!("/campaigns/{}/ads", id(campaign)), &ad).await.expect(201)
    }

    async fn ads(&self, campaign: &Value) -> Vec<Value> {
        self.get(&format!("/campaigns/{}/ads", id(campaign))).await.as_array().unwrap().clone()
    }

    async fn change(&self, path: &str, change: Value) -> Answer {
        self.app.patch_as(&self.token, &format!("{}{path}", self.below), &change).await
    }

    async fn change_ad(&self, ad: &Value, change: Value) -> Answer {
        self.change(&format!("/ads/{}", text(ad, "ad_id")), change).await
    }

    async fn send(&self, (method, path): (Method, &str), tag: &str, body: Value) -> Answer {
        let request = self.app.http.request(method, self.app.url(&format!("{}{path}", self.below)));
        Answer::read(request.bearer_auth(&self.token).header("if-match", tag).json(&body).send().await.unwrap()).await
    }

    /// How often each title is shown to so many new clients, each of whom is shown the same when they ask again.
    async fn shown(&self, clients: usize) -> BTreeMap<String, usize> {
        let mut shown = BTreeMap::new();
        for _ in 0..clients {
            let visitor = self.visitor().await;
            let answer = self.app.get_as(&self.key, &format!("/ads?client_id={visitor}")).await.expect(200);
            let again = self.app.get_as(&self.key, &format!("/ads?client_id={visitor}")).await.expect(200);
            assert_eq!(answer, again);
            *shown.entry(text(&answer, "ad_title").to_owned()).or_default() += 1;
        }
        shown
    }

    async fn impressions(&self, path: &str) -> Value {
        self.get(&format!("{path}/statistics?fill=none")).await["total"]["impressions_count"].clone()
    }
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ads_take_turns_by_weight_and_the_campaign_pays(#[case] on: Backend) {
    let cabinet = Cabinet::open(on).await;
    let campaign = cabinet.campaign(json!({"impressions_limit": 200})).await;
    let first = &cabinet.ads(&campaign).await[0];
    assert_eq!((&first["ad_id"], &first["weight"], &first["status"]), (&campaign["campaign_id"], &json!(100), &json!("active")));
    assert_eq!(first["creative"]["title"], campaign["ad_title"]);
    let second = cabinet.ad(&campaign, json!({"name": "Autumn", "weight": 300, "creative": foxes()})).await;
    assert_eq!((&second["version"], &second["creative"]["landing_url"]), (&json!(1), &json!("https://example.com/foxes")));
    let shown = cabinet.shown(120).await;
    assert_eq!(shown.values().sum::<usize>(), 120);
    // A quarter, and five standard deviations of it to either side: chance goes beyond once in 160,000 runs of this on four databases.
    assert!((7..=53).contains(&shown["Plush bears"]), "about a quarter: {shown:?}");
    let (of_first, of_second) = (format!("/ads/{}", text(first, "ad_id")), format!("/ads/{}", text(&second, "ad_id")));
    assert_eq!(cabinet.impressions(&of_first).await, shown["Plush bears"]);
    assert_eq!(cabinet.impressions(&of_second).await, shown["Plush foxes"]);
    assert_eq!(cabinet.impressions(&format!("/campaigns/{}", id(&campaign))).await, 120);

    // What a client clicks is what they were shown, whatever rests by then.
    let visitor = cabinet.visitor().await;
    let given = cabinet.app.get_as(&cabinet.key, &format!("/ads?client_id={visitor}")).await.expect(200);
    assert_eq!(given["ad_id"], campaign["campaign_id"], "the contract knows one ad");
    let is_second = given["ad_title"] == "Plush foxes";
    let (drawn, other) = if is_second { (&second, first) } else { (first, &second) };
    cabinet.change_ad(drawn, json!({"status": "paused"})).await.expect(200);
    let again = cabinet.app.get_as(&cabinet.key, &format!("/ads?client_id={visitor}")).await.expect(200);
    assert_eq!(again["ad_title"], other["creative"]["title"], "what rests is not shown again either");
    let click = format!("/ads/{}/click", id(&campaign));
    cabinet.app.post_as(&cabinet.key, &click, &json!({"client_id": visitor})).await.expect(204);
    let clicked = cabinet.get(&format!("/ads/{}/statistics?fill=none", text(drawn, "ad_id"))).await;
    assert_eq!((&clicked["total"]["clicks_count"], &clicked["total"]["spent_clicks"]), (&json!(1), &json!(10.0)));
    assert_eq!(cabinet.shown(5).await.into_keys().collect::<Vec<_>>(), [text(&other["creative"], "title")]);
    let cabinet = Cabinet { app: cabinet.app.restart().await, ..cabinet };
    let clicked = cabinet.get(&format!("/ads/{}/statistics", text(drawn, "ad_id"))).await;
    assert_eq!(clicked["total"]["clicks_count"], 1);
    assert_eq!(cabinet.shown(5).await.into_keys().collect::<Vec<_>>(), [text(&other["creative"], "title")]);
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_campaign_without_an_active_ad_is_not_delivered_and_says_so(#[case] on: Backend) {
    let cabinet = Cabinet::open(on).await;
    let campaign = cabinet.campaign(json!({})).await;
    let visitor = cabinet.visitor().await;
    let ad = &cabinet.ads(&campaign).await[0];
    let preview = cabinet.get(&format!("/decisions/preview?client_id={visitor}")).await;
    assert_eq!((&preview[0]["ad_id"], &preview[0]["is_chosen"]), (&ad["ad_id"], &json!(true)));
    for status in ["paused", "archived"] {
        cabinet.change_ad(ad, json!({"status": status})).await.expect(200);
        assert!(!cabinet.is_shown().await);
        let delivery = cabinet.get(&format!("/campaigns/{}/delivery", id(&campaign))).await;
        assert_eq!((&delivery["is_delivering"], &delivery["reasons"][0]["reason"]), (&json!(false), &json!("no_active_ad")));
        let preview = cabinet.get(&format!("/decisions/preview?client_id={visitor}")).await;
        assert_eq!((&preview[0]["reasons"][0]["reason"], &preview[0]["ad_id"]), (&json!("no_active_ad"), &Value::Null));
    }
    assert_eq!(cabinet.change_ad(ad, json!({"status": "active"})).await.problem(400).1, ["/status state"]);
    for status in ["paused", "active"] {
        cabinet.change_ad(ad, json!({"status": status})).await.expect(200);
    }
    assert!(cabinet.is_shown().await);
}

#[apply(every_database)]
#[tokio::test]
async fn the_contract_and_the_cabinet_speak_of_one_creative(#[case] on: Backend) {
    let cabinet = Cabinet::open(on).await;
    let campaign = cabinet.campaign(json!({})).await;
    let twin = cabinet.campaign(json!({})).await;
    let creative = format!("/creatives/{}", id(&campaign));
    let shared = cabinet.ad(&twin, json!({"creative_id": campaign["campaign_id"]})).await;
    cabinet.app.patch_as(&cabinet.key, &cabinet.flat_path(&campaign), &json!({"ad_title": "Softer bears"})).await.expect(200);
    let changed = cabinet.get(&creative).await;
    assert_eq!((&changed["title"], &changed["text"], &changed["version"]), (&json!("Softer bears"), &campaign["ad_text"], &json!(2)));
    assert_eq!(cabinet.get(&format!("/ads/{}", text(&shared, "ad_id"))).await["creative"]["title"], "Softer bears");
    let said = cabinet.change(&creative, json!({"text": "Softest", "landing_url": "https://example.com"})).await.expect(200);
    assert_eq!((&said["title"], &said["text"]), (&json!("Softer bears"), &json!("Softest")));
    let flat = cabinet.flat(&campaign).await;
    assert_eq!((&flat["ad_title"], &flat["ad_text"]), (&json!("Softer bears"), &json!("Softest")));
    let seen = cabinet.get(&format!("/campaigns/{}", id(&campaign))).await;
    assert_eq!((&seen["ad_text"], &seen["version"]), (&json!("Softest"), &json!(3)), "it looks different, and its version tells");
    // What the first ad of the twin says is its own: only its second shows the shared one.
    cabinet.change_ad(&cabinet.ads(&twin).await[0], json!({"status": "paused"})).await.expect(200);
    cabinet.patch(&campaign, json!({"status": "paused"})).await.expect(200);
    assert_eq!(cabinet.shown(2).await.into_keys().collect::<Vec<_>>(), ["Softer bears"]);
    cabinet.app.patch_as(&cabinet.key, &cabinet.flat_path(&campaign), &json!({"ad_title": "Bears"})).await.expect(200);
    assert_eq!(cabinet.shown(2).await.into_keys().collect::<Vec<_>>(), ["Bears"], "the engine shows it at once, wherever");

    // The oldest ad that is not put away is what the contract knows.
    let foxes = cabinet.ad(&campaign, json!({"creative": foxes()})).await;
    let first = &cabinet.ads(&campaign).await[0];
    cabinet.change_ad(first, json!({"status": "archived"})).await.expect(200);
    assert_eq!(cabinet.flat(&campaign).await["ad_title"], "Plush foxes");
    assert_eq!(cabinet.get(&format!("/campaigns/{}", id(&campaign))).await["ad_title"], "Plush foxes");
    cabinet.app.patch_as(&cabinet.key, &cabinet.flat_path(&campaign), &json!({"ad_title": "Foxes"})).await.expect(200);
    let changed = cabinet.get(&format!("/ads/{}", text(&foxes, "ad_id"))).await;
    assert_eq!(
        (&changed["creative"]["title"], &changed["creative"]["landing_url"]),
        (&json!("Foxes"), &json!("https://example.com/foxes"))
    );
    let cabinet = Cabinet { app: cabinet.app.restart().await, ..cabinet };
    assert_eq!(cabinet.get(&format!("/campaigns/{}", id(&campaign))).await["ad_title"], "Foxes");
}

#[apply(every_database)]
#[tokio::test]
async fn every_field_at_fault_is_named(#[case] on: Backend) {
    let cabinet = Cabinet::open(on).await;
    let campaign = cabinet.campaign(json!({})).await;
    let ads = format!("/campaigns/{}/ads", id(&campaign));
    for (body, expected) in [
        (json!({}), vec!["/creative required"]),
        (json!({"creative": {}}), vec!["/creative/title required", "/creative/text required"]),
        (json!({"creative": foxes(), "creative_id": Uuid::now_v7()}), vec!["/creative_id conflict"]),
        (json!({"creative_id": Uuid::now_v7()}), vec!["/creative_id unknown"]),
        (
            json!({"creative": foxes(), "weight": 0, "name": " ", "status": "archived"}),
            vec!["/name length", "/weight range", "/status state"],
        ),
        (json!({"creative": foxes(), "wait": 1}), vec!["/wait unknown"]),
        (
            json!({"creative": {"title": "Foxes", "text": "Red", "landing_url": "https://a:b@example.com"}}),
            vec!["/creative/landing_url format"],
        ),
        (json!({"creative": {"title": "Foxes", "text": "Red", "landing_url": "ftp://example.com"}}), vec!["/creative/landing_url format"]),
    ] {
        assert_eq!(cabinet.post(&ads, &body).await.problem(400).1, expected, "{body}");
    }
    let ad = cabinet.ads(&campaign).await[0].clone();
    for (change, expected) in [
        (json!({"weight": 1_001}), vec!["/weight range"]),
        (json!({"weight": null, "status": null}), vec!["/weight required", "/status required"]),
        (json!({"status": "draft"}), vec!["/status enum"]),
        (json!({"creative": {"title": "", "landing_url": "https://"}}), vec!["/creative/title length", "/creative/landing_url format"]),
        (json!({"creative": {"title": "Foxes"}, "creative_id": Uuid::now_v7()}), vec!["/creative_id conflict"]),
    ] {
        assert_eq!(cabinet.change_ad(&ad, change.clone()).await.problem(400).1, expected, "{change}");
    }
    assert_eq!(cabinet.ads(&campaign).await, [ad], "nothing was changed");
    assert_eq!(cabinet.post("/creatives", &json!({"title": "Foxes", "text": "\u{0}"})).await.problem(400).1, ["/text format"]);
    for (path, code) in [("/ads", "ad-not-found"), ("/creatives", "creative-not-found"), ("/campaigns", "campaign-not-found")] {
        let unknown = format!("{}{path}/{}{}", cabinet.below, Uuid::now_v7(), if path == "/campaigns" { "/ads" } else { "" });
        assert_eq!(cabinet.app.get_as(&cabinet.token, &unknown).await.problem(404).0, code);
    }
}

#[apply(every_database)]
#[tokio::test]
async fn versions_archives_and_the_trail_are_kept(#[case] on: Backend) {
    let cabinet = Cabinet::open(on).await;
    let campaign = cabinet.campaign(json!({})).await;
    let made = cabinet.post("/creatives", &foxes()).await;
    assert_eq!(made.headers["etag"], "\"1\"");
    let creative = made.expect(201);
    let path = format!("/creatives/{}", text(&creative, "creative_id"));
    let ad = cabinet.ad(&campaign, json!({"creative_id": creative["creative_id"]})).await;
    let ad_path = format!("/ads/{}", text(&ad, "ad_id"));
    assert_eq!(cabinet.change(&path, json!({"status": "archived"})).await.problem(409).0, "creative-in-use");
    let renamed = cabinet.send((Method::PATCH, &path), "\"1\"", json!({"title": "Foxes"})).await;
    assert_eq!((renamed.status.as_u16(), renamed.headers["etag"].to_str().unwrap()), (200, "\"2\""));
    assert_eq!(cabinet.send((Method::PATCH, &path), "\"1\"", json!({"title": "Wolves"})).await.problem(412).0, "version-conflict");
    assert_eq!(cabinet.send((Method::PATCH, &ad_path), "\"1\"", json!({"weight": 5})).await.problem(412).0, "version-conflict");
    let weighed = cabinet.send((Method::PATCH, &ad_path), "\"2\"", json!({"weight": 5, "name": "Autumn"})).await.expect(200);
    assert_eq!((&weighed["weight"], &weighed["name"], &weighed["version"]), (&json!(5), &json!("Autumn"), &json!(3)));
    assert_eq!(cabinet.change_ad(&ad, json!({"weight": 5})).await.expect(200), weighed, "what changes nothing is no change");
    for (search, found) in [("AUTUMN", 1), ("fox", 1), ("bears", 1), ("plush", 1), ("%25", 0), ("", 2)] {
        let ads = cabinet.get(&format!("/campaigns/{}/ads?search={search}", id(&campaign))).await;
        assert_eq!(ads.as_array().unwrap().len(), found, "{search}");
    }
    cabinet.change_ad(&ad, json!({"status": "archived"})).await.expect(200);
    assert_eq!(cabinet.ads(&campaign).await.len(), 1);
    let archived = cabinet.get(&format!("/campaigns/{}/ads?status=archived", id(&campaign))).await;
    assert_eq!(archived[0]["ad_id"], ad["ad_id"]);
    cabinet.change(&path, json!({"status": "archived"})).await.expect(200);
    let titles = async |query: &str| {
        let found = cabinet.get(&format!("/creatives?{query}")).await;
        found.as_array().unwrap().iter().map(|creative| text(creative, "title").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((titles("").await, titles("status=archived&search=FOX").await), (vec!["Plush bears".into()], vec!["Foxes".into()]));
    let refused = cabinet.post(&format!("/campaigns/{}/ads", id(&campaign)), &json!({"creative_id": creative["creative_id"]})).await;
    assert_eq!(refused.problem(400).1, ["/creative_id state"]);
    assert_eq!(cabinet.change_ad(&ad, json!({"status": "paused"})).await.problem(400).1, ["/status state"]);
    cabinet.change_ad(&ad, json!({"status": "paused", "creative_id": campaign["campaign_id"]})).await.expect(200);
    let gone = cabinet.campaign(json!({})).await;
    cabinet.app.send_as(&cabinet.token, Method::DELETE, (&format!("{}/campaigns/{}", cabinet.below, id(&gone)), None)).await.expect(204);
    let left = cabinet.change(&format!("/creatives/{}", id(&gone)), json!({"status": "archived"})).await.expect(200);
    assert_eq!(left["status"], "archived", "what only a deleted campaign showed may go");
    let trail = cabinet.get("/audit?size=100").await;
    let told: Vec<_> = trail.as_array().unwrap().iter().map(|line| text(line, "action")).collect();
    for action in ["ad.created", "ad.changed", "creative.created", "creative.changed"] {
        assert!(told.contains(&action), "{told:?}");
    }
}

#[apply(every_database)]
#[tokio::test]
async fn a_copy_has_copies_of_the_ads(#[case] on: Backend) {
    let cabinet = Cabinet::open(on).await;
    let original = cabinet.campaign(json!({})).await;
    let second = cabinet.ad(&original, json!({"name": "Autumn", "weight": 7, "status": "paused", "creative": foxes()})).await;
    let third = cabinet.ad(&original, json!({"creative_id": second["creative"]["creative_id"]})).await;
    let gone = cabinet.ad(&original, json!({"creative": foxes()})).await;
    cabinet.change_ad(&gone, json!({"status": "archived"})).await.expect(200);
    let path = format!("{}/campaigns/{}/duplicate", cabinet.below, id(&original));
    let copy = cabinet.app.send_as(&cabinet.token, Method::POST, (&path, None)).await.expect(201);
    let ads = cabinet.ads(&copy).await;
    let told: Vec<_> =
        ads.iter().map(|ad| json!([ad["name"], ad["weight"], ad["status"], ad["creative"]["title"], ad["version"]])).collect();
    let expected = json!([
        [null, 100, "active", "Plush bears", 1],
        ["Autumn", 7, "paused", "Plush foxes", 1],
        [null, 100, "active", "Plush foxes", 1]
    ]);
    assert_eq!(json!(told), expected);
    assert_eq!(ads[0]["ad_id"], copy["campaign_id"]);
    assert_eq!(ads[1]["creative"]["creative_id"], ads[2]["creative"]["creative_id"], "what was shared is shared");
    assert_ne!(ads[1]["creative"]["creative_id"], third["creative"]["creative_id"], "but not with the original");
    cabinet.app.patch_as(&cabinet.key, &cabinet.flat_path(&copy), &json!({"ad_title": "Wolves"})).await.expect(200);
    assert_eq!(cabinet.flat(&original).await["ad_title"], "Plush bears");
    let cabinet = Cabinet { app: cabinet.app.restart().await, ..cabinet };
    assert_eq!(cabinet.flat(&copy).await["ad_title"], "Wolves");
}

#[apply(every_database)]
#[tokio::test]
async fn a_campaign_has_no_more_ads_than_it_may(#[case] on: Backend) {
    let cabinet = Cabinet::open(on).await;
    let campaign = cabinet.campaign(json!({})).await;
    let ads = format!("/campaigns/{}/ads", id(&campaign));
    let shared = json!({"creative_id": campaign["campaign_id"]});
    for _ in 1..100 {
        cabinet.post(&ads, &shared).await.expect(201);
    }
    assert_eq!(cabinet.post(&ads, &shared).await.problem(409).0, "too-many");
    let last = cabinet.get(&format!("{ads}?size=1&page=100")).await[0].clone();
    cabinet.change_ad(&last, json!({"status": "archived"})).await.expect(200);
    cabinet.post(&ads, &shared).await.expect(201);
    assert_eq!(cabinet.change_ad(&last, json!({"status": "paused"})).await.problem(409).0, "too-many");
}
