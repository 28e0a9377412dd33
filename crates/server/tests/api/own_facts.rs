//! What Barker's own campaigns did stands in the warehouse: touches once each, spend equal to the statistics.

use std::time::{Duration, Instant};

use barker_app::{outbox, own_facts};
use barker_domain::{Day, ProjectId};
use barker_testkit::Backend;
use barker_warehouse::question::{Attribution, Dimension, Filter, Key, Measure, Question, Sales};
use jiff::tz::TimeZone;
use reqwest::Method;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::json;
use uuid::Uuid;

use crate::{every_connection, harness::TestApp};

const PATIENCE: Duration = Duration::from_secs(30);

/// Different people with a touch, and impressions as touches.
async fn seen(app: &TestApp) -> (i128, i128) {
    let epoch = app.app.store().find_project(app.project.id()).await.unwrap().unwrap().epoch;
    let asked = Question {
        measures: vec![Measure::People, Measure::Events("impression".to_owned())],
        group_by: Vec::new(),
        filters: Vec::new(),
        ..question(app.project.id(), epoch)
    };
    let total = app.app.warehouse().sums(asked).await.unwrap().totals;
    (total[0].unwrap(), total[1].unwrap())
}

/// Name, civil day, impressions, clicks and micros of each campaign and day.
type Row = (String, i64, i128, i128, i128);

async fn spend(app: &TestApp) -> Vec<Row> {
    let epoch = app.app.store().find_project(app.project.id()).await.unwrap().unwrap().epoch;
    let answer = app.app.warehouse().sums(question(app.project.id(), epoch)).await.unwrap();
    let rows = answer.rows.into_iter().map(|row| {
        let [Key::Text(name), Key::Number(day)] = row.keys.as_slice() else { panic!("{row:?}") };
        let sum = |place: usize| row.sums[place].unwrap();
        (name.clone(), day - i64::from(epoch.0), sum(0), sum(1), sum(2))
    });
    rows.collect()
}

fn question(project_id: ProjectId, epoch: Day) -> Question {
    Question {
        project_id,
        days: (epoch, Day(epoch.0 + 100)),
        between_ms: None,
        time_zone: TimeZone::UTC,
        currency: "RUB".to_owned(),
        measures: vec![Measure::Impressions, Measure::Clicks, Measure::Cost],
        group_by: vec![Dimension::CampaignName, Dimension::Day],
        filters: vec![Filter { dimension: Dimension::Source, values: vec![own_facts::SOURCE.to_owned()], is_excluding: false }],
        sales: Sales::Orders,
        is_net_of_refunds: false,
        conversion_events: Vec::new(),
        attribution: Attribution::default(),
        limit: u32::MAX,
    }
}

async fn events(app: &TestApp) -> u64 {
    let stats = app.app.warehouse().stats().await.unwrap();
    stats.tables.iter().find(|(name, _)| *name == "events").unwrap().1
}

fn row(name: &str, day: i64, (impressions, clicks, micros): (i128, i128, i128)) -> Row {
    (name.to_owned(), day, impressions, clicks, micros)
}

#[apply(every_connection)]
#[tokio::test(flavor = "multi_thread")]
async fn spend_is_what_the_statistics_say_through_prices_erasure_deletion_and_rewinds(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let campaign = app.campaign(json!({"start_date": 2})).await;
    app.day(2).await;
    let clients = app.clients(3).await;
    assert_eq!(app.ad(clients[0]).await, Some(campaign.id));
    app.click(campaign.id, clients[0]).await;
    app.put(&campaign.path(), &{
        let mut terms = campaign.terms.clone();
        terms["cost_per_impression"] = json!(0.000_001);
        terms["ad_title"] = json!("Bears, renamed");
        terms
    })
    .await
    .expect(200);
    app.day(5).await;
    app.ad(clients[1]).await;
    outbox::catch_up(&app.app).await.unwrap();
    let renamed = "Bears, renamed";
    let known = [row(renamed, 2, (1, 1, 11_500_000)), row(renamed, 5, (1, 0, 1))];
    assert_eq!(spend(&app).await, known);
    assert_eq!(events(&app).await, 3);

    // Back in time, somebody is erased, and the campaign goes: what happened stays as it happened.
    app.day(2).await;
    app.ad(clients[2]).await;
    app.send(Method::DELETE, &format!("/clients/{}", clients[0]), None).await.expect(204);
    app.send(Method::DELETE, &campaign.path(), None).await.expect(204);
    outbox::catch_up(&app.app).await.unwrap();
    let known = [row(renamed, 2, (2, 1, 11_500_001)), row(renamed, 5, (1, 0, 1))];
    assert_eq!(spend(&app).await, known);
    assert_eq!(own_facts::agree(&app.app).await.unwrap(), 0, "everything agrees already");
    let total = app.get(&format!("/stats/advertisers/{}/campaigns", campaign.advertiser_id)).await.expect(200);
    assert_eq!((&total["impressions_count"], &total["spent_total"]), (&json!(3), &json!(11.500_002)));
    let app = app.restart().await;
    assert_eq!(spend(&app).await, known);
}

