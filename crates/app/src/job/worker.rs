//! Workers: a ticket comes, its job is claimed, done, and ended.
//!
//! The ticket is done with as soon as the job is claimed; from then on its lease tells whether its worker is alive.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use barker_domain::{
    Code, Error, JobId, Result,
    job::{Job as Record, State, told},
};
use barker_infra::job_queue::{Handler, Line};
use barker_store::Hold;
use futures::FutureExt;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{Instrument, Span, field::Empty};
use uuid::Uuid;

use super::{Kind, Shift, Workshop, bury, count, pause_after};
use crate::{App, span};

/// How often a running job is looked at: its progress is written, and whether it is still wanted is read.
const WATCH_INTERVAL: Duration = Duration::from_secs(1);
/// How long a job that is not wanted any more may take to end by itself.
const CANCEL_GRACE: Duration = Duration::from_secs(30);
/// How long a line rests after its queue has failed.
const REST_AFTER_FAILURE: Duration = Duration::from_secs(1);
/// Jobs of the owner that run at the same time: they need the same memory, and are short.
const OWNERS_CONCURRENCY: usize = 2;

/// Those who work in this process.
#[derive(Debug, Clone)]
pub(crate) struct Staff {
    pub(crate) workshop: Workshop,
    /// The application, in the process that owns the database.
    pub(crate) app: Option<App>,
    pub(crate) tasks: TaskTracker,
    pub(crate) closing: CancellationToken,
}

/// How an attempt ended.
enum Outcome {
    /// By itself.
    Ended(Result<()>),
    /// It took too long to end after it was cancelled.
    CutOff,
    /// The process ends before it does.
    Interrupted,
    /// It is another worker's by now.
    Lost,
}

impl Staff {
    /// Begins to work: on jobs that run anywhere when this process is a worker, on the owner's when it is the owner.
    pub(crate) fn start(&self) {
        let settings = self.workshop.settings();
        if settings.is_worker {
            self.open(Line::Anywhere, settings.concurrency.max(1));
        }
        if self.app.is_some() {
            self.open(Line::Owner, OWNERS_CONCURRENCY);
        }
    }

    /// Works on a line until the process ends, again after each failure of the queue.
    fn open(&self, line: Line, concurrency: usize) {
        let (staff, permits) = (self.clone(), Arc::new(Semaphore::new(concurrency)));
        self.tasks.spawn(async move {
            let mut has_failed = false;
            while !staff.closing.is_cancelled() {
                // Whatever was in the queue may be gone with it.
                if has_failed && staff.forget_tickets().await.is_ok() {
                    staff.workshop.wake();
                }
                let (own, permits) = (staff.clone(), Arc::clone(&permits));
                let handler = Handler::new(move |ticket| {
                    let (staff, permits) = (own.clone(), Arc::clone(&permits));
                    async move { staff.take(line, JobId(ticket), permits).await }
                });
                if let Err(error) = staff.workshop.services().jobs.work(line, handler, staff.closing.clone()).await {
                    tracing::warn!(error = told(&error), ?line, "the queue of jobs has failed; it will be tried again");
                    has_failed = true;
                    let _closed = staff.closing.run_until_cancelled(tokio::time::sleep(REST_AFTER_FAILURE)).await;
                }
            }
        });
    }

    async fn forget_tickets(&self) -> Result<()> {
        self.workshop.store().write((), |transaction, ()| Box::pin(transaction.forget_dispatches())).await
    }

    /// Claims the job of a ticket, once there is room for it.
    async fn take(&self, line: Line, id: JobId, permits: Arc<Semaphore>) {
        let Some(Ok(permit)) = self.closing.run_until_cancelled(permits.acquire_owned()).await else { return };
        match self.claim(line, id).await {
            Ok(Some((kind, shift))) => {
                let staff = self.clone();
                let span = span_of(kind, &shift);
                self.tasks.spawn(async move { staff.work(kind, shift, permit).await }.instrument(span));
            }
            // It is over, another's, or not due.
            Ok(None) => (),
            // Its ticket is written again.
            Err(error) => tell_unclaimed(id, &error),
        }
    }

