//! ClickHouse's words.

use crate::{cell::Cell, schema::Kind, sql::Dialect};

pub(super) const DIALECT: Dialect = Dialect {
    placeholder: |place, cell| {
        let kind = match cell {
            Cell::Uuid(_) => Kind::Uuid,
            Cell::Text(_) => Kind::Text,
            Cell::Integer(_) => Kind::Integer,
            Cell::Big(_) => Kind::BigInteger,
            Cell::Boolean(_) => Kind::Boolean,
        };
        format!("{{p{place}:{}}}", type_of(kind))
    },
    wide: |expression| format!("toInt128({expression})"),
    sum: |whole| format!("sum(toInt128({whole}))"),
    divide: |dividend, divisor| format!("intDiv({dividend}, {divisor})"),
    // What came twice although it was looked for: after an answer that was lost on its way.
    once: |table| format!("{table} FINAL"),
    month: |day| format!("toInt64(toInt32(toStartOfMonth(toDate32(toInt32({day})))))"),
    attribute: |column, name| format!("JSONExtractString({column}, {name})"),
    keeps_tables: false,
    attribute_name: str::to_owned,
};

pub(super) fn type_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Uuid => "UUID",
        Kind::Text => "String",
        Kind::Integer => "Int32",
        Kind::BigInteger => "Int64",
        Kind::Boolean => "Bool",
    }
}
