//! What Barker asks of a warehouse, whichever it is.

use std::{fmt::Debug, path::PathBuf};

use barker_domain::{Day, ProjectId, Result};
use futures::future::BoxFuture;

use crate::{
    fact::{Appended, Batch},
    question::{Question, Sums},
    schema,
};

/// A warehouse that is open. Chosen at run time: `DuckDb` in a file, or `ClickHouse` over HTTP.
pub trait Engine: Debug + Send + Sync {
    /// Keeps facts. The answer comes after they are on disk; a batch is kept whole or not at all.
    ///
    /// # Errors
    /// `busy` when more waits than is accepted, `storage-unavailable` when the disk or the server fails.
    fn append(&self, batch: Batch) -> BoxFuture<'_, Result<Appended>>;

    /// Sums of facts. Work ends soon after this future is dropped.
    ///
    /// # Errors
    /// `invalid-request` for a question that makes no sense, `busy` when it takes longer than questions may.
    fn sums(&self, question: Question) -> BoxFuture<'_, Result<Sums>>;

    /// Where a project's facts come from, and how fresh they are.
    ///
    /// # Errors
    /// As for questions.
    fn sources(&self, project_id: ProjectId) -> BoxFuture<'_, Result<Vec<SourceState>>>;

    /// What there is.
    ///
    /// # Errors
    /// As for questions.
    fn stats(&self) -> BoxFuture<'_, Result<Stats>>;

    /// Adds the hours of a project's events that came before an instant, in milliseconds UTC, to those that are counted up already.
    /// No answer changes by it; questions that hours can answer read them, and of the events only those that came later.
    /// Answers how many rows the hours are.
    ///
    /// # Errors
    /// As for appending.
    fn roll_up(&self, project_id: ProjectId, before_ms: i64) -> BoxFuture<'_, Result<u64>>;

    /// Removes what no question reads: rows of replaced loads and, where the engine can, versions that were replaced. Answers how many
    /// rows went.
    ///
    /// # Errors
    /// As for appending.
    fn compact(&self) -> BoxFuture<'_, Result<u64>>;

    /// Removes events of the project from before a UTC day. Answers how many rows went.
    ///
    /// # Errors
    /// As for appending.
    fn retain_events(&self, project_id: ProjectId, first: Day) -> BoxFuture<'_, Result<u64>>;

    /// Takes a visitor out of the project's facts: what they did stays counted, with nothing that leads to them, and nobody
    /// is known to be them. Shops' orders and CRMs' deals keep what their source says. Answers how many events that were.
    ///
    /// # Errors
    /// As for appending.
    fn forget_visitor(&self, project_id: ProjectId, client_id: String) -> BoxFuture<'_, Result<u64>>;

    /// Writes every table as of one moment into a new directory, a Parquet file each, while facts go on being kept.
    /// The directory is the caller's to remove. Where there are no transactions, nothing is swept meanwhile.
    ///
    /// # Errors
    /// `storage-unavailable` when the disk or the server fails; then no file is left.
    fn export(&self) -> BoxFuture<'_, Result<Export>>;

    /// Writes what has queued, waits for questions under way and lets the data go. Nothing is answered afterwards.
    ///
    /// # Errors
    /// `storage-unavailable` when somebody else is closing it.
    fn close(&self) -> BoxFuture<'_, Result<()>>;
}

/// Every table in files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// Where the files are, each named after its table.
    pub directory: PathBuf,
    /// Rows of each table.
    pub tables: Vec<(&'static str, u64)>,
}

/// One source of a project's facts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceState {
    /// The table: `ad_spend`, `web_sessions_daily`, `events`, `orders`, `refunds`, `deals`, `currency_rates`.
    pub facts: &'static str,
    /// The platform, shop or CRM; of events their `source_type`; of rates the currency.
    pub source: String,
    /// The account at the platform; empty where there are none.
    pub account: String,
    /// When the latest fact happened.
    pub latest: Latest,
    /// When the last one came, milliseconds UTC.
    pub arrived_at_ms: i64,
}

/// When something happened, as exactly as its source knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Latest {
    /// A civil day of the source; one that was loaded and empty counts.
    Day(Day),
    /// Milliseconds UTC.
    Instant(i64),
}

impl SourceState {
    /// A row of the statement about sources: table, source, account, latest day or instant, and the greatest `seq`.
    pub(crate) fn of_row((facts, source, account): (&str, String, String), (latest, seq): (i64, i64)) -> Option<Self> {
        let facts = schema::tables().into_iter().find(|table| table.name == facts)?.name;
        let latest = match facts {
            "ad_spend" | "web_sessions_daily" | "currency_rates" => Latest::Day(Day(i32::try_from(latest).ok()?)),
            _ => Latest::Instant(latest),
        };
        // `seq` is the microsecond of arrival, or the next one that was free.
        Some(Self { facts, source, account, latest, arrived_at_ms: seq / 1_000 })
    }
}

/// What a warehouse holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stats {
    /// `duckdb` or `clickhouse`.
    pub engine: &'static str,
    /// The last migration that was applied.
    pub schema_version: i32,
    /// Rows of each table, those included that no question reads any more.
    pub tables: Vec<(&'static str, u64)>,
    /// On disk.
    pub bytes: u64,
}
