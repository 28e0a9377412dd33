//! Barker on a database of its own, where every generated input is tried in a sandbox of its own.

use std::{
    cell::{Cell, RefCell},
    fmt::Debug,
    sync::Arc,
    time::Duration,
};

use barker_app::{App, Desk, Foundations, PasswordCost, ProjectHandle, Settings, audit, project::NewSandbox, webhook};
use barker_domain::{
    audit::Report,
    clock::SharedClock,
    installation::{Registration, Settings as InstallationSettings},
    project::Ranking,
    trail::Origin,
};
use barker_infra::Services;
use barker_store::Claim;
use barker_testkit::{Backend, ManualClock, TestDatabase};
use barker_warehouse::{DuckDb, DuckDbSettings};
use proptest::{
    strategy::Strategy,
    test_runner::{Config, TestCaseError, TestError, TestRunner},
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::disagreement::{Disagreement, unless};

/// Enough for every client of a sandbox.
const AUDIENCE_BYTES: u64 = 10_000_000;
/// A failing input is made smaller for at most this long and this often, so that the test still ends.
const MAX_SHRINK_MS: u32 = 60_000;
const MAX_SHRINK_ITERS: u32 = 10_000;

/// Barker on a database. What is dropped first stands first.
pub(crate) struct World {
    app: RefCell<App>,
    clock: ManualClock,
    sandboxes: Cell<u32>,
    runtime: Runtime,
    database: TestDatabase,
    /// Where the warehouse is.
    home: TempDir,
}

/// A project of nobody else.
pub(crate) struct Sandbox<'a> {
    world: &'a World,
    pub(crate) app: App,
    pub(crate) project: Arc<ProjectHandle>,
}

impl World {
    pub(crate) fn start(on: Backend) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let clock = ManualClock::default();
        let database = runtime.block_on(TestDatabase::with_schema(on));
        let home = tempfile::tempdir().unwrap();
        let app = runtime.block_on(start((&database, &home), &clock, AUDIENCE_BYTES));
        Self { app: RefCell::new(app), clock, sandboxes: Cell::new(0), runtime, database, home }
    }

    /// Tries the property on generated inputs; shows the smallest one it does not hold for.
    pub(crate) fn hold<S: Strategy<Value: Debug>>(
        self,
        cases: u32,
        inputs: &S,
        property: &impl AsyncFn(&mut Sandbox<'_>, &S::Value) -> Result<(), Disagreement>,
    ) {
        let outcome = TestRunner::new(config(cases)).run(inputs, |input| {
            let attempt = async {
                let mut sandbox = self.open_sandbox().await;
                property(&mut sandbox, &input).await
            };
            self.runtime.block_on(attempt).map_err(TestCaseError::fail)
        });
        match outcome {
            Ok(()) => self.runtime.block_on(self.finish()),
            Err(TestError::Fail(reason, input)) => panic!("{reason}\n\nThe smallest input that shows it:\n{input:?}"),
            Err(error) => panic!("{error}"),
        }
    }

    async fn open_sandbox(&self) -> Sandbox<'_> {
        self.sandboxes.set(self.sandboxes.get() + 1);
        let name = format!("sandbox {}", self.sandboxes.get());
        let app = self.app.borrow().clone();
        let wanted = NewSandbox { name, currency: "RUB".to_owned(), ranking: Ranking::ExpectedProfit, first_day: None };
        let project = app.open_sandbox(wanted).await.unwrap();
        Sandbox { world: self, app, project }
    }

    async fn finish(&self) {
        let app = self.app.borrow().clone();
        let report = audit::run(app.store(), 0).await.unwrap();
        assert_eq!((report.projects, report.differences), (u64::from(self.sandboxes.get()), Vec::new()));
        app.shut_down().await.unwrap();
    }
}

impl Sandbox<'_> {
    /// Stops Barker and starts it again on the same database.
    pub(crate) async fn restart(&mut self, audience_bytes: u64) {
        self.app.shut_down().await.unwrap();
        self.app = start((&self.world.database, &self.world.home), &self.world.clock, audience_bytes).await;
        self.world.app.replace(self.app.clone());
        self.project = self.app.find_project_by_alias(&self.project.alias()).await.unwrap();
    }

    /// Where changes are made.
    pub(crate) fn desk(&self) -> Desk {
        Desk { app: self.app.clone(), project: Arc::clone(&self.project), origin: Origin::system() }
    }

    /// Moves the clock, and tells what it shows.
    pub(crate) fn let_pass(&self, clock_ms: i64) -> i64 {
        use barker_domain::clock::Clock;
        self.world.clock.advance_ms(clock_ms);
        self.world.clock.now_ms()
    }

    /// Audits this project alone: one that has failed before does not stand in the way of making the input smaller.
    pub(crate) async fn audit(&self) -> Result<(), Disagreement> {
        let mut report = Report::default();
        report.add_project(self.project.id(), &self.app.store().read_tallies(self.project.id()).await.unwrap(), 0);
        unless(!report.differences.is_empty(), || format!("the audit finds {:?}", report.differences))
    }
}

async fn start((database, home): (&TestDatabase, &TempDir), clock: &ManualClock, audience_bytes: u64) -> App {
    let claim = Claim { holder: "a test".to_owned(), by_force: false };
    let settings = Settings {
        impression_retention_days: None,
        event_retention_days: None,
        keys: barker_app::seal::KeySource::Given("dGhpcyBpcyBhIHNlYWxpbmcga2V5IG9mIDMyIGJ5dGU=".into()),
        overshoot_percent: 0,
        audience_bytes,
        commit_queue: 4_096,
        link_life_ms: 24 * 60 * 60 * 1_000,
        webhook_look_interval: webhook::LOOK_INTERVAL,
        report_lifetime: Duration::from_mins(15),
        outbox_retention_ms: 0,
        jobs: barker_app::job::Settings::default(),
        installation: InstallationSettings {
            registration: Registration::Open,
            default_ranking: Ranking::default(),
            default_currency: "RUB".to_owned(),
        },
        password_cost: PasswordCost { memory_kib: 8, iterations: 1, at_once: 1 },
        claim,
    };
    let store = database.connect().await.unwrap();
    let clock: SharedClock = Arc::new(clock.clone());
    let services = Services::embedded(home.path(), &clock).unwrap();
    let warehouse = DuckDb::open(&DuckDbSettings::small(home.path().join("warehouse.duckdb")), Arc::clone(&clock)).unwrap();
    App::start(Foundations { store, services, warehouse: Arc::new(warehouse), clock }, settings).await.unwrap()
}

/// `PROPTEST_CASES` decides how many, where it is set.
fn config(cases: u32) -> Config {
    let default = Config::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { default.cases } else { cases };
    // What a failure shows is complete: no file is needed to repeat it.
    Config { cases, max_shrink_time: MAX_SHRINK_MS, max_shrink_iters: MAX_SHRINK_ITERS, failure_persistence: None, ..default }
}
