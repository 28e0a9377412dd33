//! Statements over many rows: few different ones, so that the database has each of them prepared.
//!
//! PostgreSQL is given a column at a time as an array, SQLite likewise as bytes, or all rows as one JSON text, so that one
//! statement serves any number of rows. MySQL is given rows in numbers that are powers of two.

use std::io::Write;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityName, EntityTrait, Insert, Iterable, JoinType, QueryFilter,
    QuerySelect, QueryTrait, Select, Statement, Values,
    sea_query::{
        Asterisk, Expr, ExprTrait, Func, InsertStatement, OnConflict, Query, SelectStatement, SimpleExpr, Value,
        extension::postgres::PgFunc,
    },
};
use uuid::Uuid;

use crate::tenant::InProject;

/// Rows of one statement. Every database binds fewer than 32,767 values at once; the widest table has 17 columns.
pub(crate) const ROWS_PER_STATEMENT: usize = 512;
const ID_BYTES: usize = 16;
/// Of the longest whole number, with its sign.
const DIGITS: usize = 20;

/// Inserts the rows, all with the same columns set; `conflict` says what happens to those whose key is taken.
pub(crate) async fn insert_all<A>(executor: &impl ConnectionTrait, rows: &[A], conflict: Option<&OnConflict>) -> Result<(), DbErr>
where
    A: ActiveModelTrait,
{
    let backend = executor.get_database_backend();
    let statements = inserts(backend, rows, conflict);
    // Two of them may change the same row, which PostgreSQL does not do within one statement.
    execute_each(executor, if backend == DbBackend::Sqlite { joined(statements) } else { statements }).await
}

/// The statements that insert these rows, as [`insert_all`] does.
pub(crate) fn inserts<A: ActiveModelTrait>(backend: DbBackend, rows: &[A], conflict: Option<&OnConflict>) -> Vec<Statement> {
    let at_a_time: Vec<&[A]> = match backend {
        DbBackend::MySql => portions(rows).collect(),
        _ => rows.chunks(ROWS_PER_STATEMENT).collect(),
    };
    let insert = |rows: &[A]| {
        let from_lists = match backend {
            DbBackend::Postgres => insert_by_column(rows),
            DbBackend::Sqlite => insert_from_bytes(rows).or_else(|| insert_from_json(rows)),
            _ => None,
        };
        let mut insert = from_lists.unwrap_or_else(|| Insert::<A>::many(rows.iter().cloned()).into_query());
        if let Some(conflict) = conflict {
            insert.on_conflict(conflict.clone());
        }
        backend.build(&insert)
    };
    at_a_time.into_iter().map(insert).collect()
}

/// Executes these inserts, no two of which change the same row. `SQLite` and `PostgreSQL` get them all at once, because each call of the one's
/// thread and each answer of the other is waited for.
pub(crate) async fn execute_all(executor: &impl ConnectionTrait, statements: Vec<Statement>) -> Result<(), DbErr> {
    let statements = match executor.get_database_backend() {
        DbBackend::Sqlite => joined(statements),
        DbBackend::Postgres => nested(statements),
        _ => statements,
    };
    execute_each(executor, statements).await
}

async fn execute_each(executor: &impl ConnectionTrait, statements: Vec<Statement>) -> Result<(), DbErr> {
    for statement in statements {
        executor.execute_raw(statement).await?;
    }
    Ok(())
}

/// One text of many; each statement in it takes as many of the values as it has places for.
fn joined(statements: Vec<Statement>) -> Vec<Statement> {
    let together = statements.into_iter().reduce(|mut first, next| {
        first.sql.push_str("; ");
        first.sql.push_str(&next.sql);
        let values = [first.values, next.values].into_iter().flatten().flat_map(|values| values.0).collect();
        Statement { values: Some(Values(values)), ..first }
    });
    together.into_iter().collect()
}

/// One statement of many: the first, with the others before it as common table expressions. References between their rows are checked at
/// its end.
fn nested(statements: Vec<Statement>) -> Vec<Statement> {
    let mut statements = statements.into_iter();
    let Some(Statement { sql: first, values, db_backend }) = statements.next() else { return Vec::new() };
    let mut values = values.map_or_else(Vec::new, |values| values.0);
    let mut others = Vec::new();
    for (place, statement) in statements.enumerate() {
        others.push(format!("also_{place} AS ({})", renumbered(&statement.sql, values.len())));
        values.extend(statement.values.into_iter().flat_map(|values| values.0));
    }
    let sql = if others.is_empty() { first } else { format!("WITH {} {first}", others.join(", ")) };
    vec![Statement { sql, values: Some(Values(values)), db_backend }]
}

