//! Events in batches at a constant rate while reports are asked, each batch on disk before its answer; then `kill -9` under the
//! same load: nothing that was answered may be missing, and nothing that is sent again may count twice.
//!
//! The load is open: a batch is due at its time, whatever the server does, and its time is counted from then.

mod batch;
mod readers;
mod senders;

use std::{sync::Arc, time::Duration};

use clap::Args;
use jiff::Timestamp;

use crate::{
    Fallible, Setting,
    figures::{Figure, grouped},
    process,
    projects::tenant::{self, Tenant},
    report::{Report, tell, verdict},
    server::{Server, Theatre},
};
use batch::Batches;
use readers::Readers;
use senders::{Pace, Sent};

/// The rate counts as kept at this part of it.
const KEPT_PART: f64 = 0.995;
/// How long the load goes on after the server was killed, in parts of the whole time.
const KILLED_AFTER: f64 = 0.6;
/// Every so many batches of those that were answered is sent again.
const SENT_AGAIN_EVERY: usize = 10;

/// Options of `barker-benches intake`.
#[derive(Debug, Args)]
pub(crate) struct IntakeArgs {
    #[command(flatten)]
    setting: Setting,
    /// Events a second.
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(100..))]
    rate: u32,
    /// Events of a batch.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    batch: u32,
    /// How long to send.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(2..))]
    seconds: u32,
    /// How often the server is killed and started again.
    #[arg(long, default_value_t = 3)]
    kills: u32,
}

pub(crate) async fn run(args: &IntakeArgs) -> Fallible<()> {
    let dir = tempfile::tempdir_in(&args.setting.work_dir)?;
    let theatre = Theatre::new(&args.setting, dir.path())
        .with("BARKER__ACCOUNTS__REGISTRATION", "open")
        .with("BARKER__LIMITS__ADDRESS_PER_SECOND", "0")
        .with("BARKER__LIMITS__KEY_PER_SECOND", "0")
        .with("BARKER__LIMITS__USER_PER_SECOND", "0");
    let mut server = theatre.open()?;
    let tenant = Arc::new(tenant::found(&server.address, 1).await?.remove(0));
    let pace = Pace { batches_per_second: f64::from(args.rate) / f64::from(args.batch), seconds: f64::from(args.seconds) };
    let mut batches = Batches::new(args.batch, now_ms());
    let mut report = Report::new(
        format!("{} events a second in batches of {} for {} s, beside reports", args.rate, args.batch, args.seconds),
        &["figure", "measured", "target"],
    );
    for _ in 0..args.setting.runs {
        measure(args, &server, (&tenant, pace), (&mut batches, &mut report)).await?;
    }
    for kill in 1..=args.kills {
        let killed = Pace { seconds: pace.seconds / f64::from(args.kills.max(1)), ..pace };
        let at = Duration::from_secs_f64(killed.seconds * KILLED_AFTER);
        let address = server.address.clone();
        let sending = senders::send(&address, &tenant, killed, &mut batches);
        let (sent, ()) = tokio::join!(sending, async {
            tokio::time::sleep(at).await;
            server.kill();
        });
        let sent = sent?;
        server = theatre.open()?;
        let found = survive(&server, &tenant, &sent, &mut batches).await?;
        report.line([format!("kill -9, round {kill}"), found, String::new()]);
    }
    let memory = process::memory(server.pid())?;
    report.line(["memory at the end, MB".into(), (memory.resident_bytes / 1_000_000).to_string(), String::new()]);
    server.close()?;
    report.print();
    Ok(())
}

/// One run without a fault.
async fn measure(
    args: &IntakeArgs,
    server: &Server,
    (tenant, pace): (&Arc<Tenant>, Pace),
    (batches, report): (&mut Batches, &mut Report),
) -> Fallible<()> {
    tell(&format!("{} events a second for {} s", args.rate, args.seconds));
    let readers = Readers::start(&server.address, tenant);
    let cpu_before_ms = process::cpu_ms(server.pid())?;
    let sent = senders::send(&server.address, tenant, pace, batches).await?;
    let cpu_ms = process::cpu_ms(server.pid())? - cpu_before_ms;
    let (asked, slowest, median) = readers.stop().await?;
    if !sent.unknown.is_empty() {
        return Err(format!("{} batches were not taken, the first because {}", sent.unknown.len(), sent.reason).into());
    }
    batches.keep(sent.answered.iter().copied());
    let kept = senders::count(&server.address, tenant).await?;
    if kept != batches.events_kept() {
        return Err(format!("{} events were answered, and {kept} are there", batches.events_kept()).into());
    }
    let mut line = |what: &str, measured: String, target: Option<(String, bool)>| {
        report.line([what.into(), measured, target.map_or(String::new(), |(target, is_met)| verdict(&target, is_met))]);
    };
    let per_second = sent.per_second * f64::from(args.batch);
    let wanted = f64::from(args.rate);
    line("events a second, durable", grouped(per_second, 0), Some((grouped(wanted, 0), per_second >= wanted * KEPT_PART)));
    let times = [0.5, 0.95, 0.99].map(|share| format!("{:.0}", sent.milliseconds(share)));
    line("a batch: p50; p95; p99, ms from when it was due", times.join("; "), None);
    let events = sent.per_second * f64::from(args.batch) * f64::from(args.seconds);
    line("barker's CPU µs an event, its reports included", format!("{:.1}", as_f64(cpu_ms) * 1_000.0 / events), None);
    line("reports answered meanwhile; median; slowest, ms", format!("{asked}; {median:.0}; {slowest:.0}"), None);
    Ok(())
}

/// What was answered is there; what was not is sent again, and some of the rest as well; and then everything is there once.
async fn survive(server: &Server, tenant: &Arc<Tenant>, sent: &Sent, batches: &mut Batches) -> Fallible<String> {
    batches.keep(sent.answered.iter().copied());
    let answered = batches.events_kept();
    let kept = senders::count(&server.address, tenant).await?;
    let most = answered + batches.events_of(sent.unknown.len());
    if !(answered..=most).contains(&kept) {
        return Err(format!("{answered} events were answered, {most} sent, and after the kill {kept} are there").into());
    }
    let again: Vec<_> = sent.unknown.iter().chain(sent.answered.iter().step_by(SENT_AGAIN_EVERY)).copied().collect();
    let count = again.len();
    senders::repeat(&server.address, tenant, again, batches).await?;
    batches.keep(sent.unknown.iter().copied());
    let whole = senders::count(&server.address, tenant).await?;
    if whole != batches.events_kept() {
        return Err(format!("after {count} batches were sent again {whole} events are there, not {}", batches.events_kept()).into());
    }
    Ok(format!(
        "{} batches answered, none lost; {} without an answer, of which {} were there; {count} sent again, none twice",
        sent.answered.len(),
        sent.unknown.len(),
        (kept - answered) / batches.events_of(1)
    ))
}

#[expect(clippy::disallowed_methods, reason = "events of a measurement happen now")]
fn now_ms() -> i64 {
    Timestamp::now().as_millisecond()
}

/// Counts of a measurement are far from where doubles end.
#[expect(clippy::cast_precision_loss, reason = "counts of a measurement")]
fn as_f64(count: u64) -> f64 {
    count as f64
}

/// Milliseconds of each time.
fn milliseconds(times: &[Duration]) -> Figure {
    times.iter().map(|time| time.as_secs_f64() * 1_000.0).collect()
}
