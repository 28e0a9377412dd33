//! What projects have decided about their reports.

use barker_domain::Result;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    entity::report_setting::{ActiveModel, Column, Entity},
    error::{failed, unreadable},
    tenant::{InProject, InProjectMut},
};

impl InProject<'_> {
    /// Types of events that the project calls conversions; none: orders are.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_conversion_events(&self) -> Result<Vec<String>> {
        let row = Entity::find_by_id(self.project_id.0).one(&self.executor).await.map_err(failed("read the settings of reports"))?;
        let unreadable = |error| unreadable("report_settings", "conversion_events_json").caused_by(error);
        row.map_or_else(|| Ok(Vec::new()), |row| serde_json::from_str(&row.conversion_events_json).map_err(unreadable))
    }
}

impl InProjectMut<'_> {
    /// Decides which types of events are conversions.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn store_conversion_events(&self, events: &[String], now_ms: i64) -> Result<()> {
        let delete = Entity::delete_many().filter(Column::ProjectId.eq(self.project_id.0));
        delete.exec(&self.executor).await.map_err(failed("store the settings of reports"))?;
        let row = ActiveModel {
            project_id: Set(self.project_id.0),
            conversion_events_json: Set(serde_json::json!(events).to_string()),
            updated_at_ms: Set(now_ms),
        };
        Entity::insert(row).exec_without_returning(&self.executor).await.map(drop).map_err(failed("store the settings of reports"))
    }
}
