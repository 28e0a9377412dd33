//! Loads the facts that `benches/warehouse/generate.py` makes and asks about them: `facts DIRECTORY WORK_DIRECTORY RUNS`. JSON to standard
//! output, for `benches/warehouse/compare.py`. With `FILE PROJECT` behind it the warehouse is made there, as that project's, and stays. A run
//! of all benchmarks, without arguments, does nothing here.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that goes wrong ends, and its output is its answer")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use barker_domain::{Day, Micros, ProjectId, clock::SystemClock};
use barker_warehouse::{
    DuckDb, DuckDbSettings, Engine,
    fact::{Batch, Event, Facts, Identity, Level, Order, Spend, SpendLoad},
    question::{Attribution, Dimension, Key, Measure, Question, Sales},
};
use duckdb::{Connection, Row};
use futures::{
    future::join_all,
    stream::{self, StreamExt},
};
use jiff::tz::TimeZone;
use serde_json::json;
use uuid::Uuid;

const FIRST_DAY: Day = Day(19_670);
const LAST_DAY: Day = Day(20_399);
/// Events of one batch, batches that wait for an answer at the same time, and batches that are in memory before any is sent: reading them is
/// not measured.
const BATCH: usize = 10_000;
const BATCHES_AT_ONCE: usize = 50;
const BATCHES_READ: usize = 100;
const CURRENCY: &str = "RUB";
/// What the warehouse may use while it is measured.
const MEMORY_MEGABYTES: u32 = 2_048;

/// Asked before and after events are counted up.
const SESSIONS: &str = "sessions_by_channel_12_months";

/// What a row is told by, and its sums.
type Answered = (String, Vec<String>);

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [facts, work, runs, kept @ ..] = &arguments[..] else { return };
    let home = tempfile::tempdir_in(work).unwrap();
    let (path, project_id) = match kept {
        [file, project_id] => (PathBuf::from(file), ProjectId(project_id.parse().unwrap())),
        _ => (home.path().join("warehouse.duckdb"), ProjectId::generate()),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(measure(facts.as_ref(), (path, project_id), runs.parse().unwrap()));
}

async fn measure(facts: &Path, (path, project): (PathBuf, ProjectId), runs: usize) {
    let small = DuckDbSettings::small(path);
    let settings = DuckDbSettings {
        memory_megabytes: MEMORY_MEGABYTES,
        known_events: 4_000_000,
        queued_rows: 2 * BATCH * BATCHES_AT_ONCE,
        timeout: Duration::from_mins(2),
        ..small
    };
    let engine = DuckDb::open(&settings, Arc::new(SystemClock)).unwrap();
    let (events, loading, working) = load(&engine, project, facts).await;
    let (unrolled, _) = ask(&engine, &questions(project)[SESSIONS], runs).await;
    let started = Instant::now();
    engine.roll_up(project, i64::MAX).await.unwrap();
    let rolling_up = started.elapsed();
    let mut asked = serde_json::Map::new();
    for (name, questions) in questions(project) {
        let (seconds, rows) = ask(&engine, &questions, runs).await;
        let rows: Vec<_> = rows.into_iter().map(|(key, sums)| [vec![key], sums].concat()).collect();
        asked.insert(name.to_owned(), json!({ "seconds": seconds, "rows": rows }));
    }
    let figures = json!({
        "events_loaded_a_second": events as u128 * 1_000 / loading.as_millis().max(1),
        "cpu_nanoseconds_an_event": working.as_nanos() / events as u128,
        "milliseconds_of_sessions_before_rolling_up": median_milliseconds(unrolled),
        "milliseconds_of_rolling_up": rolling_up.as_millis(),
        "file_megabytes": fs::metadata(&settings.path).unwrap().len() >> 20,
        "peak_memory_megabytes": peak_memory_megabytes(),
    });
    engine.close().await.unwrap();
    println!("{}", json!({ "questions": asked, "figures": figures }));
}

/// How long each run took in seconds, and the rows in order. Ranges that are compared are asked at once, as a report asks them.
async fn ask(engine: &DuckDb, questions: &[Question], runs: usize) -> (Vec<f64>, Vec<Answered>) {
    let (mut seconds, mut rows) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        let started = Instant::now();
        rows.clear();
        rows.extend(join_all(questions.iter().map(|question| answer(engine, question))).await.into_iter().flatten());
        seconds.push(started.elapsed().as_secs_f64());
    }
    rows.sort();
    (seconds, rows)
}

fn median_milliseconds(mut seconds: Vec<f64>) -> u128 {
    seconds.sort_by(f64::total_cmp);
    Duration::from_secs_f64(seconds[seconds.len() / 2]).as_millis()
}

