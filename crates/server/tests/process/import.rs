//! Files of facts at the command line: beside a server and without one, again and again, and through `kill -9`.

use std::{fmt::Write as _, fs, path::Path, time::Duration};

use serde_json::{Value, json};

use crate::barker::{Barker, command, fail, run, succeed, told};

/// Rows of a table, as `barker warehouse stats` shows them.
pub(crate) fn rows(home: &Path, table: &str) -> u64 {
    // Beside a server, which knows its database.
    let shown = succeed(home, &["warehouse", "stats"]);
    let line = shown.lines().find(|line| line.contains(table)).unwrap_or_else(|| panic!("no {table} in {shown}"));
    line.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap()
}

fn events(count: usize) -> String {
    let mut text = "Событие;Дата и время;ClientID;Сумма;Валюта;Город\n".to_owned();
    for number in 0..count {
        let (minute, second) = (number / 60 % 60, number % 60);
        writeln!(text, "purchase;21.10.2026 10:{minute:02}:{second:02};visitor {number};1 234,5;₽;Пермь").unwrap();
    }
    text
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_imported_with_and_without_a_server_and_again_changes_nothing() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("orders.csv");
    let (text, ..) = encoding_rs::WINDOWS_1251.encode(
        "Номер заказа;Дата заказа;Статус;Итого;Валюта\n1;01.11.2026;Оплачен;1 500,00;RUB\n2;32.11.2026;Оплачен;7;RUB\n3;02.11.2026;Отменён;много;RUB\n",
    );
    fs::write(&file, text).unwrap();
    let path = file.to_str().unwrap();
    let barker = Barker::start(home.path(), &[]);
    let first = run(home.path(), &["import", "orders", path]);
    assert_eq!(first.status.code(), Some(1), "some rows were rejected: {}", told(&first));
    assert!(told(&first).contains("3 rows: 1 taken, 0 of them known already, 2 rejected"), "{}", told(&first));
    let rejects = fs::read_to_string(home.path().join("orders.csv.rejects.csv")).unwrap();
    let lines: Vec<_> = rejects.lines().skip(1).map(|line| line.split(',').take(2).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(lines, ["3 occurred_at", "4 net"], "{rejects}");
    assert!(barker.terminate().0);

    let events_file = home.path().join("events.csv");
    fs::write(&events_file, events(3_000)).unwrap();
    let path = events_file.to_str().unwrap();
    assert!(succeed(home.path(), &["import", "events", path]).contains("3000 taken, 0 of them known already"));
    let barker = Barker::start(home.path(), &[]);
    assert!(succeed(home.path(), &["import", "events", path]).contains("3000 taken, 3000 of them known already"));
    assert_eq!((rows(home.path(), "events"), rows(home.path(), "orders")), (3_000, 1));
    fail(home.path(), &["import", "refunds", path], "no column is known to hold refund_id");
    fail(home.path(), &["import", "events", path, "--project", "nobody"], "there is no project");
    fail(home.path(), &["import", "events", path, "--map", "value=Price"], "there is no column");

    let export = home.path().join("export");
    assert!(succeed(home.path(), &["warehouse", "export", export.to_str().unwrap()]).contains("exported 3001 rows"));
    assert!(succeed(home.path(), &["warehouse", "compact"]).contains("0 rows removed"));
    fail(home.path(), &["warehouse", "export", export.to_str().unwrap()], "exists already");
    // What was exported can be imported elsewhere.
    let other = tempfile::tempdir().unwrap();
    assert!(Barker::start(other.path(), &[]).terminate().0);
    let parquet = export.join("events.parquet");
    let again = run(other.path(), &["import", "events", parquet.to_str().unwrap(), "--map", "occurred_at=occurred_at_ms"]);
    assert!(told(&again).contains("3000 rows"), "{}", told(&again));
    let (ended_well, log) = barker.terminate();
    assert!(ended_well, "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_that_was_killed_is_run_again_and_nothing_is_there_twice() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("events.csv");
    let mut text = "event_id,event_type,occurred_at\n".to_owned();
    (0..200_000).for_each(|number| writeln!(text, "e{number},lead,2026-10-{:02}T10:00:00Z", number % 20 + 1).unwrap());
    fs::write(&file, text).unwrap();
    let arguments = ["import", "events", file.to_str().unwrap()];
    for _ in 0..2 {
        let barker = Barker::start(home.path(), &[]);
        let mut import = command(home.path(), &arguments).spawn().unwrap();
        while rows(home.path(), "events") == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        barker.kill();
        // On a quick machine it may have come to its end.
        let _ended = import.wait().unwrap();
    }
    assert!(succeed(home.path(), &arguments).contains("200000 rows: 200000 taken"));
    assert_eq!(rows(home.path(), "events"), 200_000);
}

/// Anna's project for facts: the path of its API, and her token.
async fn shop(barker: &Barker) -> (String, String) {
    let anna = json!({"email": "anna@example.com", "password": "correct horse battery", "name": "Анна"});
    barker.post("/api/v1/auth/register", &anna).await;
    let session = barker.post("/api/v1/auth/token", &json!({"email": anna["email"], "password": anna["password"]})).await;
    let token = session["access_token"].as_str().unwrap().to_owned();
    let project = json!({"name": "Shop", "kind": "live", "time_zone": "Europe/Moscow", "currency": "RUB"});
    let made = barker.http.post(format!("{}/api/v1/projects", barker.address)).bearer_auth(&token).json(&project).send().await.unwrap();
    let made: Value = made.error_for_status().unwrap().json().await.unwrap();
    (format!("/api/v1/projects/{}", made["project_id"].as_str().unwrap()), token)
}

/// Asks until the job has come so far.
async fn job_once(barker: &Barker, (path, token): (&str, &str), is_there: impl Fn(&Value) -> bool) -> Value {
    loop {
        let job: Value =
            barker.http.get(format!("{}{path}", barker.address)).bearer_auth(token).send().await.unwrap().json().await.unwrap();
        assert_ne!(job["state"], "dead", "{job}");
        if is_there(&job) {
            return job;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_stopped_waits_for_no_import_and_goes_on_with_it_when_it_is_back() {
    const ROWS: u64 = 150_000;
    let home = tempfile::tempdir().unwrap();
    let barker = Barker::start_with(home.path(), &[], &[("BARKER__JOBS__DRAIN_SECONDS", "600".to_owned())]);
    let (project, token) = shop(&barker).await;
    let mut text = "event_id,event_type,occurred_at\n".to_owned();
    (0..ROWS).for_each(|number| writeln!(text, "e{number},lead,2026-10-{:02}T10:00:00Z", number % 20 + 1).unwrap());
    let upload = barker.http.post(format!("{}{project}/imports?kind=events&file_name=events.csv", barker.address)).bearer_auth(&token);
    let accepted: Value = upload.body(text).send().await.unwrap().error_for_status().unwrap().json().await.unwrap();
    let path = format!("{project}/jobs/{}", accepted["job_id"].as_str().unwrap());
    job_once(&barker, (&path, &token), |job| job["state"] == "running").await;
    let (ended_well, log) = barker.terminate();
    assert!(ended_well, "{log}");
    let kept = rows(home.path(), "events");
    assert!(kept < ROWS, "it was waited for to its end");

    let barker = Barker::start_with(home.path(), &[], &[]);
    let job = job_once(&barker, (&path, &token), |job| job["state"] == "done").await;
    assert_eq!(job["attempts"], 1, "an attempt that was handed back does not count: {job}");
    assert!(job.to_string().contains(&format!("{ROWS} rows: {ROWS} taken")), "{job}");
    assert!(barker.terminate().0);
    assert_eq!(rows(home.path(), "events"), ROWS, "none is lost and none is there twice");
}
