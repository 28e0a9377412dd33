//! What was answered before `kill -9` is there afterwards, whole batches only, nothing twice.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::Duration,
};

use barker_domain::{Day, Micros, ProjectId};
use barker_warehouse::{
    Engine,
    fact::{Batch, Event, Facts, Level, Order, Spend, SpendLoad},
    question::Measure,
};
use rstest::rstest;
use rstest_reuse::apply;

use crate::{
    engines::{Home, Kind, every_engine, open},
    plain::of_first_day,
};

/// Where the child works; without it the child's test does nothing.
const ADDRESS: &str = "BARKER_TEST_WAREHOUSE_ADDRESS";
const BATCH: i64 = 100;

fn batch(project_id: ProjectId, number: i64) -> Batch {
    let event = |id: i64| Event { event_id: id.to_string(), occurred_at_ms: id * 1_000, ..Event::default() };
    Batch { project_id, facts: Facts::Events((number * BATCH..(number + 1) * BATCH).map(event).collect()) }
}

#[tokio::test]
#[expect(clippy::print_stdout, reason = "what it says is how the parent knows what was answered")]
async fn the_child_that_is_killed() {
    let Ok(address) = std::env::var(ADDRESS) else { return };
    let engine = open(&address).await;
    let project = ProjectId(uuid::Uuid::from_u128(1));
    for number in 0.. {
        engine.append(batch(project, number)).await.unwrap();
        println!("answered {number}");
    }
}

fn child(test: &str, home: &Home) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([test, "--exact", "--nocapture"]).env(ADDRESS, home.address()).stdout(Stdio::piped()).spawn().unwrap()
}

#[apply(every_engine)]
#[tokio::test]
async fn what_was_answered_survives_kill_9(#[case] kind: Kind) {
    let home = Home::new(kind).await;
    for round in 1..=5 {
        let mut child = child("killed::the_child_that_is_killed", &home);
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let answered = lines.filter(|line| line.starts_with("answered ")).take(20 * round).count();
        child.kill().unwrap();
        child.wait().unwrap();
        let engine = home.open().await;
        let stats = engine.stats().await.unwrap();
        let rows = stats.tables.iter().find(|(name, _)| *name == "events").unwrap().1;
        assert!(rows >= answered as u64 * BATCH as u64, "{rows} rows, {answered} batches answered");
        assert_eq!(rows % BATCH as u64, 0, "whole batches");
    }
}

const ORDERS: i64 = 200;

/// Every order once more, each worth as much as the version says, and a slice of spend that cost as much.
fn versions(project_id: ProjectId, version: i64) -> [Batch; 2] {
    let worth = Micros(version * 1_000_000);
    let order = |id: i64| Order {
        order_id: id.to_string(),
        updated_at_ms: version,
        currency: "RUB".into(),
        net: worth,
        client_id: format!("visitor {}", id % 20),
        ..Order::default()
    };
    let load = SpendLoad {
        load_id: uuid::Uuid::now_v7(),
        source: "google_ads".into(),
        account: "1".into(),
        level: Level::Account,
        days: (Day(0), Day(0)),
        loaded_at_ms: version,
        rows: vec![Spend { cost: worth, currency: "RUB".into(), ..Spend::default() }],
    };
    [Facts::Spend(load), Facts::Orders((0..ORDERS).map(order).collect())].map(|facts| Batch { project_id, facts })
}

/// Of orders and of spend: the version that all of them are of.
async fn version_of(engine: &dyn Engine, project_id: ProjectId) -> [i64; 2] {
    let question = of_first_day(project_id, vec![Measure::Orders, Measure::Revenue, Measure::NewCustomers, Measure::Cost]);
    let totals: Vec<_> = engine.sums(question).await.unwrap().totals.into_iter().map(|sum| i64::try_from(sum.unwrap()).unwrap()).collect();
    assert_eq!((totals[0], totals[2]), (ORDERS * 1_000_000, 20_000_000), "each order once, each visitor once");
    assert!(totals[1] % (ORDERS * 1_000_000) == 0 && totals[3] % 1_000_000 == 0, "versions are mixed: {totals:?}");
    [totals[1] / ORDERS / 1_000_000, totals[3] / 1_000_000]
}

/// Replaced rows besides.
async fn rows(engine: &dyn Engine) -> [u64; 2] {
    let stats = engine.stats().await.unwrap();
    ["orders", "ad_spend"].map(|table| stats.tables.iter().find(|(name, _)| *name == table).unwrap().1)
}

#[tokio::test]
#[expect(clippy::print_stdout, reason = "what it says is how the parent knows what was answered")]
async fn the_child_that_is_killed_while_it_sweeps() {
    let Ok(address) = std::env::var(ADDRESS) else { return };
    let engine = open(&address).await;
    let project = ProjectId(uuid::Uuid::from_u128(1));
    let first = if rows(&*engine).await[0] == 0 { 1 } else { version_of(&*engine, project).await.into_iter().max().unwrap() + 1 };
    for version in first.. {
        for batch in versions(project, version) {
            engine.append(batch).await.unwrap();
        }
        println!("sweeping {version}");
        engine.compact().await.unwrap();
    }
}

#[apply(every_engine)]
#[tokio::test]
async fn a_sweep_that_kill_9_ends_loses_nothing_and_leaves_nothing_for_good(#[case] kind: Kind) {
    let home = Home::new(kind).await;
    let project = ProjectId(uuid::Uuid::from_u128(1));
    for round in 1..=8 {
        let mut child = child("killed::the_child_that_is_killed_while_it_sweeps", &home);
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let swept = lines.filter_map(|line| line.strip_prefix("sweeping ")?.parse::<i64>().ok()).nth(2).unwrap();
        // Somewhere within the sweep that has just begun.
        tokio::time::sleep(Duration::from_millis(round * 3)).await;
        child.kill().unwrap();
        child.wait().unwrap();
        let engine = home.open().await;
        let found = version_of(&*engine, project).await;
        assert!(found.into_iter().all(|version| version >= swept), "{found:?} where {swept} was answered");
        engine.compact().await.unwrap();
        assert_eq!(version_of(&*engine, project).await, found, "sweeping changes no answer");
        if kind == Kind::DuckDb {
            assert_eq!(rows(&*engine).await, [ORDERS as u64, 1], "nothing that was replaced stays");
        }
        engine.close().await.unwrap();
    }
}
