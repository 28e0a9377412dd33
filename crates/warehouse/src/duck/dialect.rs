//! DuckDB's words.

use crate::{cell::Cell, sql::Dialect};

pub(crate) const DIALECT: Dialect = Dialect {
    placeholder: |place, cell| match cell {
        // Bound as text; compared as text it would be with every row.
        Cell::Uuid(_) => format!("CAST(${place} AS UUID)"),
        _ => format!("${place}"),
    },
    wide: |expression| format!("CAST({expression} AS HUGEINT)"),
    // Adds up in 64 bits as long as that is enough.
    sum: |whole| format!("sum({whole})"),
    divide: |dividend, divisor| format!("({dividend} // {divisor})"),
    // There are none: they are found when they come.
    once: str::to_owned,
    month: |day| format!("date_diff('day', DATE '1970-01-01', date_trunc('month', DATE '1970-01-01' + CAST({day} AS INTEGER)))"),
    attribute: |column, name| format!("coalesce(json_extract_string({column}, {name}), '')"),
    keeps_tables: true,
    // A JSON pointer: a plain name would be read as a path where it begins like one.
    attribute_name: |name| format!("/{}", name.replace('~', "~0").replace('/', "~1")),
};
