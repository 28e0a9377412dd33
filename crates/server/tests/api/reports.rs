//! Reports: what they answer, what they refuse, and whom they never tell anything.

use barker_testkit::Backend;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    harness::TestApp,
    shop::{Shop, at},
};

const NOVEMBER: &str = "date_from=2026-11-01&date_to=2026-11-30";

fn november(more: Value) -> Value {
    let mut body = json!({"date_from": "2026-11-01", "date_to": "2026-11-30"});
    crate::harness::overlay(&mut body, more);
    body
}

fn rows(report: &Value, columns: &[&str]) -> Value {
    let row = |row: &Value| columns.iter().map(|column| row[column].clone()).collect::<Value>();
    report["rows"].as_array().unwrap().iter().map(row).collect()
}

#[tokio::test]
async fn romi_by_campaign_is_exact_and_a_dash_where_nothing_was_spent() {
    let app = TestApp::start(Backend::Sqlite).await;
    let shop = Shop::with_three_campaigns(&app, "anna").await;
    let question = november(json!({"metrics": ["cost", "revenue", "romi"], "group_by": "campaign_name", "sort": "campaign_name"}));
    let report = shop.ask(&question).await.expect(200);
    assert_eq!(
        rows(&report, &["campaign_name", "cost", "revenue", "romi"]),
        json!([["Failing", 1500, 1000, -1.0 / 3.0], ["Free", 0, 700, null], ["Gem", 1000, 1500, 0.5], ["(unattributed)", 0, 300, null],])
    );
    assert_eq!(report["totals"], json!({"cost": 2500, "revenue": 3500, "romi": 0.4}));
    assert_eq!((&report["currency"], &report["revenue_from"], &report["is_cut"]), (&json!("RUB"), &json!("orders"), &json!(false)));
    assert_eq!(report["freshness"]["ad_spend"]["latest"], "2026-11-10");
    let feeds: Vec<_> = report["sources"].as_array().unwrap().iter().map(|source| source["source"].as_str().unwrap()).collect();
    assert_eq!(feeds, ["ads", "shop"]);
}

#[tokio::test]
async fn touches_share_an_order_to_the_last_micro_where_the_report_or_the_project_says_so() {
    let app = TestApp::start(Backend::Sqlite).await;
    let shop = Shop::open(&app, "anna").await;
    shop.spend("2026-11-10", &[("A", 10), ("B", 10), ("C", 10)]).await;
    for (hour, campaign) in [(1, "C"), (2, "A"), (3, "B")] {
        shop.click("somebody", campaign, at("2026-11-10", hour)).await;
    }
    shop.order("one", "somebody", (100, at("2026-11-10", 9))).await;
    shop.refund("one", (1, at("2026-11-11", 9))).await;
    shop.order("two", "nobody", (50, at("2026-11-10", 9))).await;
    let question =
        november(json!({"metrics": ["orders", "revenue", "new_customers"], "group_by": "campaign_name", "sort": "campaign_name"}));
    let mut linear = question.clone();
    linear["attribution"] = json!({"model": "linear"});
    let shared = shop.ask(&linear).await.expect(200);
    assert_eq!(
        rows(&shared, &["campaign_name", "orders", "revenue", "new_customers"]),
        json!([
            ["A", 0.333_333, 33, 0.333_333],
            ["B", 0.333_333, 33, 0.333_333],
            ["C", 0.333_334, 33, 0.333_334],
            ["(unattributed)", 1, 50, 1]
        ])
    );
    let whole = shop.ask(&question).await.expect(200);
    assert_eq!(rows(&whole, &["campaign_name", "orders", "revenue"]), json!([["B", 1, 99], ["(unattributed)", 1, 50]]));
    assert_eq!(shared["totals"], whole["totals"]);
    let settings = json!({"settings": {"attribution_model": "linear"}});
    app.patch_as(&shop.owner.access_token, &format!("/api/v1/projects/{}", shop.project), &settings).await.expect(200);
    assert_eq!(shop.ask(&question).await.expect(200)["rows"], shared["rows"]);
    let unknown = shop.get("reports/kpi?model=time_decay").await.expect(400);
    assert!(unknown["errors"][0]["message"].as_str().unwrap().contains("first_touch, linear"), "{unknown}");
}

