//! People who log in.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) email: String,
    pub(crate) email_folded: String,
    pub(crate) name: String,
    pub(crate) name_folded: String,
    pub(crate) locale: String,
    pub(crate) password_hash: String,
    pub(crate) is_administrator: bool,
    pub(crate) blocked_at_ms: Option<i64>,
    pub(crate) created_at_ms: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
