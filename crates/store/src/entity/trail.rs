//! Who changed what. Rows are added and never changed.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "trail")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) occurred_at_ms: i64,
    pub(crate) project_id: Option<Uuid>,
    pub(crate) actor: String,
    pub(crate) user_id: Option<Uuid>,
    pub(crate) key_id: Option<Uuid>,
    pub(crate) action: String,
    pub(crate) subject_id: Option<Uuid>,
    pub(crate) before_json: Option<String>,
    pub(crate) after_json: Option<String>,
    pub(crate) address: Option<String>,
    pub(crate) request_id: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
