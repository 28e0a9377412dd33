//! Brings a database to the present schema. ClickHouse has no transactions: each step may be done twice.

use barker_domain::Result;

use super::{dialect::type_of, http::Http};
use crate::{
    fault,
    schema::{MIGRATIONS, Migration, Step, Table},
};

/// Inserts whose tokens a table remembers: a commit is sent again at once or never.
const REMEMBERED_INSERTS: u32 = 1_000;

pub(super) async fn up(http: &Http) -> Result<()> {
    let versions = "CREATE TABLE IF NOT EXISTS schema_migrations (version Int32, name String) ENGINE = ReplacingMergeTree ORDER BY version";
    http.run(versions, &[]).await?;
    let present = version(http).await?;
    let last = MIGRATIONS.last().map_or(0, |migration| migration.version);
    if present > last {
        return Err(fault::newer(present, last));
    }
    for migration in MIGRATIONS.iter().filter(|migration| migration.version > present) {
        apply(http, migration).await?;
        tell(migration);
    }
    Ok(())
}

fn tell(migration: &Migration) {
    tracing::info!(version = migration.version, name = migration.name, "the warehouse's schema was brought up to date");
}

async fn apply(http: &Http, migration: &Migration) -> Result<()> {
    for Step::Create(table) in migration.steps {
        http.run(&create(table), &[]).await?;
    }
    let done = format!("INSERT INTO schema_migrations VALUES ({}, '{}')", migration.version, migration.name);
    http.run(&done, &[]).await
}

pub(super) async fn version(http: &Http) -> Result<i32> {
    let rows = http.ask("SELECT max(version) FROM schema_migrations", &[]).await?;
    Ok(rows.first().and_then(|row| row.first()?.parse().ok()).unwrap_or(0))
}

fn create(table: &Table) -> String {
    let columns = table.columns.iter().map(|column| format!("{} {}", column.name, type_of(column.kind)));
    format!(
        "CREATE TABLE IF NOT EXISTS {} ({}) ENGINE = {} ORDER BY ({}) SETTINGS non_replicated_deduplication_window = {REMEMBERED_INSERTS}",
        table.name,
        columns.collect::<Vec<_>>().join(", "),
        if table.is_replacing { "ReplacingMergeTree" } else { "MergeTree" },
        table.order.join(", "),
    )
}
