//! Statements over many rows: few different ones, so that the database has each of them prepared.
//!
//! PostgreSQL is given a column at a time as an array, so that one statement serves any number of rows. The others are
//! given rows in numbers that are powers of two.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityName, EntityTrait, Insert, Iterable, QueryTrait,
    sea_query::{Expr, ExprTrait, Func, InsertStatement, OnConflict, Query, SimpleExpr, Value, extension::postgres::PgFunc},
};
use uuid::Uuid;

use crate::tenant::InProject;

/// Rows of one statement. Every database binds fewer than 32,767 values at once; the widest table has 17 columns.
pub(crate) const ROWS_PER_STATEMENT: usize = 512;

/// Inserts the rows, all with the same columns set; `conflict` says what happens to those whose key is taken.
pub(crate) async fn insert_all<A>(executor: &impl ConnectionTrait, rows: &[A], conflict: Option<&OnConflict>) -> Result<(), DbErr>
where
    A: ActiveModelTrait,
{
    let is_by_column = executor.get_database_backend() == DbBackend::Postgres;
    let at_a_time: Vec<&[A]> = if is_by_column { rows.chunks(ROWS_PER_STATEMENT).collect() } else { portions(rows).collect() };
    for rows in at_a_time {
        let by_column = if is_by_column { insert_by_column(rows) } else { None };
        let mut insert = by_column.unwrap_or_else(|| Insert::<A>::many(rows.iter().cloned()).into_query());
        if let Some(conflict) = conflict {
            insert.on_conflict(conflict.clone());
        }
        executor.execute(&insert).await?;
    }
    Ok(())
}

/// `INSERT ... SELECT UNNEST(...), UNNEST(...)`; `None` when a value is missing, of which an array cannot tell the type.
fn insert_by_column<A: ActiveModelTrait>(rows: &[A]) -> Option<InsertStatement> {
    let set = |column: &<A::Entity as EntityTrait>::Column| rows.first().is_some_and(|row| row.get(*column).is_set());
    let columns: Vec<_> = <A::Entity as EntityTrait>::Column::iter().filter(set).collect();
    let arrays = columns.iter().map(|column| array(rows.iter().map(|row| row.get(*column).into_value())));
    let arrays = arrays.collect::<Option<Vec<Value>>>()?;
    let unnested = arrays.into_iter().map(|array| Func::cust("UNNEST").arg(array));
    let select = Query::select().exprs(unnested).take();
    let mut insert = Query::insert();
    insert.into_table(A::Entity::default().table_ref()).columns(columns);
    // As many expressions as columns, so this cannot fail.
    insert.select_from(select).ok()?;
    Some(insert)
}

fn array(values: impl Iterator<Item = Option<Value>>) -> Option<Value> {
    let values: Vec<Value> = values.map(|value| value.filter(Value::is_some)).collect::<Option<_>>()?;
    let kind = values.first()?.array_type();
    Some(Value::Array(kind, Some(Box::new(values))))
}

impl InProject<'_> {
    /// That two columns are one of these pairs, at most [`ROWS_PER_STATEMENT`] of them. Databases other than PostgreSQL
    /// find every combination of the two lists, a superset, faster than they find the pairs.
    pub(crate) fn among_pairs<C: ColumnTrait>(&self, columns: (C, C), pairs: impl Iterator<Item = (Uuid, Uuid)>) -> SimpleExpr {
        let (first, second): (Vec<_>, Vec<_>) = pairs.unzip();
        if self.executor.get_database_backend() == DbBackend::Postgres {
            let pairs = Query::select().exprs([first, second].map(|ids| Func::cust("UNNEST").arg(ids))).take();
            return Expr::tuple([columns.0.as_column_ref(), columns.1.as_column_ref()].map(Expr::col)).in_subquery(pairs);
        }
        self.among(columns.0, distinct(first)).and(self.among(columns.1, distinct(second)))
    }

    /// That a column is among these ids, at most [`ROWS_PER_STATEMENT`] of them.
    pub(crate) fn among(&self, column: impl ColumnTrait, ids: impl Iterator<Item = Uuid>) -> SimpleExpr {
        let ids: Vec<Uuid> = ids.collect();
        match self.executor.get_database_backend() {
            DbBackend::Postgres => Expr::col(column.as_column_ref()).eq(PgFunc::any(ids)),
            _ => column.is_in(padded(&ids)),
        }
    }
}

fn distinct(mut ids: Vec<Uuid>) -> impl Iterator<Item = Uuid> {
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter()
}

/// The rows in portions whose sizes are powers of two, at most [`ROWS_PER_STATEMENT`] rows a portion.
fn portions<T>(rows: &[T]) -> impl Iterator<Item = &[T]> {
    let mut rest = rows;
    std::iter::from_fn(move || {
        let size = rest.len().min(ROWS_PER_STATEMENT);
        let size = (size > 0).then(|| 1 << size.ilog2())?;
        let (portion, others) = rest.split_at(size);
        rest = others;
        Some(portion)
    })
}

/// The keys to look up, the last one repeated until there are a power of two of them.
fn padded<T: Copy>(keys: &[T]) -> Vec<T> {
    let mut padded = keys.to_vec();
    if let Some(last) = keys.last() {
        padded.resize(keys.len().next_power_of_two(), *last);
    }
    padded
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
