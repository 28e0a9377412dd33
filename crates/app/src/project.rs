//! Projects: made, changed, put away.

mod handle;

use std::sync::Arc;

use barker_domain::{
    Code, Day, Error, FieldError, ProjectId, Result, UserId,
    day::civil_day,
    error::unless_faulty,
    membership::{Membership, Role},
    page::{Listed, Page},
    project::{AttributionModel, Project, Ranking, Settings, Timekeeping},
    sheet::{Sheet, SheetKind},
    trail::{Action, Entry, Event, Origin},
    user::Locale,
};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::{App, standing::Standing};

pub use handle::ProjectHandle;

/// Most projects a user may be a member of and still make another; administrators may any number.
const MAX_PER_USER: usize = 100;

/// What a sandbox of the operator's is to be.
#[derive(Debug, Clone)]
pub struct NewSandbox {
    /// Its alias and its name.
    pub name: String,
    /// ISO 4217.
    pub currency: String,
    /// How it ranks ads.
    pub ranking: Ranking,
    /// The civil day that its day 0 stands for; none: today.
    pub first_day: Option<Day>,
}

/// What a project of a user's is to be.
#[derive(Debug, Clone)]
pub struct NewProject {
    /// What people call it.
    pub name: String,
    /// ISO 4217; `None`: the installation's default.
    pub currency: Option<String>,
    /// What its days are: a time zone, or none for a sandbox.
    pub time_zone: Option<TimeZone>,
    /// What its owner decides, where it is not the default.
    pub settings: SettingsChange,
}

/// What of the settings changes; what is `None` stays.
#[derive(Debug, Clone, Copy, Default)]
pub struct SettingsChange {
    /// How it ranks ads.
    pub ranking: Option<Ranking>,
    /// Whether titles and texts of ads are moderated.
    pub is_moderated: Option<bool>,
    /// Which touch is credited with a conversion.
    pub attribution_model: Option<AttributionModel>,
    /// How many days after a touch a conversion is still credited to it.
    pub attribution_window_days: Option<i32>,
}

/// What an owner changes; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct ProjectChange {
    /// What people call it.
    pub name: Option<String>,
    /// ISO 4217; only while nothing was spent.
    pub currency: Option<String>,
    /// The time zone of its days; not of a sandbox.
    pub time_zone: Option<TimeZone>,
    /// What its owner decides.
    pub settings: SettingsChange,
    /// Whether it is put away.
    pub is_archived: Option<bool>,
}

/// Makes a project with its first owner.
///
/// # Errors
/// [`Code::InvalidRequest`] with every field at fault; [`Code::TooMany`].
pub async fn create(app: &App, new: NewProject, owner: &Standing, origin: &Origin) -> Result<Project> {
    if owner.projects().len() >= MAX_PER_USER && !owner.user.is_administrator {
        return Err(Error::new(Code::TooMany, format!("you are a member of {MAX_PER_USER} projects, which is as many as may be")));
    }
    let (id, now_ms, defaults) = (ProjectId::generate(), app.now_ms(), app.installation().settings);
    let project = Project {
        id,
        alias: id.to_string(),
        name: new.name.trim().to_owned(),
        currency: new.currency.unwrap_or(defaults.default_currency),
        epoch: if new.time_zone.is_some() { Day(0) } else { civil_day(now_ms, &TimeZone::UTC) },
        timekeeping: timekeeping(new.time_zone),
        settings: new.settings.applied_to(Settings { ranking: defaults.default_ranking, ..Settings::default() }),
        created_at_ms: now_ms,
        archived_at_ms: None,
    };
    let faults = project.faults();
    let project = unless_faulty(project, faults)?;
    let membership = Membership { project_id: id, user_id: owner.user.id, role: Role::Owner, created_at_ms: now_ms };
    let entry = app.entry(Event::in_project(id, Action::ProjectCreated).about(id).to(json_of(&project)), origin);
    let (whole, user_id) = (app.clone(), owner.user.id);
    let sheet = app.first_sheet(owner.user.locale, Some(user_id));
    app.see_through(async move { insert_and_open(&whole, project, (Some(membership), sheet, entry), user_id).await }).await
}

