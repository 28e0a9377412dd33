//! When advertisers pay, and how far below zero they may go; `credit_limit_micros` is null without a limit,
//! `low_balance_micros` when nobody wants to be told.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "accounts")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) project_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) advertiser_id: Uuid,
    pub(crate) kind: String,
    pub(crate) credit_limit_micros: Option<i64>,
    pub(crate) low_balance_micros: Option<i64>,
    pub(crate) version: i32,
    pub(crate) created_at_ms: i64,
    pub(crate) updated_at_ms: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
