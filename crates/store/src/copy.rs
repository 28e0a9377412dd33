//! A copy of the business data that any database can be filled from: the rows of each table as JSON, in the order in which
//! tables refer to each other.
//!
//! What is read tells its own shape, so that a later version can load it into the schema that it was read from, and
//! migrate from there.

mod load;
mod read;

use std::path::PathBuf;

use barker_domain::Result;
use serde::{Deserialize, Serialize};

use crate::{connection::normal, migration::count_steps, owner::lock::database_file};

pub use load::Loader;
pub use read::{Chunk, Reading};

/// The file of a SQLite database; `None` for a database of any other kind.
#[must_use]
pub fn file_of(url: &str) -> Option<PathBuf> {
    let url = normal(url).ok()?;
    url.starts_with("sqlite:").then(|| database_file(&url)).flatten()
}

/// Whether this version can load data with the schema that these migrations made.
///
/// # Errors
/// [`Code::Misconfigured`] when it does not know one of them, naming it.
pub fn check_schema(migrations: &[String]) -> Result<()> {
    count_steps(migrations).map(drop)
}

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// As text, with hyphens.
    Uuid,
    /// 32 bits.
    Integer,
    /// 64 bits.
    BigInteger,
    /// `true` or `false`.
    Boolean,
    /// Of any length.
    Text,
}

/// A column of a copied table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopiedColumn {
    /// Its name.
    pub name: String,
    /// What its values are.
    pub kind: Kind,
}

/// A copied table. Each row is a JSON array with a value for each column; a missing value is `null`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopiedTable {
    /// Its name.
    pub name: String,
    /// How many rows it has.
    pub rows: u64,
    /// Its columns, in the order of each row's values.
    pub columns: Vec<CopiedColumn>,
}
