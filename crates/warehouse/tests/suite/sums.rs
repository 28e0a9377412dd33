//! Sums of facts, asked of a warehouse and of the naive evaluator.

use std::{path::Path, sync::Arc, time::Duration};

use barker_domain::clock::SystemClock;
use barker_warehouse::{DuckDb, DuckDbSettings, Engine};
use proptest::{prelude::*, test_runner::TestRunner};

use crate::{
    generated::{World, worlds},
    naive::Naive,
};

/// Worlds that are tried, with some questions each.
const WORLDS: u32 = 48;
const QUESTIONS: usize = 12;

pub(crate) fn settings(directory: &Path) -> DuckDbSettings {
    DuckDbSettings {
        path: directory.join("warehouse.duckdb"),
        spill_directory: directory.join("spill"),
        memory_megabytes: 256,
        spill_megabytes: 1_024,
        threads: 2,
        readers: 2,
        timeout: Duration::from_mins(1),
        queued_rows: 1_000_000,
        known_events: 50,
    }
}

pub(crate) fn open(directory: &Path) -> DuckDb {
    DuckDb::open(&settings(directory), Arc::new(SystemClock)).unwrap()
}

#[test]
fn duckdb_answers_what_the_naive_evaluator_answers() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut runner =
        TestRunner::new(ProptestConfig { cases: WORLDS, failure_persistence: None, max_shrink_iters: 200, ..ProptestConfig::default() });
    runner
        .run(&worlds(QUESTIONS), |world| {
            let directory = tempfile::tempdir().unwrap();
            let engine = open(directory.path());
            runtime.block_on(compare(&engine, &world))
        })
        .unwrap_or_else(|failure| match failure {
            // The reason is readable, the world is long.
            proptest::test_runner::TestError::Fail(reason, world) => panic!("{reason}\nafter {:#?}", world.batches),
            other @ proptest::test_runner::TestError::Abort(_) => panic!("{other}"),
        });
}

async fn compare(engine: &dyn Engine, world: &World) -> Result<(), TestCaseError> {
    for batch in &world.batches {
        engine.append(batch.clone()).await.unwrap();
    }
    for round in 0..2 {
        for question in &world.questions {
            let expected = Naive::of(&world.batches, question.project_id).answer(question);
            let found = engine.sums(question.clone()).await;
            prop_assert!(found.is_ok(), "{:?} caused by {:?}", found, found.as_ref().err().map(std::error::Error::source));
            prop_assert_eq!(found.unwrap(), expected, "round {} of {:?}", round, question);
        }
        // What nobody reads goes, and no answer changes.
        engine.compact().await.unwrap();
    }
    Ok(())
}
