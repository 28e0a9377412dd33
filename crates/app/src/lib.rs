//! Use cases: what Barker does, one file per noun, each function one thing a caller can ask for.
//!
//! The only crate that sees both the engine and the store, and so the one that keeps them in step: whatever is
//! committed is told to the engine before the caller hears of it. No HTTP, no SQL.

pub mod advertiser;
mod audience;
pub mod audit;
pub mod campaign;
pub mod client;
mod doubt;
mod lane;
pub mod outbox;
mod ownership;
pub mod project;
mod running;
pub mod score;
pub mod serving;
pub mod statistics;
pub mod time;
mod upkeep;

pub use project::ProjectHandle;
pub use running::{App, Settings};
