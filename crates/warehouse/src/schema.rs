//! The tables of the warehouse, said once for both engines, and how they came to be.
//!
//! docs/WAREHOUSE.md says what each column means; a test compares the two. No query stands here.

mod migration;
mod table;

pub(crate) use migration::tables;
pub use migration::{MIGRATIONS, Migration, Step};
pub use table::{Column, Kind, Table};
