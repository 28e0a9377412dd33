//! Business data. The only crate that knows SQL: entities, queries and migrations for every database Barker runs on.
//!
//! A tenant's rows are reached through [`Store::in_project`] (reads) and [`Transaction::in_project`] (writes) and in no
//! other way; [`Store::write`] is the only door to a transaction.

mod advertiser;
mod api_key;
mod attempt;
mod audit;
mod bulk;
mod campaign;
mod checkpoint;
mod client;
mod connection;
pub mod copy;
mod counter;
mod entity;
mod erasure;
mod error;
mod event;
mod installation;
mod invitation;
mod job;
mod membership;
mod migration;
mod outbox;
mod owner;
mod password_reset;
mod planner;
mod project;
pub mod recount;
mod report_setting;
mod score;
mod sealed;
mod search;
mod session;
mod sheet;
mod signing_key;
mod spend;
mod statement;
mod statistics;
mod tenant;
mod trail;
mod transaction;
mod user;
mod viewer;
mod webhook;

pub use api_key::WorkingKey;
pub use connection::{Settings, Store};
pub use erasure::{Erased, OldImpression};
pub use event::{EventBatch, Recorded};
pub use job::{DueJob, Enqueued, Hold, JobFilter, JobsInNumbers, PRUNED_JOBS_TOGETHER};
pub use migration::SchemaState;
pub use outbox::{OutboxRow, PRUNED_TOGETHER};
pub use owner::Claim;
pub use score::ScoreValues;
pub use sealed::{SEALED_COLUMNS, SIGNING_KEYS, SealedColumn, SealedValue, WEBHOOKS};
pub use signing_key::SigningKey;
pub use spend::{CampaignLabel, SpentDay};
pub use tenant::{InProject, InProjectMut};
pub use trail::TrailFilter;
pub use transaction::{Transaction, Work};
pub use user::Credentials;
pub use viewer::ViewerRecord;