    async fn claim(&self, line: Line, id: JobId) -> Result<Option<(&'static Kind, Shift)>> {
        let found = self.workshop.store().find_job(id).await?.filter(|job| job.state == State::Waiting);
        let Some(kind) = found.and_then(|job| self.workshop.kind(&job.kind)).filter(|kind| kind.line() == line) else { return Ok(None) };
        let (worker, times) = (Uuid::now_v7(), (self.workshop.now_ms(), self.workshop.lease_ends_at_ms()));
        let claim = self.workshop.store().write((id, worker, times), |transaction, (id, worker, times)| {
            Box::pin(async move { transaction.claim_job(Hold { id, worker }, times).await })
        });
        let job = claim.await?;
        Ok(job.map(|job| (kind, Shift::begin((self.workshop.clone(), self.app.clone()), job, worker, self.closing.clone()))))
    }

    async fn work(&self, kind: &'static Kind, shift: Shift, _permit: OwnedSemaphorePermit) {
        let begun = Instant::now();
        metrics::gauge!("barker_jobs_at_work").increment(1);
        let attempt = AssertUnwindSafe(kind.run(&shift.record().payload, shift.clone())).catch_unwind();
        let outcome = tokio::select! {
            ended = tokio::time::timeout(kind.terms.timeout, attempt) => Outcome::Ended(match ended {
                Ok(Ok(result)) => result,
                Ok(Err(_panic)) => Err(Error::new(Code::Internal, "the job panicked")),
                Err(_elapsed) => Err(Error::new(Code::Busy, format!("the job took longer than {} s", kind.terms.timeout.as_secs()))),
            }),
            outcome = self.watch(&shift) => outcome,
            () = self.overdue() => Outcome::Interrupted,
        };
        metrics::gauge!("barker_jobs_at_work").decrement(1);
        metrics::histogram!("barker_job_seconds", "kind" => kind.terms.name).record(begun.elapsed().as_secs_f64());
        self.end(kind, &shift, outcome).await;
    }

    /// Keeps the job for as long as it runs.
    async fn watch(&self, shift: &Shift) -> Outcome {
        let lease = self.workshop.settings().lease;
        let mut kept_at = Instant::now();
        let mut cancelled_at = None;
        loop {
            tokio::time::sleep(WATCH_INTERVAL.min(lease / 4)).await;
            let progress = shift.take_progress();
            if progress.is_some() || kept_at.elapsed() >= lease / 3 {
                match self.keep(shift, progress.clone()).await {
                    Ok(true) => kept_at = Instant::now(),
                    Ok(false) if !shift.has_completed_itself() => return Outcome::Lost,
                    Ok(false) => (),
                    Err(_) if kept_at.elapsed() >= lease => return Outcome::Lost,
                    // A database that does not answer now may answer before the lease ends.
                    Err(_) => shift.put_progress_back(progress),
                }
            }
            let is_cancel_asked =
                self.workshop.store().find_job(shift.id()).await.is_ok_and(|job| job.is_some_and(|job| job.is_cancel_asked));
            if is_cancel_asked {
                shift.cancel();
                if cancelled_at.get_or_insert_with(Instant::now).elapsed() >= CANCEL_GRACE {
                    return Outcome::CutOff;
                }
            }
        }
    }

    async fn keep(&self, shift: &Shift, progress: Option<barker_domain::job::Progress>) -> Result<bool> {
        let given = (shift.id(), shift.worker(), self.workshop.lease_ends_at_ms(), progress);
        let keep = self.workshop.store().write(given, |transaction, (id, worker, lease_ends_at_ms, progress)| {
            Box::pin(async move { transaction.keep_job(Hold { id, worker }, lease_ends_at_ms, progress).await })
        });
        keep.await
    }

    /// Waits until jobs must have finished because the process ends.
    async fn overdue(&self) {
        self.closing.cancelled().await;
        tokio::time::sleep(self.workshop.settings().drain).await;
    }

    /// Writes down how it ended, for as long as the lease allows.
    async fn end(&self, kind: &'static Kind, shift: &Shift, outcome: Outcome) {
        let begun = Instant::now();
        loop {
            match self.write_end(kind, shift, &outcome).await {
                Ok(word) => {
                    count(kind.terms.name, word);
                    tell_span(word);
                    return self.workshop.wake();
                }
                Err(error) if error.is_temporary() && begun.elapsed() < self.workshop.settings().lease => {
                    tokio::time::sleep(REST_AFTER_FAILURE).await;
                }
                Err(error) => return tell_unwritten(shift.id(), &error),
            }
        }
    }

