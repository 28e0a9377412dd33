//! Appending: what is answered is kept, what comes twice is there once, what makes no sense is refused by name.

use barker_domain::{
    Code, Day, ProjectId,
    clock::{Clock, SystemClock},
};
use barker_warehouse::{
    Engine, Latest,
    fact::{Appended, Batch, Event, Facts, Identity, Level, Order, Spend, SpendLoad},
    question::{Measure, Question},
};
use rstest::rstest;
use rstest_reuse::apply;
use uuid::Uuid;

use crate::{
    engines::{Home, Kind, every_engine},
    plain::of_first_day,
};

const DAY_MS: i64 = 86_400_000;

fn batch(project_id: ProjectId, ids: impl Iterator<Item = i64>) -> Batch {
    let event =
        |id: i64| Event { event_id: id.to_string(), occurred_at_ms: id * DAY_MS / 10, event_type: "lead".into(), ..Event::default() };
    Batch { project_id, facts: Facts::Events(ids.map(event).collect()) }
}

/// How many people there were, and how many leads.
fn asked(project_id: ProjectId) -> Question {
    of_first_day(project_id, vec![Measure::People, Measure::Events("lead".into())])
}

#[apply(every_engine)]
#[tokio::test]
async fn events_that_come_again_are_duplicates_also_after_a_restart_and_when_memory_is_short(#[case] kind: Kind) {
    let home = Home::new(kind).await;
    let project = ProjectId::generate();
    // Forty days, and a memory for five: most of them are read from the table again.
    let engine = home.open().await;
    assert_eq!(engine.append(batch(project, 0..400)).await.unwrap(), Appended { rows: 400, duplicates: 0 });
    for new in [10, 0] {
        assert_eq!(engine.append(batch(project, (0..410).rev())).await.unwrap().rows, new);
    }
    drop(engine);
    let engine = home.open().await;
    assert_eq!(engine.append(batch(project, 0..411)).await.unwrap(), Appended { rows: 1, duplicates: 410 });
    let other = ProjectId::generate();
    assert_eq!(engine.append(batch(other, 0..3)).await.unwrap(), Appended { rows: 3, duplicates: 0 }, "ids are a project's own");
}

#[apply(every_engine)]
#[tokio::test]
async fn a_batch_that_repeats_itself_over_more_days_than_memory_holds_is_kept_once(#[case] kind: Kind) {
    let home = Home::new(kind).await;
    let engine = home.open().await;
    let appended = engine.append(batch(ProjectId::generate(), (0..400).chain(0..400))).await.unwrap();
    assert_eq!(appended, Appended { rows: 400, duplicates: 400 });
}

#[apply(every_engine)]
#[tokio::test]
async fn many_callers_at_once_are_all_answered_and_nothing_is_doubled(#[case] kind: Kind) {
    let home = Home::new(kind).await;
    let engine = home.open().await;
    let project = ProjectId::generate();
    let appends = (0..50).map(|caller| engine.append(batch(project, caller..caller + 100)));
    let appended = futures::future::try_join_all(appends).await.unwrap();
    assert_eq!(appended.iter().map(|it| it.rows).sum::<u64>(), 149);
    let stats = engine.stats().await.unwrap();
    assert!(stats.tables.contains(&("events", 149)), "{stats:?}");
}

/// A commit is laid out while the one before it ends: what that one brings is known before it is there, also where memory is too
/// short for the days of both.
#[apply(every_engine)]
#[tokio::test(flavor = "multi_thread")]
async fn callers_who_repeat_each_other_while_commits_are_under_way_double_nothing(#[case] kind: Kind) {
    let home = Home::new(kind).await;
    let engine = home.open().await;
    let project = ProjectId::generate();
    let appends = (0..30).map(|caller| {
        let ids = (0..400).map(move |id| (id + caller * 37) % 400);
        async { engine.append(batch(project, ids)).await }
    });
    let appended = futures::future::try_join_all(appends).await.unwrap();
    assert_eq!(appended.iter().fold((0, 0), |(rows, twice), it| (rows + it.rows, twice + it.duplicates)), (400, 29 * 400));
    assert!(engine.stats().await.unwrap().tables.contains(&("events", 400)));
}

