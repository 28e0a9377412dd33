//! Two servers, one database: the second is refused, or it replaces the first for good. Limits hold either way.

use barker_testkit::{Backend, TestDatabase};
use rstest::rstest;

use crate::barker::{Barker, run};

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[case::pgbouncer(Backend::PgBouncer)]
#[case::mysql(Backend::MySql)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_server_is_told_who_is_there_and_can_replace_it(#[case] on: Backend) {
    let (database, homes) = (TestDatabase::create(on).await, [(); 2].map(|()| tempfile::tempdir().unwrap()));
    let url = database.url();
    let first = Barker::start(homes[0].path(), &["--database-url", &url]);
    let campaign = first.campaign(3).await;
    let clients = first.clients(20).await;
    first.get(&format!("/ads?client_id={}", clients[0])).await;

    // Two servers of one database have the same keys.
    std::fs::copy(homes[0].path().join("secrets.keys"), homes[1].path().join("secrets.keys")).unwrap();
    let refused = run(homes[1].path(), &["serve", "--listen", "127.0.0.1:0", "--database-url", &url]);
    assert_eq!(refused.status.code(), Some(1));
    let told = String::from_utf8_lossy(&refused.stderr);
    assert!(told.contains(&format!("process {}", first.id())) && told.contains("serves this database already"), "{told}");

    let second = Barker::start(homes[1].path(), &["--database-url", &url, "--take-over"]);
    for client in &clients[1..] {
        if let Ok(late) = first.http.get(format!("{}/ads?client_id={client}", first.address)).send().await {
            assert_ne!(late.status(), 200, "the first server can write nothing more");
        }
        second.http.get(format!("{}/ads?client_id={client}", second.address)).send().await.unwrap();
    }
    let stats = second.get(&format!("/stats/campaigns/{campaign}")).await;
    assert_eq!(stats["impressions_count"], 3, "both together");
    assert!(!first.wait(), "a server that was replaced ends with an error");
    let audit = run(homes[1].path(), &["audit", "--database-url", &url]);
    assert!(audit.status.success(), "{}", String::from_utf8_lossy(&audit.stdout));
    assert!(second.terminate().0);
}