#[tokio::test]
async fn a_question_is_understood_in_the_query_in_a_body_and_in_a_body_of_a_get() {
    let app = TestApp::start(Backend::Sqlite).await;
    let shop = Shop::with_three_campaigns(&app, "anna").await;
    let body = november(json!({
        "metrics": ["cost", "romi"], "group_by": ["campaign_name", "day"], "sort": ["-romi"], "limit": 2, "compare_to": "previous_year",
        "filters": [{"dimension": "campaign_name", "operator": "is_not", "values": ["Free", "(unattributed)"]}],
        "attribution": {"model": "last_touch", "lookback_days": 7, "dated_by": "touch"},
    }));
    let posted = shop.ask(&body).await.expect(200);
    assert_eq!(posted["rows"].as_array().unwrap().len(), 2);
    let token = &shop.owner.access_token;
    assert_eq!(app.send_as(token, Method::GET, (&shop.path("reports/kpi"), Some(&body))).await.expect(200), posted);
    let query = format!(
        "reports/kpi?{NOVEMBER}&metrics=cost&metrics=romi&group_by=campaign_name,day&sort=-romi&limit=2&compare_to=previous_year\
         &filter=campaign_name!:Free,(unattributed)&model=last_touch&lookback_days=7&dated_by=touch"
    );
    assert_eq!(shop.get(&query).await.expect(200), posted);
    let both = app.send_as(token, Method::GET, (&shop.path("reports/kpi?limit=2"), Some(&body))).await;
    assert_eq!(both.problem(400).1, ["/limit conflict"]);
}

#[tokio::test]
async fn what_is_not_known_is_named_with_what_is() {
    let app = TestApp::start(Backend::Sqlite).await;
    let shop = Shop::open(&app, "anna").await;
    for (query, field, known) in [
        ("metrics=roi", "/metrics/0", "romi"),
        ("group_by=day,planet", "/group_by/1", "campaign_name"),
        ("filter=planet:earth", "/filters/0/dimension", "attributes.*"),
        ("planet=earth", "/planet", "filter, date_from"),
    ] {
        let body = shop.get(&format!("reports/kpi?{query}")).await.expect(400);
        assert_eq!(body["errors"][0]["pointer"], field, "{query}");
        assert!(body["errors"][0]["message"].as_str().unwrap().contains(known), "{query}: {body}");
    }
    assert_eq!(shop.get("reports/export?planet=earth").await.problem(400).1, ["/planet unknown"]);
    for path in ["reports/kpi?window=7d", "reports/export?format=csv&window=7d", "reports/batch?window=7d", "reports/changes?window=7d"] {
        let asked = app.send_as(&shop.owner.access_token, Method::POST, (&shop.path(path), Some(&json!({"metrics": "cost"})))).await;
        assert_eq!(asked.problem(400).1, ["/window unknown"], "{path}: with a body, the period stands there");
    }
    assert_eq!(shop.get("reports/kpi?window=7d&date_from=2026-11-01").await.problem(400).1, ["/window conflict"]);
    assert_eq!(shop.get("reports/kpi?window=7d&window=30d&metrics=cost&metrics=clicks").await.problem(400).1, ["/window duplicate"]);
    assert_eq!(shop.get("reports/kpi?date_from=2026-11-02&date_to=2026-11-01").await.problem(400).1, ["/date_to order"]);
    assert_eq!(shop.get("reports/kpi?date_from=1000-01-01").await.problem(400).1, ["/date_to range"]);
    assert_eq!(shop.get("reports/kpi?limit=0").await.problem(400).1, ["/limit range"]);
}

#[tokio::test]
async fn what_platforms_count_by_the_day_is_null_by_the_hour() {
    let app = TestApp::start(Backend::Sqlite).await;
    let shop = Shop::with_three_campaigns(&app, "anna").await;
    let question = json!({"metrics": ["cost", "orders", "romi"], "group_by": "hour", "date_from": "2026-11-10", "date_to": "2026-11-10"});
    let report = shop.ask(&question).await.expect(200);
    assert_eq!(report["rows"].as_array().unwrap().len(), 24, "a chart has every hour");
    assert_eq!(report["rows"][12], json!({"hour": "2026-11-10T12:00:00+00:00", "cost": null, "orders": 3, "romi": null}));
    assert_eq!(report["totals"], json!({"cost": null, "orders": 4, "romi": null}));
    let hour = shop.ask(&json!({"metrics": ["orders"], "window": "1h", "date_to": "2026-11-10T13:30:00Z"})).await.expect(200);
    assert_eq!((&hour["totals"], &hour["from"]), (&json!({"orders": 1}), &json!("2026-11-10T12:30:00Z")));
}

