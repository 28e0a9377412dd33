//! Budgets, frequency caps and `kill -9`: no day and no campaign spends more than it may, nobody sees an ad more often than they
//! may, and what is left can still be spent.

use std::time::{Duration, Instant};

use barker_testkit::{Backend, TestDatabase};
use rand::RngExt;
use rstest::rstest;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    barker::{Barker, succeed},
    operator::Operator,
    visitors::Visitors,
};

const ROUNDS: usize = 6;
/// They come back in every round.
const REGULARS: u32 = 40;
/// How often each of them may be shown the ad, in all.
const CAP: u64 = 3;
/// Days that rounds take place on, in turn.
const DAYS: usize = 3;
/// An impression costs 0.1, its click 1.
const TOTAL_BUDGET: f64 = 50.0;
const DAILY_BUDGET: f64 = 18.0;
/// An ad with its click: what is less than that cannot be spent.
const LEAST: f64 = 1.1;
/// Longest life of a server after its first answer.
const LONGEST_LIFE_MS: u64 = 150;
/// Longest wait for it: on some days the budget is gone.
const PATIENCE: Duration = Duration::from_millis(500);
/// What sums of tenths are off by.
const DUST: f64 = 1e-6;

/// Lets visitors come for a moment, then kills the server.
async fn short_life(barker: Barker, day: usize, clients: &[Uuid]) {
    barker.post("/time/advance", &json!({"current_date": day})).await;
    let visitors = Visitors::send(&barker.http, &barker.address, clients);
    let born = Instant::now();
    while visitors.shown() == 0 && born.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    tokio::time::sleep(Duration::from_millis(rand::rng().random_range(0..LONGEST_LIFE_MS))).await;
    barker.kill();
    assert_eq!(visitors.leave().await.unexpected, [""; 0]);
}

/// Newcomers take whatever is left of the day.
async fn drain(barker: &Barker, day: usize) {
    barker.post("/time/advance", &json!({"current_date": day})).await;
    let mut is_left = true;
    while is_left {
        let clients = barker.clients(20).await;
        let visitors = Visitors::send(&barker.http, &barker.address, &clients);
        tokio::time::sleep(Duration::from_millis(100)).await;
        let diary = visitors.leave().await;
        assert_eq!(diary.unexpected, [""; 0]);
        is_left = !diary.shown.is_empty();
    }
}

fn spent(stats: &Value) -> f64 {
    stats["spent_total"].as_f64().unwrap()
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[case::mysql(Backend::MySql)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn budgets_and_caps_hold_after_every_kill(#[case] on: Backend) {
    let (home, database) = (tempfile::tempdir().unwrap(), TestDatabase::create(on).await);
    let url = database.url();
    let start = || Barker::start(home.path(), &["--database-url", &url]);
    let audit = || assert!(succeed(home.path(), &["audit", "--database-url", &url]).contains("everything adds up"));
    let barker = start();
    let campaign = barker.campaign(1_000_000).await;
    let regulars = barker.clients(REGULARS).await;
    let operator = Operator::register(&barker).await;
    let path = format!("{}/campaigns/{campaign}", operator.project);
    let cap = json!({"frequency_cap": {"impressions": CAP, "per": "flight"}});
    operator.patch(&barker, &path, &cap).await;
    barker.kill();
    for round in 0..ROUNDS {
        short_life(start(), round % DAYS, &regulars).await;
        audit();
    }
    let barker = start();
    let stats = barker.get(&format!("/stats/campaigns/{campaign}")).await;
    let shown = stats["impressions_count"].as_u64().unwrap();
    assert!(shown > 0 && shown <= CAP * u64::from(REGULARS), "{stats}");
    // What was spent on one of the days may be more than a day's budget, which nobody may set then: it begins with the next day.
    let (total, first_day) = (spent(&stats) + TOTAL_BUDGET, DAYS);
    barker.post("/time/advance", &json!({"current_date": first_day})).await;
    operator.patch(&barker, &path, &json!({"total_budget": total, "daily_budget": DAILY_BUDGET})).await;
    barker.kill();
    for round in 0..ROUNDS {
        let barker = start();
        let newcomers = barker.clients(REGULARS).await;
        short_life(barker, first_day + round % DAYS, &newcomers).await;
        audit();
    }
    let barker = start();
    for day in 0..DAYS {
        drain(&barker, first_day + day).await;
    }
    let days = barker.get(&format!("/stats/campaigns/{campaign}/daily")).await;
    for day in days.as_array().unwrap() {
        assert!(day["date"].as_u64().unwrap() < first_day as u64 || spent(day) <= DAILY_BUDGET + DUST, "{day}");
    }
    let stats = barker.get(&format!("/stats/campaigns/{campaign}")).await;
    assert!(spent(&stats) <= total + DUST && spent(&stats) > total - LEAST, "{} of {total}: {days}", spent(&stats));
    assert!(barker.terminate().0);
    audit();
}
