//! Business data. The only crate that knows SQL: entities, queries and migrations for every database Barker runs on.
//!
//! A tenant's rows are reached through [`Store::in_project`] (reads) and [`Transaction::in_project`] (writes) and in no
//! other way; [`Store::write`] is the only door to a transaction.

mod advertiser;
mod audit;
mod bulk;
mod campaign;
mod checkpoint;
mod client;
mod connection;
mod counter;
mod entity;
mod error;
mod event;
mod migration;
mod outbox;
mod owner;
mod project;
pub mod recount;
mod score;
mod statement;
mod statistics;
mod tenant;
mod transaction;
mod viewer;

pub use connection::{Settings, Store};
pub use event::{EventBatch, Recorded};
pub use migration::SchemaState;
pub use outbox::{OutboxRow, PRUNED_TOGETHER};
pub use owner::Claim;
pub use tenant::{InProject, InProjectMut};
pub use transaction::{Transaction, Work};
pub use viewer::ViewerRecord;
