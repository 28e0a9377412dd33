//! docs/WAREHOUSE.md against a migrated file, both ways; and files that came from another Barker.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use barker_domain::{Code, clock::SystemClock};

use crate::engines::{file_settings as settings, open_file as open};

const PAGE: &str = include_str!("../../../../docs/WAREHOUSE.md");

/// `table.column TYPE`, as the page says.
fn documented() -> BTreeSet<String> {
    let mut types = BTreeMap::new();
    let mut columns = BTreeSet::new();
    let mut section = "";
    for line in PAGE.lines() {
        section = line.strip_prefix("## ").unwrap_or(section);
        let Some(cells) = line.strip_prefix("| ").and_then(|line| line.strip_suffix(" |")) else { continue };
        match cells.split(" | ").collect::<Vec<_>>()[..] {
            ["type" | "column", ..] => {}
            [name, spelled] => _ = types.insert(name, spelled.trim_matches('`')),
            [name, kind, _meaning] => _ = columns.insert(format!("{section}.{} {}", name.trim_matches('`'), types[kind])),
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
    assert_eq!(documented(), migrated);
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
