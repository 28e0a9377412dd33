//! The warehouse's care: exports for others, and jobs that count up what is asked for often and let go what nobody reads any more.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use barker_domain::{Day, Result, membership::Role};
use serde::{Deserialize, Serialize};

use crate::{
    App,
    backup::{Partial, copy_piece, in_background, unwritable},
    job::{Job, Place, Shift, Terms},
};

const MS_PER_DAY: i64 = 86_400_000;
/// Events are counted up when they have been there for so long that none of them can still be on its way.
const ROLLED_AFTER_MS: i64 = 3_600_000;

/// Copies every table, as of one moment, into a new folder: a Parquet file each. Answers how many rows each has. Until all of
/// them are on disk the folder has another name; when it fails nothing is left.
///
/// # Errors
/// [`Code::InvalidRequest`] when the folder is there already, [`Code::Misconfigured`] when it cannot be written.
pub async fn export(app: &App, to: PathBuf) -> Result<Vec<(String, u64)>> {
    let folder = Partial::create(&to)?;
    let export = app.warehouse().export().await?;
    let from = export.directory.clone();
    let copied = in_background(move || copy(&from, folder, &to)).await;
    // What stays is removed at the next start.
    let _ignored = fs::remove_dir_all(&export.directory);
    copied.map(|()| export.tables.into_iter().map(|(name, rows)| (name.to_owned(), rows)).collect())
}

fn copy(from: &Path, folder: Partial, to: &Path) -> Result<()> {
    for entry in fs::read_dir(from).map_err(unwritable(from))? {
        let entry = entry.map_err(unwritable(from))?;
        copy_piece(&entry.path(), &folder.path.join(entry.file_name()))?;
    }
    folder.complete(to)
}

/// Removes rows that no question reads any more.
#[derive(Debug, Serialize, Deserialize)]
pub struct CompactWarehouse {}

impl Job for CompactWarehouse {
    const TERMS: Terms =
        Terms { name: "warehouse.compact", place: Place::Owner, max_attempts: 3, timeout: Duration::from_hours(2), role: Role::Owner };

    async fn run(self, shift: Shift) -> Result<()> {
        let rows = shift.app()?.warehouse().compact().await?;
        shift.progress(1, Some(1), format!("{rows} rows removed"));
        Ok(())
    }
}

/// Counts up the hours of events that have come since the last time.
#[derive(Debug, Serialize, Deserialize)]
pub struct RollUpEvents {}

impl Job for RollUpEvents {
    const TERMS: Terms =
        Terms { name: "warehouse.roll_up", place: Place::Owner, max_attempts: 3, timeout: Duration::from_hours(2), role: Role::Owner };

    async fn run(self, shift: Shift) -> Result<()> {
        let (app, mut rows) = (shift.app()?, 0);
        let before_ms = shift.now_ms().saturating_sub(ROLLED_AFTER_MS);
        for project in shift.store().list_open_projects().await? {
            shift.check()?;
            rows += app.warehouse().roll_up(project.id, before_ms).await?;
        }
        shift.progress(1, Some(1), format!("{rows} hours of events counted up"));
        Ok(())
    }
}

/// Removes events that are older than the operator keeps them; never those of a sandbox, whose day may go back.
#[derive(Debug, Serialize, Deserialize)]
pub struct RetainEvents {}

impl Job for RetainEvents {
    const TERMS: Terms =
        Terms { name: "warehouse.retain", place: Place::Owner, max_attempts: 3, timeout: Duration::from_hours(2), role: Role::Owner };

    async fn run(self, shift: Shift) -> Result<()> {
        let app = shift.app()?;
        let Some(days) = app.settings().event_retention_days else { return Ok(()) };
        let today = i32::try_from(shift.now_ms().div_euclid(MS_PER_DAY)).unwrap_or(i32::MAX);
        let mut rows = 0;
        for project in shift.store().list_open_projects().await?.iter().filter(|project| !project.timekeeping.is_sandbox()) {
            shift.check()?;
            rows += app.warehouse().retain_events(project.id, Day(today.saturating_sub(days))).await?;
            app.facts_changed(project.id);
        }
        shift.progress(1, Some(1), format!("{rows} events removed"));
        Ok(())
    }
}
