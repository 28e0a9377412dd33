//! Loading a copy into an empty database of any kind: the schema that it was read from, its rows, then the migrations since.

use barker_domain::{Code, Error, Result};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement, TransactionTrait, Value,
    sea_query::{Alias, Expr, Query, SimpleExpr, Table},
};
use sea_orm_migration::{MigratorTrait, SchemaManager};
use uuid::Uuid;

use super::{
    CopiedColumn, CopiedTable, Kind,
    read::{count_rows, table_names},
};
use crate::{
    bulk::ROWS_PER_STATEMENT,
    connection::{Purpose, connect, normal},
    error::failed,
    migration::{self, Migrator},
    owner::{self, lock::Lock},
};

/// An empty database that is being filled. Until [`Loader::finish`] no server takes it for a whole one.
pub struct Loader {
    connection: DatabaseConnection,
    lock: Lock,
}

impl Loader {
    /// Takes the database, makes the schema that the copy was read from, and marks it as unfinished. `in_place_of` names
    /// the database that this one will stand for, when it is another: nobody may use that one either.
    ///
    /// # Errors
    /// [`Code::Misconfigured`] when somebody uses the database, when it holds a project or a user, or when the copy comes
    /// from a newer version; when it does not answer.
    pub async fn begin(url: &str, in_place_of: Option<&str>, migrations: &[String]) -> Result<Self> {
        let steps = migration::count_steps(migrations)?;
        let url = normal(url)?;
        let locked = in_place_of.map_or_else(|| Ok(url.clone()), normal)?;
        let in_use = || Error::new(Code::Misconfigured, "a server uses this database; stop it first");
        let lock = Lock::acquire(&locked).await?.ok_or_else(in_use)?;
        let connection = connect(&url, 1, Purpose::Write).await?;
        if !is_free(&connection).await? {
            let message = "the database holds data already, which is never overwritten: make an empty one and let database.url name it; \
                           the old one stays until you drop it";
            return Err(Error::new(Code::Misconfigured, message));
        }
        empty(&connection).await.map_err(failed("empty the database"))?;
        Migrator::up(&connection, Some(steps)).await.map_err(failed("make the schema"))?;
        owner::set_holder(&connection, owner::UNFINISHED_COPY).await?;
        // Rows of migrations' own making, if there are any, are in the copy.
        Ok(Self { connection, lock })
    }

    /// Loads some rows of a table, all or none. Each is a JSON array with a value for each column.
    ///
    /// # Errors
    /// [`Code::InvalidRequest`] for a row that does not fit; when the database does not answer.
    pub async fn load(&self, table: &CopiedTable, rows: &[Vec<serde_json::Value>]) -> Result<()> {
        let failed = failed("load the rows");
        let transaction = self.connection.begin().await.map_err(&failed)?;
        for rows in rows.chunks(ROWS_PER_STATEMENT) {
            let mut insert = Query::insert();
            insert.into_table(Alias::new(&table.name)).columns(table.columns.iter().map(|column| Alias::new(&column.name)));
            for row in rows {
                let unfit = |_| misfit(table);
                insert.values(values(table, row)?).map_err(unfit)?;
            }
            transaction.execute_raw(transaction.get_database_backend().build(&insert)).await.map_err(|error| refused(table, error))?;
        }
        transaction.commit().await.map_err(failed)
    }

    /// Brings the schema up to date and lets servers have the database.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn finish(self) -> Result<()> {
        go_on_counting(&self.connection).await.map_err(failed("set the outbox's next number"))?;
        migration::migrate(&self.connection).await?;
        owner::set_holder(&self.connection, owner::NOBODY).await?;
        if self.connection.get_database_backend() == DbBackend::Sqlite {
            let log = "PRAGMA wal_checkpoint(TRUNCATE)";
            self.connection.execute_unprepared(log).await.map_err(failed("write the log back"))?;
        }
        self.connection.close().await.map_err(failed("close the database"))?;
        self.lock.release().await;
        Ok(())
    }
}

impl std::fmt::Debug for Loader {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Loader").finish_non_exhaustive()
    }
}

