//! Many projects in one server: authorised reads at a constant rate, by users and by keys, each answer looked at whether it
//! is the right project's and nobody else's; then a key beyond its limit.
//!
//! The load is open, as with `oha`: a request is due at its time, whatever the server does, and its time is counted from
//! then. `oha` itself cannot send another key with each address.

pub(crate) mod tenant;
mod traffic;

use clap::Args;

use crate::{
    Fallible, Setting,
    figures::grouped,
    process,
    report::{Report, tell, verdict},
    server::Theatre,
};
use tenant::Tenant;
use traffic::{Heard, Pace};

const TARGET_P95_MS: f64 = 20.0;
/// The rate counts as kept at this part of it.
const KEPT_PART: f64 = 0.995;
/// What a key may do in the second part, and how often it tries.
const LIMIT_PER_SECOND: u32 = 100;
const TRIES: u32 = 2_000;

/// Options of `barker-benches projects`.
#[derive(Debug, Args)]
pub(crate) struct ProjectsArgs {
    #[command(flatten)]
    setting: Setting,
    /// Projects, each with a user, a key, advertisers, clients and campaigns.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(2..=5_000))]
    projects: u32,
    /// Requests a second.
    #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(100..))]
    rate: u32,
    /// How long to ask.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
}

pub(crate) async fn run(args: &ProjectsArgs) -> Fallible<()> {
    let dir = tempfile::tempdir_in(&args.setting.work_dir)?;
    // What is measured is not how passwords are hashed, nor limits, which come in the second part.
    let theatre = Theatre::new(&args.setting, dir.path())
        .with("BARKER__ACCOUNTS__REGISTRATION", "open")
        .with("BARKER__ACCOUNTS__PASSWORD_MEMORY_KIB", "8")
        .with("BARKER__ACCOUNTS__PASSWORD_ITERATIONS", "1")
        .with("BARKER__LIMITS__ADDRESS_PER_SECOND", "0");
    let server = theatre.open()?;
    let empty = process::memory(server.pid())?;
    let tenants = tenant::found(&server.address, args.projects).await?;
    let before = process::memory(server.pid())?;
    let cpu_before_ms = process::cpu_ms(server.pid())?;
    tell(&format!("{} requests a second for {} s", args.rate, args.seconds));
    let heard = traffic::ask(&server.address, &tenants, Pace { rate: args.rate, seconds: args.seconds }).await?;
    let cpu_ms = process::cpu_ms(server.pid())? - cpu_before_ms;
    let after = process::memory(server.pid())?;
    server.close()?;
    let mut report = Report::new(
        format!(
            "{} projects on {}: {} authorised reads a second for {} s",
            args.projects,
            args.setting.database_name(),
            args.rate,
            args.seconds
        ),
        &["figure", "measured", "target"],
    );
    lines(&mut report, args, &heard);
    let mut line = |what: &str, measured: String| report.line([what.into(), measured, String::new()]);
    line("barker's CPU ms a request", format!("{:.3}", as_f64(cpu_ms) / as_f64(heard.answers.max(1))));
    let megabytes = [empty, before, after].map(|memory| memory.resident_bytes / 1_000_000);
    line("memory empty; with all projects; after the reads, MB", megabytes.map(|megabytes| megabytes.to_string()).join("; "));
    let limited = beyond_the_limit(&theatre, &tenants).await?;
    report.line(["a key at its limit".into(), limited, String::new()]);
    report.print();
    let (is_clean, said) = theatre.audit()?;
    tell(&said);
    let is_good = is_clean && heard.failures == 0 && heard.strangers == 0;
    if is_good { Ok(()) } else { Err("a read failed, an answer was of another project, or the audit is not clean".into()) }
}

fn lines(report: &mut Report, args: &ProjectsArgs, heard: &Heard) {
    let mut line = |what: &str, measured: String, target: Option<(&str, bool)>| {
        report.line([what.into(), measured, target.map_or(String::new(), |(target, is_met)| verdict(target, is_met))]);
    };
    let kept = heard.per_second >= f64::from(args.rate) * KEPT_PART;
    line("answers a second", grouped(heard.per_second, 0), Some((&grouped(f64::from(args.rate), 0), kept)));
    line("p50, ms", format!("{:.1}", heard.milliseconds(0.5)), None);
    line("p95, ms", format!("{:.1}", heard.milliseconds(0.95)), Some(("20", heard.milliseconds(0.95) < TARGET_P95_MS)));
    line("p99, ms", format!("{:.1}", heard.milliseconds(0.99)), None);
    line("failures", heard.failures.to_string(), Some(("0", heard.failures == 0)));
    line("answers with anything of another project", heard.strangers.to_string(), Some(("0", heard.strangers == 0)));
}

/// One key that asks far more often than it may, beside another that does not.
async fn beyond_the_limit(theatre: &Theatre, tenants: &[Tenant]) -> Fallible<String> {
    let limit = LIMIT_PER_SECOND.to_string();
    let limited = theatre.clone().with("BARKER__LIMITS__KEY_PER_SECOND", &limit).with("BARKER__LIMITS__KEY_BURST", &limit);
    let server = limited.open()?;
    let (greedy, modest) = tenants.split_first().ok_or("no projects")?;
    let modest = modest.first().ok_or("one project only")?;
    let counts = traffic::hammer(&server.address, &greedy.key, TRIES).await?;
    let neighbour = traffic::hammer(&server.address, &modest.key, 10).await?;
    server.close()?;
    if counts.other > 0 || neighbour.allowed != 10 {
        return Err(format!(
            "at the limit: {} answers that are neither 200 nor a whole 429, neighbour {}",
            counts.other, neighbour.allowed
        )
        .into());
    }
    Ok(format!(
        "{} of {TRIES} answered, {} told 429 with Retry-After in {:.1} s; its neighbour unhindered",
        counts.allowed, counts.refused, counts.seconds
    ))
}

/// Counts of a measurement are far from where doubles end.
#[expect(clippy::cast_precision_loss, reason = "counts of a measurement")]
fn as_f64(count: u64) -> f64 {
    count as f64
}
