//! Memory with everything loaded, and how soon a server that has all of it answers.

use std::time::Instant;

use clap::Args;

use crate::{
    Fallible, Setting,
    api::Api,
    figures::Figure,
    load,
    market::Market,
    oha::{Addresses, Pace},
    process::{self, Memory},
    report::{Report, tell, verdict},
    server::Theatre,
};

const TARGET_BYTES: f64 = 1.5e9;
const TARGET_START_SECONDS: f64 = 2.0;

/// Options of `barker-benches memory`.
#[derive(Debug, Args)]
pub(crate) struct MemoryArgs {
    #[command(flatten)]
    setting: Setting,
    /// Requests a second, from clients all over the market, before memory is read.
    #[arg(long, default_value_t = 5_000)]
    rate: u32,
    /// For how long.
    #[arg(long, default_value_t = 60)]
    seconds: u32,
}

/// One start with everything loaded.
struct Start {
    listening_seconds: f64,
    first_ad_seconds: f64,
    memory: Memory,
}

pub(crate) async fn run(args: &MemoryArgs) -> Fallible<()> {
    let setting = &args.setting;
    let dir = tempfile::tempdir_in(&setting.work_dir)?;
    let theatre = Theatre::new(setting, dir.path());
    let server = theatre.open()?;
    let api = Api::new(&server.address)?;
    let rates = load::load(&api, setting.market()).await?;
    let after_loading = process::memory(server.pid())?;
    server.close()?;
    let mut starts = Vec::new();
    for run in 1..=setting.runs {
        tell(&format!("memory: start {run} of {}", setting.runs));
        starts.push(start(&theatre).await?);
    }
    let after_traffic = traffic(args, &theatre, dir.path())?;
    let size = format!("{} clients, {} campaigns", setting.clients, setting.campaigns);
    load::print(format!("Loading on {}: {size}", setting.database_name()), &[rates]);
    print(&format!("Memory and start on {}: {size}", setting.database_name()), [after_loading, after_traffic], &starts);
    Ok(())
}

async fn start(theatre: &Theatre) -> Fallible<Start> {
    let started = Instant::now();
    let server = theatre.open()?;
    Api::new(&server.address)?.get_ad(Market::client_id(0)).await?;
    let first_ad_seconds = started.elapsed().as_secs_f64();
    let memory = process::memory(server.pid())?;
    let listening_seconds = server.start_time.as_secs_f64();
    server.close()?;
    Ok(Start { listening_seconds, first_ad_seconds, memory })
}

/// Memory after many clients have been there.
fn traffic(args: &MemoryArgs, theatre: &Theatre, dir: &std::path::Path) -> Fallible<Memory> {
    tell(&format!("memory: {} requests a second for {} s", args.rate, args.seconds));
    let server = theatre.open()?;
    let clients = (0..args.setting.clients).map(Market::client_id);
    let addresses = Addresses::of_ads(&dir.join("all.txt"), &Api::new(&server.address)?, clients)?;
    addresses.ask(Pace { rate: args.rate, seconds: args.seconds })?;
    let memory = process::memory(server.pid())?;
    server.close()?;
    Ok(memory)
}

fn print(title: &str, [after_loading, after_traffic]: [Memory; 2], starts: &[Start]) {
    let mut report = Report::new(title.to_owned(), &["figure", "measured", "target"]);
    let below = |bytes: u64| verdict("below 1.5 GB", gigabytes(bytes) * 1e9 < TARGET_BYTES);
    let mut memory = |when: &str, memory: Memory| {
        let shown = format!("{:.2} GB, at most {:.2} GB", gigabytes(memory.resident_bytes), gigabytes(memory.peak_bytes));
        report.line([format!("memory {when}"), shown, below(memory.peak_bytes)]);
    };
    memory("after loading all of it", after_loading);
    if let Some(start) = starts.iter().max_by_key(|start| start.memory.peak_bytes) {
        memory("after a start and one ad", start.memory);
    }
    memory("after the traffic", after_traffic);
    let mut start = |what: &str, figure: &Figure| {
        let target = verdict("below 2 s", figure.median() < TARGET_START_SECONDS);
        report.line([what.into(), format!("{} s", figure.show(2)), target]);
    };
    start("start until it listens", &starts.iter().map(|start| start.listening_seconds).collect());
    start("start until the first ad", &starts.iter().map(|start| start.first_ad_seconds).collect());
    report.print();
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
fn gigabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e9
}
