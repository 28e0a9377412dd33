//! The tables of the warehouse, said once for both engines, and how they came to be.
//!
//! docs/WAREHOUSE.md says what each column means; a test compares the two. No query stands here.

mod migration;
mod table;

pub(crate) use migration::tables;
pub use migration::{MIGRATIONS, Migration, Step};
pub use table::{Column, Kind, Table};

/// What an event says once its visitor is forgotten, as an assignment in both engines' SQL: what was done, when and by which
/// way, and nothing of who.
pub(crate) const NOBODY: &str =
    "client_id = '', user_key = '', session_id = '', page = '', referrer = '', click_id = '', click_id_name = '', attributes = '{}'";
