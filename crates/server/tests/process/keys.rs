//! Keys of sealed columns: made, exchanged while serving, killed in the middle, lost.

use std::{fs, os::unix::fs::PermissionsExt, time::Duration};

use barker_testkit::{Backend, TestDatabase};
use rstest::rstest;
use serde_json::{Value, json};

use crate::barker::{Barker, command, fail, succeed, told};

async fn register(barker: &Barker) -> String {
    let registered = json!({"email": "anna@example.com", "password": "correct horse battery", "name": "Anna"});
    barker.post("/api/v1/auth/register", &registered).await;
    log_in(barker).await
}

async fn log_in(barker: &Barker) -> String {
    let tokens: Value = barker.post("/api/v1/auth/token", &json!({"email": "anna@example.com", "password": "correct horse battery"})).await;
    tokens["access_token"].as_str().unwrap().to_owned()
}

async fn is_accepted(barker: &Barker, token: &str) -> bool {
    barker.http.get(format!("{}/api/v1/me", barker.address)).bearer_auth(token).send().await.unwrap().status() == 200
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[case::mysql(Backend::MySql)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_are_exchanged_while_the_server_answers(#[case] on: Backend) {
    let (home, database) = (tempfile::tempdir().unwrap(), TestDatabase::create(on).await);
    let (file, url) = (home.path().join("secrets.keys"), database.url());
    let with_url = |command: &'static str| ["keys", command, "--database-url"].map(str::to_owned);
    let keys = |command| {
        let arguments = with_url(command);
        let arguments: Vec<_> = arguments.iter().map(String::as_str).chain([url.as_str()]).collect();
        succeed(home.path(), &arguments)
    };
    let barker = Barker::start(home.path(), &["--database-url", &url]);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let token = register(&barker).await;
    let before = fs::read_to_string(&file).unwrap();
    let rotated = keys("rotate");
    assert!(rotated.contains("2 values were sealed anew") && rotated.contains("is gone"), "{rotated}");
    let after = fs::read_to_string(&file).unwrap();
    assert!(before != after && after.lines().filter(|line| !line.starts_with('#')).count() == 1, "{after}");
    assert!(is_accepted(&barker, &token).await, "what was signed before is accepted");
    let listed = keys("list");
    assert!(listed.contains("seals") && !listed.contains("opens only"), "{listed}");
    let (_, log) = barker.terminate();
    for line in before.lines().chain(after.lines()).filter(|line| !line.starts_with('#')) {
        assert!(!log.contains(line.split(' ').next().unwrap()), "a key is in the log");
    }
    keys("rotate");
    let barker = Barker::start(home.path(), &["--database-url", &url]);
    assert!(is_accepted(&barker, &token).await, "and after another start");
    assert!(barker.terminate().0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_in_the_middle_of_an_exchange_costs_nothing() {
    let home = tempfile::tempdir().unwrap();
    let mut token = None;
    for patience in (0..60).step_by(4) {
        let barker = Barker::start(home.path(), &[]);
        let token = match &token {
            None => token.insert(register(&barker).await),
            Some(token) => token,
        };
        assert!(is_accepted(&barker, token).await, "after {patience} ms");
        let mut rotation = command(home.path(), &["keys", "rotate"]).spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(patience)).await;
        barker.kill();
        rotation.wait().unwrap();
    }
    succeed(home.path(), &["keys", "rotate"]);
    let listed = succeed(home.path(), &["keys", "list"]);
    assert!(!listed.contains("opens only"), "{listed}");
    let barker = Barker::start(home.path(), &[]);
    assert!(is_accepted(&barker, token.as_ref().unwrap()).await);
    assert!(barker.terminate().0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_its_keys_a_server_says_what_to_do() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("secrets.keys");
    let barker = Barker::start(home.path(), &[]);
    let token = register(&barker).await;
    assert!(barker.terminate().0);
    let keys = fs::read_to_string(&file).unwrap();

    fs::remove_file(&file).unwrap();
    let serve = ["serve", "--sandbox", "--listen", "127.0.0.1:0"];
    fail(home.path(), &serve, "put the keys back from your copy");
    assert!(!file.exists(), "no new key hides the loss of the old one");
    fs::write(&file, &keys).unwrap();
    fail(home.path(), &serve, "chmod 600");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&file, "no key\n").unwrap();
    fail(home.path(), &serve, "put it back from a copy");
    fs::write(&file, &keys).unwrap();
    fail(home.path(), &["keys", "forget"], "nothing is sealed with a key that is lost");

    let environment = |key: &str| command(home.path(), &serve).env("BARKER__SECRETS__KEYS", key).output().unwrap();
    let other = environment("dGhpcyBpcyBhIHNlYWxpbmcga2V5IG9mIDMyIGJ5dGU=");
    assert!(told(&other).contains("which is not in secrets.keys"), "{}", told(&other));
    assert!(told(&environment("short")).contains("32 bytes in base64"));

    fs::remove_file(&file).unwrap();
    assert!(succeed(home.path(), &["keys", "forget"]).contains("gave up 2 values"));
    let barker = Barker::start(home.path(), &[]);
    assert!(!is_accepted(&barker, &token).await, "what the lost key had signed is over");
    assert!(is_accepted(&barker, &log_in(&barker).await).await, "and everybody logs in again");
    assert!(barker.terminate().0);
}
