//! Words that migrations describe tables with, and what tables are to be told on each database.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{DbBackend, Statement},
};

/// What the statements of a migration must know about the database they run on.
#[derive(Debug, Clone, Copy)]
pub(super) enum Dialect {
    /// Text is compared byte by byte by nature.
    Plain,
    /// Text is compared as the collation says; this one goes byte by byte and counts blanks at the end.
    MySql { collation: &'static str },
}

impl Dialect {
    pub(super) async fn of<C: ConnectionTrait>(connection: &C) -> Result<Self, DbErr> {
        if connection.get_database_backend() != DbBackend::MySql {
            return Ok(Self::Plain);
        }
        let version = connection.query_one_raw(Statement::from_string(DbBackend::MySql, "SELECT VERSION() AS version")).await?;
        let version: String = version.map(|row| row.try_get("", "version")).transpose()?.unwrap_or_default();
        // Each of the two knows its own only; utf8mb4_bin, which both know, takes "a" and "a " for the same.
        let collation = if version.contains("MariaDB") { "utf8mb4_nopad_bin" } else { "utf8mb4_0900_bin" };
        Ok(Self::MySql { collation })
    }

    /// The table, with what this database needs to be told about it.
    pub(super) fn table(self, mut table: TableCreateStatement) -> TableCreateStatement {
        if let Self::MySql { collation } = self {
            table.engine("InnoDB").character_set("utf8mb4").collate(collation);
        }
        table
    }

    /// A text of any length.
    pub(super) fn long_text(self, name: &'static str) -> ColumnDef {
        match self {
            Self::Plain => required(name).text().take(),
            // Here TEXT ends at 64 KiB.
            Self::MySql { .. } => required(name).custom("longtext").take(),
        }
    }

    /// The same where it may be missing.
    pub(super) fn optional_long_text(self, name: &'static str) -> ColumnDef {
        match self {
            Self::Plain => optional(name).text().take(),
            Self::MySql { .. } => optional(name).custom("longtext").take(),
        }
    }
}

pub(super) const NAME_CHARS: u32 = 255;
pub(super) const WORD_CHARS: u32 = 32;
/// 256 bits in hexadecimal.
const DIGEST_CHARS: u32 = 64;

pub(super) fn required(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).not_null().take()
}

pub(super) fn optional(name: &'static str) -> ColumnDef {
    ColumnDef::new(name)
}

pub(super) fn digest(name: &'static str) -> ColumnDef {
    required(name).string_len(DIGEST_CHARS).take()
}

pub(super) fn id(name: &'static str) -> ColumnDef {
    required(name).uuid().take()
}

pub(super) fn name(name: &'static str) -> ColumnDef {
    required(name).string_len(NAME_CHARS).take()
}

pub(super) fn word(name: &'static str) -> ColumnDef {
    required(name).string_len(WORD_CHARS).take()
}

pub(super) fn integer(name: &'static str) -> ColumnDef {
    required(name).integer().take()
}

pub(super) fn long(name: &'static str) -> ColumnDef {
    required(name).big_integer().take()
}

pub(super) fn table(name: &'static str, columns: impl IntoIterator<Item = ColumnDef>) -> TableCreateStatement {
    let mut table = Table::create().table(name).take();
    for mut column in columns {
        table.col(&mut column);
    }
    table
}

pub(super) trait Keys {
    fn keyed_by<const N: usize>(self, columns: [&'static str; N]) -> Self;
    fn referring<const N: usize>(self, columns: [&'static str; N], to: &'static str, referred: [&'static str; N]) -> Self;
}

impl Keys for TableCreateStatement {
    fn keyed_by<const N: usize>(mut self, columns: [&'static str; N]) -> Self {
        let mut index = Index::create();
        for column in columns {
            index.col(column);
        }
        self.primary_key(&mut index).take()
    }

    fn referring<const N: usize>(mut self, columns: [&'static str; N], to: &'static str, referred: [&'static str; N]) -> Self {
        let mut key = ForeignKey::create();
        key.to_tbl(to);
        for column in columns {
            key.from_col(column);
        }
        for column in referred {
            key.to_col(column);
        }
        self.foreign_key(&mut key).take()
    }
}

pub(super) fn index(name: &'static str, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create().name(name).table(table).take();
    for column in columns {
        index.col(*column);
    }
    index
}
