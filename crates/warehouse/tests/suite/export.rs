//! Exports: every table as of one moment, and a warehouse made of them that answers alike.

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use barker_domain::{Code, Day, ProjectId, clock::SystemClock};
use barker_warehouse::{
    DuckDb, DuckDbSettings, Engine, Export,
    fact::{Batch, Event, Facts, Level, Order, Rate, Spend, SpendLoad},
    restore,
};
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};
use rstest::rstest;
use rstest_reuse::apply;
use uuid::Uuid;

use crate::{
    engines::{Home, Kind, every_engine, open_file as open},
    generated::worlds,
};

/// Each engine numbers rows and its own loads by itself.
const OWN: [&str; 1] = ["seq"];
const OWN_OF_HOURS: [&str; 2] = ["seq", "load_id"];

fn event(id: i64) -> Event {
    Event { event_id: id.to_string(), event_type: "lead".into(), occurred_at_ms: id, ..Event::default() }
}

fn events(project_id: ProjectId, count: i64) -> Batch {
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
    let copy = DuckDb::open(&settings, Arc::new(SystemClock)).unwrap();
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

/// What a file says of its columns: names and types.
fn columns_of(reader: &duckdb::Connection, file: &str) -> Vec<(String, String)> {
    let mut described = reader.prepare(&format!("DESCRIBE SELECT * FROM read_parquet('{file}')")).unwrap();
    let columns = described.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    columns.collect::<duckdb::Result<_>>().unwrap()
}

/// Rows that only one of both files has.
fn differing(reader: &duckdb::Connection, files: (&str, &str), columns: &[(String, String)], own: &[&str]) -> u64 {
    let shared: Vec<_> = columns.iter().filter(|(name, _)| !own.contains(&name.as_str())).map(|(name, _)| name.as_str()).collect();
    let select = |file: &str| format!("SELECT {} FROM read_parquet('{file}')", shared.join(", "));
    let only = |one: &str, other: &str| format!("SELECT * FROM ({} EXCEPT ALL {})", select(one), select(other));
    let text = format!("SELECT count(*) FROM ({} UNION ALL {})", only(files.0, files.1), only(files.1, files.0));
    reader.query_row(&text, [], |row| row.get(0)).unwrap()
}

fn names_of(directory: &Path) -> BTreeSet<String> {
    fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// A world of every kind of fact, and the hours of its events.
async fn fill(engine: &dyn Engine, batches: &[Batch]) {
    for batch in batches {
        engine.append(batch.clone()).await.unwrap();
    }
    for batch in batches {
        engine.roll_up(batch.project_id, i64::MAX / 1_000).await.unwrap();
    }
}

/// A warehouse in a file made of what another has written, and what that writes once what was replaced is gone.
async fn again(export: &Export, home: &Path) -> (DuckDb, Export) {
    let settings = DuckDbSettings::small(home.join("warehouse.duckdb"));
    restore(&settings, &export.directory).unwrap();
    let engine = DuckDb::open(&settings, Arc::new(SystemClock)).unwrap();
    engine.compact().await.unwrap();
    let export = engine.export().await.unwrap();
    (engine, export)
}

#[tokio::test(flavor = "multi_thread")]
async fn both_engines_export_the_same_files() {
    let mut world = worlds(10).new_tree(&mut TestRunner::deterministic()).unwrap().current();
    let rate = Rate { day: Day(0), currency: "USD".into(), value_nanos: 90_000_000_000 };
    world.batches.push(Batch { project_id: world.batches[0].project_id, facts: Facts::Rates(vec![rate]) });
    let (home, other) = (Home::new(Kind::DuckDb).await, Home::new(Kind::ClickHouse).await);
    let (file, server) = (home.open().await, other.open().await);
    fill(&*file, &world.batches).await;
    fill(&*server, &world.batches).await;
    let (of_file, of_server) = (file.export().await.unwrap(), server.export().await.unwrap());
    assert_eq!(names_of(&of_file.directory), names_of(&of_server.directory));
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let ((_, of_file_again), (copy, of_server_again)) = (again(&of_file, one.path()).await, again(&of_server, two.path()).await);
    let reader = duckdb::Connection::open_in_memory().unwrap();
    for (name, rows) in &of_server_again.tables {
        let path = |export: &Export| export.directory.join(format!("{name}.parquet")).to_str().unwrap().to_owned();
        let columns = columns_of(&reader, &path(&of_file));
        assert_eq!(columns_of(&reader, &path(&of_server)), columns, "{name}");
        let own = if ["event_hours", "rollups"].contains(name) { &OWN_OF_HOURS[..] } else { &OWN };
        let files = (path(&of_file_again), path(&of_server_again));
        assert_eq!(differing(&reader, (&files.0, &files.1), &columns, own), 0, "{name}");
        assert!(of_file_again.tables.contains(&(name, *rows)), "{name}: {of_file_again:?}, {of_server_again:?}");
        let is_in_worlds = !["order_items", "products", "web_sessions_daily"].contains(name);
        assert!(*rows > 0 || !is_in_worlds, "nothing of {name} was compared");
    }
    for question in &world.questions {
        assert_eq!(copy.sums(question.clone()).await.unwrap(), server.sums(question.clone()).await.unwrap(), "{question:?}");
    }
}

#[apply(every_engine)]
#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_of_one_moment_while_facts_come(#[case] kind: Kind) {
    let home = Home::new(kind).await;
    let engine = home.open().await;
    let project_id = ProjectId::generate();
    let order = |id: u32| Order { order_id: id.to_string(), currency: "RUB".into(), client_id: "c".into(), ..Order::default() };
    let is_over = AtomicBool::new(false);
    let write = async {
        for id in 1.. {
            engine.append(Batch { project_id, facts: Facts::Events(vec![event(i64::from(id))]) }).await.unwrap();
            engine.append(Batch { project_id, facts: Facts::Orders(vec![order(id)]) }).await.unwrap();
            // On the way nothing of it is swept.
            engine.compact().await.unwrap();
            if is_over.load(Ordering::Relaxed) {
                break;
            }
        }
    };
    let read = async {
        for _ in 0..3 {
            let export = engine.export().await.unwrap();
            let rows = |wanted| export.tables.iter().find(|(name, _)| *name == wanted).unwrap().1;
            assert!(rows("events") - rows("orders") <= 1, "{export:?}");
        }
        is_over.store(true, Ordering::Relaxed);
    };
    tokio::join!(write, read);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_export_of_a_server_left_goes_with_the_next_start() {
    let home = Home::new(Kind::ClickHouse).await;
    let engine = home.open().await;
    let project = ProjectId::generate();
    engine.append(events(project, 1_000)).await.unwrap();
    let export = engine.export().await.unwrap();
    assert!(export.tables.contains(&("events", 1_000)), "{export:?}");
    engine.close().await.unwrap();
    let _engine = home.open().await;
    assert!(!export.directory.exists());
}
