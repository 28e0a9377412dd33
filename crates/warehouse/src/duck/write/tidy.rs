//! What the thread does beside keeping facts, while none is under way: counting up, forgetting, sweeping.

use std::time::{Duration, Instant};

use barker_domain::{Day, ProjectId, Result};
use duckdb::{params, params_from_iter};
use uuid::Uuid;

use super::{
    super::{derived, dialect::DIALECT, error::unavailable, read, sweep},
    Task, Work,
};
use crate::{
    schema,
    sql::{self, Swept},
};

const DAY_MS: i64 = 86_400_000;
/// How long appends wait for it at most, beyond one project's.
const SWEPT_AT_ONCE: Duration = Duration::from_millis(50);
/// After one that failed, on a full disk for example.
const SWEPT_AGAIN_AFTER: Duration = Duration::from_mins(1);
/// Sweeping takes one part in so many of the thread's time, however often rows are replaced.
const SHARE_OF_SWEEPING: u32 = 20;

impl Work {
    pub(super) fn tidy(&mut self, task: Task) {
        let (done, answer) = match task {
            Task::Append { .. } | Task::Close(_) => return,
            Task::Compact(answer) => (self.compact(), answer),
            Task::RetainEvents { project_id, first, answer } => {
                self.known.forget_all();
                let removed = self.retain(project_id, first);
                self.standings.sources().forget();
                (removed, answer)
            }
            Task::RollUp { project_id, before_ms, answer } => (self.roll_up(project_id, before_ms), answer),
            Task::ForgetVisitor { project_id, client_id, answer } => (self.forget(project_id, &client_id), answer),
        };
        let _gone = answer.send(done.map(|rows| rows as u64));
    }

    fn retain(&self, project_id: ProjectId, first: Day) -> Result<usize> {
        self.whole(|| {
            let hours = "DELETE FROM event_hours WHERE project_id = CAST(? AS UUID) AND hour_ms < ?";
            self.connection.execute(hours, params![project_id.0, i64::from(first.0) * DAY_MS])?;
            let events = "DELETE FROM events WHERE project_id = CAST(? AS UUID) AND utc_day < ?";
            self.connection.execute(events, params![project_id.0, first.0])
        })
    }

    /// Whatever has a `seq` that was given is there, because nobody else writes.
    fn roll_up(&self, project_id: ProjectId, before_ms: i64) -> Result<usize> {
        let after = read::last_seq(&self.connection, "rollups", project_id)?;
        let through = before_ms.saturating_mul(1_000).min(self.seq.last());
        if through <= after {
            return Ok(0);
        }
        let [(hours, cells), (line, names)] = sql::roll_up(DIALECT, project_id.0, Uuid::now_v7(), (after, through));
        self.whole(|| {
            let rows = self.connection.execute(&hours, params_from_iter(&cells))?;
            self.connection.execute(&line, params_from_iter(&names))?;
            Ok(rows)
        })
    }

    /// In one transaction.
    fn whole<T>(&self, work: impl FnOnce() -> duckdb::Result<T>) -> Result<T> {
        let run = || {
            self.connection.execute_batch("BEGIN")?;
            let done = work()?;
            self.connection.execute_batch("COMMIT")?;
            Ok(done)
        };
        run().map_err(|error| {
            let _nothing_begun = self.connection.execute_batch("ROLLBACK");
            unavailable(error)
        })
    }

    fn forget(&self, project_id: ProjectId, client_id: &str) -> Result<usize> {
        let who = params![project_id.0, client_id];
        self.standings.unswept(project_id);
        self.whole(|| {
            let events = format!("UPDATE events SET {} WHERE project_id = CAST(? AS UUID) AND client_id = ?", schema::NOBODY);
            let rows = self.connection.execute(&events, who)?;
            self.connection.execute("DELETE FROM identities WHERE project_id = CAST(? AS UUID) AND client_id = ?", who)?;
            Ok(rows)
        })
    }

    fn compact(&mut self) -> Result<usize> {
        let mut rows = 0;
        for project_id in self.standings.due() {
            rows += self.sweep(project_id)?;
        }
        rows += self.whole(|| sweep::known_later(&self.connection))?;
        self.connection.execute_batch("CHECKPOINT").map_err(unavailable)?;
        Ok(rows)
    }

    /// While nothing is under way. Versions that are gone cannot be told from the rest again: where anything fails after that, everything has
    /// to be worked out anew.
    fn sweep(&self, project_id: ProjectId) -> Result<usize> {
        self.sweep_and_derive(project_id).inspect_err(|_| self.standings.unswept(project_id))
    }

    fn sweep_and_derive(&self, project_id: ProjectId) -> Result<usize> {
        let (rows, through) = (self.standings.of(project_id), self.seq.last());
        derived::touch(&self.connection, project_id, &rows).map_err(unavailable)?;
        let (removed, swept) = match rows.swept() {
            Some(swept) if !rows.is_replaced() => (0, Swept::clone(swept)),
            _ => (self.whole(|| sweep::sweep(&self.connection, project_id, &rows))?, sweep::swept(&self.connection, project_id)?),
        };
        let swept = self.whole(|| self.deriving.derive(&self.connection, (project_id, &rows, through), swept))?;
        self.deriving.make_room(&self.connection).map_err(unavailable)?;
        self.standings.swept(project_id, through, swept);
        Ok(removed)
    }

    /// What is due, as far as a moment goes; the rest after a rest.
    pub(super) fn sweep_some(&mut self) {
        self.settle();
        let started = Instant::now();
        let mut due = self.standings.due().into_iter().take_while(|_| started.elapsed() < SWEPT_AT_ONCE);
        match due.try_for_each(|project_id| self.sweep(project_id).map(drop)) {
            Ok(()) => {
                self.rested_at = Instant::now() + started.elapsed() * SHARE_OF_SWEEPING;
                self.sweep_at = None;
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "replaced rows of the warehouse were not swept");
                self.sweep_at = Some(Instant::now() + SWEPT_AGAIN_AFTER);
            }
        }
    }
}