/// How many events there are, how long appending them took, and how much of all cores, without reading them.
async fn load(engine: &DuckDb, project_id: ProjectId, facts: &Path) -> (usize, Duration, Duration) {
    let source = Connection::open_in_memory().unwrap();
    let path = |name: &str| format!("read_parquet('{}')", facts.join(format!("{name}.parquet")).display());
    let keep = |facts| async move { engine.append(Batch { project_id, facts }).await.unwrap() };
    for rows in read(&source, &format!("SELECT * FROM {}", path("identities")), identity).chunks(BATCH) {
        keep(Facts::Identities(rows.to_vec())).await;
    }
    for rows in read(&source, &format!("SELECT * FROM {}", path("orders")), order).chunks(BATCH) {
        keep(Facts::Orders(rows.to_vec())).await;
    }
    let rows = read(&source, &format!("SELECT * FROM {}", path("ad_spend")), spend);
    let load_id = Uuid::now_v7();
    let (source_name, account) = ("google_ads".to_owned(), "1".to_owned());
    let days = (FIRST_DAY, LAST_DAY);
    keep(Facts::Spend(SpendLoad { load_id, source: source_name, account, level: Level::Campaign, days, loaded_at_ms: 0, rows })).await;
    let count: usize = source.query_row(&format!("SELECT count(*) FROM {}", path("events")), [], |row| row.get(0)).unwrap();
    let (mut at, mut spent, mut worked) = (0, Duration::ZERO, Duration::ZERO);
    while at < count {
        let text = format!("SELECT * FROM {} LIMIT {} OFFSET {at}", path("events"), BATCH * BATCHES_READ);
        let mut rows = read(&source, &text, event).into_iter();
        at += rows.len();
        let batches: Vec<_> = (0..rows.len().div_ceil(BATCH)).map(|_| Facts::Events(rows.by_ref().take(BATCH).collect())).collect();
        let (started, before) = (Instant::now(), processor_time());
        stream::iter(batches).map(keep).buffer_unordered(BATCHES_AT_ONCE).for_each(|_| async {}).await;
        spent += started.elapsed();
        worked += processor_time().saturating_sub(before);
    }
    (count, spent, worked)
}

fn read<T>(source: &Connection, text: &str, row_of: fn(&Row<'_>) -> duckdb::Result<T>) -> Vec<T> {
    let mut statement = source.prepare(text).unwrap();
    statement.query_map([], row_of).unwrap().map(Result::unwrap).collect()
}

fn event(row: &Row<'_>) -> duckdb::Result<Event> {
    Ok(Event {
        event_id: row.get(0)?,
        event_type: row.get(1)?,
        occurred_at_ms: row.get(2)?,
        client_id: row.get(3)?,
        session_id: row.get(4)?,
        channel: row.get(5)?,
        campaign_id: row.get(6)?,
        device: row.get(7)?,
        source_type: "web".to_owned(),
        ..Event::default()
    })
}

fn identity(row: &Row<'_>) -> duckdb::Result<Identity> {
    Ok(Identity { client_id: row.get(0)?, user_key: row.get(1)?, seen_at_ms: row.get(2)? })
}

fn order(row: &Row<'_>) -> duckdb::Result<Order> {
    let (order_id, occurred_at_ms, client_id) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let (source, net, currency) = ("shop".to_owned(), Micros(row.get(3)?), CURRENCY.to_owned());
    Ok(Order { source, order_id, updated_at_ms: occurred_at_ms, occurred_at_ms, client_id, net, currency, ..Order::default() })
}

fn spend(row: &Row<'_>) -> duckdb::Result<Spend> {
    Ok(Spend {
        day: Day(row.get(0)?),
        campaign_id: row.get(1)?,
        campaign_name: row.get(2)?,
        impressions: row.get(3)?,
        clicks: row.get(4)?,
        cost: Micros(row.get(5)?),
        currency: CURRENCY.to_owned(),
        account_time_zone: "UTC".to_owned(),
        ..Spend::default()
    })
}

/// The same as in `benches/warehouse/raw.py`.
fn questions(project_id: ProjectId) -> BTreeMap<&'static str, Vec<Question>> {
    let ask = |days, measures: &[Measure], dimension| Question {
        project_id,
        days,
        between_ms: None,
        time_zone: TimeZone::UTC,
        currency: CURRENCY.to_owned(),
        measures: measures.to_vec(),
        group_by: vec![dimension],
        filters: Vec::new(),
        sales: Sales::Orders,
        is_net_of_refunds: true,
        conversion_events: Vec::new(),
        attribution: Attribution::default(),
        limit: 10_000,
    };
    let quarter = (Day(LAST_DAY.0 - 89), LAST_DAY);
    let kpi = [Measure::Impressions, Measure::Clicks, Measure::Cost, Measure::Orders, Measure::Revenue];
    let trend = [Measure::Cost, Measure::Orders, Measure::Revenue];
    let year = |last: i32| ask((Day(last - 364), Day(last)), &trend, Dimension::Day);
    BTreeMap::from([
        ("kpi_by_campaign_90_days", vec![ask(quarter, &kpi, Dimension::CampaignName)]),
        ("daily_trend_12_months_compared", vec![year(LAST_DAY.0), year(LAST_DAY.0 - 365)]),
        ("people_by_channel_90_days", vec![ask(quarter, &[Measure::People], Dimension::Channel)]),
        ("revenue_by_channel_90_days", vec![ask(quarter, &[Measure::Revenue], Dimension::Channel)]),
        (SESSIONS, vec![ask((Day(LAST_DAY.0 - 364), LAST_DAY), &[Measure::Sessions], Dimension::Channel)]),
    ])
}

async fn answer(engine: &DuckDb, question: &Question) -> Vec<Answered> {
    let sums = engine.sums(question.clone()).await.unwrap();
    assert!(!sums.is_cut && sums.unconverted == 0);
    let key = |key: &Key| match key {
        Key::None => String::new(),
        Key::Number(number) => number.to_string(),
        Key::Text(text) => text.clone(),
    };
    let row =
        |row: barker_warehouse::question::SumsRow| (key(&row.keys[0]), row.sums.iter().map(|sum| sum.unwrap_or(0).to_string()).collect());
    sums.rows.into_iter().map(row).collect()
}

/// What this process has had of all cores until now, to a hundredth of a second.
fn processor_time() -> Duration {
    let line = fs::read_to_string("/proc/self/stat").unwrap();
    // The name before may hold spaces.
    let fields: Vec<_> = line.rsplit(')').next().unwrap().split_whitespace().collect();
    Duration::from_millis(10 * (fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()))
}

fn peak_memory_megabytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() >> 10
}
