//! Projects: made, found, listed, changed, and moved through time when they are sandboxes.

use barker_domain::{
    Day, ProjectId, Result,
    page::{Listed, Page},
    project::{AttributionModel, Project, Ranking, Settings, Timekeeping},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::{
    Store, Transaction,
    entity::{
        ad_day,
        project::{ActiveModel, Column, Entity, Model},
    },
    error::{failed, unreadable},
    tenant::InProjectMut,
};

impl Store {
    /// Every project that is in use, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_open_projects(&self) -> Result<Vec<Project>> {
        let open = Entity::find().filter(Column::ArchivedAtMs.is_null()).order_by_asc(Column::CreatedAtMs);
        collect(open.all(&self.reader).await.map_err(failed("list the projects"))?)
    }

    /// Every project, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_projects(&self) -> Result<Vec<Project>> {
        collect(Entity::find().order_by_asc(Column::CreatedAtMs).all(&self.reader).await.map_err(failed("list the projects"))?)
    }

    /// A page of projects, newest first; with `among`, only these.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_projects_by_page(&self, among: Option<&[ProjectId]>, page: Page) -> Result<Listed<Project>> {
        let mut matching = Entity::find();
        if let Some(ids) = among {
            matching = matching.filter(Column::Id.is_in(ids.iter().map(|id| id.0)));
        }
        let total = matching.clone().count(&self.reader).await.map_err(failed("count the projects"))?;
        let newest_first = matching.order_by_desc(Column::CreatedAtMs).order_by_desc(Column::Id);
        let rows = newest_first.offset(page.offset()).limit(page.size).all(&self.reader).await.map_err(failed("list the projects"))?;
        Ok(Listed { rows: collect(rows)?, total })
    }

    /// The project that configuration calls by that alias.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_project_by_alias(&self, alias: &str) -> Result<Option<Project>> {
        let row = Entity::find().filter(Column::Alias.eq(alias)).one(&self.reader).await.map_err(failed("find the project"))?;
        row.map(Project::try_from).transpose()
    }

    /// The project with that id.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_project(&self, id: ProjectId) -> Result<Option<Project>> {
        find(&self.reader, id).await
    }
}

impl Transaction {
    /// Makes a project.
    ///
    /// # Errors
    /// When the alias is taken or the database does not answer.
    pub async fn insert_project(&self, project: &Project) -> Result<()> {
        let row = ActiveModel::from(project);
        Entity::insert(row).exec_without_returning(&self.inner).await.map(drop).map_err(failed("make the project"))
    }
}

impl InProjectMut<'_> {
    /// The project itself.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_project(&self) -> Result<Option<Project>> {
        find(&self.executor, self.project_id).await
    }

    /// Stores a project that exists; its alias, epoch and sandbox's day stay.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn update_project(&self, project: &Project) -> Result<()> {
        use sea_orm::ActiveValue::NotSet;
        let row =
            ActiveModel { alias: NotSet, epoch_day: NotSet, sandbox_day: NotSet, created_at_ms: NotSet, ..ActiveModel::from(project) };
        let update = Entity::update_many().set(row).filter(Column::Id.eq(self.project_id.0));
        update.exec(&self.executor).await.map(drop).map_err(failed("store the project"))
    }

    /// Whether any money was spent or posted here.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn has_spent(&self) -> Result<bool> {
        use ad_day::Column as Counter;
        let spent = Counter::SpentImpressionsMicros.gt(0).or(Counter::SpentClicksMicros.gt(0));
        let some = ad_day::Entity::find()
            .filter(Counter::ProjectId.eq(self.project_id.0))
            .filter(spent)
            .select_only()
            .column(Counter::CampaignId)
            .limit(1)
            .into_tuple::<Uuid>();
        let has_spent = some.one(&self.executor).await.map_err(failed("look for what was spent"))?.is_some();
        Ok(has_spent || self.has_postings().await?)
    }

    /// Sets the day of a sandbox.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn update_sandbox_day(&self, today: Day) -> Result<()> {
        Entity::update_many()
            .col_expr(Column::SandboxDay, today.0.into())
            .filter(Column::Id.eq(self.project_id.0).and(Column::IsSandbox.eq(true)))
            .exec(&self.executor)
            .await
            .map(drop)
            .map_err(failed("set the day"))
    }
}

async fn find(executor: &impl ConnectionTrait, id: ProjectId) -> Result<Option<Project>> {
    let row = Entity::find_by_id(id.0).one(executor).await.map_err(failed("find the project"))?;
    row.map(Project::try_from).transpose()
}

fn collect(rows: Vec<Model>) -> Result<Vec<Project>> {
    rows.into_iter().map(Project::try_from).collect()
}

impl From<&Project> for ActiveModel {
    fn from(project: &Project) -> Self {
        let (time_zone, sandbox_day) = match &project.timekeeping {
            Timekeeping::Live { time_zone } => (time_zone.iana_name().unwrap_or("UTC").to_owned(), 0),
            Timekeeping::Sandbox { today } => ("UTC".to_owned(), today.0),
        };
        Self {
            id: Set(project.id.0),
            alias: Set(project.alias.clone()),
            currency: Set(project.currency.clone()),
            time_zone: Set(time_zone),
            is_sandbox: Set(project.timekeeping.is_sandbox()),
            sandbox_day: Set(sandbox_day),
            epoch_day: Set(project.epoch.0),
            ranking: Set(project.settings.ranking.as_str().to_owned()),
            created_at_ms: Set(project.created_at_ms),
            name: Set(project.name.clone()),
            is_moderated: Set(project.settings.is_moderated),
            attribution: Set(project.settings.attribution_model.as_str().to_owned()),
            attribution_window_days: Set(project.settings.attribution_window_days),
            archived_at_ms: Set(project.archived_at_ms),
        }
    }
}

impl TryFrom<Model> for Project {
    type Error = barker_domain::Error;

    fn try_from(row: Model) -> Result<Self> {
        let timekeeping = if row.is_sandbox {
            Timekeeping::Sandbox { today: Day(row.sandbox_day) }
        } else {
            let time_zone =
                jiff::tz::TimeZone::get(&row.time_zone).map_err(|error| unreadable("projects", "time_zone").caused_by(error))?;
            Timekeeping::Live { time_zone }
        };
        let attribution_model = AttributionModel::named(&row.attribution);
        let settings = Settings {
            ranking: Ranking::named(&row.ranking).ok_or_else(|| unreadable("projects", "ranking"))?,
            is_moderated: row.is_moderated,
            attribution_model: attribution_model.ok_or_else(|| unreadable("projects", "attribution"))?,
            attribution_window_days: row.attribution_window_days,
        };
        Ok(Self {
            id: ProjectId(row.id),
            alias: row.alias,
            name: row.name,
            currency: row.currency,
            timekeeping,
            epoch: Day(row.epoch_day),
            settings,
            created_at_ms: row.created_at_ms,
            archived_at_ms: row.archived_at_ms,
        })
    }
}
