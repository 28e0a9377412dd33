//! The demo shop of a whole server: killed in the middle, told beside a server and without one.

use std::{fs, path::Path, time::Duration};

use barker_domain::clock::{Clock as _, SystemClock};
use serde_json::{Value, json};

use crate::barker::{Barker, command, fail, run, succeed, told};

const SMALL: [&str; 5] = ["demo", "--days", "12", "--orders-per-day", "12"];

/// The demo's project, as somebody who is logged in sees it.
struct Marketer<'a> {
    barker: &'a Barker,
    token: String,
    project: String,
}

impl<'a> Marketer<'a> {
    async fn log_in(barker: &'a Barker, home: &Path) -> Self {
        let password = fs::read_to_string(home.join("demo-password")).unwrap();
        let tokens = barker.post("/api/v1/auth/token", &json!({"email": "demo@example.com", "password": password.trim()})).await;
        let mut marketer = Self { barker, token: tokens["access_token"].as_str().unwrap().to_owned(), project: String::new() };
        marketer.get("/api/v1/projects").await[0]["project_id"].as_str().unwrap().clone_into(&mut marketer.project);
        marketer
    }

    async fn get(&self, path: &str) -> Value {
        let request = self.barker.http.get(format!("{}{path}", self.barker.address)).bearer_auth(&self.token);
        request.send().await.unwrap().json().await.unwrap()
    }

    /// The state of the oldest job that fills the shop, and how far it is.
    async fn filling(&self) -> (String, i64) {
        let jobs = self.get(&format!("/api/v1/projects/{}/jobs?kind=demo.keep", self.project)).await;
        let first = jobs.as_array().unwrap().last().unwrap().clone();
        (first["state"].as_str().unwrap().to_owned(), first["progress"]["done"].as_i64().unwrap_or(0))
    }

    async fn is_filled(&self) {
        while self.filling().await.0 != "done" {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Until its own slots' past has followed the outbox into the warehouse: orders are credited to them too.
    async fn knows_its_slots(&self) {
        let is_credited = |report: &Value| report["rows"][0]["orders"].as_i64().is_some_and(|orders| orders > 0);
        while !is_credited(&self.ask("metrics=orders&group_by=source_type&filter=source_type:barker").await) {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Days that nothing changes any more, whenever a shop opened.
    async fn report(&self, group_by: &str) -> Value {
        let query = format!(
            "metrics=clicks,orders,revenue,leads,sessions,platform_conversions&group_by={group_by}&limit=5000&filter=source_type!:barker"
        );
        let report = self.ask(&query).await;
        assert!(report["rows"].as_array().is_some_and(|rows| rows.len() > 3), "{report}");
        json!([report["rows"], report["totals"]])
    }

    async fn ask(&self, query: &str) -> Value {
        self.get(&format!("/api/v1/projects/{}/reports/kpi?{query}&{}", self.project, days_of_the_past())).await
    }
}

fn days_of_the_past() -> String {
    let now = jiff::Timestamp::from_millisecond(SystemClock.now_ms()).unwrap();
    let day = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    format!("date_from={}&date_to={}", day - jiff::Span::new().days(60), day - jiff::Span::new().days(4))
}

fn start(home: &Path) -> Barker {
    let lease = ("BARKER__JOBS__LEASE_SECONDS", "1".to_owned());
    Barker::start_with(home, &["--demo"], &[lease])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_whose_server_is_killed_while_it_opens_is_the_same_as_one_left_alone() {
    let homes = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let [alone, killed] = homes.each_ref().map(|home| start(home.path()));
    let marketer = Marketer::log_in(&killed, homes[1].path()).await;
    while marketer.filling().await.1 < 8 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_ne!(marketer.filling().await.0, "done", "the test is too late");
    drop(marketer);
    killed.kill();
    let again = start(homes[1].path());
    let marketers = [Marketer::log_in(&alone, homes[0].path()).await, Marketer::log_in(&again, homes[1].path()).await];
    for marketer in &marketers {
        marketer.is_filled().await;
        marketer.knows_its_slots().await;
    }
    for group_by in ["day", "campaign_name", "channel", "device", "ad"] {
        assert_eq!(marketers[0].report(group_by).await, marketers[1].report(group_by).await, "{group_by}");
    }
    let audit = succeed(homes[1].path(), &["audit"]);
    assert!(!audit.contains(" 0 impressions"), "{audit}");
    drop(marketers);
    assert!(alone.terminate().0 && again.terminate().0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_is_told_without_a_server_and_beside_one_and_arguments_are_named() {
    let home = tempfile::tempdir().unwrap();
    let first = succeed(home.path(), &SMALL);
    assert!(first.contains("12 days are told"), "{first}");
    let events = crate::import::rows(home.path(), "events");
    assert!(events > 5_000, "{events}");
    let barker = Barker::start(home.path(), &[]);
    succeed(home.path(), &SMALL);
    let more = crate::import::rows(home.path(), "events");
    assert!(more < events + events / 5, "{events} became {more}");
    fail(home.path(), &["demo", "--days", "12", "--orders-per-day", "13"], "--orders-per-day 12 already");
    fail(home.path(), &["demo", "--project", "nobody"], "there is no project");
    assert!(barker.terminate().0);
    for (argument, value) in [("--days", "0"), ("--orders-per-day", "5001"), ("--seed", "-1")] {
        let refused = run(home.path(), &["demo", &format!("{argument}={value}")]);
        assert_eq!(refused.status.code(), Some(2));
        assert!(told(&refused).contains(argument), "{}", told(&refused));
    }
    let unknown = command(home.path(), &["demo", "--days"]).output().unwrap();
    assert!(told(&unknown).contains("--days"), "{}", told(&unknown));
}
