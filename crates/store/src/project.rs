//! Projects: found by name, made once, and moved through time when they are sandboxes.

use barker_domain::{
    Day, ProjectId, Result,
    project::{Project, Ranking, Timekeeping},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder};

use crate::{
    Store, Transaction,
    entity::project::{ActiveModel, Column, Entity, Model},
    error::{failed, unreadable},
    tenant::InProjectMut,
};

impl Store {
    /// Every project, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_projects(&self) -> Result<Vec<Project>> {
        let rows = Entity::find().order_by_asc(Column::CreatedAtMs).all(&self.reader).await.map_err(failed("list the projects"))?;
        rows.into_iter().map(Project::try_from).collect()
    }

    /// The project of that name.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_project_by_name(&self, name: &str) -> Result<Option<Project>> {
        let row = Entity::find().filter(Column::Name.eq(name)).one(&self.reader).await.map_err(failed("find the project"))?;
        row.map(Project::try_from).transpose()
    }
}

impl Transaction {
    /// Makes a project.
    ///
    /// # Errors
    /// When the name is taken or the database does not answer.
    pub async fn insert_project(&self, project: &Project) -> Result<()> {
        let row = ActiveModel::from(project);
        Entity::insert(row).exec_without_returning(&self.inner).await.map(drop).map_err(failed("make the project"))
    }
}

impl InProjectMut<'_> {
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

impl From<&Project> for ActiveModel {
    fn from(project: &Project) -> Self {
        let (time_zone, sandbox_day) = match &project.timekeeping {
            Timekeeping::Live { time_zone } => (time_zone.iana_name().unwrap_or("UTC").to_owned(), 0),
            Timekeeping::Sandbox { today } => ("UTC".to_owned(), today.0),
        };
        Self {
            id: Set(project.id.0),
            name: Set(project.name.clone()),
            currency: Set(project.currency.clone()),
            time_zone: Set(time_zone),
            is_sandbox: Set(project.timekeeping.is_sandbox()),
            sandbox_day: Set(sandbox_day),
            epoch_day: Set(project.epoch.0),
            ranking: Set(project.ranking.as_str().to_owned()),
            created_at_ms: Set(project.created_at_ms),
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
        Ok(Self {
            id: ProjectId(row.id),
            name: row.name,
            currency: row.currency,
            timekeeping,
            epoch: Day(row.epoch_day),
            ranking: Ranking::named(&row.ranking).ok_or_else(|| unreadable("projects", "ranking"))?,
            created_at_ms: row.created_at_ms,
        })
    }
}
