//! How every part of the installation does: asked for people who run it, all parts at once.

use std::time::{Duration, Instant};

use barker_domain::{Code, Error, Result};
use futures::future::join_all;

use crate::{App, outbox::Consumers};

/// A part that has not answered by then does not.
const PATIENCE: Duration = Duration::from_secs(5);
const BYTES_PER_MEGABYTE: u64 = 1_000_000;
/// The outbox is applied twice a minute at the latest; one that lags longer is stuck.
const OUTBOX_LAG: Duration = Duration::from_mins(1);

/// A part, as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name: `database`, `owner`, `outbox`, `warehouse`, `mail`, `cache`, `objects`.
    pub name: &'static str,
    /// Whether it does its work.
    pub is_in_order: bool,
    /// What was found, for people.
    pub found: String,
    /// How long it took to find out.
    pub took: Duration,
}

/// Looks at every part. Services are logged in to, or given a small value and told to forget it; no mail is sent.
pub async fn examine(app: &App) -> Vec<Part> {
    const NAMES: [&str; 7] = ["database", "owner", "outbox", "warehouse", "mail", "cache", "objects"];
    join_all(NAMES.map(|name| part(app, name))).await
}

async fn part(app: &App, name: &'static str) -> Part {
    let start = Instant::now();
    let late = |_elapsed| Error::new(Code::ServiceUnavailable, "it does not answer");
    let found = tokio::time::timeout(PATIENCE, probe(app, name)).await.map_err(late).flatten();
    let (is_in_order, found) = match found {
        Ok(found) => (true, found),
        Err(error) => (false, error.detail),
    };
    Part { name, is_in_order, found, took: start.elapsed() }
}

async fn probe(app: &App, name: &str) -> Result<String> {
    match name {
        "database" => app.store().ping().await.map(|()| format!("{} answers", app.store().backend_name())),
        "owner" => app.store().keep_claim().await.map(|()| "this server owns the database".to_owned()),
        "outbox" => outbox(app).await,
        "warehouse" => warehouse(app).await,
        "mail" => app.mailer().probe().await,
        "cache" => app.cache().probe().await,
        _ => app.objects().probe().await,
    }
}

/// What it holds.
async fn warehouse(app: &App) -> Result<String> {
    let stats = app.warehouse().stats().await?;
    let rows: u64 = stats.tables.iter().map(|(_, rows)| rows).sum();
    Ok(format!("{} answers, {rows} rows in {} MB", stats.engine, stats.bytes.div_ceil(BYTES_PER_MEGABYTE)))
}

/// How far its slowest consumer is behind.
async fn outbox(app: &App) -> Result<String> {
    let slowest = Consumers::slowest(&app.store().read_outbox_positions().await?);
    let Some(oldest_ms) = app.store().find_outbox_moment_after(slowest).await? else { return Ok("everything is applied".to_owned()) };
    let lag = Duration::from_millis(u64::try_from(app.now_ms() - oldest_ms).unwrap_or_default());
    let found = format!("{} s behind", lag.as_secs());
    if lag < OUTBOX_LAG { Ok(found) } else { Err(Error::new(Code::Busy, found)) }
}
