//! Backups as operators make them: beside a server under load, restored elsewhere, into another kind of database.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use barker_testkit::{Backend, TestDatabase};
use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    barker::{Barker, fail, succeed},
    visitors::Visitors,
};

const CLIENTS: u32 = 3_000;
/// Visitors who have been answered when a backup begins.
const ANSWERED: usize = 300;

async fn log_in(barker: &Barker) -> Value {
    barker.post("/api/v1/auth/token", &json!({"email": "anna@example.com", "password": "correct horse battery"})).await
}

#[rstest]
#[case::sqlite_to_postgres(Backend::Sqlite, Backend::Postgres)]
#[case::postgres_to_mysql(Backend::Postgres, Backend::MySql)]
#[case::mysql_to_sqlite(Backend::MySql, Backend::Sqlite)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_before_a_backup_began_is_in_it(#[case] from: Backend, #[case] to: Backend) {
    let homes = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let (old, new) = (TestDatabase::create(from).await, TestDatabase::create(to).await);
    let backup = homes[0].path().join("backup");
    let first = Barker::start(homes[0].path(), &["--database-url", &old.url()]);
    let registered = json!({"email": "anna@example.com", "password": "correct horse battery", "name": "Анна"});
    first.post("/api/v1/auth/register", &registered).await;
    let session = log_in(&first).await;
    let campaign = first.campaign(CLIENTS).await;
    let clients = first.clients(CLIENTS).await;
    let visitors = Visitors::send(&first.http, &first.address, &clients);
    while visitors.shown() < ANSWERED {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let answered: Vec<_> = visitors.diary.lock().unwrap().shown.iter().copied().collect();
    let (home, path) = (homes[0].path().to_owned(), backup.clone());
    let made = tokio::task::spawn_blocking(move || succeed(&home, &["backup", path.to_str().unwrap()])).await.unwrap();
    assert!(made.contains("backed up to"), "{made}");
    visitors.leave().await;
    assert!(first.terminate().0);

    let url = new.url();
    succeed(homes[1].path(), &["restore", backup.to_str().unwrap(), "--database-url", &url]);
    let audit = succeed(homes[1].path(), &["audit", "--database-url", &url]);
    assert!(audit.contains("everything adds up"), "{audit}");
    let second = Barker::start(homes[1].path(), &["--database-url", &url]);
    let path = format!("/stats/campaigns/{campaign}");
    let before = second.get(&path).await["impressions_count"].as_u64().unwrap();
    assert!(before >= answered.len() as u64, "{before} of {}", answered.len());
    for client in &answered {
        second.http.get(format!("{}/ads?client_id={client}", second.address)).send().await.unwrap();
    }
    assert_eq!(second.get(&path).await["impressions_count"], before, "each of them has their impression");
    // What comes now is counted and recounted as ever: the outbox goes on where it was.
    second.clients(5).await;
    for client in second.clients(5).await {
        second.http.get(format!("{}/ads?client_id={client}", second.address)).send().await.unwrap();
    }
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    succeed(homes[1].path(), &["audit", "--database-url", &url]);
    assert!(log_in(&second).await["access_token"].is_string(), "passwords work");
    let refreshed = second.post("/api/v1/auth/refresh", &json!({"refresh_token": session["refresh_token"]})).await;
    assert!(refreshed["access_token"].is_string(), "sessions go on");
    let me = second.http.get(format!("{}/api/v1/me", second.address));
    let me = me.bearer_auth(session["access_token"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(me.status(), 200, "a token signed before the backup is accepted after the restore");
    assert!(second.terminate().0);
}

/// An installation with some traffic behind it, and a backup of it.
fn backed_up(home: &Path) -> PathBuf {
    let barker = Barker::start(home, &["--demo"]);
    fs::create_dir_all(home.join("objects/a")).unwrap();
    fs::write(home.join("objects/a/b.json"), "{}").unwrap();
    let backup = home.join("backup");
    succeed(home, &["backup", backup.to_str().unwrap()]);
    assert!(barker.terminate().0);
    backup
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_replaces_everything_or_nothing() {
    let homes = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let backup = backed_up(homes[0].path());
    let from = backup.to_str().unwrap();
    let target = homes[1].path();
    succeed(target, &["restore", from]);
    assert_eq!(fs::read_to_string(target.join("objects/a/b.json")).unwrap(), "{}");
    let audit = succeed(target, &["audit"]);
    assert!(!audit.contains(" 0 impressions"), "{audit}");
    fail(target, &["restore", from], "--replace");
    fs::write(target.join("objects/later.json"), "{}").unwrap();
    succeed(target, &["restore", from, "--replace"]);
    assert!(!target.join("objects/later.json").exists(), "what came after the backup is gone");
    succeed(target, &["audit"]);
    let names: Vec<_> = fs::read_dir(target).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(!names.iter().any(|name| name.contains("restor")), "{names:?}");

    let barker = Barker::start(target, &[]);
    fail(target, &["restore", from, "--replace"], "stop it first");
    fail(target, &["backup", from], "exists already");
    assert!(barker.terminate().0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_that_is_not_whole_is_refused_by_name_and_changes_nothing() {
    let homes = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let backup = backed_up(homes[0].path());
    let (from, target) = (backup.to_str().unwrap(), homes[1].path());
    let manifest = backup.join("manifest.json");
    let (whole, table) = (fs::read_to_string(&manifest).unwrap(), backup.join("tables/clients.ndjson.gz"));

    let rows = fs::read(&table).unwrap();
    fs::write(&table, [&rows[..], b"x"].concat()).unwrap();
    fail(target, &["restore", from], "clients.ndjson.gz is not as it was written");
    fs::remove_file(&table).unwrap();
    fail(target, &["restore", from], "clients.ndjson.gz is missing");
    fs::write(&table, rows).unwrap();
    fs::write(&manifest, whole.replace("m20261121_000005_mail_links", "m20991231_000001_hovercraft")).unwrap();
    fail(target, &["restore", from], "m20991231_000001_hovercraft");
    fs::write(&manifest, &whole[..whole.len() / 2]).unwrap();
    fail(target, &["restore", from], "no manifest of a backup");
    fs::remove_file(&manifest).unwrap();
    fail(target, &["restore", from], "no complete backup");
    assert!(!target.join("barker.db").exists(), "nothing was begun");
    fs::write(&manifest, whole).unwrap();
    succeed(target, &["restore", from]);
    succeed(target, &["audit"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_that_cannot_be_finished_leaves_nothing() {
    let home = tempfile::tempdir().unwrap();
    let barker = Barker::start(home.path(), &[]);
    fail(home.path(), &["backup", "/proc/backup"], "cannot write /proc/backup.partial");
    fail(home.path(), &["backup", home.path().join("no/such/folder").to_str().unwrap()], "cannot write");
    fs::write(home.path().join("mail"), "no folder at all, and so not to be read").unwrap();
    let to = home.path().join("backup");
    fail(home.path(), &["backup", to.to_str().unwrap()], "cannot read");
    assert!(!to.exists() && !home.path().join("backup.partial").exists());
    fs::remove_file(home.path().join("mail")).unwrap();
    succeed(home.path(), &["backup", to.to_str().unwrap()]);
    assert!(barker.terminate().0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_on_a_server_is_never_replaced() {
    let homes = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let backup = backed_up(homes[0].path());
    let database = TestDatabase::create(Backend::Postgres).await;
    let url = database.url();
    let arguments = ["restore", backup.to_str().unwrap(), "--replace", "--database-url", &url];
    succeed(homes[1].path(), &arguments);
    fail(homes[1].path(), &arguments, "holds data already");
    succeed(homes[1].path(), &["audit", "--database-url", &url]);
}
