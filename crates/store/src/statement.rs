//! What statements over many rows have in common: how many rows go into one, and "add what was proposed".

use sea_orm::{
    DbBackend,
    sea_query::{Expr, ExprTrait, IntoColumnRef, OnConflict, SimpleExpr},
};

/// Rows of one statement. Every database binds fewer than 32,767 values at once; the widest table has 17 columns.
pub(crate) const ROWS_PER_STATEMENT: usize = 512;

/// The rows in portions whose sizes are powers of two, so that there are few different statements and the database has
/// each of them prepared. At most [`ROWS_PER_STATEMENT`] rows a portion.
pub(crate) fn portions<T>(rows: &[T]) -> impl Iterator<Item = &[T]> {
    let mut rest = rows;
    std::iter::from_fn(move || {
        let size = rest.len().min(ROWS_PER_STATEMENT);
        let size = (size > 0).then(|| 1 << size.ilog2())?;
        let (portion, others) = rest.split_at(size);
        rest = others;
        Some(portion)
    })
}

/// The keys to look up, the last one repeated until there are a power of two of them: for the same reason.
pub(crate) fn padded<T: Copy>(keys: &[T]) -> Vec<T> {
    let mut padded = keys.to_vec();
    if let Some(last) = keys.last() {
        padded.resize(keys.len().next_power_of_two(), *last);
    }
    padded
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn portions_are_powers_of_two_and_leave_nothing_out() {
        for count in [0, 1, 2, 3, 500, 512, 513, 1_300] {
            let rows: Vec<usize> = (0..count).collect();
            let portions: Vec<_> = portions(&rows).collect();
            assert!(portions.iter().all(|portion| portion.len().is_power_of_two() && portion.len() <= ROWS_PER_STATEMENT));
            assert_eq!(portions.concat(), rows);
        }
    }

    #[test]
    fn padding_repeats_the_last_key() {
        assert_eq!(padded(&[1, 2, 3]), [1, 2, 3, 3]);
        assert_eq!(padded(&[1, 2]), [1, 2]);
        assert!(padded::<i32>(&[]).is_empty());
    }
}
