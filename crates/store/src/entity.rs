//! Tables as SeaORM sees them: one module a table, columns only. Nothing outside this crate can name them.

pub(crate) mod advertiser;
pub(crate) mod campaign;
pub(crate) mod campaign_day;
pub(crate) mod campaign_recount;
pub(crate) mod click;
pub(crate) mod client;
pub(crate) mod database_owner;
pub(crate) mod impression;
pub(crate) mod ml_score;
pub(crate) mod outbox;
pub(crate) mod outbox_position;
pub(crate) mod project;
