//! The running application: the store, the clock, the projects, and the lanes that write.

use std::{collections::HashMap, sync::Arc, time::Duration};

use barker_domain::{
    AdvertiserId, Code, Error, Micros, ProjectId, Result, clock::SharedClock, installation::Settings as InstallationSettings,
    project::Project,
};
use barker_infra::{Services, cache::Cache, mail::Mailer, object_storage::ObjectStorage, rate_limit::RateLimiter};
use barker_store::{Claim, Store};
use barker_warehouse::Engine as Warehouse;
use tokio::sync::{Mutex, Notify, OwnedMutexGuard, RwLock};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    access_token::AccessTokens,
    api_key::Grants,
    audience::Audience,
    housekeeping,
    installation::Installation,
    intake::Intake,
    job::{self, Staff, Workshop},
    lane::Lane,
    link::{self, LinkTokens},
    outbox,
    own_facts::{self, Surroundings},
    ownership,
    password::{PasswordCost, Passwords},
    project::ProjectHandle,
    report::Reports,
    retention, score,
    seal::{KeySource, Keyring},
    serving::{self, commit},
    signing,
    standing::Standings,
    trail, upkeep, webhook,
};

/// What an operator decides about all projects.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Percent by which limits may be passed, 0 to 5.
    pub overshoot_percent: u8,
    /// Most bytes of clients' profiles, scores and history held in memory.
    pub audience_bytes: u64,
    /// Impressions and clicks that may wait to become durable; one more is answered "busy".
    pub commit_queue: usize,
    /// How long clicks on the link of an ad count after it was shown, in milliseconds.
    pub link_life_ms: i64,
    /// How long facts stay in the outbox after every consumer has applied them, in milliseconds.
    pub outbox_retention_ms: i64,
    /// After how many days the single impressions of a campaign that is over are forgotten; `None`: never.
    pub impression_retention_days: Option<i32>,
    /// After how many days events of live projects are removed from the warehouse; `None`: never.
    pub event_retention_days: Option<i32>,
    /// What holds where administrators have decided nothing else.
    pub installation: InstallationSettings,
    /// What a password's hash costs.
    pub password_cost: PasswordCost,
    /// What this process does about jobs.
    pub jobs: job::Settings,
    /// Where the keys of sealed columns are.
    pub keys: KeySource,
    /// How often it is looked at what webhooks are to be told.
    pub webhook_look_interval: Duration,
    /// How long answers to reports are kept, unless the facts change before.
    pub report_lifetime: Duration,
    /// Who claims the database.
    pub claim: Claim,
}

/// What an application stands on: open, and nobody else's.
#[derive(Debug)]
pub struct Foundations {
    /// The business data.
    pub store: Store,
    /// Services outside of Barker.
    pub services: Services,
    /// Events and facts.
    pub warehouse: Arc<dyn Warehouse>,
    /// The time.
    pub clock: SharedClock,
}

/// Everything that runs. Cheap to clone; every clone is the same application.
#[derive(Debug, Clone)]
pub struct App {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) store: Store,
    services: Arc<Services>,
    intake: Intake,
    workshop: Workshop,
    pub(crate) clock: SharedClock,
    pub(crate) settings: Settings,
    pub(crate) audience: Arc<Audience>,
    pub(crate) commits: Lane<serving::Pending>,
    /// Wakes the consumers of the outbox.
    work_to_do: Arc<Notify>,
    pub(crate) scores: Lane<score::Pending>,
    pub(crate) notes: Lane<trail::Pending>,
    pub(crate) passwords: Passwords,
    pub(crate) keyring: Keyring,
    pub(crate) access_tokens: AccessTokens,
    pub(crate) link_tokens: LinkTokens,
    pub(crate) standings: Standings,
    pub(crate) installation: Installation,
    pub(crate) grants: Grants,
    pub(crate) reports: Arc<Reports>,
    projects: RwLock<HashMap<ProjectId, Arc<ProjectHandle>>>,
    /// Projects are opened one at a time.
    pub(crate) opening: Mutex<()>,
    /// One backup, or one change of keys, at a time: neither may see the other half done.
    care: Arc<Mutex<()>>,
    pub(crate) tasks: TaskTracker,
    pub(crate) closing: CancellationToken,
    taken_over: CancellationToken,
}