#[apply(every_engine)]
#[tokio::test]
async fn events_beyond_retention_go_and_others_stay(#[case] kind: Kind) {
    let home = Home::new(kind).await;
    let engine = home.open().await;
    let (project, other) = (ProjectId::generate(), ProjectId::generate());
    for project in [project, other] {
        engine.append(batch(project, 0..100)).await.unwrap();
    }
    engine.roll_up(project, i64::MAX).await.unwrap();
    assert_eq!(engine.retain_events(project, Day(4)).await.unwrap(), 40);
    assert!(engine.stats().await.unwrap().tables.contains(&("events", 160)));
    assert_eq!(hits(&*engine, project).await, 60, "the hours of those that went are not counted either");
    assert_eq!(hits(&*engine, other).await, 100);
}

async fn hits(engine: &dyn Engine, project_id: ProjectId) -> i128 {
    let measures = vec![Measure::Events("lead".into())];
    let question = Question { measures, days: (Day(0), Day(100)), ..asked(project_id) };
    engine.sums(question).await.unwrap().totals[0].unwrap()
}

#[apply(every_engine)]
#[tokio::test]
async fn hours_are_counted_up_once_and_what_came_later_or_twice_is_counted_once_too(#[case] kind: Kind) {
    let home = Home::new(kind).await;
    let engine = home.open().await;
    let (project, other) = (ProjectId::generate(), ProjectId::generate());
    engine.append(batch(other, 0..30)).await.unwrap();
    engine.append(batch(project, 0..100)).await.unwrap();
    assert_eq!(engine.roll_up(project, 0).await.unwrap(), 0, "nothing came so long ago");
    assert!(engine.roll_up(project, i64::MAX).await.unwrap() > 0);
    assert_eq!(engine.roll_up(project, i64::MAX).await.unwrap(), 0, "nothing has come since");
    assert_eq!(hits(&*engine, project).await, 100);
    // Some of them again, and late ones of the same hours.
    engine.append(batch(project, 50..150)).await.unwrap();
    assert_eq!(hits(&*engine, project).await, 150);
    drop(engine);
    let engine = home.open().await;
    engine.roll_up(project, i64::MAX).await.unwrap();
    assert_eq!((hits(&*engine, project).await, hits(&*engine, other).await), (150, 30));
}

#[apply(every_engine)]
#[tokio::test]
async fn a_visitor_who_is_forgotten_leaves_what_was_done_and_nothing_of_who(#[case] kind: Kind) {
    let home = Home::new(kind).await;
    let engine = home.open().await;
    let (project_id, other) = (ProjectId::generate(), ProjectId::generate());
    let visit = |(event_id, client_id): (&str, &str)| Event {
        event_id: event_id.into(),
        event_type: "lead".into(),
        client_id: client_id.into(),
        user_key: format!("{client_id}@example.com"),
        attributes: r#"{"plan":"big"}"#.into(),
        ..Event::default()
    };
    let events = || Facts::Events([("1", "anna"), ("2", "anna"), ("3", "boris")].map(visit).into());
    let met = |client_id: &str| Identity { client_id: client_id.into(), user_key: "anna@example.com".into(), seen_at_ms: 1 };
    for project_id in [project_id, other] {
        engine.append(Batch { project_id, facts: events() }).await.unwrap();
        engine.append(Batch { project_id, facts: Facts::Identities(vec![met("anna"), met("phone")]) }).await.unwrap();
    }
    let identities = async || {
        let stats = engine.stats().await.unwrap();
        assert!(stats.tables.contains(&("events", 6)), "{stats:?}");
        stats.tables.iter().find(|(name, _)| *name == "identities").unwrap().1
    };
    let before = identities().await;
    assert_eq!(engine.forget_visitor(project_id, "anna".into()).await.unwrap(), 2);
    assert_eq!(engine.forget_visitor(project_id, "anna".into()).await.unwrap(), 0, "once more changes nothing");
    assert_eq!(engine.append(Batch { project_id, facts: events() }).await.unwrap().rows, 0, "what comes again does not bring them back");
    let known = |project_id, people: i128, leads: i128| {
        let engine = &engine;
        async move {
            assert_eq!(engine.sums(asked(project_id)).await.unwrap().totals, [Some(people), Some(leads)]);
        }
    };
    known(project_id, 1, 3).await;
    known(other, 2, 3).await;
    assert!(identities().await < before);
}

