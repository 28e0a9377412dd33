//! Throw-away warehouses of either kind.

use std::{path::Path, sync::Arc, time::Duration};

use barker_domain::clock::SystemClock;
use barker_warehouse::{ClickHouse, ClickHouseSettings, DuckDb, DuckDbSettings, Engine};
use rstest_reuse::template;
use tempfile::TempDir;

/// Where a ClickHouse is: `http://host:port`, whose user is `barker`, and so is the password.
const CLICKHOUSE_URL: &str = "BARKER_TEST_CLICKHOUSE_URL";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    DuckDb,
    ClickHouse,
}

/// Whatever a test says, it says about every engine.
#[template]
#[export]
#[rstest]
#[case::duckdb(Kind::DuckDb)]
#[case::clickhouse(Kind::ClickHouse)]
fn every_engine(#[case] kind: Kind) {}

/// Where one warehouse is kept, until this is dropped.
#[derive(Debug)]
pub(crate) enum Home {
    File(TempDir),
    Database(String),
}

impl Home {
    pub(crate) async fn new(kind: Kind) -> Self {
        if kind == Kind::DuckDb {
            return Self::File(tempfile::tempdir().unwrap());
        }
        let name = format!("barker_test_{}", uuid::Uuid::now_v7().simple());
        execute(format!("CREATE DATABASE {name}")).await;
        Self::Database(name)
    }

    pub(crate) async fn open(&self) -> Arc<dyn Engine> {
        open(&self.address()).await
    }

    /// How another process finds it.
    pub(crate) fn address(&self) -> String {
        match self {
            Self::File(directory) => directory.path().to_str().unwrap().to_owned(),
            Self::Database(name) => name.clone(),
        }
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let Self::Database(name) = self else { return };
        let _exports = std::fs::remove_dir_all(std::env::temp_dir().join(&*name));
        let statement = format!("DROP DATABASE {name}");
        // Dropping happens inside a test's runtime, which cannot be blocked on.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(execute(statement));
        });
        // A throw-away server takes what is left with it.
        let _outcome = dropped.join();
    }
}

/// A directory is opened with DuckDB, anything else is a database's name.
pub(crate) async fn open(address: &str) -> Arc<dyn Engine> {
    if address.starts_with('/') {
        return Arc::new(open_file(Path::new(address)));
    }
    Arc::new(try_open(address).await.unwrap())
}

/// A database's name.
pub(crate) async fn try_open(database: &str) -> barker_domain::Result<ClickHouse> {
    let settings = ClickHouseSettings {
        url: server_url(),
        database: database.to_owned(),
        user: Some("barker".to_owned()),
        password: "barker".into(),
        memory_megabytes: 1_024,
        spill_megabytes: 1_024,
        threads: 2,
        readers: 2,
        timeout: Duration::from_mins(1),
        queued_rows: 1_000_000,
        known_events: 50,
        exports: std::env::temp_dir().join(database),
    };
    ClickHouse::open(&settings, Arc::new(SystemClock)).await
}

/// A DuckDB file in that directory.
pub(crate) fn open_file(directory: &Path) -> DuckDb {
    DuckDb::open(&file_settings(directory), Arc::new(SystemClock)).unwrap()
}

pub(crate) fn file_settings(directory: &Path) -> DuckDbSettings {
    DuckDbSettings { known_events: 50, queued_rows: 1_000_000, ..DuckDbSettings::small(directory.join("warehouse.duckdb")) }
}

fn server_url() -> String {
    let _already = rustls::crypto::ring::default_provider().install_default();
    std::env::var(CLICKHOUSE_URL).unwrap_or_else(|_| panic!("{CLICKHOUSE_URL} is not set: run the tests through scripts/test"))
}

/// What the server answers, as text.
pub(crate) async fn execute(statement: String) -> String {
    let request = reqwest::Client::builder();
    let url = server_url();
    let request = request.build().unwrap().post(url).header("X-ClickHouse-User", "barker").header("X-ClickHouse-Key", "barker");
    let answer = request.body(statement).send().await.unwrap();
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert!(status.is_success(), "{text}");
    text
}
