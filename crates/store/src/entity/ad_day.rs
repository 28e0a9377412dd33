//! The exact counters of each ad, written with the rows they count; one line per node.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ad_days")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) project_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) campaign_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) ad_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) day: i32,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) node: i32,
    pub(crate) impressions: i64,
    pub(crate) clicks: i64,
    pub(crate) spent_impressions_micros: i64,
    pub(crate) spent_clicks_micros: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
