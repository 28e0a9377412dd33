//! What was answered before `kill -9` is there afterwards, whole batches only, nothing twice.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use barker_domain::ProjectId;
use barker_warehouse::fact::{Batch, Event, Facts};
use rstest::rstest;
use rstest_reuse::apply;

use crate::engines::{Home, Kind, every_engine, open};

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

#[apply(every_engine)]
#[tokio::test]
async fn what_was_answered_survives_kill_9(#[case] kind: Kind) {
    let home = Home::new(kind).await;
    for round in 1..=5 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["killed::the_child_that_is_killed", "--exact", "--nocapture"])
            .env(ADDRESS, home.address())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
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
