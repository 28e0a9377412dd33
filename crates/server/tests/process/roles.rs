//! Several processes on one database: one serves and says what is due, another does the jobs.

use barker_testkit::{Backend, POSTGRES_URL, RABBITMQ_URL, REDIS_URL, TestDatabase, mail::read_folder};
use rstest::rstest;
use serde_json::json;

use crate::barker::{Barker, run};

const PASSWORD: &str = "correct horse battery";

#[rstest]
#[case::postgres("postgres")]
#[case::redis("redis")]
#[case::rabbitmq("rabbitmq")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_of_one_process_are_done_by_another_on_the_same_database_and_queue(#[case] queue: &str) {
    let (database, homes) = (TestDatabase::create(Backend::Postgres).await, [(); 2].map(|()| tempfile::tempdir().unwrap()));
    let url = database.url();
    let configuration = homes[0].path().join("barker.toml");
    let variable = |name: &str| std::env::var(name).unwrap();
    let _here = variable(POSTGRES_URL);
    let (redis, rabbitmq, prefix) = (variable(REDIS_URL), variable(RABBITMQ_URL), uuid::Uuid::now_v7());
    let jobs = format!(
        "[jobs]\nqueue = {queue:?}\npostgres_url = {url:?}\nredis_url = {redis:?}\nrabbitmq_url = {rabbitmq:?}\nprefix = \"{prefix}\"\n\
         [accounts]\nregistration = \"open\"\n"
    );
    std::fs::write(&configuration, jobs).unwrap();
    let options = ["--database-url", &url, "--config", configuration.to_str().unwrap()];
    // The worker comes first, and brings the schema up to date.
    let worker = Barker::start_bare(homes[1].path(), &[&options[..], &["--roles", "worker"]].concat());
    let server = Barker::start(homes[0].path(), &[&options[..], &["--roles", "api,scheduler"]].concat());
    server.post("/api/v1/auth/register", &json!({"email": "anna@example.com", "password": PASSWORD})).await;
    server.post("/api/v1/auth/password/forgotten", &json!({"email": "anna@example.com"})).await;
    let begun = std::time::Instant::now();
    while read_folder(&homes[1].path().join("mail")).is_empty() {
        assert!(begun.elapsed() < std::time::Duration::from_secs(30), "the worker sends no mail");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert!(read_folder(&homes[0].path().join("mail")).is_empty(), "the server does not do jobs");
    // The letter is there a moment before the job is done.
    loop {
        let metrics = worker.http.get(format!("{}/metrics", worker.address)).send().await.unwrap().text().await.unwrap();
        if metrics.contains("barker_jobs_total{kind=\"password_reset.mail\",outcome=\"done\"} 1") {
            break;
        }
        assert!(begun.elapsed() < std::time::Duration::from_secs(30), "{metrics}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert!(worker.http.get(format!("{}/ready", worker.address)).send().await.unwrap().status().is_success());
    assert_eq!(worker.http.get(format!("{}/ads", worker.address)).send().await.unwrap().status(), 404);
    assert!(worker.terminate().0 && server.terminate().0);
}

#[test]
fn roles_that_cannot_work_alone_are_refused_and_unknown_ones_named() {
    let home = tempfile::tempdir().unwrap();
    let told = |arguments: &[&str]| {
        let output = run(home.path(), &[&["serve", "--listen", "127.0.0.1:0"], arguments].concat());
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(told(&["--roles", "api,bot"]).contains("there is no role \"bot\"; there are api, worker, scheduler"));
    assert!(told(&["--roles", "worker"]).contains("set jobs.queue to postgres, redis or rabbitmq"));
}
