//! Filling: days of the shop that the warehouse does not know yet are told to it, some at a time.
//!
//! Which days it knows is read from the warehouse itself: one slice of spend comes after everything else of its days. The last
//! day that it knows may have been told in part, and is told again.

use std::collections::BTreeSet;

use barker_domain::{Day, ProjectId, Result};
use barker_warehouse::{
    fact::{Batch, Facts},
    question::{Attribution, Dimension, Filter, Key, Measure, Question, Sales},
};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::{
    MARKER_SOURCE, MS_PER_DAY, Past, Told, day_of,
    shop::{self, MARKER_LEVEL, Shop, Stretch},
};
use crate::{App, running::went_silent};

/// Events that are told between two markers, roughly: what is lost when the process is killed.
const EVENTS_TOGETHER: usize = 60_000;
/// Pieces that are made before they are asked for, and pieces on their way to disk: what is in memory.
const PIECES_AHEAD: usize = 3;
const PIECES_TOGETHER: usize = 4;

/// How far it is.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Progress {
    /// Days that are told.
    pub days: u64,
    /// Of so many.
    pub total_days: u64,
    /// Rows that were kept.
    pub rows: u64,
}

/// What came of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Filled {
    pub(super) rows: u64,
    /// Whether it came to its end.
    pub(super) is_whole: bool,
}

/// Tells everything up to the end of `past`; ends early when it is asked to.
pub(super) async fn fill(app: &App, past: Past, told: &Told, is_ending: &(dyn Fn() -> bool + Sync)) -> Result<Filled> {
    let today = day_of(past.until_ms);
    let known = known_days(app, past, today).await?;
    if known.is_empty() {
        keep(app, past.project_id, shop::products(past.first)).await?;
    }
    let last_known = known.last().copied();
    let wanted: Vec<_> = past.first.through(today).filter(|day| !known.contains(day) || Some(*day) == last_known).collect();
    let stretches = stretches(past, &wanted);
    let mut progress = Progress { days: 0, total_days: wanted.len() as u64, rows: 0 };
    told(progress);
    for stretch in stretches {
        if is_ending() {
            return Ok(Filled { rows: progress.rows, is_whole: false });
        }
        progress.rows += tell(app, past, stretch).await?;
        progress.days += stretch.days.0.count_through(stretch.days.1);
        told(progress);
    }
    Ok(Filled { rows: progress.rows, is_whole: true })
}

/// Days that were told, the last of them perhaps in part.
async fn known_days(app: &App, past: Past, today: Day) -> Result<BTreeSet<Day>> {
    let question = Question {
        project_id: past.project_id,
        days: (past.first, today),
        between_ms: None,
        time_zone: TimeZone::UTC,
        currency: "RUB".to_owned(),
        measures: vec![Measure::Impressions],
        group_by: vec![Dimension::Day],
        filters: vec![Filter {
            dimension: Dimension::Account,
            values: vec![shop::account(&past.shop, MARKER_SOURCE)],
            is_excluding: false,
        }],
        sales: Sales::Orders,
        is_net_of_refunds: false,
        conversion_events: Vec::new(),
        attribution: Attribution::default(),
        limit: u32::MAX,
    };
    let sums = app.warehouse().sums(question).await?;
    let days =
        sums.rows.iter().filter_map(|row| if let [Key::Number(day)] = row.keys.as_slice() { i32::try_from(*day).ok() } else { None });
    Ok(days.map(Day).collect())
}

/// Runs of days, none with more events than belong together.
fn stretches(past: Past, wanted: &[Day]) -> Vec<Stretch> {
    let most = u64::try_from(EVENTS_TOGETHER / past.shop.events_per_day().max(1)).unwrap_or(1).max(1);
    let mut runs: Vec<(Day, Day)> = Vec::new();
    for day in wanted {
        match runs.last_mut() {
            Some((first, last)) if last.0 + 1 == day.0 && first.count_through(*last) < most => *last = *day,
            _ => runs.push((*day, *day)),
        }
    }
    let begins: BTreeSet<_> = runs.iter().map(|(first, _)| *first).collect();
    let stretch = |(first, last): (Day, Day)| {
        // As platforms would have been asked on that day, if they are asked again about the days that follow.
        let is_followed = begins.contains(&Day(last.0 + 1));
        let end_of_day_ms = i64::from(last.0 + 1) * MS_PER_DAY - 1;
        Stretch {
            days: (first, last),
            as_of_ms: if is_followed { end_of_day_ms } else { past.until_ms },
            after_ms: past.after_ms.unwrap_or(i64::MIN),
        }
    };
    runs.into_iter().map(stretch).collect()
}

/// Tells some days, the marker last. Answers how many rows were kept.
async fn tell(app: &App, past: Past, stretch: Stretch) -> Result<u64> {
    let shop: Shop = past.shop;
    let (pieces, mut made) = mpsc::channel::<Facts>(PIECES_AHEAD);
    // Whoever takes no more pieces says why below.
    let making = tokio::task::spawn_blocking(move || shop.tell(stretch, |facts| pieces.blocking_send(facts).map_err(drop)));
    let made = stream::poll_fn(|context| made.poll_recv(context));
    let kept = made.map(|facts| keep(app, past.project_id, facts)).buffer_unordered(PIECES_TOGETHER);
    let rows: u64 = kept.try_fold(0, async |sum, rows| Ok(sum + rows)).await?;
    making.await.map_err(went_silent)?.map_err(went_silent::<()>)?;
    let mut loads = shop.spend(stretch, past.first);
    let markers: Vec<_> = loads.extract_if(.., |load| load.source == MARKER_SOURCE && load.level == MARKER_LEVEL).collect();
    let intake = app.intake();
    Ok(rows + intake.keep_loads(past.project_id, loads).await? + intake.keep_loads(past.project_id, markers).await?)
}

async fn keep(app: &App, project_id: ProjectId, facts: Facts) -> Result<u64> {
    Ok(app.intake().keep(Batch { project_id, facts }).await?.rows)
}