impl App {
    /// Claims the store, brings its schema up to date, opens every project and starts what runs in the background.
    ///
    /// # Errors
    /// [`Code::Misconfigured`] when another process serves the database; when the database does not answer.
    pub async fn start(foundations: Foundations, settings: Settings) -> Result<Self> {
        let Foundations { store, services, warehouse, clock } = foundations;
        // A server that cannot open what is sealed takes nobody's place.
        Keyring::check(&store, &settings.keys).await?;
        store.claim(&settings.claim, clock.now_ms()).await?;
        let keyring = Keyring::open_all(&store, settings.keys.clone(), clock.now_ms()).await?;
        let (tasks, closing) = (TaskTracker::new(), CancellationToken::new());
        let background = (&tasks, &closing);
        let taken_over = ownership::keep(store.clone(), background);
        upkeep::start(store.clone(), background);
        let audience = Arc::new(Audience::start(store.clone(), settings.audience_bytes, background));
        let (work_to_do, outbox_signal) = outbox::signal();
        let commits = commit::start(store.clone(), Arc::clone(&clock), (settings.commit_queue, Arc::clone(&work_to_do)), background);
        let scores = score::start((store.clone(), Arc::clone(&clock)), Arc::clone(&audience), background);
        let reports = Arc::new(Reports::new(&services.cache, settings.report_lifetime));
        let intake = Intake::new(warehouse, Arc::clone(&reports), store.find_last_outbox_id().await?);
        let surroundings = Surroundings { store: store.clone(), intake: intake.clone() };
        outbox::start(outbox::Runner::new(surroundings, Arc::clone(&clock), settings.outbox_retention_ms, outbox_signal), background);
        let services = Arc::new(services);
        let workshop = Workshop::new(store.clone(), Arc::clone(&services), Arc::clone(&clock), settings.jobs.clone());
        let inner = Inner {
            workshop,
            notes: trail::start(store.clone(), background),
            passwords: Passwords::new(settings.password_cost)?,
            access_tokens: AccessTokens::new(&signing::keys(&store, &keyring, clock.now_ms()).await?)?,
            link_tokens: link::tokens(&store, &keyring, (clock.now_ms(), settings.link_life_ms)).await?,
            keyring,
            standings: Standings::default(),
            installation: Installation::read(&store, settings.installation.clone()).await?,
            grants: Grants::default(),
            reports,
            projects: RwLock::default(),
            opening: Mutex::default(),
            care: Arc::default(),
            store,
            services,
            intake,
            clock,
            settings,
            audience,
            commits,
            work_to_do,
            scores,
            tasks,
            closing,
            taken_over,
        };
        let app = Self { inner: Arc::new(inner) };
        app.open_all().await?;
        housekeeping::start(app.clone());
        job::start(&Staff {
            workshop: app.workshop().clone(),
            app: Some(app.clone()),
            tasks: app.inner.tasks.clone(),
            closing: app.inner.closing.clone(),
        });
        retention::start(app.clone());
        own_facts::start(&app);
        webhook::start(app.clone());
        app.warm_up().await;
        Ok(app)
    }

    /// Opens every project that is in use, and the keys of all.
    async fn open_all(&self) -> Result<()> {
        let mut purses = self.inner.store.read_purses(None).await?;
        for project in self.inner.store.list_open_projects().await? {
            let purses = purses.remove(&project.id).unwrap_or_default();
            self.open_with(project, purses).await?;
        }
        self.open_keys().await
    }

    /// Starts to read clients before they come; ends early when the application does.
    async fn warm_up(&self) {
        let project_ids: Vec<_> = self.inner.projects.read().await.keys().copied().collect();
        let (app, closing) = (self.clone(), self.inner.closing.clone());
        self.inner.tasks.spawn(async move {
            let warm_up = app.inner.audience.warm_up(&app.inner.store, &project_ids);
            if let Some(clients) = closing.run_until_cancelled(warm_up).await {
                tracing::info!(clients, "the audience is warm");
                metrics::gauge!("barker_audience_is_warm").set(1);
            }
        });
    }

    /// What its operator has decided.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// The business data, for reads that need no use case.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// Events and facts, to ask.
    #[must_use]
    pub fn warehouse(&self) -> &Arc<dyn Warehouse> {
        self.inner.intake.warehouse()
    }

    /// Events and facts, to bring.
    #[must_use]
    pub fn intake(&self) -> &Intake {
        &self.inner.intake
    }

    /// What follows the outbox works with.
    #[must_use]
    pub fn surroundings(&self) -> Surroundings {
        Surroundings { store: self.inner.store.clone(), intake: self.inner.intake.clone() }
    }

    /// What jobs work with, and where they are asked for.
    #[must_use]
    pub fn workshop(&self) -> &Workshop {
        &self.inner.workshop
    }

