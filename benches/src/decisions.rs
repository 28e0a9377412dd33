//! Decisions over HTTP with durable commits, at a constant rate: while the server still warms up after a start, once it
//! is warm, and beside them `GET /health`, which costs what HTTP alone costs on this machine. With `--bounds` once more, when every
//! campaign has a balance, budgets and a frequency cap.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use clap::Args;

use crate::{
    Fallible, Setting,
    api::Api,
    bounds::{self, Bounds},
    figures::{Figure, grouped},
    load,
    market::Market,
    oha::{Addresses, Heard, Pace},
    process,
    report::{Report, tell, verdict},
    server::{Server, Theatre},
};

/// How long the server is asked at a low rate before anything is measured.
const WARM_UP_SECONDS: u32 = 3;
/// The low rate is this part of the measured one.
const WARM_UP_PART: u32 = 10;
/// The first seconds after a start are measured for this part of the time: they do not last longer.
const COLD_PART: u32 = 3;
/// Longest time a server may take to warm up.
const WARM_UP_LIMIT: Duration = Duration::from_mins(10);
/// How often it is asked whether it has.
const WARM_UP_INTERVAL: Duration = Duration::from_millis(500);
/// At how many requests a second the targets hold.
const TARGET_PER_SECOND: f64 = 10_000.0;
const TARGET_P99_MS: f64 = 20.0;
const TARGET_NEW_SHARE: f64 = 0.9;
/// The rate counts as kept at this part of it: the last requests are answered after the last second.
const KEPT_PART: f64 = 0.995;

/// Options of `barker-benches http`.
#[derive(Debug, Args)]
pub(crate) struct HttpArgs {
    #[command(flatten)]
    setting: Setting,
    /// Requests a second.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(WARM_UP_PART as i64..))]
    rate: u32,
    /// How long each measurement takes.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(3..))]
    seconds: u32,
    /// Measures again when every campaign has these bounds.
    #[arg(long)]
    bounds: Option<Bounds>,
}

/// One measurement of one address.
#[derive(Debug, Clone, Copy)]
struct Sample {
    heard: Heard,
    server_cpu_ms: u64,
    database_cpu_ms: u64,
    /// Of the answers, how many were impressions counted for the first time.
    new_share: f64,
    /// Impressions written by one commit, on average.
    batch_size: f64,
}

/// The same address in several runs.
#[derive(Debug, Default)]
struct Column(Vec<Sample>);

/// The addresses that are measured.
struct Scenes {
    health: Addresses,
    clients: Addresses,
}

#[derive(Debug, Default)]
struct Columns {
    health: Column,
    cold: Column,
    warm: Column,
    bounded: Column,
}

pub(crate) async fn run(args: &HttpArgs) -> Fallible<()> {
    let setting = &args.setting;
    let dir = tempfile::tempdir_in(&setting.work_dir)?;
    let theatre = Theatre::new(setting, dir.path());
    let server = theatre.open()?;
    load::load(&Api::new(&server.address)?, setting.market()).await?;
    server.close()?;
    let mut columns = Columns::default();
    let mut audits = Vec::new();
    for run in 1..=setting.runs {
        tell(&format!("http: run {run} of {}", setting.runs));
        // Anew each time, so that the clients are not in memory.
        let server = theatre.open()?;
        measure(args, &server, dir.path(), &mut columns).await?;
        audits.push(theatre.audit()?);
        server.close()?;
    }
    if let Some(bounds) = args.bounds {
        // One operator sets all of them.
        let patient = theatre.clone().with("BARKER__LIMITS__ADDRESS_PER_SECOND", "0").with("BARKER__LIMITS__USER_PER_SECOND", "0");
        let server = patient.open()?;
        bounds::set(&server.address, setting.market(), bounds).await?;
        server.close()?;
        for run in 1..=setting.runs {
            tell(&format!("http, bounded: run {run} of {}", setting.runs));
            let server = theatre.open()?;
            measure_bounded(args, &server, dir.path(), &mut columns).await?;
            audits.push(theatre.audit()?);
            server.close()?;
        }
    }
    print(args, &columns, &audits);
    let all = [&columns.health, &columns.cold, &columns.warm, &columns.bounded];
    let failures: u64 = all.iter().flat_map(|column| &column.0).map(|one| one.heard.failures).sum();
    if failures == 0 && audits.iter().all(|(is_clean, _)| *is_clean) {
        return Ok(());
    }
    Err(format!("{failures} requests failed; the audits said: {audits:?}").into())
}

