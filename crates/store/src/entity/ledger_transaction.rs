//! Movements of money. Rows are added and never changed.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_transactions")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) project_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) advertiser_id: Uuid,
    pub(crate) kind: String,
    pub(crate) amount_micros: i64,
    pub(crate) balance_micros: i64,
    pub(crate) currency: String,
    pub(crate) day: i32,
    pub(crate) posted_at_ms: i64,
    pub(crate) clicks: i32,
    pub(crate) note: Option<String>,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) request_hash: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
