//! Exports: every table as of one moment, and a warehouse made of them that answers alike.

use std::fs;

use barker_domain::{Code, Day, ProjectId};
use barker_warehouse::{
    DuckDbSettings, Engine,
    fact::{Batch, Event, Facts, Level, Spend, SpendLoad},
    restore,
};
use uuid::Uuid;

use crate::engines::open_file as open;

fn events(project_id: ProjectId, count: i64) -> Batch {
    let event = |id: i64| Event { event_id: id.to_string(), event_type: "lead".into(), occurred_at_ms: id, ..Event::default() };
    Batch { project_id, facts: Facts::Events((0..count).map(event).collect()) }
}

fn spend(project_id: ProjectId) -> Batch {
    let row = Spend { day: Day(3), campaign_id: "it's".into(), impressions: 7, currency: "RUB".into(), ..Spend::default() };
    let load = SpendLoad {
        load_id: Uuid::now_v7(),
        source: "google_ads".into(),
        account: "1".into(),
        level: Level::Campaign,
        days: (Day(3), Day(4)),
        loaded_at_ms: 1,
        rows: vec![row],
    };
    Batch { project_id, facts: Facts::Spend(load) }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_exported_makes_a_warehouse_that_holds_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let engine = open(directory.path());
    let project = ProjectId::generate();
    engine.append(events(project, 1_000)).await.unwrap();
    engine.append(spend(project)).await.unwrap();
    let export = engine.export().await.unwrap();
    assert!(export.tables.contains(&("events", 1_000)) && export.tables.contains(&("loads", 2)), "{export:?}");
    engine.append(events(project, 1_001)).await.unwrap();

    let home = tempfile::tempdir().unwrap();
    let settings = DuckDbSettings::small(home.path().join("o'clock.duckdb"));
    restore(&settings, &export.directory).unwrap();
    assert_eq!(restore(&settings, &export.directory).unwrap_err().code, Code::InvalidRequest, "nothing is written over");
    let copy = barker_warehouse::DuckDb::open(&settings, std::sync::Arc::new(barker_domain::clock::SystemClock)).unwrap();
    let stats = copy.stats().await.unwrap();
    assert_eq!(stats.tables.iter().filter(|(_, rows)| *rows > 0).count(), 3);
    assert!(stats.tables.contains(&("events", 1_000)), "what came later is not in it: {stats:?}");
    // Its events are known, and what comes next is later than everything in it.
    assert_eq!(copy.append(events(project, 1_001)).await.unwrap().rows, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_does_not_fit_is_refused_and_leftovers_go_at_the_next_start() {
    let directory = tempfile::tempdir().unwrap();
    let engine = open(directory.path());
    let export = engine.export().await.unwrap();
    fs::write(export.directory.join("events.parquet"), "no Parquet").unwrap();
    let home = tempfile::tempdir().unwrap();
    let error = restore(&DuckDbSettings::small(home.path().join("x.duckdb")), &export.directory).unwrap_err();
    assert!(error.detail.contains("events.parquet"), "{error}");
    engine.close().await.unwrap();
    let _engine = open(directory.path());
    assert!(!export.directory.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_closed_answers_nothing_and_can_be_opened_again_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let project = ProjectId::generate();
    for round in 0..3 {
        let engine = open(directory.path());
        assert_eq!(engine.append(events(project, (round + 1) * 10)).await.unwrap().rows, 10);
        engine.close().await.unwrap();
        assert_eq!(engine.append(events(project, 1)).await.unwrap_err().code, Code::StorageUnavailable);
        assert_eq!(engine.stats().await.unwrap_err().code, Code::StorageUnavailable);
        assert!(!directory.path().join("warehouse.duckdb.wal").exists(), "the log is written back");
    }
}