#[tokio::test]
async fn two_periods_stand_side_by_side() {
    let app = TestApp::start(Backend::Sqlite).await;
    let shop = Shop::open(&app, "anna").await;
    for (on, amount) in [("2026-11-08", 100), ("2026-11-09", 400), ("2026-11-15", 150)] {
        shop.order(on, on, (amount, at(on, 12))).await;
    }
    let question = json!({"metrics": "revenue", "group_by": "day", "date_from": "2026-11-15", "date_to": "2026-11-21", "compare_to": "previous_period"});
    let report = shop.ask(&question).await.expect(200);
    assert_eq!(report["previous"], json!({"date_from": "2026-11-08", "date_to": "2026-11-14"}));
    assert_eq!(report["rows"].as_array().unwrap().len(), 7);
    let first = json!({"day": "2026-11-15", "revenue": 150, "previous": {"revenue": 100}, "change": {"revenue": 0.5}});
    assert_eq!(report["rows"][0], first);
    let second = json!({"day": "2026-11-16", "revenue": 0, "previous": {"revenue": 400}, "change": {"revenue": -1}});
    assert_eq!(report["rows"][1], second);
    assert_eq!(report["rows"][2]["change"], json!({"revenue": null}), "growth from nothing is no number");
    assert_eq!(report["totals"]["previous"], json!({"revenue": 500}));
}

#[tokio::test]
async fn one_report_that_fails_does_not_spoil_the_others() {
    let app = TestApp::start(Backend::Sqlite).await;
    let shop = Shop::with_three_campaigns(&app, "anna").await;
    let good = november(json!({"metrics": "revenue"}));
    let answers = shop.post("reports/batch", &json!({"reports": [good, {"metrics": "roi"}, good]})).await.expect(200);
    let statuses: Vec<_> = answers["answers"].as_array().unwrap().iter().map(|answer| answer["status"].as_i64().unwrap()).collect();
    assert_eq!(statuses, [200, 400, 200]);
    assert_eq!(answers["answers"][0]["report"], shop.ask(&good).await.expect(200));
    assert_eq!(answers["answers"][1]["problem"]["errors"][0]["pointer"], "/metrics");
    assert_eq!(shop.post("reports/batch", &json!({"reports": vec![good; 51]})).await.problem(400).1, ["/reports length"]);
    assert_eq!(shop.post("reports/batch", &json!([])).await.problem(400).1, [" type"]);
    let misspelt = json!({"reports": [], "change": []});
    assert_eq!(shop.post("reports/batch", &misspelt).await.problem(400).1, ["/change unknown"]);
}

#[tokio::test]
async fn a_batch_explains_differences_as_well() {
    let app = TestApp::start(Backend::Sqlite).await;
    let shop = Shop::with_three_campaigns(&app, "anna").await;
    let changes = november(json!({"metric": "cost", "group_by": "campaign_name"}));
    let question =
        json!({"reports": [november(json!({"metrics": "cost"}))], "changes": [changes, {"metric": "people", "group_by": "channel"}]});
    let answers = shop.post("reports/batch", &question).await.expect(200);
    assert_eq!(answers["changes"][0]["changes"], shop.post("reports/changes", &changes).await.expect(200));
    assert_eq!(answers["changes"][0]["changes"]["now"], answers["answers"][0]["report"]["totals"]["cost"]);
    assert_eq!(answers["changes"][1]["status"], 400);
    assert_eq!(answers["changes"][1]["problem"]["errors"][0]["pointer"], "/metric");
    let none = shop.post("reports/batch", &json!({"reports": [], "changes": null})).await.expect(200);
    assert_eq!(none["answers"], json!([]));
    for (wrong, refusal) in [(json!({"metric": "cost"}), "/changes type"), (json!(vec![&changes; 51]), "/changes length")] {
        assert_eq!(shop.post("reports/batch", &json!({"reports": [], "changes": wrong})).await.problem(400).1, [refusal]);
    }
}

