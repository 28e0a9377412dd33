//! Readers do not wait for the writer. That the writer does not wait for readers is tested beside each engine.

use barker_domain::ProjectId;
use barker_warehouse::{
    fact::{Batch, Event, Facts},
    question::{Measure, Question},
};
use rstest::rstest;
use rstest_reuse::apply;

use crate::{
    engines::{Home, Kind, every_engine},
    plain::of_first_day,
};

fn batch(project_id: ProjectId, ids: std::ops::Range<u32>) -> Batch {
    let event = |id: u32| Event { event_id: id.to_string(), event_type: "page_view".into(), client_id: id.to_string(), ..Event::default() };
    Batch { project_id, facts: Facts::Events(ids.map(event).collect()) }
}

fn people(project_id: ProjectId) -> Question {
    of_first_day(project_id, vec![Measure::People])
}

#[apply(every_engine)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn questions_are_answered_while_much_is_being_written_and_see_all_of_a_batch_or_none(#[case] kind: Kind) {
    let home = Home::new(kind).await;
    let engine = home.open().await;
    let project = ProjectId::generate();
    engine.append(batch(project, 0..10)).await.unwrap();
    let mut writing = std::pin::pin!(engine.append(batch(project, 10..80_010)));
    let mut answered = 0;
    loop {
        tokio::select! {
            biased;
            sums = engine.sums(people(project)) => {
                let people = sums.unwrap().totals[0];
                assert!([Some(10), Some(80_010)].contains(&people), "{people:?}");
                answered += 1;
            }
            written = &mut writing => {
                assert_eq!(written.unwrap().rows, 80_000);
                break;
            }
        }
    }
    assert!(answered > 0, "no question was answered while rows were written");
    assert_eq!(engine.sums(people(project)).await.unwrap().totals, [Some(80_010)]);
}
