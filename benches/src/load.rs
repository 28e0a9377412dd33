//! Loading a market through the API: how fast the bulk endpoints take it in.

use std::time::{Duration, Instant};

use clap::Args;

use crate::{
    Fallible, Setting,
    api::Api,
    figures::Figure,
    market::{Market, SCORES_PER_CLIENT},
    report::{Report, tell, verdict},
    server::Theatre,
};

/// The rate that bulk loading must reach.
const TARGET_ROWS_PER_SECOND: f64 = 50_000.0;

/// Options of `barker-benches load`.
#[derive(Debug, Args)]
pub(crate) struct LoadArgs {
    #[command(flatten)]
    setting: Setting,
}

/// Rows a second.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rates {
    pub(crate) clients: f64,
    pub(crate) scores: f64,
    pub(crate) campaigns: f64,
}

pub(crate) async fn run(args: &LoadArgs) -> Fallible<()> {
    let setting = &args.setting;
    // A database that was handed in is empty once; a new data directory is empty every time.
    let runs = if setting.database_url.is_some() { 1 } else { setting.runs };
    let mut rates = Vec::new();
    for run in 1..=runs {
        tell(&format!("load: run {run} of {runs}"));
        let dir = tempfile::tempdir_in(&setting.work_dir)?;
        let server = Theatre::new(setting, dir.path()).open()?;
        rates.push(load(&Api::new(&server.address)?, setting.market()).await?);
        server.close()?;
    }
    let title = format!("Loading on {}: {} clients, {} campaigns", setting.database_name(), setting.clients, setting.campaigns);
    print(title, &rates);
    Ok(())
}

/// Loads everything into an empty server.
pub(crate) async fn load(api: &Api, market: Market) -> Fallible<Rates> {
    let started = Instant::now();
    api.post_bulk("/advertisers/bulk", market.advertisers, Market::advertiser).await?;
    tell(&format!("{} advertisers in {:.1?}", market.advertisers, started.elapsed()));
    let started = Instant::now();
    api.post_bulk("/clients/bulk", market.clients, |number| market.client(number)).await?;
    let clients = rate("clients", market.clients, started.elapsed());
    let started = Instant::now();
    let scores = market.clients * SCORES_PER_CLIENT;
    api.post_bulk("/ml-scores/bulk", scores, |number| market.score(number)).await?;
    let scores = rate("scores", scores, started.elapsed());
    let started = Instant::now();
    api.post_campaigns(market).await?;
    let campaigns = rate("campaigns", market.campaigns, started.elapsed());
    Ok(Rates { clients, scores, campaigns })
}

pub(crate) fn print(title: String, rates: &[Rates]) {
    let mut report = Report::new(title, &["figure", "measured", "target"]);
    let mut line = |what: &str, figure: &Figure, target: Option<f64>| {
        let target = target.map_or(String::new(), |target| verdict("at least 50,000 a second", figure.median() >= target));
        report.line([what.into(), format!("{} a second", figure.show(0)), target]);
    };
    line("clients, 10,000 a call", &rates.iter().map(|one| one.clients).collect(), Some(TARGET_ROWS_PER_SECOND));
    line("scores, 10,000 a call", &rates.iter().map(|one| one.scores).collect(), Some(TARGET_ROWS_PER_SECOND));
    line("campaigns, one a call, durable each", &rates.iter().map(|one| one.campaigns).collect(), None);
    report.print();
}

fn rate(what: &str, count: u32, elapsed: Duration) -> f64 {
    let rate = f64::from(count) / elapsed.as_secs_f64();
    tell(&format!("{count} {what} in {elapsed:.1?}: {rate:.0} a second"));
    rate
}
