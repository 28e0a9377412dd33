//! Scores, and how often each occurs.

use std::collections::{BTreeMap, HashMap};

use barker_domain::{AdvertiserId, ClientId, Result, advertiser::Advertiser, client::Client, score::Score};
use barker_store::{ScoreValues, Store};
use barker_testkit::{Backend, build};
use rand::{Rng, RngExt, SeedableRng};
use rstest::rstest;
use rstest_reuse::apply;

use crate::{every_database, world::World};

const SIDE: usize = 12;
const ROUNDS: usize = 12;

/// Everybody who has a score, or may have.
struct Crowd {
    clients: Vec<ClientId>,
    advertisers: Vec<AdvertiserId>,
}

impl Crowd {
    async fn create(world: &World) -> Self {
        let clients: Vec<Client> = (0..SIDE).map(|_| build::client()).collect();
        let advertisers: Vec<Advertiser> = (0..SIDE).map(|_| build::advertiser("Scored")).collect();
        let crowd = Self {
            clients: clients.iter().map(|client| client.id).collect(),
            advertisers: advertisers.iter().map(|advertiser| advertiser.id).collect(),
        };
        let write = world.store.write((world.project.id, clients, advertisers), |transaction, (project, clients, advertisers)| {
            Box::pin(async move {
                let rows = transaction.in_project(project);
                rows.upsert_clients(&clients).await?;
                rows.upsert_advertisers(&advertisers, 1).await
            })
        });
        write.await.unwrap();
        crowd
    }

    /// Some of the pairs, each with a score of few values, so that values come, meet and go.
    fn scores(&self, random: &mut impl Rng) -> Vec<Score> {
        let pairs = self.clients.iter().flat_map(|client| self.advertisers.iter().map(move |advertiser| (*client, *advertiser)));
        let mut scores = Vec::new();
        for (client_id, advertiser_id) in pairs {
            if random.random_range(0..4) == 0 {
                scores.push(Score { client_id, advertiser_id, value: random.random_range(0..40) });
            }
        }
        scores
    }
}

async fn upsert(world: &World, scores: Vec<Score>) -> Result<ScoreValues> {
    let write = world.store.write((world.project.id, scores), |transaction, (project, scores)| {
        Box::pin(async move { transaction.in_project(project).upsert_scores(&scores).await })
    });
    write.await
}

async fn counts(store: &Store, world: &World) -> BTreeMap<i32, u64> {
    store.in_project(world.project.id).count_scores_by_value().await.unwrap().into_iter().collect()
}

fn counted(scores: &ScoreValues) -> BTreeMap<i32, u64> {
    let mut counts = BTreeMap::new();
    for score in scores.values() {
        *counts.entry(*score).or_default() += 1;
    }
    counts
}

#[apply(every_database)]
#[tokio::test]
async fn scores_are_counted_by_value_however_they_change(#[case] on: Backend) {
    let world = World::create(on).await;
    let crowd = Crowd::create(&world).await;
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(7);
    let mut known = HashMap::new();
    for _ in 0..ROUNDS {
        let scores = crowd.scores(&mut random);
        let expected: ScoreValues =
            scores.iter().map(|score| (score.client_id, score.advertiser_id)).filter_map(|pair| Some((pair, *known.get(&pair)?))).collect();
        known.extend(scores.iter().map(|score| ((score.client_id, score.advertiser_id), score.value)));
        let mut former = upsert(&world, scores).await.unwrap();
        former.retain(|pair, _| expected.contains_key(pair));
        assert_eq!(former, expected, "what they were");
        assert_eq!(counts(&world.store, &world).await, counted(&known), "values that do not occur any more are gone");
    }
    let viewers = world.store.in_project(world.project.id).list_viewers(&crowd.clients).await.unwrap();
    let stored = viewers.into_iter().flat_map(|(client, viewer)| viewer.scores.into_iter().map(move |(of, score)| ((client, of), score)));
    assert_eq!(stored.collect::<ScoreValues>(), known);
}

#[apply(every_database)]
#[tokio::test]
async fn scores_of_a_stranger_are_refused_and_not_counted(#[case] on: Backend) {
    let world = World::create(on).await;
    let crowd = Crowd::create(&world).await;
    let known = Score { client_id: crowd.clients[0], advertiser_id: crowd.advertisers[0], value: 5 };
    upsert(&world, vec![known]).await.unwrap();
    let stranger = Score { client_id: ClientId::generate(), advertiser_id: crowd.advertisers[0], value: 6 };
    upsert(&world, vec![Score { value: 7, ..known }, stranger]).await.unwrap_err();
    assert_eq!(counts(&world.store, &world).await, BTreeMap::from([(5, 1)]));
}