#[apply(every_connection)]
#[tokio::test(flavor = "multi_thread")]
async fn facts_that_come_once_more_change_nothing_and_a_lost_warehouse_is_told_again(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let campaign = app.campaign(json!({})).await;
    for client in app.clients(20).await {
        app.ad(client).await;
        app.click(campaign.id, client).await;
    }
    outbox::catch_up(&app.app).await.unwrap();
    let known = spend(&app).await;
    assert_eq!((known.len(), known[0].2, known[0].3, events(&app).await), (1, 20, 20, 40));

    // As after a crash between the effect and its position.
    app.forget_outbox_positions(&["touches", "spend"]).await;
    outbox::catch_up(&app.app).await.unwrap();
    assert_eq!((spend(&app).await, events(&app).await), (known.clone(), 40));

    let app = app.restart_without_warehouse().await;
    own_facts::agree(&app.app).await.unwrap();
    assert_eq!(spend(&app).await, known);
}

#[apply(every_connection)]
#[tokio::test(flavor = "multi_thread")]
async fn the_touches_of_an_erased_client_stay_without_them(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    app.campaign(json!({})).await;
    let clients = app.clients(3).await;
    for client in &clients[..2] {
        app.ad(*client).await;
    }
    outbox::catch_up(&app.app).await.unwrap();
    assert_eq!(seen(&app).await, (2, 2));
    app.ad(clients[2]).await;
    for client in [clients[0], clients[2]] {
        app.send(Method::DELETE, &format!("/clients/{client}"), None).await.expect(204);
    }
    outbox::catch_up(&app.app).await.unwrap();
    let begun = Instant::now();
    while seen(&app).await != (1, 2) {
        assert!(begun.elapsed() < PATIENCE, "{:?}", seen(&app).await);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    app.forget_outbox_positions(&["touches"]).await;
    outbox::catch_up(&app.app).await.unwrap();
    assert_eq!(seen(&app).await, (1, 2), "what is told once more does not bring them back");
}

#[apply(every_connection)]
#[tokio::test(flavor = "multi_thread")]
async fn rows_split_by_advertisers_tell_their_ids_and_their_names(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let mut ids = Vec::new();
    for name in ["Zebra", "apples", "Bears"] {
        let id = Uuid::now_v7();
        app.post("/advertisers/bulk", &json!([{"advertiser_id": id, "name": name}])).await.expect(201);
        let campaign = app.campaign_of(id, json!({"impressions_limit": 1, "clicks_limit": 0})).await;
        assert_eq!(app.ad(app.client().await).await, Some(campaign.id), "the others are full");
        ids.push(id.to_string());
    }
    outbox::catch_up(&app.app).await.unwrap();
    let token = app.person("anna").await.access_token;
    let path = format!("/api/v1/projects/{}/reports", app.project.id());
    let of_barker = json!({"dimension": "source", "values": "barker"});
    let question = json!({"metrics": ["impressions"], "group_by": "advertiser", "filters": [of_barker], "sort": ["advertiser"]});
    let report = app.post_as(&token, &format!("{path}/kpi"), &question).await.expect(200);
    let [zebra, apples, bears] = ids.as_slice() else { panic!("{ids:?}") };
    assert_eq!(report["names"], json!({"advertiser": {zebra: "Zebra", apples: "apples", bears: "Bears"}}));
    let told: Vec<_> = report["rows"].as_array().unwrap().iter().map(|row| row["advertiser"].as_str().unwrap()).collect();
    assert_eq!(told, [apples, bears, zebra], "sorted by what they are called");
    let one = json!([of_barker, {"dimension": "advertiser", "values": bears}]);
    let one = json!({"metrics": ["impressions"], "group_by": "advertiser", "filters": one});
    let report = app.post_as(&token, &format!("{path}/kpi"), &one).await.expect(200);
    assert_eq!((&report["row_count"], &report["names"]), (&json!(1), &json!({"advertiser": {bears: "Bears"}})));
    let file = app.post_as(&token, &format!("{path}/export?format=csv"), &question).await.expect(200);
    assert_eq!(file, json!("advertiser,impressions\r\napples,1\r\nBears,1\r\nZebra,1\r\n"));
    let whole = json!({"metrics": ["impressions"], "filters": [of_barker]});
    assert_eq!(app.post_as(&token, &format!("{path}/kpi"), &whole).await.expect(200).get("names"), None);
}
