//! The whole server over ClickHouse says what it says over DuckDB: reports of the same facts, and what Barker itself has shown.

use std::{sync::Arc, time::Duration};

use barker_domain::clock::SystemClock;
use barker_testkit::Backend;
use barker_warehouse::{ClickHouse, ClickHouseSettings};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::{
    harness::{PATIENCE, TestApp, overlay},
    reconciliation::{DIMENSIONS, fill, question, with},
    shop::Shop,
};

/// How far from each other two dimensions stand that are asked for together.
const APART: usize = 5;

/// A throw-away database on the ClickHouse of the tests; the server that holds it goes with them.
async fn clickhouse() -> Arc<ClickHouse> {
    let _already = rustls::crypto::ring::default_provider().install_default();
    let url = std::env::var("BARKER_TEST_CLICKHOUSE_URL").unwrap();
    let database = format!("barker_test_{}", uuid::Uuid::now_v7().simple());
    let request = reqwest::Client::new().post(&url).header("X-ClickHouse-User", "barker").header("X-ClickHouse-Key", "barker");
    let request = request.body(format!("CREATE DATABASE {database}"));
    assert!(request.send().await.unwrap().status().is_success());
    let settings = ClickHouseSettings {
        url,
        exports: std::env::temp_dir().join(&database),
        database,
        user: Some("barker".to_owned()),
        password: "barker".into(),
        memory_megabytes: 1_024,
        spill_megabytes: 1_024,
        threads: 2,
        readers: 2,
        timeout: Duration::from_mins(1),
        queued_rows: 1_000_000,
        known_events: 50,
    };
    Arc::new(ClickHouse::open(&settings, Arc::new(SystemClock)).await.unwrap())
}

/// What a report says, without when it was made.
fn told(mut report: Value) -> Value {
    overlay(&mut report, json!({"freshness": null, "sources": null}));
    report
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reports_over_clickhouse_say_what_those_over_duckdb_say() {
    let (file, server) = (TestApp::start(Backend::Sqlite).await, TestApp::start_over(Backend::Sqlite, clickhouse().await).await);
    let (file, server) = (Shop::open(&file, "anna").await, Shop::open(&server, "anna").await);
    for shop in [&file, &server] {
        fill(shop, &mut ChaCha8Rng::seed_from_u64(7)).await;
    }
    let mut random = ChaCha8Rng::seed_from_u64(8);
    // Each dimension comes first once and second once.
    for place in 0..DIMENSIONS.len() {
        let by = [DIMENSIONS[place], DIMENSIONS[(place + APART) % DIMENSIONS.len()]];
        let more = json!({"group_by": by, "is_net_of_refunds": random.random_bool(0.5), "compare_to": "previous_period"});
        let question = with(question(&mut random), more);
        let (expected, answer) = (file.ask(&question).await.expect(200), server.ask(&question).await.expect(200));
        assert_eq!(told(answer), told(expected), "{question}");
    }
    let changes = json!({"metric": "revenue", "group_by": "channel", "date_from": "2026-10-01", "date_to": "2026-10-15"});
    let (expected, answer) =
        (file.post("reports/changes", &changes).await.expect(200), server.post("reports/changes", &changes).await.expect(200));
    assert_eq!(told(answer), told(expected));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_barker_has_shown_reaches_clickhouse_exactly_once() {
    let app = TestApp::start_over(Backend::Sqlite, clickhouse().await).await;
    let campaign = app.campaign(json!({})).await;
    for client in app.clients(20).await {
        assert_eq!(app.ad(client).await, Some(campaign.id));
        app.click(campaign.id, client).await;
    }
    let owner = app.person("anna").await;
    let path = format!("/api/v1/projects/{}/reports/kpi", app.project.id());
    let question = json!({"metrics": ["impressions", "clicks", "cost"], "group_by": "campaign_id", "filters": [{"dimension": "source", "values": "barker"}]});
    let begun = std::time::Instant::now();
    loop {
        let report = app.post_as(&owner.access_token, &path, &question).await.expect(200);
        if report["totals"] == json!({"impressions": 20, "clicks": 20, "cost": 230}) {
            assert_eq!(report["rows"][0]["campaign_id"], json!(campaign.id));
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "{report}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
