//! What every dialect says in words of its own: adding to a row that is there, and summing up.

use sea_orm::{
    DbBackend,
    sea_query::{Expr, ExprTrait, Func, IntoColumnRef, OnConflict, SimpleExpr},
};

/// On a row with the same key, adds the proposed values of these columns to the ones that are there.
pub(crate) fn add_to_existing(backend: DbBackend, table: &'static str, key: &[&'static str], columns: &[&'static str]) -> OnConflict {
    let mut conflict = OnConflict::columns(key.iter().copied());
    for column in columns {
        conflict.value(*column, whole(backend, Expr::col((table, *column)).add(proposed(backend, column))));
    }
    conflict
}

/// A sum that 64 bits hold. Beyond them `SQLite` alone goes on with a float; no value at all is refused, as the sum is elsewhere.
fn whole(backend: DbBackend, sum: SimpleExpr) -> SimpleExpr {
    match backend {
        DbBackend::Sqlite => Expr::case(Func::cust("typeof").arg(sum.clone()).eq("integer"), sum).into(),
        _ => sum,
    }
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
    big_integer(backend, Expr::col(column).sum())
}

/// A whole number of 64 bits, whatever it was.
pub(crate) fn big_integer(backend: DbBackend, number: SimpleExpr) -> SimpleExpr {
    number.cast_as(if backend == DbBackend::MySql { "SIGNED" } else { "BIGINT" })
}
