//! Brings a file to the present schema, one transaction for each version.

use barker_domain::Result;
use duckdb::Connection;

use super::error::failed;
use crate::{
    fault,
    schema::{Kind, MIGRATIONS, Step, Table},
};

pub(super) fn up(connection: &Connection) -> Result<()> {
    let versions = "CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER NOT NULL, name VARCHAR NOT NULL)";
    connection.execute_batch(versions).map_err(failed)?;
    let present = version(connection)?;
    let last = MIGRATIONS.last().map_or(0, |migration| migration.version);
    if present > last {
        return Err(fault::newer(present, last));
    }
    for migration in MIGRATIONS.iter().filter(|migration| migration.version > present) {
        let steps: Vec<_> = migration.steps.iter().map(|Step::Create(table)| create(table)).collect();
        let done = format!("INSERT INTO schema_migrations VALUES ({}, '{}')", migration.version, migration.name);
        connection.execute_batch(&format!("BEGIN; {}; {done}; COMMIT", steps.join("; "))).map_err(failed)?;
        tracing::info!(version = migration.version, name = migration.name, "the warehouse's schema was brought up to date");
    }
    Ok(())
}

pub(super) fn version(connection: &Connection) -> Result<i32> {
    let text = "SELECT coalesce(max(version), 0) FROM schema_migrations";
    connection.query_row(text, [], |row| row.get(0)).map_err(failed)
}

/// Without keys or indexes: appending with a unique one is fifteen times slower, and gets slower still.
fn create(table: &Table) -> String {
    let columns = table.columns.iter().map(|column| format!("{} {} NOT NULL", column.name, type_of(column.kind)));
    format!("CREATE TABLE {} ({})", table.name, columns.collect::<Vec<_>>().join(", "))
}

pub(super) fn type_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Uuid => "UUID",
        Kind::Text => "VARCHAR",
        Kind::Integer => "INTEGER",
        Kind::BigInteger => "BIGINT",
        Kind::Boolean => "BOOLEAN",
    }
}
