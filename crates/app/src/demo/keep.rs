//! The job that keeps a project's shop up to the present: it tells what has happened, and asks for the next one, in one
//! transaction. So there is one at a time, and none is lost.

use std::{sync::Arc, time::Duration};

use barker_domain::{Code, Day, JobId, ProjectId, Result, job::State, membership::Role};
use serde::{Deserialize, Serialize};

use super::{Demo, Past, Progress, Shop, Told, fill, first_of, is_opening, slots};
use crate::{
    App,
    job::{self, Job, Place, Shift, Terms},
};

const MS_PER_HOUR: i64 = 3_600_000;

/// Tells what has happened in the shop since the last time.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeepShop {
    project_id: ProjectId,
    shop: Shop,
    first: Day,
    told_until_ms: Option<i64>,
}

impl KeepShop {
    pub(super) fn new(project_id: ProjectId, demo: Demo, now_ms: i64) -> Self {
        Self { project_id, shop: demo.shop, first: first_of(demo, now_ms), told_until_ms: None }
    }

    /// Everything is told until then.
    pub(super) fn note(&mut self, until_ms: i64) {
        self.told_until_ms = Some(until_ms);
    }

    pub(super) fn past(&self, until_ms: i64) -> Past {
        let Self { project_id, shop, first, told_until_ms } = *self;
        Past { project_id, shop, first, until_ms, after_ms: told_until_ms }
    }

    fn key(&self) -> String {
        self.project_id.to_string()
    }

    /// At once, or at the next hour when it was told already.
    fn due_at_ms(&self) -> Option<i64> {
        self.told_until_ms.map(|until_ms| (until_ms.div_euclid(MS_PER_HOUR) + 1) * MS_PER_HOUR)
    }
}

/// Asks for the job in place of one that waits; of one that runs, nothing more is asked.
pub(super) async fn begin(app: &App, keeper: KeepShop) -> Result<JobId> {
    let mut new = job::new(&keeper)?.in_project(keeper.project_id).keyed_by(keeper.key());
    new.due_at_ms = keeper.due_at_ms();
    let add = app.workshop().store().write((new, app.now_ms()), |transaction, (new, now_ms)| {
        Box::pin(async move {
            let enqueued = transaction.enqueue_job(new.clone(), now_ms).await?;
            if enqueued.is_new {
                return Ok(enqueued.id);
            }
            let former = transaction.get_job(enqueued.id).await?;
            if former.state != State::Waiting || !transaction.cancel_waiting_job(former.id, now_ms).await? {
                return Err(is_opening());
            }
            Ok(transaction.enqueue_job(new, now_ms).await?.id)
        })
    });
    let id = add.await?;
    app.workshop().wake();
    Ok(id)
}

/// Asks for the job, unless one waits or runs.
pub(super) async fn ensure(app: &App, keeper: KeepShop) -> Result<()> {
    let new = job::new(&keeper)?.in_project(keeper.project_id).keyed_by(keeper.key());
    job::enqueue(app.workshop(), new).await.map(drop)
}

impl Job for KeepShop {
    const TERMS: Terms =
        Terms { name: "demo.keep", place: Place::Owner, max_attempts: 5, timeout: Duration::from_hours(6), role: Role::Owner };

    async fn run(mut self, shift: Shift) -> Result<()> {
        let app = shift.app()?.clone();
        let project = match app.get_open_project(self.project_id).await {
            Ok(project) => project,
            // Whoever puts the project away wants no more of it.
            Err(error) if matches!(error.code, Code::ProjectArchived | Code::ProjectNotFound) => return Ok(()),
            Err(error) => return Err(error),
        };
        let (until_ms, ending) = (shift.now_ms(), app.inner.closing.clone());
        let is_ending = || ending.is_cancelled() || shift.check().is_err();
        let filled = fill::fill(&app, self.past(until_ms), &told(&shift), &is_ending).await?;
        shift.check()?;
        if filled.is_whole {
            slots::live(&app, &project, self.past(until_ms)).await?;
            self.note(until_ms);
        }
        self.pass_on(&shift).await
    }
}

impl KeepShop {
    /// Ends this job and asks for the next one: at the next hour, or at once where the process ended too early.
    async fn pass_on(self, shift: &Shift) -> Result<()> {
        let mut next = job::new(&self)?.in_project(self.project_id).keyed_by(self.key());
        next.due_at_ms = self.due_at_ms();
        let pass_on = shift.store().write((shift.clone(), next, shift.now_ms()), |transaction, (shift, next, now_ms)| {
            Box::pin(async move {
                shift.complete_in(transaction).await?;
                transaction.enqueue_job(next, now_ms).await.map(drop)
            })
        });
        pass_on.await?;
        shift.workshop().wake();
        Ok(())
    }
}

fn told(shift: &Shift) -> Told {
    let shift = shift.clone();
    Arc::new(move |Progress { days, total_days, rows }| {
        let count = |number| i64::try_from(number).unwrap_or(i64::MAX);
        shift.progress(count(days), Some(count(total_days)), format!("{days} of {total_days} days, {rows} rows"));
    })
}
