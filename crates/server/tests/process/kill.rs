//! `kill -9` at random moments under load: nothing that was answered is missing, nothing is counted twice.

use std::time::Duration;

use barker_testkit::{Backend, TestDatabase};
use rand::RngExt;
use rstest::rstest;

use crate::{
    barker::{Barker, run},
    visitors::{Diary, Visitors},
};

/// Rounds unless `BARKER_TORTURE_ROUNDS` says otherwise; `make torture` does.
const ROUNDS: usize = 10;
const CLIENTS_PER_ROUND: u32 = 400;
/// Longest life of a server after its first answer.
const LONGEST_LIFE_MS: u64 = 250;
/// Longest wait for that answer: a start may take half of it on a machine that does something else, in one of a thousand rounds.
const PATIENCE: Duration = Duration::from_mins(1);

struct Installation {
    directory: tempfile::TempDir,
    database: TestDatabase,
}

impl Installation {
    fn start(&self) -> Barker {
        Barker::start(self.directory.path(), &["--database-url", &self.database.url()])
    }

    fn assert_audit_is_clean(&self) {
        let audit = run(self.directory.path(), &["audit", "--database-url", &self.database.url()]);
        assert!(audit.status.success(), "{}{}", String::from_utf8_lossy(&audit.stdout), String::from_utf8_lossy(&audit.stderr));
    }
}

/// Starts a server, lets visitors in and kills it.
async fn short_life(installation: &Installation) -> Diary {
    let barker = installation.start();
    let clients = barker.clients(CLIENTS_PER_ROUND).await;
    let visitors = Visitors::send(&barker.http, &barker.address, &clients);
    let born = std::time::Instant::now();
    while visitors.shown() == 0 {
        assert!(born.elapsed() < PATIENCE, "nobody is answered: {:?}", visitors.diary);
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    tokio::time::sleep(Duration::from_millis(rand::rng().random_range(0..LONGEST_LIFE_MS))).await;
    barker.kill();
    visitors.leave().await
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[case::mysql(Backend::MySql)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_survives_and_nothing_is_counted_twice(#[case] on: Backend) {
    let rounds = std::env::var("BARKER_TORTURE_ROUNDS").map_or(ROUNDS, |rounds| rounds.parse().unwrap());
    let installation = Installation { directory: tempfile::tempdir().unwrap(), database: TestDatabase::create(on).await };
    // Enough for everyone: a full campaign would end the torture early.
    let limit = u32::try_from(rounds).unwrap() * CLIENTS_PER_ROUND;
    let barker = installation.start();
    let campaign = barker.campaign(limit).await;
    barker.kill();
    let mut diary = Diary::default();
    for _ in 0..rounds {
        diary.add(short_life(&installation).await);
        installation.assert_audit_is_clean();
    }
    assert_eq!(diary.unexpected, [""; 0]);
    let barker = installation.start();
    let path = format!("/stats/campaigns/{campaign}");
    let stats = barker.get(&path).await;
    diary.assert_kept(&stats, limit);
    // Whoever was answered has their impression: asking again is a repeat, or nothing once they clicked. Never a new count.
    for client in &diary.shown {
        barker.http.get(format!("{}/ads?client_id={client}", barker.address)).send().await.unwrap();
    }
    assert_eq!(barker.get(&path).await["impressions_count"], stats["impressions_count"]);
    installation.assert_audit_is_clean();
    assert!(barker.terminate().0);
    assert_the_warehouse_knows(&installation, &stats).await;
}

/// Every impression and billed click is a touch, once, and the campaign spent what the statistics say.
async fn assert_the_warehouse_knows(installation: &Installation, stats: &serde_json::Value) {
    // A start brings what the last one had no time for.
    let barker = installation.start();
    let count = |name: &str| stats[name].as_i64().unwrap();
    let expected = u64::try_from(count("impressions_count") + count("clicks_count")).unwrap();
    let born = std::time::Instant::now();
    let home = installation.directory.path();
    while crate::import::rows(home, "events") != expected {
        let found = crate::import::rows(home, "events");
        assert!(found < expected && born.elapsed() < PATIENCE, "{found} touches of {expected}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(barker.terminate().0);
}
