//! A server of its own for each test, on a free port, with a clock that stands still.

mod answer;
mod settings;
mod start;

use std::{sync::Arc, time::Duration};

use barker_app::{App, ProjectHandle, Settings, project::NewSandbox};
use barker_domain::project::Ranking;
use barker_infra::RedisSettings;
use barker_server::http::{ServerSettings, listener::ListenerSettings};
use barker_testkit::{
    Backend, ManualClock, TestDatabase,
    mail::{Letter, read_folder},
};
use barker_warehouse::Engine;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

pub(crate) use answer::Answer;
pub(crate) use settings::{installation, listener_settings, server_settings, settings};
use start::{Surroundings, serve, serve_with, start};

/// How long anything in the background may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
pub(crate) const BODY_LIMIT_BYTES: usize = 2_000_000;

/// A running server with an open sandbox on day 0.
pub(crate) struct TestApp {
    pub(crate) app: App,
    pub(crate) clock: ManualClock,
    pub(crate) project: Arc<ProjectHandle>,
    pub(crate) http: reqwest::Client,
    address: String,
    database: TestDatabase,
    /// Where mail is kept.
    home: TempDir,
}

impl TestApp {
    pub(crate) async fn start(on: Backend) -> Self {
        Self::start_with(on, settings()).await
    }

    pub(crate) async fn start_with(on: Backend, settings: Settings) -> Self {
        Self::start_in(on, settings, Surroundings::default()).await
    }

    /// With its rate limits in a Redis that others may use as well.
    pub(crate) async fn start_beside(on: Backend, settings: Settings, redis: Option<RedisSettings>) -> Self {
        Self::start_in(on, settings, Surroundings { redis, warehouse: None }).await
    }

    /// With a warehouse of another kind than a file of its own.
    pub(crate) async fn start_over(on: Backend, warehouse: Arc<dyn Engine>) -> Self {
        Self::start_in(on, settings(), Surroundings { redis: None, warehouse: Some(warehouse) }).await
    }

    async fn start_in(on: Backend, settings: Settings, surroundings: Surroundings) -> Self {
        let _already = rustls::crypto::ring::default_provider().install_default();
        let (database, home, clock) = (TestDatabase::with_schema(on).await, tempfile::tempdir().unwrap(), ManualClock::default());
        let app = start(&database, (&home, surroundings), &clock, settings).await;
        let sandbox = NewSandbox { name: "sandbox".into(), currency: "RUB".into(), ranking: Ranking::ExpectedProfit, first_day: None };
        let project = app.open_sandbox(sandbox).await.unwrap();
        let address = serve(&app, Some(Arc::clone(&project))).await;
        Self { app, clock, project, http: reqwest::Client::new(), address, database, home }
    }

    /// Another address of the same application, where no project is open.
    pub(crate) async fn closed_address(&self) -> String {
        serve(&self.app, None).await
    }

    /// Another address of the same application, with settings of its own.
    pub(crate) async fn address_with(&self, settings: ServerSettings, listening: ListenerSettings) -> String {
        serve_with(&self.app, settings, listening).await
    }

    /// The same database behind a new server, after this one has stopped.
    pub(crate) async fn restart(self) -> Self {
        self.app.shut_down().await.unwrap();
        let app = start(&self.database, (&self.home, Surroundings::default()), &self.clock, settings()).await;
        let project = app.find_project_by_alias("sandbox").await.unwrap();
        let address = serve(&app, Some(Arc::clone(&project))).await;
        Self { app, project, address, ..self }
    }

    /// The same with a warehouse that knows nothing.
    pub(crate) async fn restart_without_warehouse(self) -> Self {
        self.app.shut_down().await.unwrap();
        std::fs::remove_file(self.home.path().join("warehouse.duckdb")).unwrap();
        let app = start(&self.database, (&self.home, Surroundings::default()), &self.clock, settings()).await;
        let project = app.find_project_by_alias("sandbox").await.unwrap();
        Self { app, project, ..self }
    }

    /// Lets consumers of the outbox begin again at its first row.
    pub(crate) async fn forget_outbox_positions(&self, consumers: &[&'static str]) {
        for name in consumers {
            let position = self.app.store().read_outbox_positions().await.unwrap().of(name);
            let back = self.app.store().write((*name, position), |transaction, (name, position)| {
                Box::pin(async move { transaction.advance_outbox_positions(&[name.to_owned()], position..0).await })
            });
            assert!(back.await.unwrap(), "{name} has moved on");
        }
    }

    /// The letters that were sent, in order, once there are as many.
    pub(crate) async fn letters(&self, count: usize) -> Vec<Letter> {
        let begun = std::time::Instant::now();
        loop {
            let letters = read_folder(&self.home.path().join("mail"));
            if letters.len() >= count {
                return letters;
            }
            assert!(begun.elapsed() < PATIENCE, "{} letters instead of {count}", letters.len());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// No letter can be kept from now on.
    pub(crate) fn break_mail(&self) {
        let folder = self.home.path().join("mail");
        // There is none before the first letter.
        let _missing = std::fs::remove_dir_all(&folder);
        std::fs::write(folder, "not a folder").unwrap();
    }

    /// Letters can be kept again.
    pub(crate) fn mend_mail(&self) {
        std::fs::remove_file(self.home.path().join("mail")).unwrap();
    }

    /// How often each score occurs in the sandbox, as it is stored.
    pub(crate) async fn counts_of_scores(&self) -> Vec<(i32, u64)> {
        self.app.store().in_project(self.project.id()).count_scores_by_value().await.unwrap()
    }

    /// A connection of somebody else to the same database.
    pub(crate) async fn other_store(&self) -> barker_store::Store {
        self.database.connect().await.unwrap()
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let request = self.http.request(method, self.url(path));
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        Answer::read(request.send().await.unwrap()).await
    }

    pub(crate) async fn send_raw(&self, method: Method, path: &str, body: impl Into<reqwest::Body>) -> Answer {
        Answer::read(self.http.request(method, self.url(path)).body(body).send().await.unwrap()).await
    }

    pub(crate) fn url(&self, path: &str) -> String {
        if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.address) }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PUT, path, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PATCH, path, Some(body)).await
    }

