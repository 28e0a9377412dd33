//! `barker play`: brings a data set to any server of the published ad contract, behaves like its audience, and checks every number.
//!
//! It is a witness and must not share the judged one's code: only `contract`'s shapes, `market`'s data and the domain's money are used.
//! Only published operations are called.

mod api;
mod change;
mod clicking;
mod differences;
mod load;
mod mistargeting;
mod progress;
mod report;
mod response_times;
mod retry;
mod scoreboard;
mod stage;
mod statistics;
mod traffic;
mod troubles;
mod wire;
mod witness;

use std::path::PathBuf;

use barker_domain::Day;

use crate::market::{Market, MarketError, NewCampaign};
use api::Api;
use response_times::ResponseTimes;
use stage::Today;
use traffic::{Audience, Outcome};
use witness::Witness;

pub use wire::Fault;

/// Most days of a run: ten years.
pub const MAX_DAYS: i32 = 3_650;
/// Most requests in flight; beyond this a single machine measures its own sockets.
pub const MAX_CONCURRENCY: u32 = 4_096;
/// Most ads that a client asks for in one day.
pub const MAX_VIEWS_PER_CLIENT: u32 = 1_000;

/// Plays a data set against any server of the published ad contract and checks every number that it reports.
///
/// Loads the market, then for each day every client asks for ads and clicks some; at night some prices and scores change.
/// At the end the server's statistics are compared with what was seen. Exit code 0: all is exact. 1: a difference, a 5xx,
/// an ad outside its targeting or a limit exceeded. The server should be fresh: its day is set to 0, and ads that are not of
/// this run are only counted. Example: `barker play examples/market --url http://localhost:8080 --days 7 --json -`.
#[derive(Debug, Clone, clap::Args)]
pub struct PlayArgs {
    /// Folder with the four files of a data set, as `barker generate-market` writes them
    pub dir: PathBuf,
    /// Where the contract's paths begin, for example `http://localhost:8080`
    #[arg(long, value_name = "URL")]
    pub url: reqwest::Url,
    /// Days to play, from day 0 [default: to the end of the last campaign]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(1..=i64::from(MAX_DAYS)))]
    pub days: Option<i32>,
    /// Where the audience's chance comes from: order of requests, clicks, changes of prices and scores
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// How likely a client clicks an ad
    #[arg(long, value_enum, default_value_t = Clicks::ByScore)]
    pub clicks: Clicks,
    /// Requests in flight; with more than one, a client's own requests overlap too
    #[arg(long, value_name = "C", default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_CONCURRENCY)))]
    pub concurrency: u32,
    /// Ads that every client asks for each day
    #[arg(long, value_name = "K", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_VIEWS_PER_CLIENT)))]
    pub views_per_client: u32,
    /// Also write the scoreboard as JSON; `-` means standard output, and the table goes to standard error then
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
}

/// How likely a client clicks an ad that it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Clicks {
    /// The client's score for the advertiser, divided by the largest score of the data set
    ByScore,
    /// The same for every client, fixed for each campaign between 0.1 and 0.3
    Uniform,
}

/// Why a run could not be finished. What the server did wrong while it was played is in the scoreboard instead.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    /// The data set cannot be read.
    #[error(transparent)]
    Market(#[from] MarketError),
    /// The HTTP client cannot be made.
    #[error("cannot set up the HTTP client")]
    Client(#[source] reqwest::Error),
    /// The measuring of response times cannot be set up.
    #[error("cannot measure response times")]
    ResponseTimes(#[from] hdrhistogram::CreationError),
    /// A step without which the rest means nothing.
    #[error("the server would not {step}")]
    Step {
        /// What was asked of the server.
        step: String,
        /// What it did instead.
        source: Fault,
    },
    /// A thread of this program died.
    #[error("reading the data set was interrupted")]
    Interrupted(#[from] tokio::task::JoinError),
    /// The scoreboard cannot be written as JSON.
    #[error("cannot write the scoreboard to {}", .path.display())]
    Report {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// `barker play`: plays the data set, prints the scoreboard and says whether all checks passed.
///
/// # Errors
/// [`PlayError`] when the data set cannot be read, the server refuses to be loaded or is gone, or the JSON cannot be written.
pub async fn run(args: PlayArgs) -> Result<bool, PlayError> {
    // An error means that a provider is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let dir = args.dir.clone();
    let market = tokio::task::spawn_blocking(move || Market::read(&dir)).await??;
    let days = args.days.unwrap_or_else(|| days_until_the_end(&market.campaigns));

    let api = Api::new(&args.url, args.concurrency as usize).map_err(PlayError::Client)?;
    let mut stage = load::load(&api, market, args.concurrency as usize).await?;
    let mut witness = Witness::new(stage.campaigns().len());
    let mut response_times = ResponseTimes::new()?;
    let audience = Audience::new(&args, stage.campaigns().len());

    for day in Day(0).through(Day(days - 1)) {
        api.set_day(day).await.map_err(step(format!("set day {}", day.0)))?;
        let bar = progress::bar(audience.visits_a_day(&stage), format!("day {} of {days}", day.0 + 1));
        let today = Today { stage: &stage, day };
        let mut see = |outcome: &Outcome| {
            witness.see(today, outcome);
            response_times.record(outcome.response_time);
            bar.inc(1);
        };
        audience.play_day(&api, today, &mut see).await;
        bar.finish_and_clear();
        change::overnight(&api, &mut stage, day, &args).await;
    }

    let reported = statistics::read(&api, &stage, args.concurrency as usize).await;
    let scoreboard = scoreboard::reckon(&stage, &witness, &reported, (&api.troubles().counts(), &response_times));
    report::publish(&scoreboard, args.json.as_deref())?;
    Ok(scoreboard.passed)
}

fn step(step: impl Into<String>) -> impl FnOnce(Fault) -> PlayError {
    let step = step.into();
    |source| PlayError::Step { step, source }
}

/// Through the last day of the last campaign, within [`MAX_DAYS`].
fn days_until_the_end(campaigns: &[NewCampaign]) -> i32 {
    let last_day = campaigns.iter().map(|campaign| campaign.campaign_data.end_date).max().unwrap_or(0);
    last_day.clamp(0, MAX_DAYS - 1) + 1
}
