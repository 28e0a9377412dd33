//! Databases with their schema, made once for a run and copied for each test: making a schema takes many times as long. Migrations themselves are tested from empty, by tests that make an empty database and by every process that is
//! started on one.
//!
//! Processes of one run share a folder, which `with-databases` names; whoever comes first makes what is to be copied. Without
//! such a folder every database is migrated from empty.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use sqlx::{Connection, MySqlConnection, Row, mysql::MySqlRow};
use tokio::task::spawn_blocking;
use uuid::Uuid;

use crate::database::{Backend, TestDatabase, execute};

/// The folder that the processes of one run share.
pub const TEMPLATES: &str = "BARKER_TEST_TEMPLATES";
/// SQLite keeps here what a crash would leave; after an orderly end there is none.
const SQLITE_JOURNAL: &str = "db-wal";

/// A copy with its schema up to date; `None` where nobody named a folder for what is copied.
pub(crate) async fn copy(on: Backend) -> Option<TestDatabase> {
    let home = PathBuf::from(env::var_os(TEMPLATES)?);
    let template = home.join(name_of(on));
    if !template.exists() {
        let lock = fs::File::create(template.with_extension("lock")).expect("a lock in the folder of templates");
        // Another process may be at it.
        let _locked = spawn_blocking(move || lock.lock().map(|()| lock)).await.expect("a thread").expect("the lock of a template");
        if !template.exists() {
            make(on, &template).await;
        }
    }
    Some(match on {
        Backend::Sqlite => TestDatabase::of_file(&template),
        Backend::Postgres | Backend::PgBouncer => copy_in_postgres(on, &read(&template)).await,
        Backend::MySql => copy_in_mysql(&read(&template)).await,
    })
}

/// Drops what was made on servers that live longer than the run.
pub async fn drop_templates(home: &Path, servers: impl IntoIterator<Item = (Backend, String)>) {
    for (on, server) in servers {
        let Ok(template) = fs::read_to_string(home.join(name_of(on))) else { continue };
        let name = template.lines().next().unwrap_or_default();
        // A throw-away server takes what is left with it.
        let _dropped = execute(&server, format!("DROP DATABASE {name}")).await;
    }
}

fn name_of(on: Backend) -> &'static str {
    match on {
        Backend::Sqlite => "sqlite.db",
        Backend::Postgres | Backend::PgBouncer => "postgres",
        Backend::MySql => "mysql",
    }
}

fn read(template: &Path) -> String {
    fs::read_to_string(template).expect("a template")
}

/// Makes it beside its place, so that whoever finds it there finds the whole.
async fn make(on: Backend, template: &Path) {
    let half = template.with_extension("half");
    match on {
        Backend::Sqlite => {
            let database = migrated(TestDatabase::create(on).await).await;
            let file = database.file().expect("a database in a file");
            assert!(!file.with_extension(SQLITE_JOURNAL).exists(), "a closed database is one file");
            fs::copy(file, &half).expect("a copy of a file");
        }
        Backend::Postgres | Backend::PgBouncer => {
            let database = migrated(named(Backend::Postgres).await).await;
            fs::write(&half, database.keep()).expect("a file in the folder of templates");
        }
        Backend::MySql => {
            let name = migrated(named(on).await).await.keep();
            let statements = statements_of(&name).await.expect("what a database is made of");
            fs::write(&half, format!("{name}\n{statements}")).expect("a file in the folder of templates");
        }
    }
    fs::rename(&half, template).expect("a file in the folder of templates");
}

async fn named(on: Backend) -> TestDatabase {
    TestDatabase::create_as(on, &format!("barker_template_{}", Uuid::now_v7().simple())).await
}

async fn migrated(database: TestDatabase) -> TestDatabase {
    let store = database.connect().await.expect("a database whose schema can be made");
    store.close().await.expect("a database that can be closed");
    database
}

async fn copy_in_postgres(on: Backend, template: &str) -> TestDatabase {
    let name = TestDatabase::new_name();
    let server = Backend::Postgres.server_url();
    execute(&server, format!("CREATE DATABASE {name} TEMPLATE {template}")).await.expect("a server that copies databases");
    TestDatabase::on_server(on, name)
}

/// The server copies no databases, but says how each table was made.
async fn copy_in_mysql(template: &str) -> TestDatabase {
    let name = TestDatabase::new_name();
    let (_, statements) = template.split_once('\n').expect("a name and statements");
    let all = format!("CREATE DATABASE {name}; USE {name}; {statements}");
    execute(&Backend::MySql.server_url(), all).await.expect("a server that makes databases");
    TestDatabase::on_server(Backend::MySql, name)
}

/// What makes the same tables with the same rows in another database.
async fn statements_of(template: &str) -> Result<String, sqlx::Error> {
    let mut connection = MySqlConnection::connect(&format!("{}/{template}", Backend::MySql.server_url())).await?;
    let tables = sqlx::raw_sql("SHOW TABLES").fetch_all(&mut connection).await?;
    // Tables refer to each other in any order.
    let mut statements = vec!["SET foreign_key_checks = 0".to_owned()];
    for table in tables.iter().map(|row| text(row, 0)) {
        let made = sqlx::raw_sql(sqlx::AssertSqlSafe(format!("SHOW CREATE TABLE {table}"))).fetch_one(&mut connection).await?;
        statements.push(text(&made, 1));
        let rows = sqlx::raw_sql(sqlx::AssertSqlSafe(format!("SELECT 1 FROM {table} LIMIT 1"))).fetch_all(&mut connection).await?;
        statements.extend((!rows.is_empty()).then(|| format!("INSERT INTO {table} SELECT * FROM {template}.{table}")));
    }
    connection.close().await?;
    Ok(statements.join(";\n"))
}

/// Names and statements come as bytes from some versions of the server.
fn text(row: &MySqlRow, column: usize) -> String {
    row.try_get::<String, _>(column)
        .or_else(|_| row.try_get::<Vec<u8>, _>(column).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
        .expect("a text")
}