async fn measure(args: &HttpArgs, server: &Server, dir: &Path, columns: &mut Columns) -> Fallible<()> {
    let api = Api::new(&server.address)?;
    let stage = Stage { args, server, api: &api };
    let scenes = scenes(&args.setting, &api, dir)?;
    let low = Pace { rate: args.rate / WARM_UP_PART, seconds: WARM_UP_SECONDS };
    scenes.clients.ask(low)?;
    let full = Pace { rate: args.rate, seconds: args.seconds };
    let part = Pace { seconds: args.seconds / COLD_PART, ..full };
    columns.cold.0.push(stage.sample("GET /ads after a start", &scenes.clients, part).await?);
    stage.wait_until_warm().await?;
    columns.health.0.push(stage.sample("GET /health", &scenes.health, part).await?);
    columns.warm.0.push(stage.sample("GET /ads", &scenes.clients, full).await?);
    Ok(())
}

/// The same clients once warm. Those who were shown ads before have seen as many in every run.
async fn measure_bounded(args: &HttpArgs, server: &Server, dir: &Path, columns: &mut Columns) -> Fallible<()> {
    let api = Api::new(&server.address)?;
    let stage = Stage { args, server, api: &api };
    let scenes = scenes(&args.setting, &api, dir)?;
    scenes.clients.ask(Pace { rate: args.rate / WARM_UP_PART, seconds: WARM_UP_SECONDS })?;
    stage.wait_until_warm().await?;
    let full = Pace { rate: args.rate, seconds: args.seconds };
    columns.bounded.0.push(stage.sample("GET /ads, bounded", &scenes.clients, full).await?);
    Ok(())
}

fn scenes(setting: &Setting, api: &Api, dir: &Path) -> Fallible<Scenes> {
    let clients = (0..setting.clients).map(Market::client_id);
    Ok(Scenes {
        health: Addresses::of_one(&dir.join("health.txt"), &api.url("/health"))?,
        clients: Addresses::of_ads(&dir.join("clients.txt"), api, clients)?,
    })
}

struct Stage<'a> {
    args: &'a HttpArgs,
    server: &'a Server,
    api: &'a Api,
}

impl Stage<'_> {
    async fn sample(&self, what: &str, addresses: &Addresses, pace: Pace) -> Fallible<Sample> {
        let before = self.state().await?;
        let heard = addresses.ask(pace)?;
        let after = self.state().await?;
        let new = after.new - before.new;
        let sample = Sample {
            heard,
            server_cpu_ms: after.server_cpu_ms - before.server_cpu_ms,
            database_cpu_ms: after.database_cpu_ms - before.database_cpu_ms,
            new_share: new / count(heard.answers),
            batch_size: (after.written - before.written) / (after.commits - before.commits).max(1.0),
        };
        let Heard { answers, failures, per_second, p50_ms, p99_ms, .. } = heard;
        tell(&format!("{what}: {answers} answers, {failures} failures, {per_second:.0} a second, p50 {p50_ms:.2} ms, p99 {p99_ms:.2} ms"));
        tell(&format!("{:.4} ms of processor time a request, {:.1}% new", sample.server_ms(), sample.new_share * 100.0));
        Ok(sample)
    }

    async fn wait_until_warm(&self) -> Fallible<()> {
        let started = Instant::now();
        while self.api.metric("barker_audience_is_warm").await? < 1.0 {
            if started.elapsed() > WARM_UP_LIMIT {
                return Err("the server does not become warm".into());
            }
            tokio::time::sleep(WARM_UP_INTERVAL).await;
        }
        tell(&format!("warm after {:.0} s more", started.elapsed().as_secs_f64()));
        Ok(())
    }

    async fn state(&self) -> Fallible<State> {
        let database_cpu_ms = self.args.setting.database_pid.map(process::tree_cpu_ms).transpose()?.unwrap_or_default();
        Ok(State {
            server_cpu_ms: process::cpu_ms(self.server.pid())?,
            database_cpu_ms,
            new: self.api.metric("barker_decisions_total{outcome=\"new\"}").await?,
            written: self.api.metric("barker_commit_batch_size_sum").await?,
            commits: self.api.metric("barker_commit_batch_size_count").await?,
        })
    }
}

struct State {
    server_cpu_ms: u64,
    database_cpu_ms: u64,
    new: f64,
    written: f64,
    commits: f64,
}

impl Sample {
    fn server_ms(&self) -> f64 {
        count(self.server_cpu_ms) / count(self.heard.answers)
    }

    fn database_ms(&self) -> f64 {
        count(self.database_cpu_ms) / count(self.heard.answers)
    }

    fn oha_ms(&self) -> f64 {
        count(self.heard.cpu_ms) / count(self.heard.answers)
    }
}

