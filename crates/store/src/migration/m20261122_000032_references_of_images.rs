//! The image that a creative shows is one of the project's files, and the database says so.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend, Statement},
};

const KEY: &str = "creatives_image";
const REFERENCE: &str = "FOREIGN KEY (project_id, image_id) REFERENCES files (project_id, id)";

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        // None, unless somebody else has written here: such an image cannot be shown.
        let lost = "UPDATE creatives SET image_id = NULL, image_content_type = NULL WHERE image_id IS NOT NULL AND NOT EXISTS
            (SELECT 1 FROM files WHERE files.project_id = creatives.project_id AND files.id = creatives.image_id)";
        connection.execute_unprepared(lost).await?;
        match connection.get_database_backend() {
            DbBackend::Sqlite => refer_in_sqlite(connection).await,
            // Where tables change outside of transactions, an interrupted migration goes on where it stopped.
            DbBackend::MySql if is_there(connection).await? => Ok(()),
            _ => connection.execute_unprepared(&format!("ALTER TABLE creatives ADD CONSTRAINT {KEY} {REFERENCE}")).await.map(drop),
        }
    }

    /// `SQLite`'s description of the table and its version change together.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// `SQLite` adds a reference of two columns to a table only in the table's description, which it documents for changes that leave rows
/// as they are: <https://sqlite.org/lang_altertable.html#otheralter>.
async fn refer_in_sqlite(connection: &impl ConnectionTrait) -> Result<(), DbErr> {
    let version = "SELECT schema_version AS version FROM pragma_schema_version";
    let version = connection.query_one_raw(Statement::from_string(DbBackend::Sqlite, version)).await?;
    let version: i64 = version.map(|row| row.try_get("", "version")).transpose()?.unwrap_or_default();
    // Its last character is the bracket that ends it. The next version makes every connection read the description anew.
    let described = format!(
        "PRAGMA writable_schema = ON;
        UPDATE sqlite_master SET sql = substr(sql, 1, length(sql) - 1) || ', {REFERENCE})' WHERE type = 'table' AND name = 'creatives';
        PRAGMA schema_version = {};
        PRAGMA writable_schema = OFF",
        version + 1
    );
    connection.execute_unprepared(&described).await.map(drop)
}

async fn is_there(connection: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let named = format!("SELECT 1 FROM information_schema.table_constraints WHERE table_schema = DATABASE() AND constraint_name = '{KEY}'");
    Ok(connection.query_one_raw(Statement::from_string(DbBackend::MySql, named)).await?.is_some())
}
