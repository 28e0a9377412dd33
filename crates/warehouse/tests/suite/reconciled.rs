//! What must agree whatever is asked: rows with totals, breakdowns with each other, credits with conversions.

use barker_warehouse::{
    Engine,
    question::{Attribution, DatedBy, Measure, Model, Question, Sums},
};
use proptest::prelude::*;
use rstest::rstest;
use rstest_reuse::apply;

use crate::{
    engines::{Home, Kind, every_engine},
    generated::measures,
    sums::{try_worlds, world_count},
};

#[apply(every_engine)]
fn every_breakdown_has_the_totals_of_none_and_every_model_credits_every_conversion(#[case] kind: Kind) {
    try_worlds(world_count(kind).div_ceil(3), 2, |runtime, world| {
        runtime.block_on(async {
            let home = Home::new(kind).await;
            let engine = home.open().await;
            for batch in &world.batches {
                engine.append(batch.clone()).await.unwrap();
            }
            for question in &world.questions {
                let question = Question { measures: measures(), filters: Vec::new(), limit: 100_000, ..question.clone() };
                reconcile(&*engine, &question).await?;
            }
            Ok(())
        })
    });
}

async fn reconcile(engine: &dyn Engine, question: &Question) -> Result<(), TestCaseError> {
    let asked = async |question: &Question| engine.sums(question.clone()).await.unwrap();
    let split = asked(question).await;
    let whole = asked(&Question { group_by: Vec::new(), ..question.clone() }).await;
    for (place, measure) in question.measures.iter().enumerate() {
        // By the hour there is no spend.
        if split.totals[place].is_some() {
            prop_assert_eq!(split.totals[place], whole.totals[place], "{:?} of {:?}", measure, question);
        }
        let (sum, total) = (sum(&split, place), split.totals[place].unwrap_or(0));
        // Somebody may stand in several rows.
        let adds_up = if *measure == Measure::People { sum >= total } else { sum == total };
        prop_assert!(adds_up, "{:?}: rows make {}, the total is {}, of {:?}", measure, sum, total, question);
    }
    if question.attribution.dated_by == DatedBy::Conversion {
        for model in [Model::LastNonDirect, Model::LastTouch, Model::FirstTouch, Model::Linear] {
            let attribution = Attribution { model, lookback_days: 1, dated_by: DatedBy::Conversion };
            let other = asked(&Question { attribution, ..question.clone() }).await;
            prop_assert_eq!(&other.totals, &split.totals, "{:?} of {:?}", model, question);
        }
    }
    Ok(())
}

fn sum(sums: &Sums, place: usize) -> i128 {
    sums.rows.iter().filter_map(|row| row.sums[place]).sum()
}
