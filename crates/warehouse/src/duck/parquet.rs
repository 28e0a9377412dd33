//! Parquet files of others, as texts.

use std::path::Path;

use barker_domain::{Code, Error, Result};
use duckdb::{Config, Connection};

use super::{error::unavailable, export::literal};

/// Memory for this, in megabytes: Parquet is read a block at a time.
const MEMORY: &str = "256MiB";

/// Writes the rows of a Parquet file into a new CSV file, with a header, instants in UTC, maps and lists as JSON.
///
/// # Errors
/// `invalid-request` when it cannot be read.
pub fn parquet_to_csv(from: &Path, to: &Path) -> Result<()> {
    let connection = small().map_err(unavailable)?;
    let (from, to) = (literal(from)?, literal(to)?);
    let columns = columns(&connection, &from).map_err(unreadable)?;
    let text =
        format!("SET TimeZone = 'UTC'; COPY (SELECT {columns} FROM read_parquet({from})) TO {to} (FORMAT csv, HEADER, DELIMITER ',')");
    connection.execute_batch(&text).map_err(unreadable)
}

/// How many rows a Parquet file says it has, once its end is there.
pub(crate) fn rows_of_parquet(from: &Path) -> Result<u64> {
    let text = format!("SELECT count(*) FROM read_parquet({})", literal(from)?);
    small().and_then(|connection| connection.query_row(&text, [], |row| row.get(0))).map_err(unreadable)
}

fn small() -> duckdb::Result<Connection> {
    let config = Config::default()
        .max_memory(MEMORY)?
        .threads(1)?
        .with("autoinstall_known_extensions", "false")?
        .with("autoload_known_extensions", "false")?;
    Connection::open_in_memory_with_flags(config)
}

fn unreadable(error: duckdb::Error) -> Error {
    Error::new(Code::InvalidRequest, "the Parquet file cannot be read").caused_by(error)
}

/// All columns; those that hold several things as JSON, which the engine has a writing of its own for.
fn columns(connection: &Connection, from: &str) -> duckdb::Result<String> {
    let mut described = connection.prepare(&format!("DESCRIBE SELECT * FROM read_parquet({from})"))?;
    let columns = described.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    let columns = columns.collect::<duckdb::Result<Vec<_>>>()?;
    let nested =
        columns.iter().filter(|(_, kind)| kind.ends_with(']') || ["MAP(", "STRUCT(", "UNION("].iter().any(|is| kind.starts_with(is)));
    let as_json = nested.map(|(name, _)| {
        let name = format!("\"{}\"", name.replace('"', "\"\""));
        format!("to_json({name}) AS {name}")
    });
    let as_json: Vec<_> = as_json.collect();
    Ok(if as_json.is_empty() { "*".to_owned() } else { format!("* REPLACE ({})", as_json.join(", ")) })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_holds_several_things_is_written_as_json() {
        let home = tempfile::tempdir().unwrap();
        let (from, to) = (home.path().join("events.parquet"), home.path().join("events.csv"));
        let rows = "SELECT 'e' AS id, map {'coupon': 'A'} AS attributes, {'gclid': 'G'} AS \"click \"\"ids\", [1, 2] AS list, 1.5 AS value";
        let made = format!("COPY ({rows}) TO {} (FORMAT parquet)", literal(&from).unwrap());
        Connection::open_in_memory().unwrap().execute_batch(&made).unwrap();
        parquet_to_csv(&from, &to).unwrap();
        let lines =
            "id,attributes,\"click \"\"ids\",list,value\ne,\"{\"\"coupon\"\":\"\"A\"\"}\",\"{\"\"gclid\"\":\"\"G\"\"}\",\"[1,2]\",1.5\n";
        assert_eq!(fs::read_to_string(to).unwrap(), lines);
    }
}