#[tokio::test]
async fn a_difference_is_told_to_those_who_made_it() {
    let app = TestApp::start(Backend::Sqlite).await;
    let shop = Shop::open(&app, "anna").await;
    shop.spend("2026-11-01", &[("Gem", 100), ("Failing", 100)]).await;
    shop.spend("2026-11-02", &[("Gem", 100), ("Failing", 300)]).await;
    for (id, campaign, amount, on) in [
        ("a", "Gem", 200, "2026-11-01"),
        ("b", "Failing", 100, "2026-11-01"),
        ("c", "Gem", 500, "2026-11-02"),
        ("d", "Failing", 50, "2026-11-02"),
    ] {
        shop.click(id, campaign, at(on, 9)).await;
        shop.order(id, id, (amount, at(on, 12))).await;
    }
    let question =
        |metric: &str| json!({"metric": metric, "group_by": "campaign_name", "date_from": "2026-11-02", "date_to": "2026-11-02"});
    let revenue = shop.post("reports/changes", &question("revenue")).await.expect(200);
    assert_eq!((&revenue["before"], &revenue["now"], &revenue["difference"]), (&json!(300), &json!(550), &json!(250.0)));
    let gem = json!({"campaign_name": "Gem", "before": 200, "now": 500, "contribution": 300.0, "share": 1.2});
    assert_eq!(revenue["contributors"][0], gem);
    let romi = shop.post("reports/changes", &question("romi")).await.expect(200);
    let sum: f64 = romi["contributors"].as_array().unwrap().iter().map(|row| row["contribution"].as_f64().unwrap()).sum();
    assert!((sum - romi["difference"].as_f64().unwrap()).abs() < 1e-12, "contributions to a ratio add up as well: {romi}");
    assert_eq!(shop.post("reports/changes", &question("people")).await.problem(400).1, ["/metric unsupported"]);
    for (campaign, hour) in [("Gem", 1), ("Failing", 2), ("Failing", 3)] {
        shop.click("e", campaign, at("2026-11-02", hour)).await;
    }
    shop.click("f", "Gem", at("2026-11-02", 1)).await;
    for id in ["e", "f"] {
        shop.order(id, id, (30, at("2026-11-02", 12))).await;
    }
    let mut shared = question("orders");
    shared["attribution"] = json!({"model": "linear"});
    let orders = shop.post("reports/changes", &shared).await.expect(200);
    let parts: Vec<_> = orders["contributors"].as_array().unwrap().iter().map(|row| row["contribution"].clone()).collect();
    assert_eq!(parts, [1.333_334, 0.666_666], "not a bit more than they are");
    let by_day = json!({"metric": "revenue", "group_by": "day"});
    assert_eq!(shop.post("reports/changes", &by_day).await.problem(400).1, ["/group_by unsupported"]);
}

#[tokio::test]
async fn what_was_answered_is_kept_until_the_facts_change() {
    let app = TestApp::start(Backend::Sqlite).await;
    let shop = Shop::open(&app, "anna").await;
    let question = november(json!({"metrics": "revenue"}));
    let revenue = async || shop.ask(&question).await.expect(200)["totals"]["revenue"].clone();
    shop.order("a", "v", (100, at("2026-11-10", 9))).await;
    assert_eq!(revenue().await, 100);
    let order = barker_warehouse::fact::Order {
        source: "shop".into(),
        order_id: "b".into(),
        occurred_at_ms: at("2026-11-10", 10),
        net: barker_domain::Micros(50_000_000),
        currency: "RUB".into(),
        ..Default::default()
    };
    shop.append(barker_warehouse::fact::Facts::Orders(vec![order])).await;
    assert_eq!(revenue().await, 100, "nobody has said that anything changed");
    app.app.facts_changed(barker_domain::ProjectId(shop.project));
    assert_eq!(revenue().await, 150);
    shop.refund("a", (30, at("2026-11-20", 9))).await;
    assert_eq!(revenue().await, 120);
    let gross = november(json!({"metrics": "revenue", "is_net_of_refunds": false}));
    assert_eq!(shop.ask(&gross).await.expect(200)["totals"]["revenue"], 150);
}

