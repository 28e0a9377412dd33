//! Work in the background.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "jobs")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) kind: String,
    pub(crate) project_id: Option<Uuid>,
    pub(crate) job_key: Option<String>,
    pub(crate) active_key: Option<String>,
    pub(crate) user_id: Option<Uuid>,
    pub(crate) state: String,
    pub(crate) attempts: i32,
    pub(crate) max_attempts: i32,
    pub(crate) payload: String,
    pub(crate) error: Option<String>,
    pub(crate) progress_done: i64,
    pub(crate) progress_total: Option<i64>,
    pub(crate) progress_message: String,
    pub(crate) is_cancel_asked: bool,
    pub(crate) created_at_ms: i64,
    pub(crate) due_at_ms: i64,
    pub(crate) dispatched_at_ms: Option<i64>,
    pub(crate) started_at_ms: Option<i64>,
    pub(crate) finished_at_ms: Option<i64>,
    pub(crate) worker: Option<Uuid>,
    pub(crate) lease_ends_at_ms: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
