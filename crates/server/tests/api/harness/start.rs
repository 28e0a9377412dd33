//! How a test's server is put together.

use std::{sync::Arc, time::Duration};

use barker_app::{App, Foundations, ProjectHandle, Settings};
use barker_domain::clock::SharedClock;
use barker_infra::{CacheSettings, RedisSettings, Services, Settings as ServiceSettings, courier};
use barker_server::{
    http::{ServerSettings, ServerState, listener, listener::ListenerSettings, router},
    telemetry,
};
use barker_testkit::{ManualClock, TestDatabase};
use barker_warehouse::{DuckDb, DuckDbSettings, Engine};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use super::{listener_settings, server_settings};

/// What a server may find beside itself; by default everything is its own.
#[derive(Default)]
pub(super) struct Surroundings {
    pub(super) redis: Option<RedisSettings>,
    pub(super) warehouse: Option<Arc<dyn Engine>>,
}

pub(super) async fn start(
    database: &TestDatabase,
    (home, beside): (&TempDir, Surroundings),
    clock: &ManualClock,
    settings: Settings,
) -> App {
    let store = database.connect().await.unwrap();
    let clock: SharedClock = Arc::new(clock.clone());
    // What tests are told stands on this machine.
    let courier = courier::Settings { allows_private_addresses: true, ..courier::Settings::default() };
    let embedded = ServiceSettings { courier, ..ServiceSettings::embedded(home.path()) };
    let services = match beside.redis {
        Some(redis) => ServiceSettings { cache: CacheSettings::Redis(redis), ..embedded },
        None => embedded,
    };
    let services = Services::open(&services, &clock).unwrap();
    let own = || Arc::new(DuckDb::open(&DuckDbSettings::small(home.path().join("warehouse.duckdb")), Arc::clone(&clock)).unwrap());
    let warehouse = beside.warehouse.unwrap_or_else(|| own());
    App::start(Foundations { store, services, warehouse, clock }, settings).await.unwrap()
}

pub(super) async fn serve(app: &App, open_project: Option<Arc<ProjectHandle>>) -> String {
    serve_with(app, server_settings(open_project), listener_settings()).await
}

pub(super) async fn serve_with(app: &App, settings: ServerSettings, listening: ListenerSettings) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let scheme = if listening.certificates.is_some() { "https" } else { "http" };
    let address = format!("{scheme}://{}", listener.local_addr().unwrap());
    let router = router(ServerState::new(app.clone(), settings, telemetry::metrics().unwrap()));
    tokio::spawn(async move { listener::serve(listener, router, &listening, (&CancellationToken::new(), Duration::ZERO)).await });
    address
}