/// With `$1` as the value after so many others, and so on.
fn renumbered(sql: &str, others: usize) -> String {
    let mut parts = sql.split('$');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
        let (number, rest) = part.split_at(digits);
        let number = number.parse::<usize>().map_or_else(|_| number.to_owned(), |number| (number + others).to_string());
        text = format!("{text}${number}{rest}");
    }
    text
}

/// `INSERT ... SELECT UNNEST(...), UNNEST(...)`; `None` when a value is missing, of which an array cannot tell the type.
fn insert_by_column<A: ActiveModelTrait>(rows: &[A]) -> Option<InsertStatement> {
    let columns = columns_set(rows);
    let arrays = columns.iter().map(|column| array(rows.iter().map(|row| row.get(*column).into_value())));
    let arrays = arrays.collect::<Option<Vec<Value>>>()?;
    let unnested = arrays.into_iter().map(|array| Func::cust("UNNEST").arg(array));
    insert_selected::<A>(columns, Query::select().exprs(unnested).take())
}

/// `INSERT ... SELECT substr(?, key * 16 + 1, 16), CAST(substr(?, key * 20 + 1, 20) AS INTEGER) ... FROM json_each(?)`: half the
/// work of reading JSON. `None` when a value is missing, or is neither an id nor a whole number.
fn insert_from_bytes<A: ActiveModelTrait>(rows: &[A]) -> Option<InsertStatement> {
    let columns = columns_set(rows);
    let taken = columns.iter().map(|column| {
        let values = rows.iter().map(|row| row.get(*column).into_value()).collect::<Option<Vec<Value>>>()?;
        let (bytes, sql) = match ids(&values) {
            Some(ids) => (ids, format!("substr(?, key * {ID_BYTES} + 1, {ID_BYTES})")),
            None => (digits(&values)?, format!("CAST(substr(?, key * {DIGITS} + 1, {DIGITS}) AS INTEGER)")),
        };
        Some(Expr::cust_with_values(sql, [bytes]))
    });
    let mut select = Query::select().exprs(taken.collect::<Option<Vec<_>>>()?).take();
    // One element for each row; nobody reads what it is.
    let places = format!("[{}]", vec!["0"; rows.len()].join(","));
    select.from_function(Func::cust("json_each").arg(places), "each_row").and_where(Expr::cust("true"));
    insert_selected::<A>(columns, select)
}

/// `INSERT ... SELECT unhex(value ->> 0), value ->> 1 ... FROM json_each(?)`; `None` for a value that JSON cannot carry.
fn insert_from_json<A: ActiveModelTrait>(rows: &[A]) -> Option<InsertStatement> {
    let columns = columns_set(rows);
    let first = rows.first()?;
    let taken = columns.iter().enumerate().map(|(place, column)| match first.get(*column).into_value() {
        Some(Value::Uuid(_)) => Expr::cust(format!("unhex(value ->> {place})")),
        _ => Expr::cust(format!("value ->> {place}")),
    });
    let mut select = Query::select().exprs(taken).take();
    let in_json = |row: &A| columns.iter().map(|column| json(row.get(*column).into_value()?)).collect::<Option<Vec<_>>>();
    let rows = rows.iter().map(in_json).collect::<Option<Vec<_>>>()?;
    select.from_function(Func::cust("json_each").arg(serde_json::to_string(&rows).ok()?), "each_row");
    // Without a condition SQLite could not tell ON CONFLICT from the ON of a join.
    select.and_where(Expr::cust("true"));
    insert_selected::<A>(columns, select)
}

fn insert_selected<A: ActiveModelTrait>(
    columns: Vec<<A::Entity as EntityTrait>::Column>,
    select: SelectStatement,
) -> Option<InsertStatement> {
    let mut insert = Query::insert();
    insert.into_table(A::Entity::default().table_ref()).columns(columns);
    // As many expressions as columns, so this cannot fail.
    insert.select_from(select).ok()?;
    Some(insert)
}

fn columns_set<A: ActiveModelTrait>(rows: &[A]) -> Vec<<A::Entity as EntityTrait>::Column> {
    let set = |column: &<A::Entity as EntityTrait>::Column| rows.first().is_some_and(|row| row.get(*column).is_set());
    <A::Entity as EntityTrait>::Column::iter().filter(set).collect()
}

/// Ids one after the other.
fn ids(values: &[Value]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(values.len() * ID_BYTES);
    for value in values {
        let Value::Uuid(Some(id)) = value else { return None };
        bytes.extend_from_slice(id.as_bytes());
    }
    Some(bytes)
}

