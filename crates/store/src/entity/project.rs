//! Tenants with their money, time and ranking.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "projects")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) alias: String,
    pub(crate) currency: String,
    pub(crate) time_zone: String,
    pub(crate) is_sandbox: bool,
    pub(crate) sandbox_day: i32,
    pub(crate) epoch_day: i32,
    pub(crate) ranking: String,
    pub(crate) created_at_ms: i64,
    pub(crate) name: String,
    pub(crate) is_moderated: bool,
    pub(crate) attribution: String,
    pub(crate) attribution_window_days: i32,
    pub(crate) archived_at_ms: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
