//! DuckDB's words.

use crate::{cell::Cell, sql::Dialect};

pub(super) const DIALECT: Dialect = Dialect {
    placeholder: |place, cell| match cell {
        // Bound as text; compared as text it would be with every row.
        Cell::Uuid(_) => format!("CAST(${place} AS UUID)"),
        _ => format!("${place}"),
    },
    wide: |expression| format!("CAST({expression} AS HUGEINT)"),
    divide: |dividend, divisor| format!("({dividend} // {divisor})"),
    // There are none: they are found when they come.
    once: str::to_owned,
};
