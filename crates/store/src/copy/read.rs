//! Reading a copy: every table at one moment, a portion at a time, while others write.

use std::{future::Future, pin::Pin};

use barker_domain::{Code, Error, Result};
use futures::TryStreamExt;
use sea_orm::{
    ColumnTrait, ColumnType, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, EntityName, EntityTrait, IdenStatic,
    IsolationLevel, Iterable, ModelTrait, TransactionOptions, TransactionTrait, Value,
    sea_query::{Alias, Expr, Query},
};
use sea_orm_migration::MigratorTrait;
use tokio::sync::mpsc;

use super::{CopiedColumn, CopiedTable, Kind};
use crate::{
    Store,
    checkpoint::LongReader,
    connection::{Purpose, connect},
    entity as e,
    error::failed,
    migration::Migrator,
};

/// Bytes of JSON that travel together.
const CHUNK_BYTES: usize = 256 * 1024;

/// Some rows of a table: a JSON array on a line of its own for each.
#[derive(Debug, Clone)]
pub struct Chunk {
    /// How many rows.
    pub rows: u64,
    /// Their lines.
    pub lines: Vec<u8>,
}

type Sending<'c> = Pin<Box<dyn Future<Output = Result<()>> + Send + 'c>>;

/// How one table is read.
struct Table {
    name: fn() -> String,
    columns: fn() -> Vec<CopiedColumn>,
    send: for<'c> fn(&'c DatabaseTransaction, &'c mpsc::Sender<Chunk>) -> Sending<'c>,
}

/// Every table, those that others refer to first. `database_owner` is left out: who serves a database is no part of its
/// data.
fn tables() -> [Table; 42] {
    [
        table::<e::project::Entity>(),
        table::<e::user::Entity>(),
        table::<e::file::Entity>(),
        table::<e::advertiser::Entity>(),
        table::<e::account::Entity>(),
        table::<e::ledger_transaction::Entity>(),
        table::<e::ledger_entry::Entity>(),
        table::<e::ledger_day::Entity>(),
        table::<e::balance::Entity>(),
        table::<e::client::Entity>(),
        table::<e::ml_score::Entity>(),
        table::<e::ml_score_count::Entity>(),
        table::<e::campaign::Entity>(),
        table::<e::creative::Entity>(),
        table::<e::ad::Entity>(),
        table::<e::impression::Entity>(),
        table::<e::click::Entity>(),
        table::<e::ad_day::Entity>(),
        table::<e::campaign_recount::Entity>(),
        table::<e::anonymous_day::Entity>(),
        table::<e::outbox::Entity>(),
        table::<e::outbox_position::Entity>(),
        table::<e::session::Entity>(),
        table::<e::refresh_token::Entity>(),
        table::<e::attempt::Entity>(),
        table::<e::signing_key::Entity>(),
        table::<e::link_key::Entity>(),
        table::<e::membership::Entity>(),
        table::<e::api_key::Entity>(),
        table::<e::invitation::Entity>(),
        table::<e::password_reset::Entity>(),
        table::<e::trail::Entity>(),
        table::<e::job::Entity>(),
        table::<e::job_schedule::Entity>(),
        table::<e::installation_setting::Entity>(),
        table::<e::dashboard::Entity>(),
        table::<e::dashboard_link::Entity>(),
        table::<e::saved_report::Entity>(),
        table::<e::report_setting::Entity>(),
        table::<e::webhook::Entity>(),
        table::<e::webhook_delivery::Entity>(),
        table::<e::webhook_mark::Entity>(),
    ]
}

/// The names of every table that is copied, those that others refer to first.
pub(super) fn table_names() -> Vec<String> {
    tables().iter().map(|table| (table.name)()).collect()
}

fn table<E>() -> Table
where
    E: EntityTrait,
    E::Model: Send + Sync,
{
    Table {
        name: || EntityName::table_name(&E::default()).to_owned(),
        columns: columns::<E>,
        send: |moment, to| Box::pin(send::<E>(moment, to)),
    }
}

fn columns<E: EntityTrait>() -> Vec<CopiedColumn> {
    let column = |column: E::Column| CopiedColumn { name: column.as_str().to_owned(), kind: kind(column.def().get_column_type()) };
    E::Column::iter().map(column).collect()
}

fn kind(column: &ColumnType) -> Kind {
    match column {
        ColumnType::Uuid => Kind::Uuid,
        ColumnType::Integer => Kind::Integer,
        ColumnType::BigInteger => Kind::BigInteger,
        ColumnType::Boolean => Kind::Boolean,
        _ => Kind::Text,
    }
}

async fn send<E: EntityTrait>(moment: &DatabaseTransaction, to: &mpsc::Sender<Chunk>) -> Result<()> {
    let failed = failed("read the table");
    let mut rows = Box::pin(E::find().stream(moment).await.map_err(&failed)?);
    let mut chunk = Chunk { rows: 0, lines: Vec::with_capacity(CHUNK_BYTES) };
    while let Some(row) = rows.try_next().await.map_err(&failed)? {
        write_row(&row, &mut chunk.lines)?;
        chunk.rows += 1;
        if chunk.lines.len() >= CHUNK_BYTES {
            let full = std::mem::replace(&mut chunk, Chunk { rows: 0, lines: Vec::with_capacity(CHUNK_BYTES) });
            to.send(full).await.map_err(given_up)?;
        }
    }
    to.send(chunk).await.map_err(given_up)
}