impl Column {
    fn figure(&self, value: impl Fn(&Sample) -> f64) -> Figure {
        self.0.iter().map(value).collect()
    }

    /// Each run against the health check of the same run.
    fn ratio(&self, health: &Self, value: impl Fn(&Sample) -> f64) -> Figure {
        self.0.iter().zip(&health.0).map(|(one, health)| value(one) / health.server_ms()).collect()
    }

    fn keeps_targets(&self, rate: u32) -> [bool; 3] {
        let rate = TARGET_PER_SECOND.max(f64::from(rate));
        [
            self.figure(|one| one.heard.per_second).median() >= rate * KEPT_PART,
            self.figure(|one| one.heard.p99_ms).median() < TARGET_P99_MS,
            self.figure(|one| one.new_share).median() >= TARGET_NEW_SHARE,
        ]
    }
}

fn print(args: &HttpArgs, columns: &Columns, audits: &[(bool, String)]) {
    let HttpArgs { setting, rate, seconds, .. } = args;
    let title = format!(
        "Decisions on {}: {} campaigns, {} clients, {} a second for {seconds} s, {} runs",
        setting.database_name(),
        grouped(setting.campaigns.into(), 0),
        grouped(setting.clients.into(), 0),
        grouped((*rate).into(), 0),
        setting.runs,
    );
    let mut report = Report::new(title, &["figure", "GET /health", "GET /ads after a start", "GET /ads", "target, GET /ads"]);
    let Columns { health, cold, warm, .. } = columns;
    let [rate_kept, p99_kept, share_kept] = warm.keeps_targets(*rate);
    let mut line = |what: &str, decimals: usize, value: &dyn Fn(&Sample) -> f64, target: String| {
        let show = |column: &Column| column.figure(value).show(decimals);
        report.line([what.into(), show(health), show(cold), show(warm), target]);
    };
    line("answers a second", 0, &|one| one.heard.per_second, verdict("at least 10,000", rate_kept));
    line("p50, ms", 2, &|one| one.heard.p50_ms, String::new());
    line("p99, ms", 2, &|one| one.heard.p99_ms, verdict("below 20", p99_kept));
    line("p99.9, ms", 2, &|one| one.heard.p999_ms, String::new());
    line("newly counted, % of answers", 1, &|one| one.new_share * 100.0, verdict("at least 90", share_kept));
    line("failures", 0, &|one| count(one.heard.failures), String::new());
    line("impressions of a commit", 1, &|one| one.batch_size, String::new());
    line("barker's CPU ms a request", 4, &Sample::server_ms, String::new());
    if setting.database_pid.is_some() {
        line("database's CPU ms a request", 4, &Sample::database_ms, String::new());
    }
    line("oha's CPU ms a request", 4, &Sample::oha_ms, String::new());
    ratios(&mut report, columns, setting.database_pid.is_some());
    report.print();
    print_bounded(columns);
    for (is_clean, said) in audits {
        tell(&format!("audit {}: {said}", if *is_clean { "clean" } else { "NOT CLEAN" }));
    }
}

/// What bounds cost: both measurements, and one in times of the other.
fn print_bounded(Columns { warm, bounded, .. }: &Columns) {
    if bounded.0.is_empty() {
        return;
    }
    let mut report = Report::new("With bounds on every campaign".to_owned(), &["figure", "without", "bounded", "times"]);
    let mut line = |what: &str, decimals: usize, value: &dyn Fn(&Sample) -> f64| {
        let (before, after) = (warm.figure(value), bounded.figure(value));
        report.line([what.into(), before.show(decimals), after.show(decimals), grouped(after.median() / before.median(), 2)]);
    };
    line("answers a second", 0, &|one| one.heard.per_second);
    line("p50, ms", 2, &|one| one.heard.p50_ms);
    line("p99, ms", 2, &|one| one.heard.p99_ms);
    line("newly counted, % of answers", 1, &|one| one.new_share * 100.0);
    line("barker's CPU ms a request", 4, &Sample::server_ms);
    report.print();
}

fn ratios(report: &mut Report, Columns { health, cold, warm, .. }: &Columns, is_database_known: bool) {
    let mut line = |what: &str, value: &dyn Fn(&Sample) -> f64| {
        let show = |column: &Column| column.ratio(health, value).show(1);
        report.line([what.into(), "1".into(), show(cold), show(warm), String::new()]);
    };
    line("barker's CPU, times GET /health", &Sample::server_ms);
    if is_database_known {
        line("with the database's", &|one| one.server_ms() + one.database_ms());
    }
}

/// Counts of a benchmark are far below 2^53.
#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
fn count(number: u64) -> f64 {
    number as f64
}