/// What has been tried on databases, wherever a caller may write a word.
const INJECTIONS: [&str; 5] = ["' OR 1=1 --", "\"; DROP TABLE orders; --", "x') UNION SELECT * FROM events --", "${jndi}", "a\\'b"];

#[tokio::test]
async fn no_question_reaches_the_rows_of_another_project() {
    let app = TestApp::start(Backend::Sqlite).await;
    let hers = Shop::with_three_campaigns(&app, "anna").await;
    let his = Shop::open(&app, "boris").await;
    his.order("order-v1", "v1", (7, at("2026-11-10", 12))).await;
    let all = november(json!({"metrics": ["revenue", "cost", "orders", "people"]}));
    let mut questions = vec![all.clone()];
    for word in INJECTIONS.into_iter().chain(["Gem", "id-Gem", "ads", "shop", &hers.project.to_string()]) {
        for dimension in
            ["campaign_name", "campaign_id", "campaign_key", "source", "account", "channel", "device", "advertiser", "attributes.x"]
        {
            for operator in ["is", "is_not"] {
                let filter = json!([{"dimension": dimension, "operator": operator, "values": [word]}]);
                questions.push(november(json!({"metrics": ["revenue", "cost", "orders", "people"], "filters": filter})));
            }
        }
        questions.push(november(
            json!({"metrics": ["revenue", "cost", "orders", "people"], "group_by": [format!("attributes.{}", word.replace(',', ""))]}),
        ));
    }
    for question in questions {
        let report = his.ask(&question).await.expect(200);
        let totals = &report["totals"];
        assert!([json!(0), json!(7)].contains(&totals["revenue"]), "{question}: {totals}");
        assert_eq!((&totals["cost"], &totals["people"]), (&json!(0), &json!(0)), "{question}");
        assert!(!report["sources"].to_string().contains("ads"), "{question}: {report}");
    }
    for word in INJECTIONS {
        for question in [
            json!({"metrics": word}),
            json!({"group_by": [word]}),
            json!({"sort": word}),
            json!({"window": word}),
            json!({"currency": word}),
        ] {
            assert_eq!(his.ask(&question).await.status, 400, "{question}");
        }
    }
    assert_eq!(app.post_as(&his.owner.access_token, &hers.path("reports/kpi"), &all).await.status, 403);
    assert_eq!(hers.ask(&all).await.expect(200)["totals"]["revenue"], 3500, "and nothing was dropped");
}

#[tokio::test]
async fn the_catalogue_and_the_rules_of_channels_can_be_read_and_tried() {
    let app = TestApp::start(Backend::Sqlite).await;
    let shop = Shop::open(&app, "anna").await;
    let catalogue = shop.get("reports/metrics").await.expect(200);
    let romi = catalogue["metrics"].as_array().unwrap().iter().find(|metric| metric["name"] == "romi").unwrap();
    assert_eq!((&romi["formula"], &romi["kind"]), (&json!("(revenue - cost) / cost"), &json!("percent")));
    for metric in catalogue["metrics"].as_array().unwrap() {
        shop.ask(&json!({"metrics": metric["name"]})).await.expect(200);
    }
    for dimension in catalogue["dimensions"].as_array().unwrap() {
        let name = dimension["name"].as_str().unwrap().replace('*', "color");
        shop.ask(&json!({"group_by": name})).await.expect(200);
    }
    let rules = shop.get("channels/rules").await.expect(200);
    assert_eq!(rules["version"], 2);
    let visit = json!({"utm_source": "yandex", "utm_medium": "cpc", "click_id_name": "yclid"});
    let verdict = shop.post("channels/test", &visit).await.expect(200);
    assert_eq!((&verdict["channel"], &verdict["rule"]), (&json!("paid_search"), &json!("paid, in search")));
    for (address, rule) in
        [("?utm_source=google&utm_medium=cpc", "paid, in search"), ("?gclid=7", "click id of a search engine"), ("", "no trace")]
    {
        let verdict = shop.post("channels/test", &json!({"page": format!("https://shop.example/{address}")})).await.expect(200);
        assert_eq!(verdict["rule"], rule, "as with events");
    }
    assert_eq!(shop.post("channels/test", &json!({"source": "yandex"})).await.problem(400).1, ["/source unknown"]);
}
