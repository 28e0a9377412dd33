//! Events and facts: what was seen, what it cost and what it earned.
//!
//! The only crate that knows DuckDB's and ClickHouse's SQL. It keeps facts and answers sums, credited to touches; what numbers mean
//! beyond that (ratios, names of metrics, who may ask) is said elsewhere.

mod answer;
mod cell;
mod click;
mod duck;
mod engine;
pub mod fact;
mod fault;
mod known;
mod layout;
pub mod question;
pub mod schema;
mod sql;

pub use click::{ClickHouse, ClickHouseSettings};
pub use duck::{DuckDb, DuckDbSettings, parquet_to_csv, restore};
pub use engine::{Engine, Export, Latest, SourceState, Stats};
