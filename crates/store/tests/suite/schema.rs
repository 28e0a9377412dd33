//! docs/DATABASE.md against the migrated schema of every database, both ways.

mod catalogue;
mod document;

use std::collections::BTreeSet;

use barker_testkit::{Backend, TestDatabase};
use rstest::rstest;
use rstest_reuse::apply;
use sea_orm::{Database, DbBackend};

use crate::every_database;
use catalogue::Catalogue;
use document::Document;

/// Columns that look like references and are none, each with its reason.
const NO_REFERENCES: [&str; 5] = [
    // The transaction that it belongs to refers to the account.
    "ledger_entries.advertiser_id",
    // The row it names is deleted while the position stays.
    "outbox_positions.last_id",
    // Requests are in no table.
    "trail.request_id",
    // What it names may be in any table.
    "trail.subject_id",
    // As above.
    "webhook_marks.subject_id",
];

/// A key or an index.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Index {
    table: String,
    /// `None` where the database chooses the name.
    name: Option<String>,
    is_unique: bool,
    columns: Vec<String>,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Reference {
    table: String,
    columns: Vec<String>,
    to: String,
    referred: Vec<String>,
}

/// A schema, as one database spells its types.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Schema {
    /// `table.column type`, and whether it is required.
    columns: BTreeSet<(String, bool)>,
    /// By table, its columns in order.
    primary_keys: BTreeSet<(String, Vec<String>)>,
    references: BTreeSet<Reference>,
    indexes: BTreeSet<Index>,
}

impl Schema {
    /// What the other has and this one has not, a line for each.
    fn lacks(&self, other: &Self) -> Vec<String> {
        let columns = other.columns.difference(&self.columns).map(|column| format!("{column:?}"));
        let keys = other.primary_keys.difference(&self.primary_keys).map(|key| format!("{key:?}"));
        let references = other.references.difference(&self.references).map(|reference| format!("{reference:?}"));
        let indexes = other.indexes.difference(&self.indexes).map(|index| format!("{index:?}"));
        columns.chain(keys).chain(references).chain(indexes).collect()
    }

    /// `MySQL` makes an index for each reference whose columns begin no other.
    fn add_indexes_of_references(&mut self) {
        for Reference { table, columns, .. } in &self.references {
            let of_keys = self.primary_keys.iter().map(|(of, columns)| (of, columns));
            let mut all = of_keys.chain(self.indexes.iter().map(|index| (&index.table, &index.columns)));
            if !all.any(|(of, indexed)| of == table && indexed.starts_with(columns)) {
                let (table, columns) = (table.clone(), columns.clone());
                self.indexes.insert(Index { table, name: None, is_unique: false, columns });
            }
        }
    }

    /// Forgets the names of indexes that are not among these: the database chose them.
    fn forget_names_but(&mut self, known: &BTreeSet<&str>) {
        let indexes = std::mem::take(&mut self.indexes).into_iter();
        let renamed = indexes.map(|index| Index { name: index.name.filter(|name| known.contains(name.as_str())), ..index });
        self.indexes = renamed.collect();
    }

    /// `table.column` of everything that is called somebody's id and is part of no reference.
    fn unreferred_ids(&self) -> Vec<&str> {
        let names = self.columns.iter().filter_map(|(column, _)| column.split_once(' ')).map(|(name, _)| name);
        let is_referring = |name: &str| {
            let (table, column) = name.split_once('.').unwrap_or_default();
            self.references.iter().any(|reference| reference.table == table && reference.columns.iter().any(|it| it == column))
        };
        names.filter(|name| name.ends_with("_id") && !is_referring(name)).collect()
    }
}

#[apply(every_database)]
#[tokio::test]
async fn the_schema_is_the_one_that_is_documented(#[case] on: Backend) {
    let database = TestDatabase::create(on).await;
    let store = database.connect().await.unwrap();
    let connection = Database::connect(database.url()).await.unwrap();
    let document = Document::read();
    let mut documented = document.schema(connection.get_database_backend());
    let mut found = Catalogue { connection: &connection }.schema().await;
    found.forget_names_but(&documented.indexes.iter().filter_map(|index| index.name.as_deref()).collect());
    if connection.get_database_backend() == DbBackend::MySql {
        documented.add_indexes_of_references();
    }
    assert_eq!(found.lacks(&documented), [""; 0], "documented and not there");
    assert_eq!(documented.lacks(&found), [""; 0], "there and not documented");
    assert_eq!(found.unreferred_ids(), NO_REFERENCES);
    let copied = store.open_copy().await.unwrap();
    let mut copied: BTreeSet<_> = copied.tables().iter().map(|table| table.name.clone()).collect();
    // Who serves a database is no part of its data.
    copied.insert("database_owner".to_owned());
    let tables: BTreeSet<_> = found.primary_keys.iter().map(|(table, _)| table.clone()).collect();
    assert_eq!(copied, tables, "a new table belongs into tables() of store/src/copy/read.rs, or backups lack it");
    assert!(found.columns.len() > 60 && found.references.len() > 9, "as many as there are for sure");
}
