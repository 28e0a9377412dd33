//! Tables as SeaORM sees them: one module a table, columns only. Nothing outside this crate can name them.

pub(crate) mod advertiser;
pub(crate) mod anonymous_day;
pub(crate) mod api_key;
pub(crate) mod attempt;
pub(crate) mod campaign;
pub(crate) mod campaign_day;
pub(crate) mod campaign_recount;
pub(crate) mod click;
pub(crate) mod client;
pub(crate) mod database_owner;
pub(crate) mod impression;
pub(crate) mod invitation;
pub(crate) mod job;
pub(crate) mod job_schedule;
pub(crate) mod membership;
pub(crate) mod ml_score;
pub(crate) mod ml_score_count;
pub(crate) mod outbox;
pub(crate) mod outbox_position;
pub(crate) mod password_reset;
pub(crate) mod project;
pub(crate) mod refresh_token;
pub(crate) mod session;
pub(crate) mod signing_key;
pub(crate) mod trail;
pub(crate) mod user;