    /// Sends mail.
    #[must_use]
    pub fn mailer(&self) -> &Mailer {
        &self.inner.services.mailer
    }

    /// Keeps short-lived values.
    #[must_use]
    pub fn cache(&self) -> &Cache {
        &self.inner.services.cache
    }

    /// Keeps rate limits.
    #[must_use]
    pub fn rate_limiter(&self) -> &RateLimiter {
        &self.inner.services.rate_limiter
    }

    /// Keeps objects.
    #[must_use]
    pub fn objects(&self) -> &ObjectStorage {
        &self.inner.services.objects
    }

    /// The open project that configuration calls by that alias.
    pub async fn find_project_by_alias(&self, alias: &str) -> Option<Arc<ProjectHandle>> {
        self.inner.projects.read().await.values().find(|handle| handle.alias() == alias).map(Arc::clone)
    }

    /// The project with that id, if this process has opened it.
    pub(crate) async fn find_project(&self, id: ProjectId) -> Option<Arc<ProjectHandle>> {
        self.inner.projects.read().await.get(&id).map(Arc::clone)
    }

    /// The project with that id, to work in.
    ///
    /// # Errors
    /// [`Code::ProjectNotFound`], [`Code::ProjectArchived`].
    pub async fn get_open_project(&self, id: ProjectId) -> Result<Arc<ProjectHandle>> {
        match self.find_project(id).await {
            Some(project) if project.is_archived() => Err(Error::of(Code::ProjectArchived)),
            Some(project) => Ok(project),
            // Archived before this process started, or not there at all.
            None => {
                Err(self.inner.store.find_project(id).await?.map_or(Error::of(Code::ProjectNotFound), |_| Error::of(Code::ProjectArchived)))
            }
        }
    }

    /// Every project that is open.
    pub async fn list_projects(&self) -> Vec<Arc<ProjectHandle>> {
        self.inner.projects.read().await.values().map(Arc::clone).collect()
    }

    /// Waits until another process has taken the database over: this one can write nothing more, and should end.
    pub async fn taken_over(&self) {
        self.inner.taken_over.cancelled().await;
    }

    /// Stops taking work in, finishes what is under way, and closes the warehouse and the database.
    ///
    /// # Errors
    /// When one of them does not close cleanly.
    pub async fn shut_down(&self) -> Result<()> {
        // A database that does not answer any more keeps what it has.
        let _noted = self.note_key_uses().await;
        self.inner.closing.cancel();
        self.inner.tasks.close();
        self.inner.tasks.wait().await;
        let closed = self.inner.intake.warehouse().close().await;
        self.inner.store.close().await.and(closed)
    }

    pub(crate) async fn open(&self, project: Project) -> Result<Arc<ProjectHandle>> {
        let purses = self.inner.store.read_purses(Some(project.id)).await?.remove(&project.id).unwrap_or_default();
        self.open_with(project, purses).await
    }

    /// The same, once it is known what its advertisers may spend.
    async fn open_with(&self, project: Project, purses: HashMap<AdvertiserId, Micros>) -> Result<Arc<ProjectHandle>> {
        let (now_ms, overshoot_percent) = (self.inner.clock.now_ms(), self.inner.settings.overshoot_percent);
        let handle = Arc::new(ProjectHandle::open(&self.inner.store, (project, purses), now_ms, overshoot_percent).await?);
        self.inner.projects.write().await.insert(handle.id(), Arc::clone(&handle));
        Ok(handle)
    }

    /// Facts were written beside the commits.
    pub(crate) fn wake_outbox(&self) {
        self.inner.work_to_do.notify_one();
    }

    /// Does the work to its end, even when whoever asked for it stops waiting: store and engine must not part because a
    /// caller hung up between the two.
    pub(crate) async fn see_through<T: Send + 'static>(&self, work: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
        self.inner.tasks.spawn(work).await.map_err(went_silent)?
    }

    /// The turn to back up or to change keys.
    ///
    /// # Errors
    /// [`Code::InvalidRequest`] while somebody else has it.
    pub(crate) fn take_care_alone(&self) -> Result<OwnedMutexGuard<()>> {
        let taken = |_| Error::new(Code::InvalidRequest, "a backup or a change of keys is under way; wait for its end");
        Arc::clone(&self.inner.care).try_lock_owned().map_err(taken)
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.inner.clock.now_ms()
    }
}

/// The answer of a task that ended without giving one: it was cancelled or panicked, which its log tells.
pub(crate) fn went_silent<T>(_: T) -> Error {
    Error::new(Code::Internal, "a task ended without an answer")
}
