//! Clicks: `outcome` is `billed` or the reason why it is in no counter. One that was given back is in none either, and keeps
//! its outcome and price: its key must not become free, or the same client could be billed for another.

use barker_domain::{Micros, click::Outcome};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "clicks")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) project_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) campaign_id: Uuid,
    pub(crate) client_id: Uuid,
    pub(crate) impression_id: Option<Uuid>,
    pub(crate) outcome: String,
    pub(crate) day: i32,
    pub(crate) occurred_at_ms: i64,
    pub(crate) price_micros: i64,
    pub(crate) invalid_reason: Option<String>,
    pub(crate) refund_id: Option<Uuid>,
    pub(crate) ad_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Whether it stands in counters and money.
    pub(crate) fn counts(&self) -> bool {
        self.outcome == Outcome::Billed(Micros::ZERO).as_str() && self.refund_id.is_none()
    }
}
