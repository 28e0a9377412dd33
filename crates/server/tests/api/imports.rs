//! Files that are uploaded: looked at first, imported by a job, rejects to download, and again without a change.

use std::time::Duration;

use barker_app::{import::TidyImports, job};
use barker_domain::{
    clock::{Clock as _, SystemClock},
    job::{NewJob, State},
};
use barker_infra::object_storage::Key;
use barker_testkit::Backend;
use reqwest::Method;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    every_database,
    harness::{Answer, PATIENCE, TestApp},
    people::Person,
};

const ORDERS: &str = "Номер заказа;Дата заказа;Итого;Валюта\n1;01.11.2026;1 500,50;RUB\n2;вчера;7;RUB\n3;02.11.2026;8;RUB\n";

struct Shop {
    app: TestApp,
    anna: Person,
    project: Uuid,
}

impl Shop {
    async fn open(on: Backend) -> Self {
        let app = TestApp::start(on).await;
        let anna = app.person("anna").await;
        let project = app.project_of(&anna, "Shop").await;
        Self { app, anna, project }
    }

    async fn send(&self, path: &str, body: &str) -> Answer {
        let url = self.app.url(&format!("/api/v1/projects/{}/imports{path}", self.project));
        let request = self.app.http.request(Method::POST, url).bearer_auth(&self.anna.access_token);
        Answer::read(request.body(body.to_owned()).send().await.unwrap()).await
    }

