//! Queues that go away, and take what is in them along: jobs are found in the database and done all the same.

use barker_domain::job::State;
use barker_infra::job_queue;
use barker_testkit::{
    Backend, TestDatabase,
    server::{RabbitMqServer, RedisServer},
};

use crate::{
    kinds::{Quick, marks},
    place::{Ground, settings},
};
use barker_app::job::Settings;

/// Writes tickets and does nothing else.
fn dispatching() -> Settings {
    Settings { is_worker: false, ..settings() }
}

/// Waits until every ticket is written.
async fn until_dispatched(ground: &Ground) {
    let begun = std::time::Instant::now();
    while !ground.store.list_due_jobs(i64::MAX, None, 1).await.unwrap().is_empty() {
        assert!(begun.elapsed() < std::time::Duration::from_secs(20), "tickets are not written");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

async fn ground(queue: job_queue::Settings) -> Ground {
    Ground::with(TestDatabase::with_schema(Backend::Sqlite).await, tempfile::tempdir().unwrap(), queue).await
}

async fn assert_done_once(ground: &Ground, ids: &[barker_domain::JobId]) {
    for id in ids {
        let job = ground.until_over(*id).await;
        assert_eq!((job.state, marks(&ground.store, Some(*id)).await), (State::Done, 1), "{job:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_survive_a_redis_that_restarts_and_has_forgotten_everything() {
    let home = tempfile::tempdir().unwrap();
    let mut redis = RedisServer::start(home.path(), None).await;
    let ground = ground(job_queue::Settings::Redis { url: redis.url().into(), prefix: "test".into() }).await;
    let dispatcher = ground.outpost(dispatching()).await;
    let mut ids = vec![ground.enqueue(&Quick {}).await];
    until_dispatched(&ground).await;
    redis.restart().await;
    // Long enough for a ticket to be taken for lost.
    ground.clock.advance_ms(10 * 60_000);
    let worker = ground.outpost(settings()).await;
    assert_done_once(&ground, &ids).await;
    // Now with a worker that is at work while Redis is away.
    redis.kill();
    ids.push(ground.enqueue(&Quick {}).await);
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    redis.restart().await;
    ids.push(ground.enqueue(&Quick {}).await);
    assert_done_once(&ground, &ids).await;
    worker.shut_down().await.unwrap();
    dispatcher.shut_down().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_survive_a_rabbitmq_that_restarts_and_one_that_has_forgotten_everything() {
    let home = tempfile::tempdir().unwrap();
    let mut rabbitmq = RabbitMqServer::start(home.path()).await;
    let ground = ground(job_queue::Settings::RabbitMq { url: rabbitmq.url().into(), prefix: "test".into() }).await;
    let dispatcher = ground.outpost(dispatching()).await;
    let mut ids = vec![ground.enqueue(&Quick {}).await];
    until_dispatched(&ground).await;
    // Killed and started again, it has the ticket on disk.
    rabbitmq.restart().await;
    let worker = ground.outpost(settings()).await;
    assert_done_once(&ground, &ids).await;
    rabbitmq.kill();
    ids.push(ground.enqueue(&Quick {}).await);
    rabbitmq.restart_empty().await;
    ids.push(ground.enqueue(&Quick {}).await);
    assert_done_once(&ground, &ids).await;
    worker.shut_down().await.unwrap();
    dispatcher.shut_down().await.unwrap();
}
