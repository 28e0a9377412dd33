//! When a schedule last began a job: of several processes that keep the same schedule, one moves it on.

use barker_domain::Result;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    Store, Transaction,
    entity::job_schedule::{ActiveModel, Column, Entity},
    error::failed,
};

impl Store {
    /// When each schedule last began a job, in milliseconds UTC.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_schedules(&self) -> Result<Vec<(String, i64)>> {
        let rows = Entity::find().all(&self.reader).await.map_err(failed("read the schedules"))?;
        Ok(rows.into_iter().map(|row| (row.name, row.begun_at_ms)).collect())
    }
}

impl Transaction {
    /// Moves a schedule on, from when it last began a job. `None`: it never did. `false` when another was faster.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn advance_schedule(&self, name: &str, from_ms: Option<i64>, to_ms: i64) -> Result<bool> {
        let Some(from_ms) = from_ms else {
            // Writers stand in one line, so that nobody comes between the question and the answer.
            if Entity::find_by_id(name.to_owned()).one(&self.inner).await.map_err(failed("read the schedule"))?.is_some() {
                return Ok(false);
            }
            let row = ActiveModel { name: Set(name.to_owned()), begun_at_ms: Set(to_ms) };
            return Entity::insert(row).exec_without_returning(&self.inner).await.map(|_| true).map_err(failed("store the schedule"));
        };
        let advance = Entity::update_many()
            .col_expr(Column::BegunAtMs, to_ms.into())
            .filter(Column::Name.eq(name))
            .filter(Column::BegunAtMs.eq(from_ms));
        advance.exec(&self.inner).await.map(|updated| updated.rows_affected == 1).map_err(failed("move the schedule on"))
    }
}
