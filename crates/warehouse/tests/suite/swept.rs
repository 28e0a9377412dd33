//! Rows that were replaced go while questions are asked, and no answer tells.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use barker_domain::{Micros, ProjectId};
use barker_warehouse::{
    Engine,
    fact::{Batch, Facts, Order},
    question::{Measure, Question},
};

use crate::{
    engines::{Home, Kind},
    plain::of_first_day,
};

const ORDERS: i64 = 500;
const AMOUNT: i64 = 7_000_000;

/// Every order once more, with the same amount.
fn versions(project_id: ProjectId, updated_at_ms: i64) -> Batch {
    let order = |id: i64| Order {
        order_id: id.to_string(),
        updated_at_ms,
        currency: "RUB".into(),
        net: Micros(AMOUNT),
        client_id: "somebody".into(),
        ..Order::default()
    };
    Batch { project_id, facts: Facts::Orders((0..ORDERS).map(order).collect()) }
}

fn revenue(project_id: ProjectId) -> Question {
    of_first_day(project_id, vec![Measure::Revenue, Measure::Orders])
}

async fn rows(engine: &dyn Engine) -> u64 {
    let stats = engine.stats().await.unwrap();
    stats.tables.iter().find(|(name, _)| *name == "orders").unwrap().1
}

/// What every question has to answer, whenever it is asked.
fn whole() -> Vec<Option<i128>> {
    vec![Some(i128::from(ORDERS * AMOUNT)), Some(i128::from(ORDERS) * 1_000_000)]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_stay_while_versions_come_and_go() {
    let home = Home::new(Kind::DuckDb).await;
    let engine = home.open().await;
    let project = ProjectId::generate();
    engine.append(versions(project, 0)).await.unwrap();
    let is_over = AtomicBool::new(false);
    let write = async {
        for updated_at_ms in 1..60 {
            engine.append(versions(project, updated_at_ms)).await.unwrap();
            if updated_at_ms % 3 == 0 {
                engine.compact().await.unwrap();
            }
        }
        is_over.store(true, Ordering::Release);
    };
    let ask = || async {
        let mut asked = 0;
        while !is_over.load(Ordering::Acquire) {
            assert_eq!(engine.sums(revenue(project)).await.unwrap().totals, whole());
            asked += 1;
        }
        asked
    };
    let ((), one, other) = tokio::join!(write, ask(), ask());
    assert!(one > 0 && other > 0, "nothing was asked meanwhile");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replaced_rows_go_by_themselves_also_after_a_start() {
    let home = Home::new(Kind::DuckDb).await;
    let project = ProjectId::generate();
    let engine = home.open().await;
    for updated_at_ms in [5, 6, 4] {
        engine.append(versions(project, updated_at_ms)).await.unwrap();
    }
    until_once(&*engine).await;
    assert_eq!(engine.sums(revenue(project)).await.unwrap().totals, whole());
    engine.append(versions(project, 3)).await.unwrap();
    engine.close().await.unwrap();
    let engine = home.open().await;
    until_once(&*engine).await;
    assert_eq!(engine.sums(revenue(project)).await.unwrap().totals, whole());
}

async fn until_once(engine: &dyn Engine) {
    let swept = async {
        while rows(engine).await > u64::try_from(ORDERS).unwrap() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(30), swept).await.is_ok(), "replaced orders stay");
}
