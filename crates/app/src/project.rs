//! A project that is open: its clock, its engine, and the turn that changes to it take.

use std::sync::Arc;

use arc_swap::ArcSwap;
use barker_domain::{
    Code, Day, Error, ProjectId, Result,
    day::civil_day,
    project::{Project, Ranking, Timekeeping},
};
use barker_serving::{Engine, Listing, Meter, score_distribution::ScoreDistribution};
use barker_store::{InProject, Store};
use tokio::sync::Mutex;

use crate::{App, doubt::Turn};

/// An open project. Holding one is the permission to act in it.
#[derive(Debug)]
pub struct ProjectHandle {
    project: Project,
    timekeeping: ArcSwap<Timekeeping>,
    pub(crate) engine: Engine,
    /// Changes of campaigns and of the day, one at a time: store and engine move together.
    changes: Arc<Mutex<()>>,
}

/// What a new sandbox is to be.
#[derive(Debug, Clone)]
pub struct NewSandbox {
    /// Unique.
    pub name: String,
    /// ISO 4217.
    pub currency: String,
    /// How it ranks ads.
    pub ranking: Ranking,
}

impl ProjectHandle {
    pub(crate) async fn open(store: &Store, project: Project, now_ms: i64, overshoot_percent: u8) -> Result<Self> {
        let rows = store.in_project(project.id);
        let delivered = rows.list_delivered().await?;
        let scores = ScoreDistribution::from_counts(rows.count_scores_by_value().await?);
        let listings = rows.list_campaigns().await?.into_iter().map(|campaign| {
            let meter = Meter::new(&campaign, delivered.get(&campaign.id).copied().unwrap_or_default(), overshoot_percent);
            Listing::new(campaign, meter)
        });
        let engine = Engine::new(project.timekeeping.today(now_ms), project.ranking, scores, listings);
        let timekeeping = ArcSwap::from_pointee(project.timekeeping.clone());
        Ok(Self { project, timekeeping, engine, changes: Arc::default() })
    }

    /// The project's id.
    #[must_use]
    pub fn id(&self) -> ProjectId {
        self.project.id
    }

    /// The project's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.project.name
    }

    /// Whether its day is set by hand.
    #[must_use]
    pub fn is_sandbox(&self) -> bool {
        self.timekeeping.load().is_sandbox()
    }

    /// The project's rows, to read.
    pub(crate) fn rows<'a>(&self, app: &'a App) -> InProject<'a> {
        app.inner.store.in_project(self.id())
    }

    /// The project's turn to change.
    pub(crate) async fn take_turn(&self) -> Turn {
        Arc::clone(&self.changes).lock_owned().await
    }

    /// Today in this project; the engine follows when midnight has passed.
    pub(crate) fn today(&self, now_ms: i64) -> Day {
        let today = self.timekeeping.load().today(now_ms);
        if self.engine.day() != today {
            self.engine.open_day(today);
        }
        today
    }

    pub(crate) fn move_to(&self, today: Day) {
        self.timekeeping.store(Arc::new(Timekeeping::Sandbox { today }));
        self.engine.open_day(today);
    }
}

impl App {
    /// The sandbox of that name, made when it is not there.
    ///
    /// # Errors
    /// [`Code::Misconfigured`] when a live project has that name; when the database does not answer.
    pub async fn open_sandbox(&self, wanted: NewSandbox) -> Result<Arc<ProjectHandle>> {
        if let Some(handle) = self.find_project(&wanted.name).await {
            let live = || Error::new(Code::Misconfigured, format!("{} is a live project, not a sandbox", wanted.name));
            return handle.is_sandbox().then_some(handle).ok_or_else(live);
        }
        let created_at_ms = self.now_ms();
        let project = Project {
            id: ProjectId::generate(),
            name: wanted.name,
            currency: wanted.currency,
            timekeeping: Timekeeping::Sandbox { today: Day(0) },
            epoch: civil_day(created_at_ms, &jiff::tz::TimeZone::UTC),
            ranking: wanted.ranking,
            created_at_ms,
        };
        let insert = self
            .inner
            .store
            .write(project.clone(), |transaction, project| Box::pin(async move { transaction.insert_project(&project).await }));
        insert.await?;
        self.open(project).await
    }
}
