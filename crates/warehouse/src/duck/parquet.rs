//! Parquet files of others, as texts.

use std::path::Path;

use barker_domain::{Code, Error, Result};
use duckdb::{Config, Connection};

use super::{error::unavailable, export::literal};

/// Memory for this, in megabytes: Parquet is read a block at a time.
const MEMORY: &str = "256MiB";

/// Writes the rows of a Parquet file into a new CSV file, with a header, instants in UTC.
///
/// # Errors
/// `invalid-request` when it cannot be read.
pub fn parquet_to_csv(from: &Path, to: &Path) -> Result<()> {
    let config = || -> duckdb::Result<Config> {
        Config::default()
            .max_memory(MEMORY)?
            .threads(1)?
            .with("autoinstall_known_extensions", "false")?
            .with("autoload_known_extensions", "false")
    };
    let connection = config().and_then(Connection::open_in_memory_with_flags).map_err(unavailable)?;
    let text = format!(
        "SET TimeZone = 'UTC'; COPY (SELECT * FROM read_parquet({})) TO {} (FORMAT csv, HEADER, DELIMITER ',')",
        literal(from)?,
        literal(to)?
    );
    let unreadable = |error: duckdb::Error| Error::new(Code::InvalidRequest, "the Parquet file cannot be read").caused_by(error);
    connection.execute_batch(&text).map_err(unreadable)
}
