//! The life of jobs: tried again, dead, revived, cancelled, handed back.

use std::time::Duration;

use barker_app::job;
use barker_domain::{Code, job::State};
use barker_testkit::{Backend, TestDatabase};
use rstest::rstest;
use rstest_reuse::apply;

use crate::{
    every_database, every_queue,
    kinds::{Panicky, Poison, Quick, Slow, marks},
    place::{Ground, Tickets, scheduling, settings},
};
use barker_infra::job_queue;
use barker_store::Hold;

const HOUR_MS: i64 = 3_600_000;

/// A database of each kind, with tickets in a file.
async fn ground_on(on: Backend) -> Ground {
    let home = tempfile::tempdir().unwrap();
    let queue = job_queue::Settings::Sqlite(home.path().join("jobs.db"));
    Ground::with(TestDatabase::with_schema(on).await, home, queue).await
}

#[apply(every_queue)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poison_job_ends_among_the_dead_with_its_error_after_its_attempts(#[case] on: Tickets) {
    let ground = Ground::of(on).await;
    let outpost = ground.outpost(settings()).await;
    let id = ground.enqueue(&Poison {}).await;
    for attempts in 1..3 {
        let job = ground.until_waiting_again(id, attempts).await;
        assert_eq!(job.error.unwrap(), format!("internal: attempt {attempts} found poison"));
        assert!(job.due_at_ms > outpost.workshop().now_ms(), "it waits before it is tried again");
        ground.clock.advance_ms(HOUR_MS);
    }
    let job = ground.until_over(id).await;
    assert_eq!((job.state, job.attempts, job.error.as_deref()), (State::Dead, 3, Some("internal: attempt 3 found poison")));
    outpost.shut_down().await.unwrap();
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_job_is_revived_with_all_its_attempts_unless_its_key_is_taken(#[case] on: Backend) {
    let ground = ground_on(on).await;
    let outpost = ground.outpost(settings()).await;
    let add = async || job::enqueue(&ground.customer(), job::new(&Panicky {}).unwrap().keyed_by("one")).await.unwrap();
    let first = add().await;
    let dead = ground.until_over(first.id).await;
    assert_eq!((dead.state, dead.error.as_deref()), (State::Dead, Some("internal: the job panicked")));
    outpost.shut_down().await.unwrap();
    let second = add().await;
    assert!(second.is_new, "the key of a dead job is free");
    let revive = async || {
        let revive = ground
            .store
            .write((dead.clone(), 0), |transaction, (job, now_ms)| Box::pin(async move { transaction.revive_job(&job, now_ms).await }));
        revive.await.unwrap()
    };
    assert!(!revive().await, "the second has the key");
    let cancel = ground.store.write(second.id, |transaction, id| Box::pin(async move { transaction.cancel_waiting_job(id, 0).await }));
    assert!(cancel.await.unwrap());
    assert!(revive().await);
    assert!(!revive().await, "it is not dead any more");
    let job = ground.store.find_job(first.id).await.unwrap().unwrap();
    assert_eq!((job.state, job.attempts, job.finished_at_ms), (State::Waiting, 0, None));
}