/// Whole numbers one after the other, in decimal digits behind blanks.
fn digits(values: &[Value]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(values.len() * DIGITS);
    for value in values {
        let number = match value {
            Value::Int(Some(number)) => i64::from(*number),
            Value::BigInt(Some(number)) => *number,
            Value::Bool(Some(answer)) => i64::from(*answer),
            _ => return None,
        };
        write!(bytes, "{number:DIGITS$}").ok()?;
    }
    Some(bytes)
}

/// As SQLite reads it back: a uuid in hex digits, whole numbers exactly, texts without a NUL, at which it would stop.
fn json(value: Value) -> Option<serde_json::Value> {
    match value {
        Value::Uuid(id) => Some(id.map(|id| id.simple().to_string()).into()),
        Value::Int(number) => Some(number.into()),
        Value::BigInt(number) => Some(number.into()),
        Value::Bool(answer) => Some(answer.into()),
        Value::String(text) => (!text.as_ref().is_some_and(|text| text.contains('\0'))).then(|| text.into()),
        _ => None,
    }
}

fn array(values: impl Iterator<Item = Option<Value>>) -> Option<Value> {
    let values: Vec<Value> = values.map(|value| value.filter(Value::is_some)).collect::<Option<_>>()?;
    let kind = values.first()?.array_type();
    Some(Value::Array(kind, Some(Box::new(values))))
}

impl InProject<'_> {
    /// Of these rows those that have one of the pairs in two columns, at most [`ROWS_PER_STATEMENT`] pairs. Databases other than
    /// PostgreSQL find every combination of the two lists, a superset, faster than they find the pairs.
    pub(crate) async fn find_pairs<E: EntityTrait>(
        &self,
        rows: Select<E>,
        columns: (E::Column, E::Column),
        pairs: impl Iterator<Item = (Uuid, Uuid)>,
    ) -> Result<Vec<E::Model>, DbErr> {
        if self.executor.get_database_backend() == DbBackend::Postgres {
            let found = DbBackend::Postgres.build(&pair_by_pair(rows, columns, pairs));
            return E::find().from_raw_sql(found).all(&self.executor).await;
        }
        let (first, second): (Vec<_>, Vec<_>) = pairs.unzip();
        let among = self.among(columns.0, distinct(first)).and(self.among(columns.1, distinct(second)));
        rows.filter(among).all(&self.executor).await
    }

    /// That a column is among these ids, at most [`ROWS_PER_STATEMENT`] of them.
    pub(crate) fn among(&self, column: impl ColumnTrait, ids: impl Iterator<Item = Uuid>) -> SimpleExpr {
        let ids: Vec<Uuid> = ids.collect();
        match self.executor.get_database_backend() {
            DbBackend::Postgres => Expr::col(column.as_column_ref()).eq(PgFunc::any(ids)),
            DbBackend::Sqlite => Expr::col(column.as_column_ref()).in_subquery(ids_from_json(&ids)),
            _ => column.is_in(padded(&ids)),
        }
    }
}

/// `SELECT found.* FROM (SELECT UNNEST(...), UNNEST(...)) JOIN LATERAL (SELECT ... OFFSET 0)`: each pair by its key. Nothing else can
/// be planned, whereas one question about all of them was, while the table was small, planned as a walk over all rows of the project.
fn pair_by_pair<E: EntityTrait>(
    rows: Select<E>,
    columns: (E::Column, E::Column),
    pairs: impl Iterator<Item = (Uuid, Uuid)>,
) -> SelectStatement {
    let mut pairs: Vec<_> = pairs.collect();
    pairs.sort_unstable();
    pairs.dedup();
    let (first, second): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
    let unnested = |ids: Vec<Uuid>| Func::cust("UNNEST").arg(ids);
    let wanted = Query::select().expr_as(unnested(first), "one").expr_as(unnested(second), "other").take();
    let of_a_pair = columns.0.into_expr().equals(("wanted", "one")).and(columns.1.into_expr().equals(("wanted", "other")));
    let row = rows.filter(of_a_pair).offset(0).into_query();
    let mut found = Query::select().column(("found", Asterisk)).from_subquery(wanted, "wanted").take();
    found.join_lateral(JoinType::InnerJoin, row, "found", Expr::cust("true")).take()
}

