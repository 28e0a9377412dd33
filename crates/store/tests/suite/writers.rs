//! Several processes write to one database: they wait for each other, the last one wins with everything it wrote, and
//! what fails or is given up leaves nothing.

use std::{collections::HashSet, pin::pin, task::Poll, time::Duration};

use barker_domain::{AdvertiserId, ClientId, Code, Error, ProjectId, advertiser::Advertiser, client::Client, page::Page, score::Score};
use barker_store::{AdvertiserFilter, AdvertiserSort, Store, Transaction};
use barker_testkit::{Backend, build};
use futures::poll;
use rstest::rstest;
use rstest_reuse::apply;

use crate::{every_database, world::World};

const WRITERS: i32 = 4;
const ROUNDS: i32 = 8;
const SHARED: usize = 30;
/// Long enough for a statement or two, whose effects are to disappear.
const PATIENCE: Duration = Duration::from_millis(300);
/// Shorter than a store that is closed waits for a connection in vain; whoever asks for one is told sooner.
const AT_ONCE: Duration = Duration::from_secs(15);
/// By then a database has answered, as a rule.
const AN_ANSWER: Duration = Duration::from_millis(3);

/// What every writer writes to, and in which project.
#[derive(Debug, Clone)]
struct Things {
    project: ProjectId,
    clients: Vec<ClientId>,
    advertisers: Vec<AdvertiserId>,
}

impl Things {
    fn new(project: ProjectId) -> Self {
        let clients = (0..SHARED).map(|_| ClientId::generate()).collect();
        let advertisers = (0..SHARED).map(|_| AdvertiserId::generate()).collect();
        Self { project, clients, advertisers }
    }

    /// The same things in an order of its own for each writer, which is what deadlocks are made of.
    fn turned(&self, by: i32) -> Self {
        let (mut turned, by) = (self.clone(), usize::try_from(by).unwrap() % SHARED);
        turned.clients.rotate_left(by);
        turned.advertisers.rotate_right(by);
        if by % 2 == 1 {
            turned.clients.reverse();
        }
        turned
    }
}

/// Writes a number into everything, and a client and an advertiser that nobody else writes.
async fn write_all(store: &Store, things: Things, number: i32) -> barker_domain::Result<()> {
    store.write((things, number), |transaction, (things, number)| Box::pin(write_inside(transaction, things, number))).await
}

async fn write_inside(transaction: &Transaction, things: Things, number: i32) -> barker_domain::Result<()> {
    let rows = transaction.in_project(things.project);
    let own = [build::client().id];
    let clients = things.clients.iter().chain(&own);
    let clients: Vec<_> = clients.map(|id| Client { id: *id, age: number, login: number.to_string(), ..build::client() }).collect();
    let own = [AdvertiserId::generate()];
    let advertisers = things.advertisers.iter().chain(&own).map(|id| Advertiser { id: *id, name: number.to_string() });
    let advertisers: Vec<_> = advertisers.collect();
    let pairs = things.clients.iter().zip(&things.advertisers);
    let scores: Vec<_> =
        pairs.map(|(client, advertiser)| Score { client_id: *client, advertiser_id: *advertiser, value: number }).collect();
    rows.upsert_clients(&clients).await?;
    rows.upsert_advertisers(&advertisers, 1).await?;
    rows.upsert_scores(&scores).await.map(drop)
}

