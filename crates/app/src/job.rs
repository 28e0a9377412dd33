//! Jobs: work in the background that outlives the process, is tried again after a failure, and shows how far it is.
//!
//! The record of a job stands in the business database and says everything about it; the queue carries tickets that say
//! which job is due. A new kind of job: a struct that is a [`Job`], its line in [`KINDS`], and, if it comes back by
//! itself, its line in [`SCHEDULES`].

mod dispatch;
mod kind;
mod outpost;
mod schedule;
mod shift;
mod tidy;
mod worker;

use std::{sync::Arc, time::Duration};

use barker_domain::{
    Code, Error, JobId, ProjectId, Result,
    clock::SharedClock,
    job::{self as rules, Job as Record, NewJob, State},
    membership::Role,
    page::{Listed, Page},
    trail::{Action, Entry, Event, Origin},
};
use barker_infra::Services;
use barker_store::{Enqueued, Hold, JobFilter, Store, Transaction};
use serde_json::json;
use tokio::sync::Notify;

use crate::App;

pub use kind::{Job, KINDS, Kind, Place, Terms, new};
pub use outpost::Outpost;
pub(crate) use outpost::start;
pub use schedule::{SCHEDULES, Schedule};
pub use shift::Shift;
pub(crate) use worker::Staff;

/// What an operator decides about jobs.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Every kind that this process knows.
    pub kinds: &'static [Kind],
    /// What comes back by itself.
    pub schedules: &'static [Schedule],
    /// Whether this process runs jobs. Those of the database's owner are run by the owner in any case.
    pub is_worker: bool,
    /// Whether this process begins what is scheduled, and writes tickets for what is due.
    pub is_scheduler: bool,
    /// Jobs that run at the same time.
    pub concurrency: usize,
    /// How long a job stays with a worker that is not heard of.
    pub lease: Duration,
    /// After how long a ticket is taken to be lost.
    pub ticket_life: Duration,
    /// How long jobs under way may take to finish once the process is asked to end.
    pub drain: Duration,
    /// How long jobs are kept after they are over.
    pub retention: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            kinds: KINDS,
            schedules: SCHEDULES,
            is_worker: true,
            is_scheduler: true,
            concurrency: 4,
            lease: Duration::from_secs(30),
            ticket_life: Duration::from_mins(2),
            drain: Duration::from_secs(20),
            retention: Duration::from_hours(14 * 24),
        }
    }
}

/// Everything that jobs need which run in any process. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Workshop {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    store: Store,
    services: Arc<Services>,
    clock: SharedClock,
    settings: Settings,
    /// Something is due before the next look.
    work_to_do: Notify,
}

impl Workshop {
    /// A workshop: nothing runs yet.
    #[must_use]
    pub fn new(store: Store, services: Arc<Services>, clock: SharedClock, settings: Settings) -> Self {
        Self { inner: Arc::new(Inner { store, services, clock, settings, work_to_do: Notify::new() }) }
    }

    /// The business data.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// Mail, objects and the rest.
    #[must_use]
    pub fn services(&self) -> &Services {
        &self.inner.services
    }

    /// The time.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.inner.clock.now_ms()
    }

    /// What the operator has decided about jobs.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// Lets the dispatcher look at once. To be called after the transaction that adds a job has been committed.
    pub fn wake(&self) {
        self.inner.work_to_do.notify_one();
    }

    fn kind(&self, name: &str) -> Option<&'static Kind> {
        self.inner.settings.kinds.iter().find(|kind| kind.terms.name == name)
    }

    fn lease_ends_at_ms(&self) -> i64 {
        self.now_ms() + ms(self.inner.settings.lease)
    }
}

pub(crate) fn ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// Adds a job in a transaction of its own, unless one of its kind with its key is active: then that one is answered.
///
/// # Errors
/// When the database does not answer.
pub async fn enqueue(workshop: &Workshop, job: NewJob) -> Result<Enqueued> {
    let add = workshop
        .store()
        .write((job, workshop.now_ms()), |transaction, (job, now_ms)| Box::pin(async move { transaction.enqueue_job(job, now_ms).await }));
    let enqueued = add.await?;
    workshop.wake();
    Ok(enqueued)
}

/// Who asks about jobs: what they see and may change.
#[derive(Debug, Clone, Copy)]
pub enum Reach {
    /// Everything.
    Installation,
    /// Jobs of a project, of kinds that are for that role.
    Project(ProjectId, Role),
}

impl Reach {
    fn includes(self, workshop: &Workshop, job: &Record) -> bool {
        match self {
            Self::Installation => true,
            Self::Project(project_id, role) => {
                let is_for_them = workshop.kind(&job.kind).is_some_and(|kind| role >= kind.terms.role);
                job.project_id == Some(project_id) && is_for_them
            }
        }
    }

