//! Where a test's jobs live: a database, a queue with a name of its own, and outposts that work there.

use std::{path::Path, sync::Arc, time::Duration};

use barker_app::job::{self, Job, Outpost, Settings, Workshop};
use barker_domain::{
    JobId,
    clock::SharedClock,
    job::{Job as Record, State},
};
use barker_infra::{Services, Settings as ServiceSettings, job_queue};
use barker_store::Store;
use barker_testkit::{Backend, ManualClock, POSTGRES_URL, RABBITMQ_URL, REDIS_URL, TestDatabase};
use tempfile::TempDir;
use uuid::Uuid;

use crate::kinds::{KINDS, SCHEDULES};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(40);
/// How long a job stays with a worker that was killed.
pub(crate) const LEASE: Duration = Duration::from_secs(2);

/// Where tickets wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tickets {
    Sqlite,
    Postgres,
    Redis,
    RabbitMq,
}

pub(crate) struct Ground {
    pub(crate) database: TestDatabase,
    pub(crate) home: TempDir,
    pub(crate) store: Store,
    pub(crate) queue: job_queue::Settings,
    pub(crate) clock: ManualClock,
}

impl Ground {
    pub(crate) async fn of(on: Tickets) -> Self {
        let database = TestDatabase::with_schema(if on == Tickets::Sqlite { Backend::Sqlite } else { Backend::Postgres }).await;
        let home = tempfile::tempdir().unwrap();
        let prefix = format!("test-{}", Uuid::now_v7());
        let variable = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run the tests through scripts/test"));
        let queue = match on {
            Tickets::Sqlite => job_queue::Settings::Sqlite(home.path().join("jobs.db")),
            // Beside the business data, as small installations have it.
            Tickets::Postgres => job_queue::Settings::Postgres(database.url().into()),
            Tickets::Redis => job_queue::Settings::Redis { url: variable(REDIS_URL).into(), prefix },
            Tickets::RabbitMq => job_queue::Settings::RabbitMq { url: variable(RABBITMQ_URL).into(), prefix },
        };
        let _known = std::env::var(POSTGRES_URL);
        Self::with(database, home, queue).await
    }

    pub(crate) async fn with(database: TestDatabase, home: TempDir, queue: job_queue::Settings) -> Self {
        let store = database.connect().await.unwrap();
        Self { database, home, store, queue, clock: ManualClock::default() }
    }

    /// Somebody who only asks for jobs.
    pub(crate) fn customer(&self) -> Workshop {
        workshop(&self.store, self.home.path(), &self.queue, Arc::new(self.clock.clone()))
    }

    /// A process' worth of work, in this process, on the clock that tests move.
    pub(crate) async fn outpost(&self, settings: Settings) -> Outpost {
        let clock: SharedClock = Arc::new(self.clock.clone());
        let store = self.database.connect().await.unwrap();
        Outpost::start(store, services(self.home.path(), &self.queue, &clock), clock, settings).await.unwrap()
    }

    pub(crate) async fn enqueue<J: Job>(&self, job: &J) -> JobId {
        job::enqueue(&self.customer(), job::new(job).unwrap()).await.unwrap().id
    }

    /// Waits until the job is as it should be.
    pub(crate) async fn until(&self, id: JobId, what: &str, is_so: impl Fn(&Record) -> bool) -> Record {
        let begun = std::time::Instant::now();
        loop {
            let job = self.store.find_job(id).await.unwrap().unwrap();
            if is_so(&job) {
                return job;
            }
            assert!(begun.elapsed() < PATIENCE, "{what}: {job:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub(crate) async fn until_over(&self, id: JobId) -> Record {
        self.until(id, "it is never over", |job| !job.state.is_active()).await
    }

    pub(crate) async fn until_waiting_again(&self, id: JobId, attempts: i32) -> Record {
        self.until(id, "it is not tried", |job| job.state == State::Waiting && job.attempts == attempts).await
    }
}

/// No schedules, short leases.
pub(crate) fn settings() -> Settings {
    Settings { kinds: KINDS, schedules: &[], lease: LEASE, drain: Duration::from_millis(100), ..Settings::default() }
}

/// With a schedule of one job a minute.
pub(crate) fn scheduling() -> Settings {
    Settings { schedules: SCHEDULES, ..settings() }
}

pub(crate) fn services(home: &Path, queue: &job_queue::Settings, clock: &SharedClock) -> Services {
    let settings = ServiceSettings { jobs: queue.clone(), ..ServiceSettings::embedded(home) };
    Services::open(&settings, clock).unwrap()
}

fn workshop(store: &Store, home: &Path, queue: &job_queue::Settings, clock: SharedClock) -> Workshop {
    Workshop::new(store.clone(), Arc::new(services(home, queue, &clock)), clock, settings())
}