pub(super) async fn count_rows(executor: &impl ConnectionTrait, table: &str) -> Result<u64> {
    let count = Query::select().expr_as(Expr::cust("COUNT(*)"), "row_count").from(Alias::new(table)).take();
    let row = executor.query_one(&count).await.map_err(failed("count the rows"))?;
    let count = row.map(|row| row.try_get::<i64>("", "row_count")).transpose().map_err(failed("count the rows"))?;
    Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or_default())
}

/// Whoever reads the other end has stopped, and says why.
fn given_up<T>(_: T) -> Error {
    Error::new(Code::Internal, "nobody takes the rows any more")
}

fn write_row<M: ModelTrait>(row: &M, lines: &mut Vec<u8>) -> Result<()> {
    for (place, column) in <M::Entity as EntityTrait>::Column::iter().enumerate() {
        lines.push(if place == 0 { b'[' } else { b',' });
        write_value(row.get(column), lines)?;
    }
    lines.extend_from_slice(b"]\n");
    Ok(())
}

fn write_value(value: Value, lines: &mut Vec<u8>) -> Result<()> {
    let written = match value {
        Value::Uuid(Some(id)) => serde_json::to_writer(lines, &id),
        Value::Int(Some(number)) => serde_json::to_writer(lines, &number),
        Value::BigInt(Some(number)) => serde_json::to_writer(lines, &number),
        Value::Bool(Some(answer)) => serde_json::to_writer(lines, &answer),
        Value::String(Some(text)) => serde_json::to_writer(lines, &text),
        Value::Uuid(None) | Value::Int(None) | Value::BigInt(None) | Value::Bool(None) | Value::String(None) => {
            serde_json::to_writer(lines, &())
        }
        _ => return Err(Error::new(Code::Internal, "a column has a type that no copy knows")),
    };
    written.map_err(|error| Error::new(Code::Internal, "could not write a row").caused_by(error))
}

/// A moment of the database, to be copied. It ends when it is dropped; until then others go on writing.
pub struct Reading {
    moment: DatabaseTransaction,
    migrations: Vec<String>,
    tables: Vec<CopiedTable>,
    connection: DatabaseConnection,
    _long: LongReader,
}

impl Store {
    /// Opens the present moment to be copied, on a connection of its own.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn open_copy(&self) -> Result<Reading> {
        let long = self.checkpointer.expect_long_reader();
        let connection = connect(self.owner.url(), 1, Purpose::Read).await?;
        let backend = connection.get_database_backend();
        // SQLite's readers see one moment by nature; the others must be asked to.
        let isolation_level = (backend != DbBackend::Sqlite).then_some(IsolationLevel::RepeatableRead);
        let options = TransactionOptions { isolation_level, ..TransactionOptions::default() };
        let moment = connection.begin_with_options(options).await.map_err(failed("begin a copy"))?;
        if backend == DbBackend::Postgres {
            // Everything is wanted, which no index finds faster.
            moment.execute_unprepared("SET LOCAL enable_seqscan = on").await.map_err(failed("begin a copy"))?;
        }
        let applied = Migrator::get_applied_migrations_read_only(&moment).await.map_err(failed("read the schema's version"))?;
        let migrations = applied.iter().map(|migration| migration.name().to_owned()).collect();
        let mut copied = Vec::new();
        for table in tables() {
            let name = (table.name)();
            let rows = count_rows(&moment, &name).await?;
            copied.push(CopiedTable { name, rows, columns: (table.columns)() });
        }
        Ok(Reading { moment, migrations, tables: copied, connection, _long: long })
    }
}

impl Reading {
    /// The migrations that made the schema of this copy, in their order.
    #[must_use]
    pub fn migrations(&self) -> &[String] {
        &self.migrations
    }

    /// Every table, those that others refer to first.
    #[must_use]
    pub fn tables(&self) -> &[CopiedTable] {
        &self.tables
    }

    /// Sends every row of that table, as fast as they are taken.
    ///
    /// # Errors
    /// When the database does not answer, or nobody takes the rows any more.
    pub async fn send_rows(&self, name: &str, to: &mpsc::Sender<Chunk>) -> Result<()> {
        let table = tables().into_iter().find(|table| (table.name)() == name);
        let table = table.ok_or_else(|| Error::new(Code::Internal, "there is no such table to copy"))?;
        (table.send)(&self.moment, to).await
    }

    /// Lets the database go on without this moment.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn close(self) -> Result<()> {
        self.moment.rollback().await.map_err(failed("end a copy"))?;
        self.connection.close().await.map_err(failed("end a copy"))
    }
}

impl std::fmt::Debug for Reading {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Reading").field("tables", &self.tables.len()).finish_non_exhaustive()
    }
}
