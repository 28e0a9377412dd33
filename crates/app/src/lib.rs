//! Use cases: what Barker does, one file per noun, each function one thing a caller can ask for.
//!
//! The only crate that sees both the engine and the store, and so the one that keeps them in step: whatever is
//! committed is told to the engine before the caller hears of it. No HTTP, no SQL.

mod access_token;
pub mod account;
pub mod ad;
pub mod advertiser;
pub mod api_key;
mod attempt;
mod audience;
pub mod audit;
pub mod backup;
pub mod campaign;
pub mod client;
pub mod creative;
mod day;
pub mod demo;
mod desk;
mod doubt;
pub mod draw;
pub mod event;
pub mod file;
pub mod health;
mod housekeeping;
pub mod import;
pub mod installation;
pub mod intake;
pub mod invalid_click;
pub mod invitation;
pub mod job;
mod lane;
mod letter;
pub mod link;
pub mod membership;
pub mod outbox;
pub mod own_facts;
mod ownership;
mod password;
pub mod password_reset;
pub mod playground;
pub mod project;
mod purse;
pub mod report;
pub mod restore;
mod retention;
mod running;
pub mod score;
pub mod seal;
mod secret;
pub mod serving;
pub mod session;
pub mod sheet;
mod signing;
pub mod span;
pub mod standing;
pub mod statistics;
pub mod time;
pub mod trail;
mod upkeep;
pub mod user;
pub mod warehouse;
pub mod webhook;

pub use desk::Desk;
pub use password::{PasswordCost, new_password};
pub use project::ProjectHandle;
pub use running::{App, Foundations, Settings};
