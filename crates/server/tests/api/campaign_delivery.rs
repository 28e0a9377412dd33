//! Why a campaign is not delivered, and what a client would be given.

use barker_testkit::Backend;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    campaign_plans::{Cabinet, id},
    every_database,
};

impl Cabinet {
    async fn reasons(&self, campaign: &Value) -> Value {
        let found = self.get(&format!("/campaigns/{}/delivery", id(campaign))).await;
        assert_eq!(found["is_delivering"], found["reasons"] == json!([]));
        found["reasons"].clone()
    }

    async fn preview(&self, client: Uuid) -> Value {
        self.get(&format!("/decisions/preview?client_id={client}")).await
    }
}

fn reason(word: &str, numbers: [Option<f64>; 3], until: Option<&str>) -> Value {
    json!({"reason": word, "most": numbers[0], "used": numbers[1], "needed": numbers[2], "until": until})
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_reason_is_told_with_its_numbers_and_its_end(#[case] on: Backend) {
    let cabinet = Cabinet::open(on).await;
    let campaign = cabinet.campaign(json!({"status": "draft", "start_date": "2026-01-03", "targeting": {"location": "Moscow"}})).await;
    let none = [None; 3];
    let upcoming = reason("not_started", none, Some("2026-01-03T00:00:00Z"));
    let nobody = reason("fits_nobody", [None, Some(0.0), Some(1.0)], None);
    assert_eq!(cabinet.reasons(&campaign).await, json!([reason("draft", none, None), upcoming, nobody]));
    cabinet.visitor().await;
    cabinet.patch(&campaign, json!({"status": "active"})).await.expect(200);
    assert_eq!(cabinet.reasons(&campaign).await, json!([upcoming]));
    cabinet.go_to(2).await;
    assert_eq!(cabinet.reasons(&campaign).await, json!([]));
    cabinet.patch(&campaign, json!({"total_budget": 20, "daily_budget": 12, "impressions_limit": 1, "clicks_limit": 1})).await.expect(200);
    assert!(cabinet.is_shown().await);
    let full = reason("impressions_limit", [Some(1.0), Some(1.0), Some(1.0)], None);
    let daily = reason("daily_budget", [Some(12.0), Some(1.5), Some(11.5)], Some("2026-01-04T00:00:00Z"));
    assert_eq!(cabinet.reasons(&campaign).await, json!([full, daily]));
    cabinet.patch(&campaign, json!({"impressions_limit": 9, "total_budget": 12, "daily_budget": null})).await.expect(200);
    let total = reason("total_budget", [Some(12.0), Some(1.5), Some(11.5)], None);
    assert_eq!(cabinet.reasons(&campaign).await, json!([total]));
    cabinet.patch(&campaign, json!({"total_budget": null, "daily_budget": 48, "pacing": "even", "cost_per_click": 0})).await.expect(200);
    // The line begins now, with 1.5 spent: half an hour of the rest is released, 0.96875.
    let paced = reason("paced", [Some(2.468_75), Some(1.5), Some(1.5)], Some("2026-01-03T00:16:27.097Z"));
    let told = cabinet.reasons(&campaign).await;
    assert_eq!((&told[0]["reason"], &told[0]["most"], &told[0]["used"]), (&paced["reason"], &paced["most"], &paced["used"]), "{told}");
    assert_eq!(told[0]["until"], paced["until"]);
    let line = cabinet.get(&format!("/campaigns/{}/delivery", id(&campaign))).await["pacing_line"].clone();
    assert_eq!(
        (&line["budget"], &line["used"], &line["released"], &line["spent_before"]),
        (&json!(48.0), &json!(1.5), &json!(2.468_75), &json!(1.5))
    );
    assert_eq!((&line["since"], &line["until"]), (&json!("2026-01-03T00:00:00Z"), &json!("2026-01-03T23:30:00Z")));
    let path = format!("{}/advertisers/{}/account", cabinet.below, cabinet.advertiser.as_str().unwrap());
    cabinet.app.patch_as(&cabinet.token, &path, &json!({"kind": "prepaid", "credit_limit": 2})).await.expect(200);
    cabinet.patch(&campaign, json!({"pacing": "asap"})).await.expect(200);
    assert_eq!(cabinet.get(&format!("/campaigns/{}/delivery", id(&campaign))).await["pacing_line"], Value::Null);
    assert_eq!(cabinet.reasons(&campaign).await, json!([reason("no_money", [Some(0.5), Some(0.0), Some(1.5)], None)]));
    cabinet.go_to(20).await;
    cabinet.patch(&campaign, json!({"status": "paused"})).await.expect(200);
    assert_eq!(cabinet.reasons(&campaign).await[0]["reason"], "paused");
    assert_eq!(cabinet.reasons(&campaign).await[1]["reason"], "over");
    let unknown = cabinet.app.get_as(&cabinet.token, &format!("{}/campaigns/{}/delivery", cabinet.below, Uuid::now_v7())).await;
    assert_eq!(unknown.problem(404).0, "campaign-not-found");
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_preview_foretells_what_is_given_and_changes_nothing(#[case] on: Backend) {
    let cabinet = Cabinet::open(on).await;
    let dear = cabinet.campaign(json!({"name": "dear", "cost_per_impression": 3, "frequency_cap": {"impressions": 1, "per": "day"}})).await;
    let cheap = cabinet.campaign(json!({"name": "cheap"})).await;
    cabinet.campaign(json!({"name": "men", "targeting": {"gender": "MALE", "age_to": 20, "location": "Kazan"}})).await;
    cabinet.campaign(json!({"name": "resting", "status": "draft"})).await;
    let visitor = cabinet.visitor().await;
    let told = |preview: &Value| {
        let row = |row: &Value| {
            let reasons: Vec<_> = row["reasons"].as_array().unwrap().iter().map(|reason| reason["reason"].clone()).collect();
            json!([row["name"], row["is_chosen"], row["is_repeat"], row["score"], reasons])
        };
        preview.as_array().unwrap().iter().map(row).collect::<Vec<_>>()
    };
    for _ in 0..2 {
        let preview = cabinet.preview(visitor).await;
        let expected = json!([
            ["dear", true, false, 3.0, []],
            ["cheap", false, false, 1.5, []],
            ["men", false, false, null, ["gender", "age", "location"]],
            ["resting", false, false, null, ["draft"]],
        ]);
        assert_eq!(json!(told(&preview)), expected);
    }
    for (search, expected) in [("CHEA", json!([["cheap", false, false, 1.5, []]])), ("dear", json!([["dear", true, false, 3.0, []]]))] {
        let found = cabinet.get(&format!("/decisions/preview?client_id={visitor}&search={search}")).await;
        assert_eq!(json!(told(&found)), expected, "who would win is said all the same");
    }
    let second = format!("{}/decisions/preview?client_id={visitor}&search=bears&size=1&page=2", cabinet.below);
    let second = cabinet.app.get_as(&cabinet.token, &second).await;
    assert_eq!(second.headers["x-total-count"], "4");
    assert_eq!(told(&second.expect(200))[0][0], "cheap");
    assert_eq!(cabinet.get(&format!("/decisions/preview?client_id={visitor}&search=%25")).await, json!([]));
    assert_eq!(cabinet.show(visitor).await.unwrap(), dear["campaign_id"]);
    let capped = cabinet.preview(visitor).await;
    assert_eq!(told(&capped)[0], json!(["cheap", true, false, 1.5, []]));
    let cap = reason("frequency_cap", [Some(1.0), Some(1.0), Some(1.0)], Some("2026-01-02T00:00:00Z"));
    assert_eq!(capped[1]["reasons"], json!([cap]));
    assert_eq!(cabinet.show(visitor).await.unwrap(), cheap["campaign_id"]);
    assert_eq!(told(&cabinet.preview(visitor).await)[0], json!(["cheap", true, true, 0.0, []]), "nothing but a repeat is left");
    assert_eq!(cabinet.get(&format!("/campaigns/{}", id(&cheap))).await["impressions_count"], 1);
    let unknown = cabinet.app.get_as(&cabinet.token, &format!("{}/decisions/preview?client_id={}", cabinet.below, Uuid::now_v7())).await;
    assert_eq!(unknown.problem(404).0, "client-not-found");
    let missing = cabinet.app.get_as(&cabinet.token, &format!("{}/decisions/preview", cabinet.below)).await;
    assert_eq!(missing.problem(400).1, ["/client_id required"]);
}
