//! What a campaign may spend, how fast, and how often one client is shown it.

use barker_testkit::Backend;
use futures::future::join_all;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    campaign_plans::{Cabinet, id},
    every_database,
};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

impl Cabinet {
    async fn click(&self, client: Uuid, campaign: &Value) {
        let path = format!("/ads/{}/click", id(campaign));
        assert_eq!(self.app.post_as(&self.key, &path, &json!({"client_id": client})).await.status, 204);
    }

    /// How many of so many newcomers, who come at the same time, are shown an ad.
    async fn shown_of(&self, newcomers: usize) -> usize {
        let clients: Vec<_> = (0..newcomers).map(|_| Uuid::now_v7()).collect();
        let person = |client: &Uuid| json!({"client_id": client, "login": "vera", "age": 30, "location": "Moscow", "gender": "FEMALE"});
        self.app.post_as(&self.key, "/clients/bulk", &json!(clients.iter().map(person).collect::<Vec<_>>())).await.expect(201);
        join_all(clients.iter().map(|client| self.show(*client))).await.into_iter().flatten().count()
    }

    async fn spent(&self, campaign: &Value) -> [f64; 2] {
        let found = self.get(&format!("/campaigns/{}", id(campaign))).await;
        ["spent", "spent_today"].map(|name| found[name].as_f64().unwrap())
    }

    /// What it spent in all, as the contract tells it: its key does not expire while the clock is moved.
    async fn spent_in_all(&self, campaign: &Value) -> f64 {
        let path = format!("/stats/campaigns/{}", id(campaign));
        self.app.get_as(&self.key, &path).await.expect(200)["spent_total"].as_f64().unwrap()
    }

    /// What came of the latest click.
    async fn outcome(&self) -> Value {
        self.get(&format!("/advertisers/{}/clicks?size=1", self.advertiser.as_str().unwrap())).await[0]["outcome"].clone()
    }