/// Every number that stands in the shared things.
async fn numbers_in(store: &Store, things: &Things) -> HashSet<String> {
    let rows = store.in_project(things.project);
    let mut numbers = HashSet::new();
    for viewer in rows.list_viewers(&things.clients).await.unwrap().into_values() {
        assert_eq!(viewer.client.age.to_string(), viewer.client.login, "half of one writer and half of another");
        numbers.insert(viewer.client.login);
    }
    for id in &things.advertisers {
        numbers.insert(rows.find_advertiser(*id).await.unwrap().unwrap().advertiser.name);
    }
    numbers
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_of_the_same_rows_wait_for_each_other_and_the_last_one_wins_whole(#[case] on: Backend) {
    let world = World::create(on).await;
    let things = Things::new(world.project.id);
    let mut writers = Vec::new();
    for writer in 0..WRITERS {
        let (store, things) = (world.connect_again().await, things.clone());
        writers.push(tokio::spawn(async move {
            for round in 0..ROUNDS {
                let number = writer * ROUNDS + round;
                write_all(&store, things.turned(number), number).await?;
            }
            Ok::<_, Error>(store)
        }));
    }
    for writer in writers {
        writer.await.unwrap().unwrap().close().await.unwrap();
    }
    let numbers = numbers_in(&world.store, &things).await;
    assert_eq!(numbers.len(), 1, "one commit is the last: {numbers:?}");
    let last: i32 = numbers.into_iter().next().unwrap().parse().unwrap();
    assert_eq!(last % ROUNDS, ROUNDS - 1, "a writer's earlier round cannot come after its later one");
    let advertisers = world
        .store
        .in_project(world.project.id)
        .list_advertisers(&AdvertiserFilter::default(), (AdvertiserSort::Created, Page { size: 1, number: 1 }))
        .await
        .unwrap();
    let (shared, lone) = (SHARED as u64, u64::try_from(WRITERS * ROUNDS).unwrap());
    assert_eq!(advertisers.total, 1 + shared + lone, "nothing is lost");
}

#[apply(every_database)]
#[tokio::test]
async fn work_that_fails_leaves_nothing(#[case] on: Backend) {
    let world = World::create(on).await;
    let things = Things::new(world.project.id);
    let refused = world.store.write(things.clone(), |transaction, things| {
        Box::pin(async move {
            write_inside(transaction, things, 1).await?;
            Err::<(), _>(Error::of(Code::NoAd))
        })
    });
    assert_eq!(refused.await.unwrap_err().code, Code::NoAd, "the caller hears what the work said");
    let stranger = world.store.write(things.clone(), |transaction, things| {
        Box::pin(async move {
            let score = Score { client_id: ClientId::generate(), advertiser_id: things.advertisers[0], value: 1 };
            write_inside(transaction, things.clone(), 1).await?;
            transaction.in_project(things.project).upsert_scores(&[score]).await
        })
    });
    assert!(stranger.await.is_err(), "there is no such client");
    assert_untouched(&world, &things).await;
}

#[apply(every_database)]
#[tokio::test]
async fn work_that_nobody_waits_for_any_more_leaves_nothing(#[case] on: Backend) {
    let world = World::create(on).await;
    let things = Things::new(world.project.id);
    let endless = world.store.write(things.clone(), |transaction, things| {
        Box::pin(async move {
            write_inside(transaction, things, 1).await?;
            std::future::pending::<barker_domain::Result<()>>().await
        })
    });
    tokio::time::timeout(PATIENCE, endless).await.unwrap_err();
    assert_untouched(&world, &things).await;
    write_all(&world.store, things.clone(), 2).await.unwrap();
    assert_eq!(numbers_in(&world.store, &things).await, HashSet::from(["2".to_owned()]));
}

/// Wherever it is given up: while a transaction begins, while a statement is prepared for the first time, while it runs, while it commits.
#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_that_is_given_up_at_any_point_costs_nobody_the_connection(#[case] on: Backend) {
    let world = World::create(on).await;
    let things = Things::new(world.project.id);
    for waits in 1.. {
        // Nothing is prepared yet on its connection.
        let store = world.connect_again().await;
        let first = answer_within(waits, write_all(&store, things.clone(), 1)).await;
        let next = tokio::time::timeout(AT_ONCE, write_all(&store, things.clone(), 2)).await;
        assert!(matches!(next, Ok(Ok(()))), "given up at wait {waits}: {next:?}");
        assert!(tokio::time::timeout(AT_ONCE, store.close()).await.is_ok(), "given up at wait {waits}: a connection did not come back");
        if let Some(answer) = first {
            answer.unwrap();
            return assert!(waits > 1, "it was over at once, and so never given up");
        }
    }
}

/// Lets it go on until it has waited so often, and then drops it. Answers what it did, if it came to its end before.
async fn answer_within<T>(waits: u32, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    for _ in 0..waits {
        if let Poll::Ready(answer) = poll!(work.as_mut()) {
            return Some(answer);
        }
        tokio::time::sleep(AN_ANSWER).await;
    }
    None
}

/// Waits until whatever was begun has ended; then there is still the world's own advertiser and nothing else.
async fn assert_untouched(world: &World, things: &Things) {
    world.store.settle().await.unwrap();
    let rows = world.store.in_project(things.project);
    assert_eq!(rows.list_known_clients(&things.clients).await.unwrap(), HashSet::new());
    assert_eq!(rows.list_advertisers(&AdvertiserFilter::default(), (AdvertiserSort::Created, Page::default())).await.unwrap().total, 1);
    assert!(rows.count_scores_by_value().await.unwrap().is_empty());
}
