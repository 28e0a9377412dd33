//! One active job for each key, however many ask for it at once.

use std::collections::HashSet;

use barker_app::job;
use barker_domain::job::State;
use barker_infra::job_queue;
use barker_testkit::{Backend, TestDatabase};
use rstest::rstest;
use rstest_reuse::apply;

use crate::{
    every_database,
    kinds::{Poison, Quick},
    place::Ground,
};

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_who_ask_at_once_for_the_same_key_get_the_same_job(#[case] on: Backend) {
    let home = tempfile::tempdir().unwrap();
    let queue = job_queue::Settings::Sqlite(home.path().join("jobs.db"));
    let ground = Ground::with(TestDatabase::with_schema(on).await, home, queue).await;
    // Two processes' worth of connections.
    let stores = [ground.store.clone(), ground.database.connect().await.unwrap()];
    let asking = (0..50).map(|asker| {
        let store = stores[asker % 2].clone();
        tokio::spawn(async move {
            let job = job::new(&Quick {}).unwrap().keyed_by("the one");
            store.write(job, |transaction, job| Box::pin(async move { transaction.enqueue_job(job, 0).await })).await.unwrap()
        })
    });
    let answers: Vec<_> = futures::future::join_all(asking).await.into_iter().map(Result::unwrap).collect();
    let ids: HashSet<_> = answers.iter().map(|answer| answer.id).collect();
    assert_eq!((ids.len(), answers.iter().filter(|answer| answer.is_new).count()), (1, 1));
    let id = answers[0].id;
    // Another kind has keys of its own, and so has whoever comes after it is over.
    let other = job::enqueue(&ground.customer(), job::new(&Poison {}).unwrap().keyed_by("the one")).await.unwrap();
    assert!(other.is_new);
    let cancel = ground.store.write(id, |transaction, id| Box::pin(async move { transaction.cancel_waiting_job(id, 1).await }));
    assert!(cancel.await.unwrap());
    assert_eq!(ground.store.find_job(id).await.unwrap().unwrap().state, State::Cancelled);
    let next = job::enqueue(&ground.customer(), job::new(&Quick {}).unwrap().keyed_by("the one")).await.unwrap();
    assert!(next.is_new && next.id != id);
}
