//! A whole advertising market as data: advertisers, clients, campaigns and ML scores in the published data-set format.
//!
//! Here it is drawn from a seed, written and read. Bringing one to a server and watching what it does is `play`'s business.

mod advertising;
mod audience;
mod consistency;
mod files;
mod generate;
mod relevance;
mod vocabulary;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::contract::{Advertiser, CampaignCreate, Client, MlScore};

pub(crate) use barker_app::draw;

pub use files::Existing;
pub use generate::generate;

/// Most clients of a generated market: ten files of this size still fit a laptop's memory.
pub const MAX_CLIENTS: u32 = 100_000;
/// Most advertisers of a generated market.
pub const MAX_ADVERTISERS: u32 = 10_000;
/// Most campaigns of a generated market.
pub const MAX_CAMPAIGNS: u32 = 100_000;
/// Most days of a generated market: ten years.
pub const MAX_DAYS: u32 = 3_650;
/// Most pairs of a client and an advertiser, each of which has a score: about 3 GB of JSON.
pub const MAX_SCORES: u64 = 20_000_000;

/// Everything a run needs to know before its first day.
#[derive(Debug, Clone, PartialEq)]
pub struct Market {
    /// Who pays; no id twice.
    pub advertisers: Vec<Advertiser>,
    /// Who looks; no id twice.
    pub clients: Vec<Client>,
    /// What is to be created; the server gives the ids.
    pub campaigns: Vec<NewCampaign>,
    /// Relevance; no pair twice, and a pair that is absent counts as 0.
    pub scores: Vec<MlScore>,
}

/// A campaign that is to be created, as `campaigns.json` holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewCampaign {
    /// Who pays.
    pub advertiser_id: Uuid,
    /// What the advertiser decides.
    pub campaign_data: CampaignCreate,
}

/// How large a market is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MarketSize {
    /// Number of clients.
    pub clients: u32,
    /// Number of advertisers.
    pub advertisers: u32,
    /// Number of campaigns.
    pub campaigns: u32,
    /// Days that the flights are spread over; the last ones may end later.
    pub days: u32,
}

impl Default for MarketSize {
    fn default() -> Self {
        Self { clients: 200, advertisers: 20, campaigns: 30, days: 14 }
    }
}

/// Draws a believable market: the same seed and sizes give the same bytes on every machine.
///
/// Writes `advertisers.json`, `bulk_clients.json`, `campaigns.json` and `ml_scores.json`, one item per line.
/// Example: `barker generate-market ./market --clients 1000 --seed 7`, then `barker play ./market --url http://localhost:8080`.
#[derive(Debug, Clone, clap::Args)]
pub struct GenerateMarketArgs {
    /// Folder for the four files; made when absent
    pub dir: PathBuf,
    /// Number of clients
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_CLIENTS)))]
    pub clients: u32,
    /// Number of advertisers
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_ADVERTISERS)))]
    pub advertisers: u32,
    /// Number of campaigns, spread unevenly over the advertisers
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_CAMPAIGNS)))]
    pub campaigns: u32,
    /// Days that the flights are spread over, from day 0; some flights end later
    #[arg(long, value_name = "N", default_value_t = 14, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_DAYS)))]
    pub days: u32,
    /// Where all chance comes from; another seed is another market of the same kind
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// Replace files that exist already; without it they are kept and the command fails
    #[arg(long)]
    pub force: bool,
}

impl GenerateMarketArgs {
    fn size(&self) -> MarketSize {
        MarketSize { clients: self.clients, advertisers: self.advertisers, campaigns: self.campaigns, days: self.days }
    }
}

/// Why a market could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum MarketError {
    /// The sizes multiply beyond [`MAX_SCORES`].
    #[error("{pairs} pairs of a client and an advertiser are too many: at most {MAX_SCORES}")]
    TooLarge {
        /// Clients times advertisers.
        pairs: u64,
    },
    /// A file would be overwritten.
    #[error("{} exists already; --force replaces it", .path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A file is beyond what is read into memory.
    #[error("{} has {bytes} bytes, more than the {} that are read", .path.display(), files::MAX_FILE_BYTES)]
    FileTooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
    },
    /// The operating system refused.
    #[error("cannot {action} {}", .path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why it was refused.
        source: std::io::Error,
    },
    /// A file is not what the published format says; the source names the line, the column and often the field.
    #[error("{} does not hold the published data-set format", .path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        source: serde_json::Error,
    },
    /// The files contradict each other or themselves.
    #[error("{}: item {item} {problem}", .path.display())]
    Inconsistent {
        /// The file.
        path: PathBuf,
        /// Which of its items, counted from 1.
        item: usize,
        /// What is wrong with it.
        problem: String,
    },
}

/// `barker generate-market`: draws a market and writes it, then says what was written.
///
/// # Errors
/// [`MarketError`] when the sizes are too large, a file exists already or cannot be written.
#[expect(clippy::print_stdout, reason = "the command's answer to the person who typed it")]
pub fn run(args: &GenerateMarketArgs) -> Result<(), MarketError> {
    let pairs = u64::from(args.clients) * u64::from(args.advertisers);
    if pairs > MAX_SCORES {
        return Err(MarketError::TooLarge { pairs });
    }
    let market = generate(&args.size(), args.seed);
    let existing = if args.force { Existing::Replace } else { Existing::Keep };
    market.write(&args.dir, existing)?;
    println!(
        "{}: {} advertisers, {} clients, {} campaigns, {} scores (seed {})",
        args.dir.display(),
        market.advertisers.len(),
        market.clients.len(),
        market.campaigns.len(),
        market.scores.len(),
        args.seed
    );
    Ok(())
}