    /// The job, once it is over.
    async fn done(&self, id: &str) -> Value {
        let begun = std::time::Instant::now();
        loop {
            let path = format!("/api/v1/projects/{}/jobs/{id}", self.project);
            let job = self.app.get_as(&self.anna.access_token, &path).await.expect(200);
            if job["state"] == "done" || job["state"] == "dead" {
                return job;
            }
            assert!(begun.elapsed() < PATIENCE, "{job}");
            self.app.clock.advance_ms(1_000);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn orders(&self) -> u64 {
        let stats = self.app.app.warehouse().stats().await.unwrap();
        stats.tables.iter().find(|(name, _)| *name == "orders").unwrap().1
    }
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_looked_at_imported_and_its_rejects_are_told(#[case] on: Backend) {
    let shop = Shop::open(on).await;
    let seen = shop.send("/preview?kind=orders", ORDERS).await.expect(200);
    assert_eq!((&seen["format"], &seen["encoding"], &seen["missing"]), (&json!("csv"), &json!("UTF-8"), &json!([])));
    assert_eq!(seen["columns"][0], json!({"name": "Номер заказа", "field": "order_id"}));
    assert_eq!(seen["rows"][1], json!(["2", "вчера", "7", "RUB"]));
    let held_by_none = shop.send("/preview?kind=orders&columns=%7B%22order_id%22:%22%22%7D", ORDERS).await.expect(200);
    assert_eq!((&held_by_none["missing"], &held_by_none["columns"][0]["field"]), (&json!(["order_id"]), &Value::Null));
    assert_eq!(shop.orders().await, 0, "looking keeps nothing");

    let accepted = shop.send("?kind=orders&file_name=shop.csv", ORDERS).await.expect(202);
    let id = accepted["job_id"].as_str().unwrap().to_owned();
    let job = shop.done(&id).await;
    assert_eq!((&job["state"], shop.orders().await), (&json!("done"), 2), "{job}");
    assert!(job.to_string().contains("3 rows: 2 taken, 0 of them known already, 1 rejected"), "{job}");
    let imports = shop.app.get_as(&shop.anna.access_token, &format!("/api/v1/projects/{}/imports", shop.project)).await.expect(200);
    let [import] = imports.as_array().unwrap().as_slice() else { panic!("{imports}") };
    let told = json!([
        import["job_id"],
        import["kind"],
        import["file_name"],
        import["state"],
        import["rows"],
        import["taken"],
        import["rejected"]
    ]);
    assert_eq!(told, json!([id, "orders", "shop.csv", "done", 3, 2, 1]));
    let path = format!("/api/v1/projects/{}/imports/{id}/rejects", shop.project);
    let rejects = shop.app.get_as(&shop.anna.access_token, &path).await.expect(200);
    let rejects = rejects.as_str().unwrap();
    assert!(rejects.contains("3,occurred_at,date_time,\"\"\"вчера\"\" is no date and time\",2,вчера,7,RUB"), "{rejects}");
    let told = shop.app.get_as(&shop.anna.access_token, &format!("{path}?format=json")).await.expect(200);
    let row = json!({
        "line": 3, "field": "occurred_at", "code": "date_time", "reason": "\"вчера\" is no date and time", "cells": ["2", "вчера", "7", "RUB"],
    });
    assert_eq!(told, json!({"columns": ["Номер заказа", "Дата заказа", "Итого", "Валюта"], "rows": [row]}));
    assert_eq!(shop.app.get_as(&shop.anna.access_token, &format!("{path}?format=xml")).await.problem(400).1, ["/format enum"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_imported_is_refused_by_name() {
    let shop = Shop::open(Backend::Sqlite).await;
    assert_eq!(shop.send("?kind=sales", ORDERS).await.problem(400).1, ["/kind enum"]);
    assert_eq!(shop.send("?kind=orders&columns=7", ORDERS).await.problem(400).1, ["/columns format"]);
    assert_eq!(shop.send("?kind=orders&time_zone=Mars", ORDERS).await.problem(400).1, ["/time_zone format"]);
    assert_eq!(shop.send("?kind=orders&map=net", ORDERS).await.problem(400).1, ["/map unknown"]);
    assert_eq!(shop.send("/preview?kind=orders&constants={}", ORDERS).await.problem(400).1, ["/constants unknown"]);
    assert_eq!(shop.send("/preview?kind=orders", "").await.problem(400).0, "invalid-request");
    assert_eq!(shop.send("?kind=orders", "").await.problem(400).0, "invalid-request");
    let id = shop.send("?kind=refunds", ORDERS).await.expect(202)["job_id"].as_str().unwrap().to_owned();
    let job = shop.done(&id).await;
    assert!(job["state"] == "dead" && job.to_string().contains("no column is known to hold refund_id, occurred_at, amount"), "{job}");
    let stranger = format!("/api/v1/projects/{}/imports/{}/rejects", shop.project, Uuid::now_v7());
    assert_eq!(shop.app.get_as(&shop.anna.access_token, &stranger).await.problem(404).0, "job-not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_nobody_imports_any_more_are_removed_after_a_day_and_others_stay() {
    let shop = Shop::open(Backend::Sqlite).await;
    let (stray, awaited) = (Uuid::now_v7(), Uuid::now_v7());
    let key = |import: Uuid, name: &str| Key::parse(&format!("imports/{}/{import}/{name}", shop.project)).unwrap();
    let kept = [key(stray, "upload.bin"), key(awaited, "upload.bin"), key(stray, "rejects.csv")];
    for key in &kept {
        shop.app.app.objects().put(key, "1;2".into()).await.unwrap();
    }
    let now_ms = SystemClock.now_ms();
    let payload = json!({
        "project_id": shop.project, "import_id": awaited, "kind": "orders", "file_name": "", "columns": [], "constants": [], "time_zone": "",
    });
    let waiting = NewJob { kind: "import.file", payload: payload.to_string(), ..job::new(&TidyImports {}).unwrap() };
    job::enqueue(shop.app.app.workshop(), waiting.due_at(now_ms + 365 * 86_400_000)).await.unwrap();
    let left = async |days: i64| {
        let app = &shop.app;
        app.clock.advance_ms(now_ms + days * 86_400_000 + 60_000 - app.clock.now_ms());
        let id = job::enqueue(app.app.workshop(), job::new(&TidyImports {}).unwrap()).await.unwrap().id;
        let begun = std::time::Instant::now();
        while app.app.store().find_job(id).await.unwrap().unwrap().state != State::Done {
            assert!(begun.elapsed() < PATIENCE);
            app.clock.advance_ms(1_000);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let mut left = Vec::new();
        for key in &kept {
            left.push(app.app.objects().find_head(key).await.unwrap().is_some());
        }
        left
    };
    assert_eq!(left(0).await, [true, true, true]);
    assert_eq!(left(1).await, [false, true, true], "somebody waits for one, and rejects are read for as long as their job is");
    assert_eq!(left(16).await, [false, true, false]);
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread")]
async fn rows_of_totals_are_passed_over_and_counted(#[case] on: Backend) {
    let shop = Shop::open(on).await;
    let dated = "Дата;Кампания;Расход;Клики\n01.11.2026;Весна;10,50;7\n01.11.2026;Total War;1;1\nИтого;;11,50;8\n;Spring;3;2\n";
    let undated = "Кампания;Расход;Клики\nВесна;10,50;7\nИтого и средние;10,50;7\n";
    let day = "&constants=%7B%22day%22:%222026-11-02%22%7D";
    for (asked, file, told) in [("", dated, json!([4, 2, 1, 1])), (day, undated, json!([2, 1, 0, 1]))] {
        let accepted = shop.send(&format!("?kind=spend{asked}"), file).await.expect(202);
        let job = shop.done(accepted["job_id"].as_str().unwrap()).await;
        assert_eq!(job["state"], "done", "{job}");
        let imports = shop.app.get_as(&shop.anna.access_token, &format!("/api/v1/projects/{}/imports", shop.project)).await.expect(200);
        let of = &imports[0];
        assert_eq!(json!([of["rows"], of["taken"], of["rejected"], of["totals"]]), told, "{of}");
    }
}