    /// The filter, within this reach.
    fn narrow(self, workshop: &Workshop, filter: JobFilter) -> JobFilter {
        let Self::Project(project_id, role) = self else { return filter };
        let kinds = workshop.settings().kinds.iter().filter(|kind| role >= kind.terms.role).map(|kind| kind.terms.name.to_owned());
        let kinds = kinds.filter(|kind| filter.kinds.as_ref().is_none_or(|wanted| wanted.contains(kind))).collect();
        JobFilter { project_id: Some(project_id), kinds: Some(kinds), ..filter }
    }
}

/// A page of jobs, newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn list(app: &App, reach: Reach, filter: JobFilter, page: Page) -> Result<Listed<Record>> {
    let workshop = app.workshop();
    workshop.store().list_jobs(&reach.narrow(workshop, filter), page).await
}

/// A job.
///
/// # Errors
/// [`Code::JobNotFound`], also when it is not theirs to see.
pub async fn get(app: &App, reach: Reach, id: JobId) -> Result<Record> {
    let found = app.workshop().store().find_job(id).await?.filter(|job| reach.includes(app.workshop(), job));
    found.ok_or_else(|| Error::of(Code::JobNotFound))
}

/// Lets a job that is dead or cancelled begin anew, with all its attempts.
///
/// # Errors
/// [`Code::JobNotFound`]; [`Code::JobState`] when it is neither, or another job with its key is active.
pub async fn retry(app: &App, reach: Reach, id: JobId, origin: &Origin) -> Result<Record> {
    let job = get(app, reach, id).await?;
    let entry = app.entry(event(&job, Action::JobRetried), origin);
    let revive = app.workshop().store().write((id, entry), |transaction, (id, entry)| {
        Box::pin(async move {
            let job = transaction.get_job(id).await?;
            if !transaction.revive_job(&job, entry.occurred_at_ms).await? {
                let detail = format!("the job is {}; only a dead or cancelled one whose key is free can be retried", job.state.as_str());
                return Err(Error::new(Code::JobState, detail));
            }
            transaction.record(&entry).await?;
            transaction.get_job(id).await
        })
    });
    let job = revive.await?;
    app.workshop().wake();
    Ok(job)
}

/// Ends a job: at once when it waits; when it runs, its worker is asked to.
///
/// # Errors
/// [`Code::JobNotFound`]; [`Code::JobState`] when it is over.
pub async fn cancel(app: &App, reach: Reach, id: JobId, origin: &Origin) -> Result<Record> {
    let job = get(app, reach, id).await?;
    let entry = app.entry(event(&job, Action::JobCancelled), origin);
    let cancel = app.workshop().store().write((id, entry), |transaction, (id, entry)| {
        Box::pin(async move {
            let is_ended = transaction.cancel_waiting_job(id, entry.occurred_at_ms).await?;
            if !is_ended && !transaction.ask_to_cancel_job(id).await? {
                let state = transaction.get_job(id).await?.state;
                return Err(Error::new(Code::JobState, format!("the job is {}; it does nothing any more", state.as_str())));
            }
            transaction.record(&entry).await?;
            transaction.get_job(id).await
        })
    });
    let job = cancel.await?;
    if job.state == State::Cancelled {
        count(&job.kind, "cancelled");
    }
    Ok(job)
}

fn event(job: &Record, action: Action) -> Event {
    let event = Event { project_id: job.project_id, ..Event::new(action) };
    event.about(job.id).from(json!({"kind": job.kind, "state": job.state.as_str()}))
}

/// Buries a job that its worker will not try again, and lets its kind draw the consequences, in one transaction.
async fn bury(transaction: &Transaction, kind: Option<&Kind>, job: &Record, (now_ms, error): (i64, String)) -> Result<bool> {
    let Some(worker) = job.worker else { return Ok(false) };
    if !transaction.bury_job(Hold { id: job.id, worker }, (State::Dead, now_ms), Some(error)).await? {
        return Ok(false);
    }
    if let Some(kind) = kind {
        kind.give_up(&job.payload, transaction, now_ms).await?;
    }
    Ok(true)
}

/// What Barker itself does in a transaction leaves this line.
pub(crate) fn entry_of_system(event: Event, now_ms: i64) -> Entry {
    Entry::now(event, Origin::system(), now_ms)
}

fn count(kind: &str, outcome: &'static str) {
    metrics::counter!("barker_jobs_total", "kind" => kind.to_owned(), "outcome" => outcome).increment(1);
}

/// How long a job that has failed waits, unless the error knows better.
fn pause_after(job: &Record, error: &Error) -> i64 {
    let chance = crate::secret::random::<1>().map_or(0.5, |[byte]| f64::from(byte) / 255.0);
    let asked_for = error.retry_after.map_or(0, ms);
    rules::pause_ms(job.attempts, chance).max(asked_for)
}