    async fn audit(&self) {
        self.app.assert_audit_is_clean().await;
    }
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_total_budget_is_met_and_never_passed(#[case] on: Backend) {
    let cabinet = Cabinet::open(on).await;
    // An impression costs 1.5, and 10 lie ready for the click that may follow.
    let campaign = cabinet.campaign(json!({"total_budget": 20})).await;
    // Who comes at the same time waits for nobody's click: some are shown nothing, and the next ones are.
    let mut shown = 0;
    loop {
        let more = cabinet.shown_of(10).await;
        shown += more;
        if more == 0 {
            break;
        }
    }
    assert_eq!(shown, 6, "a seventh and its click would cost 20.5");
    let visitor = Uuid::now_v7();
    cabinet
        .app
        .post_as(
            &cabinet.key,
            "/clients/bulk",
            &json!([{"client_id": visitor, "login": "vera", "age": 30, "location": "Moscow", "gender": "FEMALE"}]),
        )
        .await
        .expect(201);
    assert_eq!(cabinet.show(visitor).await, None);
    assert_eq!(cabinet.spent(&campaign).await, [9.0, 9.0]);
    assert_eq!(cabinet.patch(&campaign, json!({"total_budget": 8.5})).await.problem(400).1, ["/total_budget range"]);
    cabinet.patch(&campaign, json!({"total_budget": 21})).await.expect(200);
    assert!(cabinet.show(visitor).await.is_some());
    cabinet.click(visitor, &campaign).await;
    assert_eq!(cabinet.outcome().await, "billed");
    assert_eq!(cabinet.spent(&campaign).await, [20.5, 20.5]);
    assert!(!cabinet.is_shown().await, "the last half is not enough");
    cabinet.patch(&campaign, json!({"total_budget": 20.5, "cost_per_click": 0, "cost_per_impression": 0})).await.expect(200);
    assert!(cabinet.is_shown().await, "what costs nothing needs no budget");
    let open = cabinet.patch(&campaign, json!({"total_budget": null, "cost_per_impression": 1.5})).await.expect(200);
    assert_eq!(open["total_budget"], Value::Null);
    assert_eq!(cabinet.shown_of(3).await, 3);
    assert_eq!(cabinet.patch(&campaign, json!({"total_budget": -1})).await.problem(400).1, ["/total_budget range"]);
    assert_eq!(cabinet.patch(&campaign, json!({"daily_budget": "1"})).await.problem(400).1, ["/daily_budget type"]);
    cabinet.audit().await;
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_click_that_no_budget_covers_is_kept_and_one_that_was_refunded_is_given_back(#[case] on: Backend) {
    let cabinet = Cabinet::open(on).await;
    let campaign = cabinet.campaign(json!({"daily_budget": 13})).await;
    let (first, second) = (cabinet.visitor().await, cabinet.visitor().await);
    assert!(cabinet.show(first).await.is_some() && cabinet.show(second).await.is_some());
    cabinet.click(first, &campaign).await;
    assert_eq!(cabinet.spent(&campaign).await, [13.0, 13.0]);
    cabinet.click(second, &campaign).await;
    let clicks = cabinet.get(&format!("/advertisers/{}/clicks", cabinet.advertiser.as_str().unwrap())).await;
    let mut outcomes: Vec<_> = clicks.as_array().unwrap().iter().map(|click| click["outcome"].as_str().unwrap()).collect();
    outcomes.sort_unstable();
    assert_eq!(outcomes, ["billed", "budget"]);
    let billed = clicks.as_array().unwrap().iter().find(|click| click["outcome"] == "billed").unwrap();
    let path = format!("{}/advertisers/{}/clicks/refund", cabinet.below, cabinet.advertiser.as_str().unwrap());
    let refund = json!({"click_ids": [billed["click_id"]], "reason": "bot"});
    let request = cabinet.app.http.post(cabinet.app.url(&path)).bearer_auth(&cabinet.token).header("Idempotency-Key", "bots");
    assert_eq!(request.json(&refund).send().await.unwrap().status(), 201);
    assert_eq!(cabinet.spent(&campaign).await, [3.0, 3.0]);
    assert!(!cabinet.is_shown().await, "its click would not be covered");
    cabinet.patch(&campaign, json!({"daily_budget": 14.5})).await.expect(200);
    assert!(cabinet.is_shown().await);
    cabinet.audit().await;
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daily_budget_begins_anew_each_day_and_a_day_that_comes_back_goes_on(#[case] on: Backend) {
    let cabinet = Cabinet::open(on).await;
    let campaign = cabinet.campaign(json!({"daily_budget": 4.5, "cost_per_click": 0})).await;
    assert_eq!(cabinet.shown_of(9).await, 3);
    cabinet.go_to(1).await;
    assert_eq!(cabinet.spent(&campaign).await, [4.5, 0.0]);
    assert_eq!(cabinet.shown_of(2).await, 2);
    cabinet.go_to(0).await;
    assert!(!cabinet.is_shown().await, "that day has spent its budget");
    let cabinet = Cabinet { app: cabinet.app.restart().await, ..cabinet };
    assert_eq!(cabinet.spent(&campaign).await, [7.5, 4.5]);
    assert!(!cabinet.is_shown().await);
    cabinet.go_to(1).await;
    assert_eq!(cabinet.spent(&campaign).await, [7.5, 3.0]);
    assert_eq!(cabinet.shown_of(9).await, 1);
    assert_eq!(cabinet.patch(&campaign, json!({"daily_budget": 4})).await.problem(400).1, ["/daily_budget range"]);
    cabinet.go_to(2).await;
    cabinet.patch(&campaign, json!({"daily_budget": 1.5})).await.expect(200);
    assert_eq!(cabinet.shown_of(9).await, 1);
    cabinet.audit().await;
    cabinet.go_to(1).await;
    assert!(!cabinet.is_shown().await);
    cabinet.patch(&campaign, json!({"daily_budget": null})).await.expect(200);
    assert_eq!(cabinet.shown_of(2).await, 2);
    // What was spent without a budget counts when there is one.
    assert_eq!(cabinet.patch(&campaign, json!({"daily_budget": 7})).await.problem(400).1, ["/daily_budget range"]);
    cabinet.patch(&campaign, json!({"daily_budget": 9})).await.expect(200);
    assert_eq!(cabinet.shown_of(9).await, 1);
    cabinet.audit().await;
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cap_counts_every_show_until_its_window_is_over(#[case] on: Backend) {
    let cabinet = Cabinet::open(on).await;
    let campaign = cabinet.campaign(json!({"frequency_cap": {"impressions": 2, "per": "day"}, "cost_per_click": 0})).await;
    let visitor = cabinet.visitor().await;
    let shows = async |times: usize| {
        let mut shown = 0;
        for _ in 0..times {
            shown += usize::from(cabinet.show(visitor).await.is_some());
        }
        shown
    };
    assert_eq!(shows(5).await, 2, "at the cap it is not repeated for nothing either");
    assert_eq!(cabinet.spent(&campaign).await, [3.0, 3.0], "each show is billed");
    cabinet.go_to(1).await;
    assert_eq!(shows(5).await, 2);
    cabinet.go_to(0).await;
    assert_eq!(shows(5).await, 0, "that day has had its shows");
    cabinet.patch(&campaign, json!({"frequency_cap": {"impressions": 5, "per": "week"}})).await.expect(200);
    assert_eq!(shows(5).await, 1, "2026-01-01 and 02 are in one week");
    cabinet.go_to(4).await;
    assert_eq!(shows(1).await, 1, "Monday");
    cabinet.patch(&campaign, json!({"frequency_cap": {"impressions": 7, "per": "flight"}})).await.expect(200);
    assert_eq!(shows(5).await, 1);
    cabinet.patch(&campaign, json!({"frequency_cap": null})).await.expect(200);
    assert_eq!((shows(2).await, cabinet.spent(&campaign).await[0]), (2, 10.5), "without a cap it is repeated for nothing");
    for (cap, pointer) in [
        (json!({"impressions": 0, "per": "day"}), "/frequency_cap/impressions range"),
        (json!({"impressions": 1, "per": "year"}), "/frequency_cap/per enum"),
        (json!({"impressions": 1}), "/frequency_cap/per required"),
    ] {
        // A merge of one object into another: what the campaign had is gone.
        assert_eq!(cabinet.patch(&campaign, json!({"frequency_cap": cap})).await.problem(400).1, [pointer]);
    }
    cabinet.audit().await;
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cap_is_exact_for_whoever_asks_at_once_and_after_a_restart(#[case] on: Backend) {
    let cabinet = Cabinet::open(on).await;
    let campaign = cabinet.campaign(json!({"frequency_cap": {"impressions": 3, "per": "hour"}})).await;
    let visitor = cabinet.visitor().await;
    let at_once = async |cabinet: &Cabinet| join_all((0..12).map(|_| cabinet.show(visitor))).await.into_iter().flatten().count();
    assert_eq!(at_once(&cabinet).await, 3);
    let cabinet = Cabinet { app: cabinet.app.restart().await, ..cabinet };
    assert_eq!(at_once(&cabinet).await, 0);
    cabinet.app.clock.advance_ms(HOUR_MS - 1);
    assert_eq!(at_once(&cabinet).await, 0, "a millisecond before the hour is over");
    cabinet.app.clock.advance_ms(1);
    assert_eq!(at_once(&cabinet).await, 3);
    cabinet.click(visitor, &campaign).await;
    cabinet.click(visitor, &campaign).await;
    assert_eq!(cabinet.spent_in_all(&campaign).await, 6.0 * 1.5 + 10.0, "a click is billed once per client");
    cabinet.app.clock.advance_ms(HOUR_MS);
    assert_eq!(at_once(&cabinet).await, 0, "what was clicked is not given again");
    cabinet.audit().await;
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn even_pacing_follows_the_clock_and_spends_all_of_the_days_budget(#[case] on: Backend) {
    const BUDGET: f64 = 30.0;
    let cabinet = Cabinet::open(on).await;
    let wanted =
        json!({"daily_budget": BUDGET, "cost_per_impression": 0.25, "cost_per_click": 0, "impressions_limit": 10_000, "pacing": "even"});
    let campaign = cabinet.campaign(wanted).await;
    assert_eq!(cabinet.patch(&campaign, json!({"daily_budget": null})).await.problem(400).1, ["/pacing required"]);
    let mut worst: f64 = 0.0;
    for quarter in 0..96 {
        // Nobody comes between 9 and 11; twice as many come than the line needs.
        if !(36..44).contains(&quarter) {
            cabinet.shown_of(4).await;
            let line = BUDGET * f64::from(quarter) / 96.0;
            if !(44..50).contains(&quarter) {
                worst = worst.max((cabinet.spent_in_all(&campaign).await - line).abs() / BUDGET);
            }
        }
        cabinet.app.clock.advance_ms(15 * MINUTE_MS);
    }
    assert!(worst <= 0.1, "the day's delivery was {worst} of the budget away from the line");
    assert_eq!(cabinet.spent_in_all(&campaign).await, BUDGET);
    assert_eq!(cabinet.shown_of(3).await, 0);
    cabinet.app.post_as(&cabinet.key, "/time/advance", &json!({"current_date": 1})).await.expect(200);
    assert_eq!(cabinet.shown_of(9).await, 2, "the head start: half an hour of the new day");
    cabinet.audit().await;
}
