//! The demo: a made-up shop that keeps a project filled up to the present, so that every report has something to say.
//!
//! `shop` makes it up, `fill` brings it into the warehouse, `slots` is its advertising in Barker's own slots, and a job comes back
//! every hour to tell what has happened since. The last job of a project knows which shop it is and how far it was told; a day that
//! has been told is told again without effect, so that any of it may be killed at any time.

mod fill;
mod keep;
mod shop;
mod slots;

use std::sync::Arc;

use barker_domain::{Code, Day, Error, FieldError, JobId, ProjectId, Result, error::unless_faulty};
use barker_warehouse::SourceState;
use serde::{Deserialize, Serialize};

use crate::{App, ProjectHandle, own_facts};

pub use fill::Progress;
pub use keep::KeepShop;
pub use shop::Shop;
pub use slots::open_sandbox;

use shop::{MARKER_SOURCE, MS_PER_DAY, SHOP};

/// The shop that opens when nobody asks for another.
pub const USUAL: Demo = Demo { shop: Shop { seed: 2026, orders_per_day: 60 }, days: 90 };
/// Most days of a shop's past: three years, and a little.
pub const MAX_DAYS: u32 = 1_100;
/// Most orders of a usual day: a day is made up at once, and this many still are some hundred thousand events.
pub const MAX_ORDERS_PER_DAY: u32 = 5_000;
/// Currencies that the shop knows rates of.
const CURRENCIES: [&str; 3] = ["RUB", "USD", "EUR"];

/// Which shop, and how much of its past.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Demo {
    /// Which one.
    pub shop: Shop,
    /// Days of its past, today included.
    pub days: u32,
}

/// Who is told how far it is.
pub type Told = Arc<dyn Fn(Progress) + Send + Sync>;

/// Lets the shop open in the project, in the background, unless it has: answers the job that keeps it.
///
/// # Errors
/// [`Code::InvalidRequest`] that names the field, also where the project holds facts of its own or another shop.
pub async fn begin(app: &App, project: &ProjectHandle, demo: Demo) -> Result<JobId> {
    check(app, project, demo).await?;
    keep::begin(app, KeepShop::new(project.id(), demo, app.now_ms())).await
}

/// Lets the shop open in the background, where it has not yet and nothing speaks against it.
///
/// # Errors
/// When the database or the warehouse does not answer.
pub async fn ensure(app: &App, project: &ProjectHandle, demo: Demo) -> Result<()> {
    match check(app, project, demo).await {
        Ok(()) => keep::ensure(app, KeepShop::new(project.id(), demo, app.now_ms())).await,
        Err(error) if error.code == Code::InvalidRequest => {
            leave_alone(&error);
            Ok(())
        }
        Err(error) => Err(error),
    }
}

fn leave_alone(reason: &Error) {
    tracing::info!(error = reason as &dyn std::error::Error, "no demo shop opens in this project");
}

/// The same at once, with all that has happened until now; then it waits for the next hour. Not for a project that a server fills.
///
/// # Errors
/// As [`begin`]; what the warehouse says.
pub async fn tell_now(app: &App, project: &ProjectHandle, demo: Demo, told: Told) -> Result<u64> {
    check(app, project, demo).await?;
    let (now_ms, mut keeper) = (app.now_ms(), KeepShop::new(project.id(), demo, app.now_ms()));
    let filled = fill::fill(app, keeper.past(now_ms), &told, &|| false).await?;
    keeper.note(now_ms);
    keep::begin(app, keeper).await?;
    Ok(filled.rows)
}

/// Refuses what cannot be.
async fn check(app: &App, project: &ProjectHandle, demo: Demo) -> Result<()> {
    let mut faults = Vec::new();
    let mut within = |pointer: &str, value: u32, most: u32| {
        if !(1..=most).contains(&value) {
            faults.push(FieldError::new(pointer, "range", format!("must be 1 to {most}")));
        }
    };
    within("/days", demo.days, MAX_DAYS);
    within("/orders_per_day", demo.shop.orders_per_day, MAX_ORDERS_PER_DAY);
    if !CURRENCIES.contains(&project.project().currency.as_str()) {
        faults.push(FieldError::new("/project", "unsupported", "must count in RUB, USD or EUR: the demo shop knows no other rates"));
    }
    unless_faulty((), faults)?;
    let strangers = app.warehouse().sources(project.id()).await?;
    let stranger = strangers.iter().find_map(|source| what_is_strange(source, demo.shop));
    let fault = stranger.map(|message| FieldError::new("/project", "conflict", message));
    unless_faulty((), fault.into_iter().collect())
}

/// Why the shop cannot stand beside these facts.
fn what_is_strange(source: &SourceState, shop: Shop) -> Option<String> {
    let SourceState { facts, source, account, .. } = source;
    match *facts {
        "ad_spend" if source == own_facts::SOURCE || *account == shop::account(&shop, source) => None,
        "ad_spend" if is_of_a_demo(source, account) => {
            let (seed, orders) = shop_of(account)?;
            Some(format!("holds the demo shop with --seed {seed} and --orders-per-day {orders} already"))
        }
        "ad_spend" | "web_sessions_daily" => {
            Some(format!("holds facts of its own, of {source}; a demo shop goes into a project without any"))
        }
        "orders" if source != SHOP => Some(format!("holds orders of its own, of {source}; a demo shop goes into a project without any")),
        _ => None,
    }
}

fn is_of_a_demo(source: &str, account: &str) -> bool {
    shop_of(account).is_some_and(|(seed, orders_per_day)| shop::account(&Shop { seed, orders_per_day }, source) == account)
}

/// Seed and orders a day of the shop whose account it is.
fn shop_of(account: &str) -> Option<(u64, u32)> {
    let mut parts = account.rsplitn(3, '-');
    let (orders, seed) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Some((seed, orders))
}

/// The UTC day of an instant.
fn day_of(at_ms: i64) -> Day {
    Day(i32::try_from(at_ms.div_euclid(MS_PER_DAY)).unwrap_or(i32::MAX))
}

/// Days that lie so far back, the last one included.
fn first_of(demo: Demo, now_ms: i64) -> Day {
    Day(day_of(now_ms).0.saturating_sub(i32::try_from(demo.days).unwrap_or(i32::MAX) - 1))
}

/// What the filling of a project starts from.
#[derive(Debug, Clone, Copy)]
struct Past {
    project_id: ProjectId,
    shop: Shop,
    first: Day,
    /// Until when it is told.
    until_ms: i64,
    /// Until when it was told before, where that is known.
    after_ms: Option<i64>,
}

/// The error of whoever asks while the shop is opening.
fn is_opening() -> Error {
    Error::new(Code::Busy, "the demo shop is being filled right now; wait for its end")
}
