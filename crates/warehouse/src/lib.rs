//! Events and facts: what was seen, what it cost and what it earned.
//!
//! The only crate that knows DuckDB's and ClickHouse's SQL. It keeps facts and answers sums; what numbers mean beyond
//! that (ratios, attribution, who may ask) is said elsewhere.

mod answer;
mod cell;
mod duck;
mod engine;
pub mod fact;
pub mod question;
pub mod schema;
mod sql;

pub use duck::{DuckDb, DuckDbSettings, parquet_to_csv, restore};
pub use engine::{Engine, Export, Stats};