    /// A woman of 30 in Moscow.
    pub(crate) async fn client(&self) -> Uuid {
        self.client_with(json!({})).await
    }

    /// The same woman, with some fields changed.
    pub(crate) async fn client_with(&self, changes: Value) -> Uuid {
        let id = Uuid::now_v7();
        let mut client = json!({"client_id": id, "login": "anna", "age": 30, "location": "Moscow", "gender": "FEMALE"});
        overlay(&mut client, changes);
        self.post("/clients/bulk", &json!([client])).await.expect(201);
        id
    }

    /// Many of the same.
    pub(crate) async fn clients(&self, count: usize) -> Vec<Uuid> {
        let ids: Vec<_> = (0..count).map(|_| Uuid::now_v7()).collect();
        let clients = ids.iter().map(|id| json!({"client_id": id, "login": "anna", "age": 30, "location": "Moscow", "gender": "FEMALE"}));
        self.post("/clients/bulk", &clients.collect()).await.expect(201);
        ids
    }

    pub(crate) async fn advertiser(&self) -> Uuid {
        let id = Uuid::now_v7();
        self.post("/advertisers/bulk", &json!([{"advertiser_id": id, "name": "Smart Inc"}])).await.expect(201);
        id
    }

    /// A campaign of an advertiser of its own, with some terms changed.
    pub(crate) async fn campaign(&self, changes: Value) -> TestCampaign {
        self.campaign_of(self.advertiser().await, changes).await
    }

    pub(crate) async fn campaign_of(&self, advertiser_id: Uuid, changes: Value) -> TestCampaign {
        let mut terms = terms();
        overlay(&mut terms, changes);
        let campaign = self.post(&format!("/advertisers/{advertiser_id}/campaigns"), &terms).await.expect(201);
        TestCampaign { id: campaign["campaign_id"].as_str().unwrap().parse().unwrap(), advertiser_id, terms }
    }

    pub(crate) async fn score(&self, client_id: Uuid, advertiser_id: Uuid, score: i32) {
        let score = json!({"client_id": client_id, "advertiser_id": advertiser_id, "score": score});
        self.post("/ml-scores", &score).await.expect(200);
    }

    /// The campaign whose ad the client is given, `None` when there is nothing to show.
    pub(crate) async fn ad(&self, client_id: Uuid) -> Option<Uuid> {
        let answer = self.get(&format!("/ads?client_id={client_id}")).await;
        if answer.status == StatusCode::NOT_FOUND {
            assert_eq!(answer.problem(404).0, "no-ad");
            return None;
        }
        Some(answer.expect(200)["ad_id"].as_str().unwrap().parse().unwrap())
    }

    pub(crate) async fn click(&self, campaign_id: Uuid, client_id: Uuid) {
        self.post(&format!("/ads/{campaign_id}/click"), &json!({"client_id": client_id})).await.expect(204);
    }

    pub(crate) async fn day(&self, day: i32) {
        self.post("/time/advance", &json!({"current_date": day})).await.expect(200);
    }

    /// Impressions, clicks and what was spent in all.
    pub(crate) async fn stats(&self, campaign_id: Uuid) -> (i64, i64, f64) {
        let stats = self.get(&format!("/stats/campaigns/{campaign_id}")).await.expect(200);
        let count = |name: &str| stats[name].as_i64().unwrap();
        (count("impressions_count"), count("clicks_count"), stats["spent_total"].as_f64().unwrap())
    }

    /// Everything adds up.
    pub(crate) async fn assert_audit_is_clean(&self) {
        let report = barker_app::audit::run(self.app.store(), 0).await.unwrap();
        assert_eq!(report.differences, []);
    }
}

/// A campaign a test has made.
#[derive(Debug, Clone)]
pub(crate) struct TestCampaign {
    pub(crate) id: Uuid,
    pub(crate) advertiser_id: Uuid,
    pub(crate) terms: Value,
}

impl TestCampaign {
    pub(crate) fn path(&self) -> String {
        format!("/advertisers/{}/campaigns/{}", self.advertiser_id, self.id)
    }
}

/// Days 0 to 10, 100 impressions at 1.5 and 50 clicks at 10, for anyone.
pub(crate) fn terms() -> Value {
    json!({
        "impressions_limit": 100, "clicks_limit": 50, "cost_per_impression": 1.5, "cost_per_click": 10.0,
        "ad_title": "Plush bears", "ad_text": "Softer than yesterday's", "start_date": 0, "end_date": 10,
    })
}

/// Sets the fields that `changes` names.
pub(crate) fn overlay(object: &mut Value, changes: Value) {
    let Value::Object(changes) = changes else { panic!("changes are an object") };
    for (name, value) in changes {
        object[name] = value;
    }
}