    /// Answers what came of it, in a word.
    async fn write_end(&self, kind: &'static Kind, shift: &Shift, outcome: &Outcome) -> Result<&'static str> {
        let given = (shift.clone(), kind, End::of(shift, outcome), self.workshop.now_ms());
        let word = self.workshop.store().write(given, |transaction, (shift, kind, end, now_ms)| {
            Box::pin(async move {
                let (job, worker) = (shift.record(), shift.worker());
                let (has_ended, word) = match end {
                    End::Nothing => (true, "lost"),
                    End::Done => (transaction.complete_job(Hold { id: job.id, worker }, now_ms, shift.take_progress()).await?, "done"),
                    End::Cancelled => {
                        (transaction.bury_job(Hold { id: job.id, worker }, (State::Cancelled, now_ms), None).await?, "cancelled")
                    }
                    End::Dead(error) => (bury(transaction, Some(kind), &held(job, worker), (now_ms, error)).await?, "dead"),
                    End::Again { pause_ms, error } => {
                        (transaction.release_job(Hold { id: job.id, worker }, now_ms + pause_ms, Some(error)).await?, "failed")
                    }
                    End::Back => (transaction.release_job(Hold { id: job.id, worker }, now_ms, None).await?, "interrupted"),
                };
                Ok(match (has_ended, shift.has_completed_itself()) {
                    (true, _) => word,
                    (false, true) => "done",
                    (false, false) => "lost",
                })
            })
        });
        let word = word.await?;
        if let (Outcome::Ended(Err(error)), "dead" | "failed") = (outcome, word) {
            tell_failed(kind, shift, (error, word));
        }
        Ok(word)
    }
}

/// What is to be written.
#[derive(Debug, Clone)]
enum End {
    Nothing,
    Done,
    Cancelled,
    Dead(String),
    Again { pause_ms: i64, error: String },
    Back,
}

impl End {
    fn of(shift: &Shift, outcome: &Outcome) -> Self {
        let job = shift.record();
        match outcome {
            Outcome::Lost => Self::Nothing,
            Outcome::CutOff => Self::Cancelled,
            Outcome::Interrupted => Self::Back,
            Outcome::Ended(Ok(())) => Self::Done,
            Outcome::Ended(Err(_)) if shift.has_completed_itself() => Self::Done,
            Outcome::Ended(Err(_)) if shift.check().is_err() => Self::Cancelled,
            Outcome::Ended(Err(_)) if shift.is_handed_back() => Self::Back,
            Outcome::Ended(Err(error)) if job.is_tried_again_after(error) => {
                Self::Again { pause_ms: pause_after(job, error), error: told(error) }
            }
            Outcome::Ended(Err(error)) => Self::Dead(told(error)),
        }
    }
}

fn tell_unclaimed(id: JobId, error: &Error) {
    tracing::warn!(error = told(error), job = %id, "a job could not be claimed");
}

/// Its lease ends, and it is tried again.
fn tell_unwritten(id: JobId, error: &Error) {
    tracing::warn!(error = told(error), job = %id, "how a job ended could not be written");
}

fn tell_failed(kind: &Kind, shift: &Shift, (error, word): (&Error, &'static str)) {
    let (job, attempt, code) = (shift.id(), shift.attempt(), error.code.as_str());
    tracing::warn!(kind = kind.terms.name, %job, attempt, code, word, "a job has failed");
}

fn span_of(kind: &Kind, shift: &Shift) -> Span {
    let (kind, attempt) = (kind.terms.name, shift.attempt());
    tracing::info_span!(target: span::TARGET, "job", kind, attempt, outcome = Empty, otel.status_code = Empty)
}

/// Says in the span of this attempt how it ended.
fn tell_span(word: &'static str) {
    let span = Span::current();
    span.record("outcome", word);
    if matches!(word, "dead" | "failed" | "lost") {
        span.record("otel.status_code", "ERROR");
    }
}

fn held(job: &Record, worker: Uuid) -> Record {
    Record { worker: Some(worker), ..job.clone() }
}
