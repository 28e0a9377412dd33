//! Ads of campaigns. None is ever deleted: it stays for what it delivered. `name_folded` is what a search compares.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ads")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) project_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) campaign_id: Uuid,
    pub(crate) creative_id: Uuid,
    pub(crate) name: Option<String>,
    pub(crate) name_folded: Option<String>,
    pub(crate) weight: i32,
    pub(crate) status: String,
    pub(crate) version: i32,
    pub(crate) created_at_ms: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
