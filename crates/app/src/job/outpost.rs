//! An outpost: a process that runs jobs and does not own the database. It serves no ads and keeps nothing in memory that
//! somebody else could change.

use std::sync::Arc;

use barker_domain::{Result, clock::SharedClock};
use barker_infra::Services;
use barker_store::Store;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{Settings, Staff, Workshop, dispatch};

/// A process that runs jobs beside the one that owns the database.
#[derive(Debug)]
pub struct Outpost {
    workshop: Workshop,
    tasks: TaskTracker,
    closing: CancellationToken,
}

impl Outpost {
    /// Waits until the schema is up to date, or brings it there when nobody else does, and begins to work.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn start(store: Store, services: Services, clock: SharedClock, settings: Settings) -> Result<Self> {
        store.prepare().await?;
        let workshop = Workshop::new(store, Arc::new(services), clock, settings);
        let (tasks, closing) = (TaskTracker::new(), CancellationToken::new());
        start(&Staff { workshop: workshop.clone(), app: None, tasks: tasks.clone(), closing: closing.clone() });
        Ok(Self { workshop, tasks, closing })
    }

    /// What its jobs work with.
    #[must_use]
    pub fn workshop(&self) -> &Workshop {
        &self.workshop
    }

    /// Takes no more jobs, finishes those under way or hands them back, and closes the database.
    ///
    /// # Errors
    /// When the database does not close cleanly.
    pub async fn shut_down(&self) -> Result<()> {
        self.closing.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.workshop.store().close().await
    }
}

/// Begins whatever this process does about jobs.
pub(crate) fn start(staff: &Staff) {
    staff.start();
    if staff.workshop.settings().is_scheduler {
        dispatch::start(staff.workshop.clone(), (&staff.tasks, &staff.closing));
    }
}