/// What is stored together with a project: its owner, its first dashboard, its line in the trail.
type Company = (Option<Membership>, Arc<Sheet>, Entry);

async fn insert_and_open(app: &App, project: Project, company: Company, user_id: UserId) -> Result<Project> {
    let inserted = insert(app, project.clone(), company).await;
    app.after_change_of(user_id, inserted)?;
    app.open(project.clone()).await.map(|_| project)
}

async fn insert(app: &App, project: Project, company: Company) -> Result<()> {
    let insert = app.inner.store.write((project, company), |transaction, (project, (membership, sheet, entry))| {
        Box::pin(async move {
            transaction.insert_project(&project).await?;
            if let Some(membership) = membership {
                transaction.in_project(project.id).upsert_membership(&membership).await?;
            }
            transaction.in_project(project.id).insert_sheet(SheetKind::Dashboard, &sheet).await?;
            transaction.record(&entry).await
        })
    });
    insert.await
}

fn timekeeping(time_zone: Option<TimeZone>) -> Timekeeping {
    time_zone.map_or(Timekeeping::Sandbox { today: Day(0) }, |time_zone| Timekeeping::Live { time_zone })
}

/// The project with that id.
///
/// # Errors
/// [`Code::ProjectNotFound`].
pub async fn get(app: &App, id: ProjectId) -> Result<Project> {
    app.inner.store.find_project(id).await?.ok_or_else(|| Error::of(Code::ProjectNotFound))
}

/// A page of projects, newest first; with `among`, only these.
///
/// # Errors
/// When the database does not answer.
pub async fn list(app: &App, among: Option<&[ProjectId]>, page: Page) -> Result<Listed<Project>> {
    app.inner.store.list_projects_by_page(among, page).await
}

/// Changes a project, puts it away or takes it out again.
///
/// # Errors
/// [`Code::ProjectNotFound`]; [`Code::InvalidRequest`] with every field at fault; [`Code::CurrencyInUse`];
/// [`Code::ProjectArchived`] for anything but taking it out again.
pub async fn change(app: &App, id: ProjectId, change: ProjectChange, origin: Origin) -> Result<Project> {
    let whole = app.clone();
    app.see_through(async move { change_whole(&whole, id, change, origin).await }).await
}

async fn change_whole(app: &App, id: ProjectId, change: ProjectChange, origin: Origin) -> Result<Project> {
    let handle = app.find_or_open(id).await?;
    let turn = handle.take_turn().await;
    let update = app.inner.store.write((id, change, origin, app.now_ms()), |transaction, (id, change, origin, now_ms)| {
        Box::pin(async move {
            let rows = transaction.in_project(id);
            let before = rows.find_project().await?.ok_or_else(|| Error::of(Code::ProjectNotFound))?;
            let after = change.applied_to(&before, now_ms)?;
            if before.currency != after.currency && rows.has_spent().await? {
                return Err(Error::of(Code::CurrencyInUse));
            }
            if before == after {
                return Ok(after);
            }
            rows.update_project(&after).await?;
            let event = Event::in_project(id, action_of(&before, &after)).about(id).from(json_of(&before)).to(json_of(&after));
            transaction.record(&Entry::now(event, origin, now_ms)).await.map(|()| after)
        })
    });
    match update.await {
        Ok(after) => {
            handle.adopt(after.clone(), app.now_ms());
            Ok(after)
        }
        Err(error) => Err(app.or_in_doubt(error, Some(turn), move |app| adopt_stored(app, Arc::clone(&handle)))),
    }
}

/// Goes on as the stored project says, once that is known.
async fn adopt_stored(app: App, handle: Arc<ProjectHandle>) -> Result<()> {
    if let Some(stored) = app.inner.store.find_project(handle.id()).await? {
        handle.adopt(stored, app.now_ms());
    }
    Ok(())
}

impl SettingsChange {
    fn applied_to(self, before: Settings) -> Settings {
        Settings {
            ranking: self.ranking.unwrap_or(before.ranking),
            is_moderated: self.is_moderated.unwrap_or(before.is_moderated),
            attribution_model: self.attribution_model.unwrap_or(before.attribution_model),
            attribution_window_days: self.attribution_window_days.unwrap_or(before.attribution_window_days),
        }
    }
}

