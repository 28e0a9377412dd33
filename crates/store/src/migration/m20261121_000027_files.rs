//! Images that a project keeps; their bytes are objects.

use sea_orm_migration::prelude::*;

use super::table::{Dialect, Keys, digest, id, index, integer, long, optional, table, word};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager.get_connection()).await?;
        manager.create_table(dialect.table(files())).await?;
        // The same bytes are kept once.
        manager.create_index(index("files_by_digest", "files", &["project_id", "sha256"]).unique().take()).await?;
        // Which of many objects are still wanted.
        manager.create_index(index("files_by_id", "files", &["id"]).unique().take()).await
    }
}

fn files() -> TableCreateStatement {
    let columns = [
        id("project_id"),
        id("id"),
        digest("sha256"),
        word("content_type"),
        integer("width"),
        integer("height"),
        integer("bytes"),
        optional("user_id").uuid().take(),
        long("created_at_ms"),
    ];
    let table = table("files", columns).keyed_by(["project_id", "id"]);
    table.referring(["project_id"], "projects", ["id"]).referring(["user_id"], "users", ["id"])
}