#[apply(every_queue)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_schedulers_begin_nothing_twice(#[case] on: Tickets) {
    const MINUTES: u64 = 8;
    let ground = Ground::of(on).await;
    let outposts = [ground.outpost(scheduling()).await, ground.outpost(scheduling()).await];
    let begun = std::time::Instant::now();
    while ground.store.list_schedules().await.unwrap().is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(10), "nobody keeps the schedule");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    for minute in 1..=MINUTES {
        ground.clock.advance_ms(60_000);
        let begun = std::time::Instant::now();
        while marks(&ground.store, None).await < minute {
            assert!(begun.elapsed() < Duration::from_secs(20), "minute {minute}: {}", marks(&ground.store, None).await);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    // Whoever is late has had the time to begin it again.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(marks(&ground.store, None).await, MINUTES);
    let jobs = ground.store.list_jobs(&barker_store::JobFilter::default(), barker_domain::page::Page::default()).await.unwrap();
    assert_eq!(jobs.total, MINUTES);
    assert!(jobs.rows.iter().all(|job| job.state == State::Done && job.attempts == 1));
    for outpost in outposts {
        outpost.shut_down().await.unwrap();
    }
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_missed_while_nobody_was_there_is_begun_once(#[case] on: Backend) {
    let ground = ground_on(on).await;
    let outpost = ground.outpost(scheduling()).await;
    while ground.store.list_schedules().await.unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    outpost.shut_down().await.unwrap();
    ground.clock.advance_ms(7 * 24 * HOUR_MS);
    let outpost = ground.outpost(scheduling()).await;
    let begun = std::time::Instant::now();
    while marks(&ground.store, None).await == 0 {
        assert!(begun.elapsed() < Duration::from_secs(20), "nobody catches up");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    assert_eq!(marks(&ground.store, None).await, 1);
    outpost.shut_down().await.unwrap();
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_ends_hands_its_jobs_back_without_counting_the_attempt(#[case] on: Backend) {
    let ground = ground_on(on).await;
    let outpost = ground.outpost(settings()).await;
    let id = ground.enqueue(&Slow { diary: ground.home.path().join("diary") }).await;
    ground.until(id, "nobody begins it", |job| job.state == State::Running).await;
    outpost.shut_down().await.unwrap();
    let job = ground.store.find_job(id).await.unwrap().unwrap();
    assert_eq!((job.state, job.attempts, job.worker), (State::Waiting, 0, None));
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_comes_back_late_changes_nothing(#[case] on: Backend) {
    let ground = ground_on(on).await;
    let id = ground.enqueue(&Quick {}).await;
    let (now_ms, late, next) = (ground.customer().now_ms(), uuid::Uuid::now_v7(), uuid::Uuid::now_v7());
    let claim = async |worker| {
        let claim = ground.store.write(worker, move |transaction, worker| {
            Box::pin(async move { transaction.claim_job(Hold { id, worker }, (now_ms, now_ms + 1)).await })
        });
        claim.await.unwrap()
    };
    assert_eq!(claim(late).await.unwrap().attempts, 1);
    assert!(claim(next).await.is_none(), "somebody has it");
    let release = ground.store.write((), move |transaction, ()| {
        Box::pin(async move { transaction.release_job(Hold { id, worker: late }, now_ms, Some("gone".into())).await })
    });
    assert!(release.await.unwrap());
    assert_eq!(claim(next).await.unwrap().attempts, 2);
    let steps = ground.store.write((), move |transaction, ()| {
        Box::pin(async move {
            Ok([
                transaction.complete_job(Hold { id, worker: late }, now_ms, None).await?,
                transaction.keep_job(Hold { id, worker: late }, now_ms + 9, None).await?,
                transaction.bury_job(Hold { id, worker: late }, (State::Dead, now_ms), None).await?,
                transaction.release_job(Hold { id, worker: late }, now_ms, None).await?,
                transaction.complete_job(Hold { id, worker: next }, now_ms, None).await?,
                transaction.complete_job(Hold { id, worker: next }, now_ms, None).await?,
            ])
        })
    });
    assert_eq!(steps.await.unwrap(), [false, false, false, false, true, false]);
    let job = ground.store.find_job(id).await.unwrap().unwrap();
    assert_eq!((job.state, job.payload.as_str()), (State::Done, ""), "what it was given is forgotten");
}

/// A worker may be done with a job before whoever wrote its ticket has noted that.
#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ticket_that_is_noted_late_is_not_taken_for_that_of_the_next_attempt(#[case] on: Backend) {
    let ground = ground_on(on).await;
    let id = ground.enqueue(&Quick {}).await;
    let (now_ms, hold) = (ground.customer().now_ms(), Hold { id, worker: uuid::Uuid::now_v7() });
    let attempt = ground.store.write((), move |transaction, ()| {
        Box::pin(async move {
            transaction.claim_job(hold, (now_ms, now_ms + 9)).await?;
            transaction.release_job(hold, now_ms + 1, Some("not yet".into())).await?;
            transaction.note_dispatch(&[id], now_ms).await
        })
    });
    attempt.await.unwrap();
    let due = async |at_ms| ground.store.list_due_jobs(at_ms, None, 9).await.unwrap().len();
    assert_eq!((due(now_ms).await, due(now_ms + 1).await), (0, 1));
    let note = ground.store.write((), move |transaction, ()| Box::pin(async move { transaction.note_dispatch(&[id], now_ms + 1).await }));
    note.await.unwrap();
    assert_eq!(due(now_ms + 1).await, 0, "it has a ticket now");
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_job_is_given_has_a_limit(#[case] on: Backend) {
    let ground = ground_on(on).await;
    let largest = barker_domain::job::MAX_PAYLOAD_BYTES;
    let with = |bytes: usize| {
        let job = job::new(&Quick {}).unwrap();
        barker_domain::job::NewJob { payload: "x".repeat(bytes), ..job }
    };
    assert!(job::enqueue(&ground.customer(), with(largest)).await.is_ok());
    assert_eq!(job::enqueue(&ground.customer(), with(largest + 1)).await.unwrap_err().code, Code::InvalidRequest);
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_that_are_long_over_are_forgotten_and_others_stay(#[case] on: Backend) {
    let ground = ground_on(on).await;
    let outpost = ground.outpost(settings()).await;
    let over = ground.enqueue(&Quick {}).await;
    ground.until_over(over).await;
    let waiting = job::enqueue(&ground.customer(), job::new(&Quick {}).unwrap().due_at(i64::MAX)).await.unwrap().id;
    let now_ms = outpost.workshop().now_ms();
    assert_eq!(ground.store.prune_jobs(now_ms).await.unwrap(), 0, "not before its time");
    assert_eq!(ground.store.prune_jobs(now_ms + 1).await.unwrap(), 1);
    assert!(ground.store.find_job(over).await.unwrap().is_none() && ground.store.find_job(waiting).await.unwrap().is_some());
    outpost.shut_down().await.unwrap();
}
