//! docs/WAREHOUSE.md against a migrated file and database, both ways; and files that came from another Barker.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use barker_domain::{Code, clock::SystemClock};

use crate::engines::{Home, Kind, execute, file_settings as settings, open_file as open, try_open};

const PAGE: &str = include_str!("../../../../docs/WAREHOUSE.md");

/// `table.column TYPE`, as the page says for the engine in that column of its table of types.
fn documented(engine: usize) -> BTreeSet<String> {
    let mut types = BTreeMap::new();
    let mut columns = BTreeSet::new();
    let mut section = "";
    for line in PAGE.lines() {
        section = line.strip_prefix("## ").unwrap_or(section);
        let Some(cells) = line.strip_prefix("| ").and_then(|line| line.strip_suffix(" |")) else { continue };
        match (section, &cells.split(" | ").collect::<Vec<_>>()[..]) {
            (_, ["type" | "column", ..]) => {}
            ("Types", spelled) => _ = types.insert(spelled[0], spelled[engine].trim_matches('`')),
            (_, [name, kind, _meaning]) => _ = columns.insert(format!("{section}.{} {}", name.trim_matches('`'), types[kind])),
            _ => panic!("not understood: {line}"),
        }
    }
    columns
}

#[test]
fn the_page_and_the_file_have_the_same_columns() {
    let directory = tempfile::tempdir().unwrap();
    drop(open(directory.path()));
    let connection = duckdb::Connection::open(settings(directory.path()).path).unwrap();
    let text = "SELECT table_name || '.' || column_name || ' ' || data_type FROM information_schema.columns
        WHERE table_name <> 'schema_migrations' AND is_nullable = 'NO'";
    let mut statement = connection.prepare(text).unwrap();
    let migrated: BTreeSet<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert_eq!(documented(1), migrated);
}

#[tokio::test]
async fn the_page_and_the_database_have_the_same_columns() {
    let home = Home::new(Kind::ClickHouse).await;
    drop(home.open().await);
    let text = format!(
        "SELECT concat(table, '.', name, ' ', type) FROM system.columns WHERE database = '{}' AND table <> 'schema_migrations'",
        home.address()
    );
    let migrated: BTreeSet<String> = execute(text).await.lines().map(str::to_owned).collect();
    assert_eq!(documented(2), migrated);
}

#[test]
fn a_file_of_a_newer_barker_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    drop(open(directory.path()));
    let connection = duckdb::Connection::open(settings(directory.path()).path).unwrap();
    connection.execute_batch("INSERT INTO schema_migrations VALUES (1000, 'later')").unwrap();
    drop(connection);
    let refused = barker_warehouse::DuckDb::open(&settings(directory.path()), Arc::new(SystemClock)).unwrap_err();
    assert_eq!(refused.code, Code::Misconfigured);
}

#[tokio::test]
async fn a_database_of_a_newer_barker_is_refused() {
    let home = Home::new(Kind::ClickHouse).await;
    drop(home.open().await);
    execute(format!("INSERT INTO {}.schema_migrations VALUES (1000, 'later')", home.address())).await;
    let refused = try_open(&home.address()).await.unwrap_err();
    assert_eq!(refused.code, Code::Misconfigured);
}
