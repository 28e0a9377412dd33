//! What statements over many rows have in common: how many rows go into one, and "add what was proposed".

use sea_orm::{
    DbBackend,
    sea_query::{Expr, ExprTrait, IntoColumnRef, OnConflict, SimpleExpr},
};

/// Rows of one statement. Every database binds fewer than 32,767 values at once; the widest table has 17 columns.
pub(crate) const ROWS_PER_STATEMENT: usize = 500;

/// On a row with the same key, adds the proposed values of these columns to the ones that are there.
pub(crate) fn add_to_existing(backend: DbBackend, table: &'static str, key: &[&'static str], columns: &[&'static str]) -> OnConflict {
    let mut conflict = OnConflict::columns(key.iter().copied());
    for column in columns {
        conflict.value(*column, Expr::col((table, *column)).add(proposed(backend, column)));
    }
    conflict
}

/// The value an upsert proposed: each dialect has its own word for it.
fn proposed(backend: DbBackend, column: &str) -> SimpleExpr {
    match backend {
        DbBackend::MySql => Expr::cust(format!("VALUES(`{column}`)")),
        _ => Expr::cust(format!("excluded.\"{column}\"")),
    }
}

/// The sum of a column of big integers, as a big integer: some databases would answer with a decimal.
pub(crate) fn sum(backend: DbBackend, column: impl IntoColumnRef) -> SimpleExpr {
    let whole_number = if backend == DbBackend::MySql { "SIGNED" } else { "BIGINT" };
    Expr::col(column).sum().cast_as(whole_number)
}
