//! The dispatcher: writes a ticket for each job that is due, takes jobs from workers that are gone, and begins what is
//! scheduled. It takes no input: whatever is lost on the way, it finds in the database.
//!
//! Several processes may do this at once. A ticket that is written twice does no harm, and everything else takes effect
//! once.

use std::time::Duration;

use barker_domain::{
    Error, JobId, Result,
    job::{Job as Record, State, told},
};
use barker_infra::job_queue::Line;
use barker_store::{DueJob, Hold, JobsInNumbers};
use tokio::time::Instant;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{Workshop, bury, count, ms, schedule};

/// How often it looks, when nobody wakes it.
const INTERVAL: Duration = Duration::from_secs(1);
/// How long it rests between two looks, so that jobs that are added together are dispatched together.
const REST: Duration = Duration::from_millis(20);
/// Tickets that are written together.
const TICKETS_TOGETHER: u64 = 256;
/// Tickets that are written again together. When nobody works, the queue grows by as many within a ticket's life.
const TICKETS_AGAIN: u64 = 100;
/// Jobs that are taken from workers that are gone, at once.
const ORPHANS_TOGETHER: u64 = 100;
/// How often it is said how much there is to do.
const GAUGE_INTERVAL: Duration = Duration::from_secs(5);
/// How often tickets that were handled are thrown away.
const TIDY_INTERVAL: Duration = Duration::from_mins(1);

/// Dispatches until `closing`.
pub(super) fn start(workshop: Workshop, (tasks, closing): (&TaskTracker, &CancellationToken)) {
    let closing = closing.clone();
    tasks.spawn(async move {
        tokio::select! {
            () = async { tokio::join!(dispatch(&workshop), measure(&workshop), tidy(&workshop)); } => (),
            () = closing.cancelled() => (),
        }
    });
}

async fn dispatch(workshop: &Workshop) {
    let mut said_at = None;
    loop {
        if let Err(error) = round(workshop).await {
            complain(&error, &mut said_at);
        }
        tokio::time::sleep(REST).await;
        let _late = tokio::time::timeout(INTERVAL, workshop.inner.work_to_do.notified()).await;
    }
}

/// Once for each outage would be best; once a minute is bearable.
fn complain(error: &Error, said_at: &mut Option<Instant>) {
    if said_at.is_none_or(|said| said.elapsed() > TIDY_INTERVAL) {
        *said_at = Some(Instant::now());
        tracing::warn!(error = told(error), "jobs could not be dispatched; it will be tried again");
    }
}

/// One look at everything.
async fn round(workshop: &Workshop) -> Result<()> {
    take_from_the_gone(workshop).await?;
    schedule::begin(workshop).await?;
    while write_tickets(workshop, None, TICKETS_TOGETHER).await? == TICKETS_TOGETHER {}
    let life = ms(workshop.settings().ticket_life);
    write_tickets(workshop, Some(workshop.now_ms() - life), TICKETS_AGAIN).await.map(drop)
}

/// Writes tickets for jobs that are due: those that have none, or whose ticket is older than that. Answers how many.
async fn write_tickets(workshop: &Workshop, older_than_ms: Option<i64>, limit: u64) -> Result<u64> {
    let now_ms = workshop.now_ms();
    let due = workshop.store().list_due_jobs(now_ms, older_than_ms, limit).await?;
    for line in Line::ALL {
        // A kind that only a newer version knows waits for it.
        let is_of_line = |job: &&DueJob| workshop.kind(&job.kind).is_some_and(|kind| kind.line() == line);
        let ids: Vec<JobId> = due.iter().filter(is_of_line).map(|job| job.id).collect();
        if ids.is_empty() {
            continue;
        }
        let tickets: Vec<_> = ids.iter().map(|id| id.0).collect();
        workshop.services().jobs.push(line, &tickets).await?;
    }
    if !due.is_empty() {
        let ids: Vec<JobId> = due.iter().map(|job| job.id).collect();
        let note = workshop
            .store()
            .write((ids, now_ms), |transaction, (ids, now_ms)| Box::pin(async move { transaction.note_dispatch(&ids, now_ms).await }));
        note.await?;
    }
    Ok(due.len() as u64)
}

/// Lets jobs wait again whose worker is gone, or ends them when they have been tried often enough.
async fn take_from_the_gone(workshop: &Workshop) -> Result<()> {
    for job in workshop.store().list_orphaned_jobs(workshop.now_ms(), ORPHANS_TOGETHER).await? {
        if let Some(word) = take_from(workshop, job.clone()).await? {
            tell_orphan(&job, word);
        }
    }
    Ok(())
}

fn tell_orphan(job: &Record, word: &'static str) {
    tracing::warn!(kind = job.kind, job = %job.id, attempt = job.attempts, word, "a job's worker is gone");
    count(&job.kind, word);
}

async fn take_from(workshop: &Workshop, job: Record) -> Result<Option<&'static str>> {
    let kind = workshop.kind(&job.kind);
    let take = workshop.store().write((job, kind, workshop.now_ms()), |transaction, (job, kind, now_ms)| {
        Box::pin(async move {
            let now = transaction.get_job(job.id).await?;
            // Its worker has come back, or another dispatcher was faster.
            let (Some(worker), true) = (now.worker, now.worker == job.worker && now.state == State::Running) else { return Ok(None) };
            if !transaction.has_lease_ended(now.id, now_ms).await? {
                return Ok(None);
            }
            let error = "its worker ended before it did".to_owned();
            let (has_ended, word) = if now.is_cancel_asked {
                (transaction.bury_job(Hold { id: now.id, worker }, (State::Cancelled, now_ms), None).await?, "cancelled")
            } else if now.attempts >= now.max_attempts {
                (bury(transaction, kind, &now, (now_ms, error)).await?, "dead")
            } else {
                (transaction.release_job(Hold { id: now.id, worker }, now_ms, Some(error)).await?, "orphaned")
            };
            Ok(has_ended.then_some(word))
        })
    });
    take.await
}

/// Says how much there is to do.
async fn measure(workshop: &Workshop) {
    loop {
        let now_ms = workshop.now_ms();
        if let Ok(numbers) = workshop.store().count_jobs(now_ms).await {
            show(numbers, now_ms);
        }
        tokio::time::sleep(GAUGE_INTERVAL).await;
    }
}

#[expect(clippy::cast_precision_loss, reason = "gauges")]
fn show(numbers: JobsInNumbers, now_ms: i64) {
    let oldest = numbers.oldest_due_at_ms.map_or(0, |due_at_ms| (now_ms - due_at_ms).max(0));
    for (name, number) in [
        ("barker_jobs_waiting", numbers.waiting as f64),
        ("barker_jobs_running", numbers.running as f64),
        ("barker_jobs_dead", numbers.dead as f64),
        ("barker_jobs_oldest_due_seconds", oldest as f64 / 1_000.0),
    ] {
        metrics::gauge!(name).set(number);
    }
}

async fn tidy(workshop: &Workshop) {
    loop {
        tokio::time::sleep(TIDY_INTERVAL).await;
        // Tickets that were handled stay in the queue until the next time.
        let _next_time = workshop.services().jobs.tidy().await;
    }
}