/// `SELECT unhex(value) FROM json_each(?)`
fn ids_from_json(ids: &[Uuid]) -> SelectStatement {
    // Hex digits between quotes and commas: JSON without an escape.
    let mut text = String::with_capacity(ids.len() * 35 + 2);
    for (place, id) in ids.iter().enumerate() {
        text.push_str(if place == 0 { "[\"" } else { "\",\"" });
        text.push_str(id.simple().encode_lower(&mut Uuid::encode_buffer()));
    }
    text.push_str(if ids.is_empty() { "[]" } else { "\"]" });
    Query::select().expr(Expr::cust("unhex(value)")).from_function(Func::cust("json_each").arg(text), "each_id").take()
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
pub(crate) fn padded<T: Copy>(keys: &[T]) -> Vec<T> {
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

    #[test]
    fn statements_of_one_text_take_their_values_in_order() {
        let statement = |sql: &str, value: i32| Statement::from_sql_and_values(DbBackend::Sqlite, sql, [value.into()]);
        let joined = joined(vec![statement("DELETE FROM a WHERE b = ?", 1), statement("DELETE FROM c WHERE d = ?", 2)]);
        assert_eq!(joined.len(), 1);
        assert_eq!(joined[0].sql, "DELETE FROM a WHERE b = ?; DELETE FROM c WHERE d = ?");
        assert_eq!(joined[0].values, Some(Values(vec![1.into(), 2.into()])));
        assert!(super::joined(Vec::new()).is_empty());
    }

    #[test]
    fn a_statement_with_others_inside_takes_their_values_after_its_own() {
        let statement = |sql: &str, values: [i32; 2]| Statement::from_sql_and_values(DbBackend::Postgres, sql, values.map(Value::from));
        let first = statement("INSERT INTO a VALUES ($1, $2)", [1, 2]);
        let second = statement("INSERT INTO b VALUES ($2, $1) ON CONFLICT DO NOTHING", [4, 3]);
        let nested = nested(vec![first.clone(), second.clone(), second]);
        assert_eq!(nested.len(), 1);
        assert_eq!(
            nested[0].sql,
            "WITH also_0 AS (INSERT INTO b VALUES ($4, $3) ON CONFLICT DO NOTHING), \
             also_1 AS (INSERT INTO b VALUES ($6, $5) ON CONFLICT DO NOTHING) INSERT INTO a VALUES ($1, $2)"
        );
        assert_eq!(nested[0].values, Some(Values([1, 2, 4, 3, 4, 3].map(Value::from).to_vec())));
        assert_eq!(super::nested(vec![first.clone()]), [first]);
        assert!(super::nested(Vec::new()).is_empty());
    }

    #[tokio::test]
    async fn ids_and_whole_numbers_go_as_bytes_and_come_back_as_they_were() {
        use crate::entity::ad_day::{Entity, Model};
        use sea_orm::{Database, IntoActiveModel, Schema};
        let database = Database::connect("sqlite::memory:").await.unwrap();
        database.execute(&Schema::new(DbBackend::Sqlite).create_table_from_entity(Entity)).await.unwrap();
        let numbers = [0, 1, -1, i64::MAX, i64::MIN, 1_700_000_000_000];
        let models = numbers.map(|number| Model {
            project_id: Uuid::nil(),
            campaign_id: Uuid::max(),
            ad_id: Uuid::now_v7(),
            day: i32::try_from(number).unwrap_or(i32::MIN),
            node: i32::MAX,
            impressions: number,
            clicks: number.wrapping_neg(),
            spent_impressions_micros: number / 2,
            spent_clicks_micros: 7,
        });
        let rows = models.clone().map(|model| model.into_active_model().reset_all());
        let statement = inserts(DbBackend::Sqlite, &rows, None).remove(0);
        assert!(statement.sql.contains("substr(?, key * 16 + 1, 16)"), "{}", statement.sql);
        // Any number of rows has the same text.
        assert_eq!(inserts(DbBackend::Sqlite, &rows[..5], None).remove(0).sql, statement.sql);
        database.execute_raw(statement).await.unwrap();
        let mut stored = Entity::find().all(&database).await.unwrap();
        stored.sort_by_key(|model| model.ad_id);
        assert_eq!(stored, models);
    }

    #[test]
    fn rows_with_a_text_that_json_would_cut_short_go_as_values() {
        use crate::entity::advertiser::ActiveModel;
        use sea_orm::ActiveValue::Set;
        let row = |name: &str| ActiveModel {
            project_id: Set(Uuid::nil()),
            id: Set(Uuid::nil()),
            name: Set(name.to_owned()),
            name_folded: Set(name.to_owned()),
            created_at_ms: Set(1),
            archived_at_ms: Set(None),
        };
        let sql = |names: [&str; 2]| inserts(DbBackend::Sqlite, &names.map(row), None).remove(0).sql;
        assert!(sql(["whole", "\"quoted\", 'Ünïcode' \\u0000"]).contains("json_each"));
        assert!(!sql(["whole", "cut\0off"]).contains("json_each"));
    }
}