impl ProjectChange {
    fn applied_to(self, before: &Project, now_ms: i64) -> Result<Project> {
        if before.archived_at_ms.is_some() && self.is_archived != Some(false) {
            return Err(Error::of(Code::ProjectArchived));
        }
        let archived_at_ms = match self.is_archived {
            None => before.archived_at_ms,
            Some(false) => None,
            Some(true) => Some(now_ms),
        };
        let mut faults = Vec::new();
        let timekeeping = match self.time_zone {
            Some(time_zone) if !before.timekeeping.is_sandbox() => Timekeeping::Live { time_zone },
            Some(_) => {
                faults.push(FieldError::new("/time_zone", "frozen", "a sandbox has no time zone: its day is set by hand"));
                before.timekeeping.clone()
            }
            None => before.timekeeping.clone(),
        };
        let after = Project {
            name: self.name.map_or_else(|| before.name.clone(), |name| name.trim().to_owned()),
            currency: self.currency.unwrap_or_else(|| before.currency.clone()),
            timekeeping,
            settings: self.settings.applied_to(before.settings),
            archived_at_ms,
            ..before.clone()
        };
        faults.extend(after.faults());
        unless_faulty(after, faults)
    }
}

fn action_of(before: &Project, after: &Project) -> Action {
    match (before.archived_at_ms, after.archived_at_ms) {
        (None, Some(_)) => Action::ProjectArchived,
        (Some(_), None) => Action::ProjectRestored,
        _ => Action::ProjectChanged,
    }
}

/// A project as the trail shows it.
fn json_of(project: &Project) -> Value {
    let time_zone = match &project.timekeeping {
        Timekeeping::Live { time_zone } => time_zone.iana_name(),
        Timekeeping::Sandbox { .. } => None,
    };
    let settings = project.settings;
    json!({
        "name": project.name, "currency": project.currency, "time_zone": time_zone, "is_archived": project.archived_at_ms.is_some(),
        "ranking": settings.ranking.as_str(), "is_moderated": settings.is_moderated,
        "attribution_model": settings.attribution_model.as_str(), "attribution_window_days": settings.attribution_window_days,
    })
}

impl App {
    /// The operator's sandbox of that alias, made when it is not there.
    ///
    /// # Errors
    /// [`Code::Misconfigured`] when a live project has that alias; when the database does not answer.
    pub async fn open_sandbox(&self, wanted: NewSandbox) -> Result<Arc<ProjectHandle>> {
        if let Some(handle) = self.find_project_by_alias(&wanted.name).await {
            let live = || Error::new(Code::Misconfigured, format!("{} is a live project, not a sandbox", wanted.name));
            return handle.is_sandbox().then_some(handle).ok_or_else(live);
        }
        let (id, now_ms) = (ProjectId::generate(), self.now_ms());
        let project = Project {
            id,
            alias: wanted.name.clone(),
            name: wanted.name,
            currency: wanted.currency,
            timekeeping: Timekeeping::Sandbox { today: Day(0) },
            epoch: wanted.first_day.unwrap_or_else(|| civil_day(now_ms, &TimeZone::UTC)),
            settings: Settings { ranking: wanted.ranking, ..Settings::default() },
            created_at_ms: now_ms,
            archived_at_ms: None,
        };
        let entry = self.entry(Event::in_project(id, Action::ProjectCreated).about(id).to(json_of(&project)), &Origin::system());
        insert(self, project.clone(), (None, self.first_sheet(Locale::default(), None), entry)).await?;
        self.open(project).await
    }

    /// The handle of a project, opened when it was put away before this process started.
    ///
    /// # Errors
    /// [`Code::ProjectNotFound`].
    async fn find_or_open(&self, id: ProjectId) -> Result<Arc<ProjectHandle>> {
        // Two engines of one project would deliver its limits twice.
        let _only_one = self.inner.opening.lock().await;
        if let Some(handle) = self.find_project(id).await {
            return Ok(handle);
        }
        let project = get(self, id).await?;
        let handle = self.open(project).await?;
        self.open_keys().await?;
        Ok(handle)
    }
}
