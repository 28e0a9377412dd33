//! Answers to reports that are kept: asked once for everybody who waits, read from Redis where there is one, and done without.

use barker_infra::RedisSettings;
use barker_testkit::{Backend, server::RedisServer};
use futures::future::join_all;
use serde_json::{Value, json};

use crate::{
    harness::{TestApp, settings},
    shop::{Shop, at},
};

/// How often the warehouse was asked in this process, and how often it did not have to be.
async fn asked_and_kept(app: &TestApp) -> (u64, u64) {
    let text = app.http.get(app.url("/metrics")).send().await.unwrap().text().await.unwrap();
    let count = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.map_or(0, |number| number.parse().unwrap())
    };
    (count("barker_reports_asked_total"), count("barker_reports_kept_total"))
}

fn question(limit: u32) -> Value {
    json!({"metrics": "revenue,cost,romi", "group_by": "campaign_name", "date_from": "2026-11-01", "date_to": "2026-11-30", "limit": limit})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn equal_questions_at_the_same_time_are_asked_once() {
    let app = TestApp::start(Backend::Sqlite).await;
    let shop = Shop::with_three_campaigns(&app, "anna").await;
    let (before, _) = asked_and_kept(&app).await;
    // They differ in what is shown, not in what the warehouse is asked.
    let questions: Vec<_> = (1..=24).map(|limit| (limit, question(limit))).collect();
    let answers = join_all(questions.iter().map(async |(limit, question)| (*limit, shop.ask(question).await.expect(200)))).await;
    assert_eq!(asked_and_kept(&app).await.0 - before, 1);
    for (limit, answer) in answers {
        assert_eq!(answer["rows"].as_array().unwrap().len(), 4.min(limit as usize));
        assert_eq!(answer["totals"]["revenue"], 3_500);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_are_kept_in_redis_until_the_facts_change_and_done_without_while_it_is_gone() {
    let home = tempfile::tempdir().unwrap();
    let mut redis = RedisServer::start(home.path(), None).await;
    let patient = std::time::Duration::from_secs(5);
    let settings_of = RedisSettings { url: redis.url().into(), key_prefix: "barker".to_owned(), timeout: patient };
    let app = TestApp::start_beside(Backend::Sqlite, settings(), Some(settings_of)).await;
    let shop = Shop::with_three_campaigns(&app, "anna").await;
    let ask = async || shop.ask(&question(10)).await.expect(200)["totals"]["revenue"].clone();
    let (before, _) = asked_and_kept(&app).await;
    assert_eq!((ask().await, ask().await, ask().await), (json!(3_500), json!(3_500), json!(3_500)));
    assert_eq!(asked_and_kept(&app).await, (before + 1, 2), "the second and the third come out of Redis");
    shop.order("late", "v4", (100, at("2026-11-11", 9))).await;
    assert_eq!((ask().await, ask().await), (json!(3_600), json!(3_600)));
    assert_eq!(asked_and_kept(&app).await, (before + 2, 3));
    redis.kill();
    assert_eq!(ask().await, 3_600);
    assert_eq!(asked_and_kept(&app).await.0, before + 3, "the warehouse knows it as well");
}