/// Whether nothing is lost when the tables are dropped: there are none, nobody ever used them, or a copy that was being
/// loaded into them came to nothing.
async fn is_free(connection: &DatabaseConnection) -> Result<bool> {
    let failed = failed("look into the database");
    let schema = SchemaManager::new(connection);
    if !schema.has_table("projects").await.map_err(&failed)? {
        return Ok(true);
    }
    if schema.has_table("database_owner").await.map_err(&failed)? && owner::holder(connection).await? == owner::UNFINISHED_COPY {
        return Ok(true);
    }
    let has_users = schema.has_table("users").await.map_err(&failed)?;
    let users = if has_users { count_rows(connection, "users").await? } else { 0 };
    Ok(users == 0 && count_rows(connection, "projects").await? == 0)
}

async fn empty(connection: &DatabaseConnection) -> Result<(), DbErr> {
    // An earlier version's refer to those that there are.
    let former = ["campaign_days"].map(str::to_owned).into_iter();
    let copied = table_names().into_iter().rev();
    let others = ["database_owner", "seaql_migrations"].map(str::to_owned);
    for name in former.chain(copied).chain(others) {
        connection.execute(Table::drop().table(Alias::new(name)).if_exists()).await?;
    }
    Ok(())
}

/// Numbers of new outbox rows go on where they were: a consumer that stands at 5,000 would never see a row 1.
async fn go_on_counting(connection: &DatabaseConnection) -> Result<(), DbErr> {
    let row = |text: &str| Statement::from_string(connection.get_database_backend(), text);
    let last =
        "SELECT GREATEST_OF(COALESCE((SELECT MAX(id) FROM outbox), 0), COALESCE((SELECT MAX(last_id) FROM outbox_positions), 0)) AS last";
    let greatest = if connection.get_database_backend() == DbBackend::Sqlite { "MAX" } else { "GREATEST" };
    let last = connection.query_one_raw(row(&last.replace("GREATEST_OF", greatest))).await?;
    let last: i64 = last.map(|row| row.try_get("", "last")).transpose()?.unwrap_or_default();
    if last == 0 {
        return Ok(());
    }
    match connection.get_database_backend() {
        DbBackend::Postgres => {
            let set = format!("SELECT setval(pg_get_serial_sequence('outbox', 'id'), {last})");
            connection.query_one_raw(row(&set)).await.map(drop)
        }
        DbBackend::MySql => connection.execute_unprepared(&format!("ALTER TABLE outbox AUTO_INCREMENT = {}", last + 1)).await.map(drop),
        _ => {
            // What the table remembers is its own largest number only.
            connection.execute_unprepared("DELETE FROM sqlite_sequence WHERE name = 'outbox'").await?;
            let remember = format!("INSERT INTO sqlite_sequence (name, seq) VALUES ('outbox', {last})");
            connection.execute_unprepared(&remember).await.map(drop)
        }
    }
}

fn values(table: &CopiedTable, row: &[serde_json::Value]) -> Result<Vec<SimpleExpr>> {
    if row.len() != table.columns.len() {
        return Err(misfit(table));
    }
    let value = |(column, value): (&CopiedColumn, &serde_json::Value)| value_of(column.kind, value).map(Expr::val);
    table.columns.iter().zip(row).map(value).collect::<Option<_>>().ok_or_else(|| misfit(table))
}

/// `None` when it is not of that kind.
fn value_of(kind: Kind, value: &serde_json::Value) -> Option<Value> {
    if value.is_null() {
        return Some(missing(kind));
    }
    Some(match kind {
        Kind::Uuid => value.as_str()?.parse::<Uuid>().ok()?.into(),
        Kind::Integer => i32::try_from(value.as_i64()?).ok()?.into(),
        Kind::BigInteger => value.as_i64()?.into(),
        Kind::Boolean => value.as_bool()?.into(),
        Kind::Text => value.as_str()?.into(),
    })
}

fn missing(kind: Kind) -> Value {
    match kind {
        Kind::Uuid => Value::Uuid(None),
        Kind::Integer => Value::Int(None),
        Kind::BigInteger => Value::BigInt(None),
        Kind::Boolean => Value::Bool(None),
        Kind::Text => Value::String(None),
    }
}

fn misfit(table: &CopiedTable) -> Error {
    Error::new(Code::InvalidRequest, format!("a row of the table {} does not fit its columns", table.name))
}

fn refused(table: &CopiedTable, error: DbErr) -> Error {
    let error = failed("load the rows")(error);
    if error.is_temporary() {
        return error;
    }
    Error::new(Code::InvalidRequest, format!("the database refuses rows of the table {}", table.name)).caused_by(error)
}
