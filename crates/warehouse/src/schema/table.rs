//! What a table is: its columns, what kind of value each holds, and the order that rows are found by.

/// What a column holds. No column is ever null: an absent text is empty, an absent instant or number is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An id that Barker made.
    Uuid,
    /// Text as it came; empty where there is none.
    Text,
    /// 32 bits: days, levels.
    Integer,
    /// 64 bits: counts, micros, milliseconds.
    BigInteger,
    /// Yes or no.
    Boolean,
}

/// One column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// As queries call it.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
}

/// One table.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// As queries call it.
    pub name: &'static str,
    /// In the order that rows are appended in.
    pub columns: &'static [Column],
    /// What ClickHouse sorts by: the project and what questions narrow down by. DuckDB keeps the order of arrival.
    pub order: &'static [&'static str],
    /// Whether rows with the same `order` are the same row, of which one stays (`ReplacingMergeTree`).
    pub is_replacing: bool,
}

impl Kind {
    /// As docs/WAREHOUSE.md calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Uuid => "uuid",
            Self::Text => "text",
            Self::Integer => "integer",
            Self::BigInteger => "big integer",
            Self::Boolean => "boolean",
        }
    }
}

/// A column in as few words as a table needs.
pub(super) const fn column(name: &'static str, kind: Kind) -> Column {
    Column { name, kind }
}
