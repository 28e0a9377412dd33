//! Workers in processes of their own, which are killed in the middle of a job.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use barker_app::job::{self, Outpost};
use barker_domain::{
    clock::{SharedClock, SystemClock},
    job::State,
};
use barker_infra::job_queue;
use barker_store::{Settings, Store};
use rstest::rstest;
use rstest_reuse::apply;
use secrecy::ExposeSecret;

use crate::{
    every_queue,
    kinds::{Slow, marks},
    place::{Ground, Tickets, services, settings},
};

/// What a child is told: database, home, kind of queue, URL, prefix, one on each line.
const TOLD: &str = "BARKER_TEST_JOBS_CHILD";

/// The other process. For whoever runs all tests it does nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_in_a_process_of_its_own() {
    let Ok(told) = std::env::var(TOLD) else { return };
    let told: Vec<_> = told.lines().collect();
    let (url, home, prefix) = (told[0].to_owned(), Path::new(told[1]), told.get(4).copied().unwrap_or_default().to_owned());
    let queue = match told[2] {
        "sqlite" => job_queue::Settings::Sqlite(PathBuf::from(told[3])),
        "postgres" => job_queue::Settings::Postgres(told[3].into()),
        "redis" => job_queue::Settings::Redis { url: told[3].into(), prefix },
        _ => job_queue::Settings::RabbitMq { url: told[3].into(), prefix },
    };
    let clock: SharedClock = Arc::new(SystemClock);
    let store = Store::connect(&Settings { url: url.into(), max_read_connections: 2, node: 1 }).await.unwrap();
    let _outpost = Outpost::start(store, services(home, &queue, &clock), clock, settings()).await.unwrap();
    std::future::pending::<()>().await;
}

/// A worker that dies with this value.
struct Worker(Child);

impl Worker {
    fn start(ground: &Ground) -> Self {
        let (kind, url, prefix) = match &ground.queue {
            job_queue::Settings::Sqlite(file) => ("sqlite", file.display().to_string(), ""),
            job_queue::Settings::Postgres(url) => ("postgres", url.expose_secret().to_owned(), ""),
            job_queue::Settings::Redis { url, prefix } => ("redis", url.expose_secret().to_owned(), prefix.as_str()),
            job_queue::Settings::RabbitMq { url, prefix } => ("rabbitmq", url.expose_secret().to_owned(), prefix.as_str()),
        };
        let told = [&ground.database.url(), &ground.home.path().display().to_string(), kind, &url, prefix].map(str::to_owned).join("\n");
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["child::a_worker_in_a_process_of_its_own", "--exact", "--nocapture"]).env(TOLD, told);
        Self(command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap())
    }

    /// `kill -9`.
    fn kill(&mut self) {
        // Gone already, as a rule after the first time.
        let _ended = self.0.kill().and_then(|()| self.0.wait());
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.kill();
    }
}

#[apply(every_queue)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_whose_worker_is_killed_in_the_middle_runs_again_and_takes_effect_once(#[case] on: Tickets) {
    let ground = Ground::of(on).await;
    let diary = ground.home.path().join("diary");
    // The time that processes of their own have: theirs is not for tests to move.
    let now = SystemClock;
    let clock: SharedClock = Arc::new(now);
    let customer = job::Workshop::new(
        ground.store.clone(),
        Arc::new(services(ground.home.path(), &ground.queue, &clock)),
        Arc::clone(&clock),
        settings(),
    );
    let id = job::enqueue(&customer, job::new(&Slow { diary: diary.clone() }).unwrap()).await.unwrap().id;
    let mut first = Worker::start(&ground);
    // The line, not the file: one is killed between the two as well.
    let is_begun = || std::fs::read_to_string(&diary).is_ok_and(|lines| lines == "attempt 1\n");
    ground.until(id, "nobody begins it", |job| job.state == State::Running && is_begun()).await;
    first.kill();
    let _second = Worker::start(&ground);
    let job = ground.until_over(id).await;
    assert_eq!((job.state, job.attempts, job.error), (State::Done, 2, None), "a job that is done has no error");
    assert_eq!(std::fs::read_to_string(&diary).unwrap(), "attempt 1\nattempt 2\n");
    // Nobody begins it a third time.
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(marks(&ground.store, Some(id)).await, 1);
}
