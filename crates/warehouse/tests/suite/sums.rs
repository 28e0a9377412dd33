//! Sums of facts, asked of a warehouse and of the naive evaluator.

use std::collections::HashSet;

use barker_warehouse::Engine;
use proptest::{
    prelude::*,
    test_runner::{TestError, TestRunner},
};
use rstest::rstest;
use rstest_reuse::apply;

use crate::{
    engines::{Home, Kind, every_engine},
    generated::{World, worlds},
    naive::Naive,
};

const QUESTIONS: usize = 8;

/// How many times as many worlds are tried, for whoever has the time.
const MORE_WORLDS: &str = "BARKER_TEST_MORE_WORLDS";

/// Worlds that are tried; a server takes its time with each statement.
pub(crate) fn world_count(kind: Kind) -> u32 {
    let times = std::env::var(MORE_WORLDS).ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    match kind {
        Kind::DuckDb => 24 * times,
        Kind::ClickHouse => 2 * times,
    }
}

#[apply(every_engine)]
fn an_engine_answers_what_the_naive_evaluator_answers(#[case] kind: Kind) {
    try_worlds(world_count(kind), QUESTIONS, |runtime, world| {
        runtime.block_on(async {
            let home = Home::new(kind).await;
            compare(&*home.open().await, &world).await
        })
    });
}

/// Random worlds, until one fails.
pub(crate) fn try_worlds(
    worlds_count: u32,
    questions: usize,
    attempt: impl Fn(&tokio::runtime::Runtime, World) -> Result<(), TestCaseError>,
) {
    assert!(worlds_count > 0, "no world proves nothing");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let config = ProptestConfig { cases: worlds_count, failure_persistence: None, max_shrink_iters: 12, ..ProptestConfig::default() };
    let outcome = TestRunner::new(config).run(&worlds(questions), |world| attempt(&runtime, world));
    match outcome {
        Ok(()) => {}
        // The reason is readable, the world is long.
        Err(TestError::Fail(reason, world)) => panic!("{reason}\nafter {:#?}", world.batches),
        Err(other @ TestError::Abort(_)) => panic!("{other}"),
    }
}

async fn compare(engine: &dyn Engine, world: &World) -> Result<(), TestCaseError> {
    bring(engine, world).await;
    for round in 0..2 {
        for question in &world.questions {
            let expected = Naive::of(&world.batches, question.project_id).answer(question);
            let found = engine.sums(question.clone()).await;
            prop_assert!(found.is_ok(), "{:?} caused by {:?}", found, found.as_ref().err().map(std::error::Error::source));
            prop_assert_eq!(found.unwrap(), expected, "round {} of {:?}", round, question);
        }
        // What is left is counted up, what nobody reads goes, and no answer changes.
        for project_id in world.batches.iter().map(|batch| batch.project_id).collect::<HashSet<_>>() {
            engine.roll_up(project_id, i64::MAX).await.unwrap();
        }
        engine.compact().await.unwrap();
    }
    Ok(())
}

/// Some events are counted up when the first question comes, some rows that were replaced are gone, and some are not.
async fn bring(engine: &dyn Engine, world: &World) {
    for (place, batch) in world.batches.iter().enumerate() {
        engine.append(batch.clone()).await.unwrap();
        if place % 3 == 1 {
            engine.roll_up(batch.project_id, i64::MAX).await.unwrap();
        }
        if place % 4 == 2 {
            engine.compact().await.unwrap();
        }
    }
}
