//! Prepaid money and `kill -9`: what came in is there, what was spent was there, and nothing is posted twice.

use std::time::Duration;

use barker_testkit::{Backend, TestDatabase};
use futures::future::join_all;
use rand::RngExt;
use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    barker::{Barker, succeed},
    operator::Operator,
    visitors::Visitors,
};

const ROUNDS: usize = 6;
/// Top-ups that are under way when the server dies.
const TOP_UPS_PER_ROUND: usize = 12;
/// What each of them brings; an ad with its click costs 1.1.
const TOP_UP: f64 = 2.2;
const CREDIT: f64 = 3.3;
/// More than the money is enough for.
const CLIENTS_PER_ROUND: u32 = 200;
/// Longest life of a server after its first answer.
const LONGEST_LIFE_MS: u64 = 250;
/// Longest wait for that answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Whoever moves the money of the one advertiser there is.
struct Cashier {
    operator: Operator,
    account: String,
}

impl Cashier {
    async fn open(barker: &Barker) -> Self {
        let operator = Operator::register(barker).await;
        let advertisers = format!("{}/advertisers", operator.project);
        let found = operator.get(barker, &advertisers).await;
        let account = format!("{advertisers}/{}/account", found[0]["advertiser_id"].as_str().unwrap());
        operator.patch(barker, &account, &json!({"kind": "prepaid", "credit_limit": CREDIT})).await;
        Self { operator, account }
    }

    /// Whether it was answered; nobody answers while the server is dead.
    async fn top_up(&self, barker: &Barker, key: String) -> bool {
        match self.operator.try_post(barker, (&format!("{}/top-ups", self.account), key), &json!({"amount": TOP_UP})).await {
            Ok(answer) if answer.status() == 201 => answer.bytes().await.is_ok(),
            Ok(answer) => {
                assert_eq!(answer.status(), 503);
                false
            }
            Err(_) => false,
        }
    }
}

fn key(round: usize, place: usize) -> String {
    format!("round-{round}-{place}")
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[case::mysql(Backend::MySql)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn prepaid_money_adds_up_after_every_kill(#[case] on: Backend) {
    let (home, database) = (tempfile::tempdir().unwrap(), TestDatabase::create(on).await);
    let url = database.url();
    let start = || Barker::start(home.path(), &["--database-url", &url]);
    let audit = || succeed(home.path(), &["audit", "--database-url", &url]);
    let barker = start();
    let campaign = barker.campaign(1_000_000).await;
    let cashier = Cashier::open(&barker).await;
    barker.kill();
    let mut answered = 0;
    for round in 0..ROUNDS {
        let barker = start();
        let clients = barker.clients(CLIENTS_PER_ROUND).await;
        assert!(cashier.top_up(&barker, key(round, 0)).await);
        let visitors = Visitors::send(&barker.http, &barker.address, &clients);
        let born = std::time::Instant::now();
        while visitors.shown() == 0 {
            assert!(born.elapsed() < PATIENCE, "nobody is answered: {:?}", visitors.diary);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let life = Duration::from_millis(rand::rng().random_range(0..LONGEST_LIFE_MS));
        let top_ups = (1..TOP_UPS_PER_ROUND).map(|place| cashier.top_up(&barker, key(round, place)));
        // Whoever is answered late is cut off by the death of the server.
        let answers = tokio::time::timeout(life, join_all(top_ups)).await.unwrap_or_default();
        answered += answers.into_iter().filter(|was_answered| *was_answered).count();
        barker.kill();
        assert_eq!(visitors.leave().await.unexpected, [""; 0]);
        audit();
    }
    let barker = start();
    // Whatever was in doubt is asked for once more.
    for (round, place) in (0..ROUNDS).flat_map(|round| (0..TOP_UPS_PER_ROUND).map(move |place| (round, place))) {
        assert!(cashier.top_up(&barker, key(round, place)).await);
    }
    let stats = barker.get(&format!("/stats/campaigns/{campaign}")).await;
    let account = cashier.operator.get(&barker, &cashier.account).await;
    let number = |value: &Value, name: &str| value[name].as_f64().unwrap();
    #[expect(clippy::cast_precision_loss, reason = "some dozens")]
    let came_in = (ROUNDS * TOP_UPS_PER_ROUND) as f64 * TOP_UP;
    let left = came_in - number(&stats, "spent_total");
    assert!(
        (number(&account, "balance") - number(&account, "unposted_spend") - left).abs() < 1e-6,
        "{account} {stats}, {answered} answered"
    );
    assert!((number(&account, "spendable") - left - CREDIT).abs() < 1e-6, "{account} {stats}");
    assert!(number(&stats, "spent_total") > 0.0 && number(&account, "spendable") >= 0.0, "{account} {stats}");
    assert!(audit().contains("everything adds up"));
    assert!(barker.terminate().0);
    assert!(audit().contains("everything adds up"));
}
