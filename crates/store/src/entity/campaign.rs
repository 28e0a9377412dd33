//! Campaigns; a deleted one stays for what it spent.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "campaigns")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) project_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) advertiser_id: Uuid,
    pub(crate) impressions_limit: i32,
    pub(crate) clicks_limit: i32,
    pub(crate) cost_per_impression_micros: i64,
    pub(crate) cost_per_click_micros: i64,
    pub(crate) start_date: i32,
    pub(crate) end_date: i32,
    pub(crate) target_gender: Option<String>,
    pub(crate) target_age_from: Option<i32>,
    pub(crate) target_age_to: Option<i32>,
    pub(crate) target_location: Option<String>,
    pub(crate) created_at_ms: i64,
    pub(crate) deleted_at_ms: Option<i64>,
    pub(crate) name: Option<String>,
    pub(crate) status: String,
    pub(crate) version: i32,
    pub(crate) total_budget_micros: Option<i64>,
    pub(crate) daily_budget_micros: Option<i64>,
    pub(crate) daily_budget_since: Option<i32>,
    pub(crate) pacing: String,
    pub(crate) cap_shows: Option<i32>,
    pub(crate) cap_window: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
