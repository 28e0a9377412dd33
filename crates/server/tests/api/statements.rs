//! What an advertiser's statement tells, and clicks that are given back.

use barker_testkit::Backend;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::json;
use uuid::Uuid;

use crate::{every_database, money::Cashier};

#[apply(every_database)]
#[tokio::test]
async fn a_statement_opens_with_what_the_last_one_closed_with(#[case] on: Backend) {
    // Only one fact of each day costs anything: two might be posted apart.
    let cashier = Cashier::open_with(on, json!({"cost_per_impression": 0})).await;
    let (anna, boris) = (cashier.app.client().await, cashier.app.client().await);
    cashier.top_up(100.0).await;
    cashier.app.ad(anna).await.unwrap();
    cashier.app.click(cashier.campaign.id, anna).await;
    cashier.app.day(1).await;
    cashier.app.ad(boris).await.unwrap();
    cashier.app.click(cashier.campaign.id, boris).await;
    cashier.post(("/account/refunds", None), &json!({"amount": 0.5, "note": "Sorry"})).await.expect(201);
    let epoch = cashier.app.project.project().epoch;
    let date = |day: i32| epoch.plus(day).date().to_string();
    let both = cashier.get(&format!("/account/statement?date_from={}&date_to={}", date(0), date(1))).await;
    let row = |day: i32, kind: &str, amount: f64| json!({"date": date(day), "kind": kind, "transactions": 1, "amount": amount});
    assert_eq!((&both["opening"], &both["closing"]), (&json!(0.0), &json!(80.5)));
    assert_eq!(both["rows"], json!([row(0, "top_up", 100.0), row(0, "spend", -10.0), row(1, "spend", -10.0), row(1, "refund", 0.5)]));
    assert_eq!(both["totals"], json!({"top_up": 100.0, "spend": -20.0, "refund": 0.5, "adjustment": 0.0}));
    let second = cashier.get(&format!("/account/statement?date_from={}&date_to={}", date(1), date(1))).await;
    assert_eq!((&second["opening"], &second["closing"]), (&json!(90.0), &json!(80.5)));
    let csv = cashier.get(&format!("/account/statement?date_from={}&date_to={}&format=csv", date(1), date(1))).await;
    let lines = [
        "date,kind,postings,amount,balance,currency",
        "{1},opening,0,,90.00,RUB",
        "{1},spend,1,-10.00,80.00,RUB",
        "{1},refund,1,0.50,80.50,RUB",
        "{1},closing,0,,80.50,RUB",
        "",
    ];
    assert_eq!(csv, lines.join("\n").replace("{1}", &date(1)));
    assert_eq!(cashier.get("/account/statement").await["closing"], 80.5, "this month");
    let token = &cashier.root.access_token;
    for (query, field) in [
        ("date_from=2026-02-30", "/date_from format"),
        ("date_from=2026-11-02&date_to=2026-11-01", "/date_to order"),
        ("format=pdf", "/format enum"),
        ("from=2026-11-01", "/from unknown"),
    ] {
        assert_eq!(cashier.app.get_as(token, &cashier.path(&format!("/account/statement?{query}"))).await.problem(400).1, [field]);
    }
    for path in ["/account/transactions?from=2026-11-01", "/clicks?from=2026-11-01", "/statistics?from=2026-11-01"] {
        assert_eq!(cashier.app.get_as(token, &cashier.path(path)).await.problem(400).1, ["/from unknown"], "{path}");
    }
    let kinds = async |query: &str| {
        let listed = cashier.get(&format!("/account/transactions?{query}")).await;
        listed.as_array().unwrap().iter().map(|row| row["kind"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(kinds("sort=earliest").await, ["top_up", "spend", "spend", "refund"]);
    assert_eq!(kinds("kind=spend").await, ["spend", "spend"]);
    assert_eq!(kinds(&format!("date_to={}", date(0))).await.len(), 2);
    assert_eq!(kinds("sort=amount&size=1").await, ["top_up"]);
    assert_eq!(kinds("size=1&page=3").await.len(), 1);
    cashier.app.assert_audit_is_clean().await;
}

#[apply(every_database)]
#[tokio::test]
async fn invalid_clicks_are_given_back_once_and_leave_a_trail(#[case] on: Backend) {
    let cashier = Cashier::open_with(on, json!({"clicks_limit": 2})).await;
    let clients = cashier.app.clients(3).await;
    for client in &clients {
        cashier.app.ad(*client).await.unwrap();
        cashier.app.click(cashier.campaign.id, *client).await;
    }
    let billed = cashier.get("/clicks?outcome=billed").await;
    let ids: Vec<_> = billed.as_array().unwrap().iter().map(|click| click["click_id"].clone()).collect();
    assert_eq!(ids.len(), 2);
    let body = json!({"click_ids": ids, "reason": "bot", "note": "One address"});
    let refund = cashier.post(("/clicks/refund", Some("bots")), &body).await.expect(201);
    assert_eq!((&refund["amount"], &refund["invalid_clicks"], &refund["kind"]), (&json!(20.0), &json!(2), &json!("refund")));
    assert_eq!(cashier.post(("/clicks/refund", Some("bots")), &body).await.expect(201), refund);
    let again = cashier.post(("/clicks/refund", None), &body).await.problem(400);
    assert_eq!(again.1, ["/click_ids/0 state", "/click_ids/1 state"]);
    // Statistics know them no more, and the campaign may earn as many again.
    assert_eq!(cashier.app.stats(cashier.campaign.id).await, (3, 0, 4.5));
    let invalid = cashier.get("/clicks?outcome=invalid").await;
    assert_eq!(
        (&invalid[0]["invalid_reason"], &invalid[0]["refund_id"], &invalid[0]["price"]),
        (&json!("bot"), &refund["transaction_id"], &json!(10.0))
    );
    cashier.app.click(cashier.campaign.id, clients[0]).await;
    assert_eq!(cashier.app.stats(cashier.campaign.id).await.1, 0, "whoever clicked has clicked");
    let late = cashier.app.client().await;
    cashier.app.ad(late).await.unwrap();
    cashier.app.click(cashier.campaign.id, late).await;
    assert_eq!(cashier.app.stats(cashier.campaign.id).await, (4, 1, 16.0));
    cashier.app.assert_audit_is_clean().await;
    cashier.post_spend().await;
    assert_eq!(cashier.left().await, -16.0);
    cashier.app.assert_audit_is_clean().await;
    let trail = cashier.app.trail(&cashier.root, "action=clicks.refunded").await;
    assert_eq!((trail.len(), &trail[0]["after"]["reason"], &trail[0]["after"]["click_ids"]), (1, &json!("bot"), &body["click_ids"]));
    let cashier = Cashier { app: cashier.app.restart().await, ..cashier };
    assert_eq!((cashier.left().await, cashier.app.stats(cashier.campaign.id).await), (-16.0, (4, 1, 16.0)));
    cashier.app.assert_audit_is_clean().await;
}

#[apply(every_database)]
#[tokio::test]
async fn only_billed_clicks_of_the_advertiser_are_given_back(#[case] on: Backend) {
    let cashier = Cashier::open(on).await;
    let other = cashier.app.campaign(json!({"cost_per_impression": 2000.0})).await;
    let client = cashier.app.client().await;
    assert_eq!(cashier.app.ad(client).await, Some(other.id));
    cashier.app.click(other.id, client).await;
    let path = format!("/api/v1/projects/{}/advertisers/{}/clicks", cashier.app.project.id(), other.advertiser_id);
    let foreign = cashier.app.get_as(&cashier.root.access_token, &path).await.expect(200)[0]["click_id"].clone();
    let nobodys = Uuid::now_v7();
    let body = json!({"click_ids": [foreign, nobodys, nobodys], "reason": "fraud"});
    assert_eq!(cashier.post(("/clicks/refund", None), &body).await.problem(400).1, ["/click_ids/2 duplicate"]);
    let body = json!({"click_ids": [foreign, nobodys], "reason": "fraud"});
    assert_eq!(cashier.post(("/clicks/refund", None), &body).await.problem(400).1, ["/click_ids/0 unknown", "/click_ids/1 unknown"]);
    assert_eq!(
        cashier.post(("/clicks/refund", None), &json!({"click_ids": [], "reason": "bot"})).await.problem(400).1,
        ["/click_ids length"]
    );
    let faulty = json!({"click_ids": ["x"], "reason": "mood"});
    assert_eq!(cashier.post(("/clicks/refund", None), &faulty).await.problem(400).1, ["/click_ids/0 format", "/reason enum"]);
    assert_eq!(cashier.app.stats(other.id).await.1, 1, "nothing was refunded");
}
