//! A project that is open: its clock, its engine, and the turn that changes to it take.

use std::{collections::HashMap, sync::Arc};

use arc_swap::ArcSwap;
use barker_domain::{
    AdvertiserId, Code, Day, Error, Micros, ProjectId, Result,
    campaign::Campaign,
    day::Moment,
    project::{Project, Timekeeping},
};
use barker_serving::{Engine, Listing, Meter, score_distribution::ScoreDistribution};
use barker_store::{InProject, Store};
use tokio::sync::Mutex;

use crate::{App, day::Days, doubt::Turn, purse::Purses};

/// An open project. Holding one is the permission to act in it.
#[derive(Debug)]
pub struct ProjectHandle {
    id: ProjectId,
    project: ArcSwap<Project>,
    pub(crate) engine: Engine,
    /// Changes of campaigns, of money and of the project itself, one at a time: store and engine move together.
    changes: Arc<Mutex<()>>,
    purses: Purses,
    days: Days,
}

impl ProjectHandle {
    pub(crate) async fn open(
        store: &Store,
        (project, spendable): (Project, HashMap<AdvertiserId, Micros>),
        now_ms: i64,
        overshoot_percent: u8,
    ) -> Result<Self> {
        let purses = Purses::new(spendable);
        let rows = store.in_project(project.id);
        let delivered = rows.list_delivered().await?;
        let scores = ScoreDistribution::from_counts(rows.count_scores_by_value().await?);
        let list = |campaign: Campaign| {
            let purse = purses.find(campaign.advertiser_id).ok_or_else(|| Error::new(Code::Internal, "an advertiser has no account"))?;
            let delivered = delivered.get(&campaign.id).copied().unwrap_or_default();
            let meter = Meter::new(&campaign, delivered, overshoot_percent, purse);
            Ok(Listing::new(campaign, meter))
        };
        let listings = rows.list_campaigns().await?.into_iter().map(list).collect::<Result<Vec<_>>>()?;
        let today = project.timekeeping.today(now_ms);
        let days = Days::open(&rows, (today, project.timekeeping.is_sandbox()), &listings).await?;
        let engine = Engine::new(today, project.settings.ranking, scores, listings);
        Ok(Self { id: project.id, project: ArcSwap::from_pointee(project), engine, changes: Arc::default(), purses, days })
    }

    /// The project's id.
    #[must_use]
    pub fn id(&self) -> ProjectId {
        self.id
    }

    /// What configuration calls it.
    #[must_use]
    pub fn alias(&self) -> String {
        self.project.load().alias.clone()
    }

    /// Whether its day is set by hand.
    #[must_use]
    pub fn is_sandbox(&self) -> bool {
        self.project.load().timekeeping.is_sandbox()
    }

    /// Whether it was put away: nobody works in it any more.
    #[must_use]
    pub fn is_archived(&self) -> bool {
        self.project.load().archived_at_ms.is_some()
    }

    /// What is known about it.
    #[must_use]
    pub fn project(&self) -> Arc<Project> {
        self.project.load_full()
    }

    /// The project's rows, to read.
    pub(crate) fn rows<'a>(&self, app: &'a App) -> InProject<'a> {
        app.inner.store.in_project(self.id)
    }

    /// The project's turn to change.
    pub(crate) async fn take_turn(&self) -> Turn {
        Arc::clone(&self.changes).lock_owned().await
    }

    /// What its advertisers may spend.
    pub(crate) fn purses(&self) -> &Purses {
        &self.purses
    }

    /// Which days have been.
    pub(crate) fn days(&self) -> &Days {
        &self.days
    }

    /// Today in this project; the engine follows when midnight has passed.
    pub(crate) fn today(&self, now_ms: i64) -> Day {
        self.moment(now_ms).day
    }

    /// Now, as its clock shows it; the engine follows when midnight has passed.
    pub(crate) fn moment(&self, now_ms: i64) -> Moment {
        let now = self.project.load().moment(now_ms);
        if self.engine.day() != now.day {
            self.engine.open_day(now.day);
        }
        now
    }

    pub(crate) fn move_to(&self, today: Day) {
        self.project.rcu(|project| Project { timekeeping: Timekeeping::Sandbox { today }, ..Project::clone(project) });
        self.engine.open_day(today);
    }

    /// Goes on as the stored project says.
    pub(super) fn adopt(&self, project: Project, now_ms: i64) {
        self.engine.rank_by(project.settings.ranking);
        self.project.store(Arc::new(project));
        self.today(now_ms);
    }
}
