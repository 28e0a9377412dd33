//! A shift: one attempt at a job, as the job itself sees it.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use barker_domain::{
    Code, Error, JobId, Result,
    job::{Job as Record, Progress},
};
use barker_store::{Hold, Store, Transaction};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::Workshop;
use crate::App;

/// One attempt at a job. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Shift {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    workshop: Workshop,
    app: Option<App>,
    job: Record,
    worker: Uuid,
    cancelled: CancellationToken,
    /// The process is to end.
    closing: CancellationToken,
    is_handed_back: AtomicBool,
    /// What was said about the progress and not yet written.
    progress: Mutex<Option<Progress>>,
    has_completed_itself: AtomicBool,
}

impl Shift {
    pub(super) fn begin((workshop, app): (Workshop, Option<App>), job: Record, worker: Uuid, closing: CancellationToken) -> Self {
        let inner = Inner {
            workshop,
            app,
            job,
            worker,
            cancelled: CancellationToken::new(),
            closing,
            is_handed_back: AtomicBool::new(false),
            progress: Mutex::default(),
            has_completed_itself: AtomicBool::new(false),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The job's id: the same in every attempt.
    #[must_use]
    pub fn id(&self) -> JobId {
        self.inner.job.id
    }

    /// Which attempt this is, from 1.
    #[must_use]
    pub fn attempt(&self) -> i32 {
        self.inner.job.attempts
    }

    /// The business data.
    #[must_use]
    pub fn store(&self) -> &Store {
        self.inner.workshop.store()
    }

    /// Everything else that works in any process.
    #[must_use]
    pub fn workshop(&self) -> &Workshop {
        &self.inner.workshop
    }

    /// The time.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.inner.workshop.now_ms()
    }

    /// The application, for kinds that run in the process that owns the database.
    ///
    /// # Errors
    /// [`Code::Internal`] for all others.
    pub fn app(&self) -> Result<&App> {
        let missing = || Error::new(Code::Internal, "this kind of job is for the process that owns the database");
        self.inner.app.as_ref().ok_or_else(missing)
    }

    /// Says how far the job is. It is written within a second; of several in a second, the last.
    pub fn progress(&self, done: i64, total: Option<i64>, message: impl Into<String>) {
        let progress = Progress { done, total, message: message.into() };
        *self.inner.progress.lock().unwrap_or_else(PoisonError::into_inner) = Some(progress);
    }

    /// Whether to go on. To be asked between two steps.
    ///
    /// # Errors
    /// [`Code::JobCancelled`] when somebody does not want the job any more.
    pub fn check(&self) -> Result<()> {
        if self.inner.cancelled.is_cancelled() { Err(Error::of(Code::JobCancelled)) } else { Ok(()) }
    }

    /// Waits until somebody does not want the job any more.
    pub async fn cancelled(&self) {
        self.inner.cancelled.cancelled().await;
    }

    /// Waits until the process is to end. A job that takes long and can begin anew at no loss does not use the time that all have to
    /// finish: it ends with [`Self::hand_back`].
    pub async fn closing(&self) {
        self.inner.closing.cancelled().await;
    }

    /// What a job ends with that is to begin anew once there is a process again: the attempt does not count.
    #[must_use]
    pub fn hand_back(&self) -> Error {
        self.inner.is_handed_back.store(true, Ordering::SeqCst);
        Error::new(Code::Busy, "the process ends before the job does")
    }

    /// Ends the job together with its effect, in the effect's own transaction: both take place, once, or neither does.
    ///
    /// # Errors
    /// [`Code::JobState`] when another worker has the job by now: the effect is not this one's to cause.
    pub async fn complete_in(&self, transaction: &Transaction) -> Result<()> {
        let Inner { job, worker, .. } = &*self.inner;
        if !transaction.complete_job(Hold { id: job.id, worker: *worker }, self.now_ms(), self.take_progress()).await? {
            return Err(Error::new(Code::JobState, "another worker has the job by now"));
        }
        self.inner.has_completed_itself.store(true, Ordering::SeqCst);
        Ok(())
    }

    pub(super) fn take_progress(&self) -> Option<Progress> {
        self.inner.progress.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// What could not be written is written the next time, unless there is news.
    pub(super) fn put_progress_back(&self, progress: Option<Progress>) {
        let mut place = self.inner.progress.lock().unwrap_or_else(PoisonError::into_inner);
        if place.is_none() {
            *place = progress;
        }
    }

    pub(super) fn cancel(&self) {
        self.inner.cancelled.cancel();
    }

    pub(super) fn is_handed_back(&self) -> bool {
        self.inner.is_handed_back.load(Ordering::SeqCst)
    }

    pub(super) fn has_completed_itself(&self) -> bool {
        self.inner.has_completed_itself.load(Ordering::SeqCst)
    }

    pub(super) fn record(&self) -> &Record {
        &self.inner.job
    }

    pub(super) fn worker(&self) -> Uuid {
        self.inner.worker
    }
}