#[apply(every_engine)]
#[tokio::test]
async fn what_cannot_be_kept_is_refused_with_its_place(#[case] kind: Kind) {
    let home = Home::new(kind).await;
    let engine = home.open().await;
    let project_id = ProjectId::generate();
    let nameless = Batch { project_id, facts: Facts::Events(vec![Event { event_id: "1".into(), ..Event::default() }, Event::default()]) };
    let refused = engine.append(nameless).await.unwrap_err();
    assert_eq!((refused.code, refused.fields[0].pointer.as_str()), (Code::InvalidRequest, "/1/event_id"));
    let garbled = Event { event_id: "1".into(), attributes: r#"{"plan": 1}"#.into(), ..Event::default() };
    let refused = engine.append(Batch { project_id, facts: Facts::Events(vec![garbled]) }).await.unwrap_err();
    assert_eq!((refused.code, refused.fields[0].pointer.as_str()), (Code::InvalidRequest, "/0/attributes"));
    let load = SpendLoad {
        load_id: Uuid::now_v7(),
        source: "google_ads".into(),
        account: "1".into(),
        level: Level::Account,
        days: (Day(10), Day(11)),
        loaded_at_ms: 0,
        rows: vec![Spend { day: Day(12), ..Spend::default() }],
    };
    let refused = engine.append(Batch { project_id, facts: Facts::Spend(load) }).await.unwrap_err();
    assert_eq!((refused.code, refused.fields[0].pointer.as_str()), (Code::InvalidRequest, "/0/day"));
}

#[apply(every_engine)]
#[tokio::test]
async fn sources_say_what_there_is_and_how_fresh_it_is(#[case] kind: Kind) {
    let home = Home::new(kind).await;
    let engine = home.open().await;
    let project_id = ProjectId::generate();
    let load = |days| SpendLoad {
        load_id: Uuid::now_v7(),
        source: "google_ads".into(),
        account: "1".into(),
        level: Level::Account,
        days,
        loaded_at_ms: 0,
        rows: Vec::new(),
    };
    for facts in [Facts::Spend(load((Day(10), Day(11)))), Facts::Spend(load((Day(9), Day(10))))] {
        engine.append(Batch { project_id, facts }).await.unwrap();
    }
    let orders = [5, 3].map(|at| Order { source: "shop".into(), order_id: at.to_string(), occurred_at_ms: at, ..Order::default() });
    engine.append(Batch { project_id, facts: Facts::Orders(orders.to_vec()) }).await.unwrap();
    engine.append(batch(ProjectId::generate(), 0..3)).await.unwrap();
    let sources = engine.sources(project_id).await.unwrap();
    let told: Vec<_> = sources.iter().map(|it| (it.facts, it.source.as_str(), it.account.as_str(), it.latest)).collect();
    assert_eq!(told, [("ad_spend", "google_ads", "1", Latest::Day(Day(11))), ("orders", "shop", "", Latest::Instant(5))]);
    let now_ms = SystemClock.now_ms();
    assert!(sources.iter().all(|it| (now_ms - 60_000..=now_ms + 1_000).contains(&it.arrived_at_ms)), "{sources:?}");
}

#[apply(every_engine)]
#[tokio::test]
async fn sources_of_events_are_told_as_events_come_late_and_go(#[case] kind: Kind) {
    let home = Home::new(kind).await;
    let engine = home.open().await;
    let project_id = ProjectId::generate();
    let come = async |events: &[(&str, i64)]| {
        let event = |(number, (source, day)): (usize, &(&str, i64))| Event {
            event_id: format!("{source} {day} {number}"),
            source_type: (*source).into(),
            occurred_at_ms: day * DAY_MS,
            ..Event::default()
        };
        let facts = Facts::Events(events.iter().enumerate().map(event).collect());
        engine.append(Batch { project_id, facts }).await.unwrap();
    };
    let told = async || {
        let sources = engine.sources(project_id).await.unwrap();
        sources.into_iter().map(|it| (it.source, it.latest, it.arrived_at_ms)).collect::<Vec<_>>()
    };
    let days = |told: &[(String, Latest, i64)]| told.iter().map(|it| (it.0.clone(), it.1)).collect::<Vec<_>>();
    let on = |source: &str, day: i64| (source.to_owned(), Latest::Instant(day * DAY_MS));
    come(&[("search", 20), ("mail", 11)]).await;
    let first = told().await;
    assert_eq!(days(&first), [on("mail", 11), on("search", 20)]);
    come(&[("search", 12), ("banner", 25)]).await;
    let second = told().await;
    assert_eq!(days(&second), [on("banner", 25), on("mail", 11), on("search", 20)]);
    assert!(second[1] == first[0] && second[2].2 >= first[1].2, "mail is as it was; what is late has come all the same");
    engine.retain_events(project_id, Day(20)).await.unwrap();
    assert_eq!(days(&told().await), [on("banner", 25), on("search", 20)]);
    come(&[("mail", 21)]).await;
    assert_eq!(days(&told().await), [on("banner", 25), on("mail", 21), on("search", 20)]);
}
