//! Creatives: what ads say and where they lead.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "creatives")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) project_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) landing_url: Option<String>,
    pub(crate) words_folded: String,
    pub(crate) version: i32,
    pub(crate) created_at_ms: i64,
    pub(crate) archived_at_ms: Option<i64>,
    pub(crate) image_id: Option<Uuid>,
    pub(crate) image_content_type: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
