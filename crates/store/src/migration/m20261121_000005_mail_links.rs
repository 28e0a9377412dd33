//! Links that are sent by mail: invitations into projects, and resets of passwords.

use sea_orm_migration::prelude::*;

use super::table::{Dialect, Keys, digest, id, index, long, name, optional, table, word};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager.get_connection()).await?;
        for table in [invitations(), password_resets()] {
            manager.create_table(dialect.table(table)).await?;
        }
        // The link that somebody follows.
        manager.create_index(index("invitations_by_hash", "invitations", &["token_hash"]).unique().take()).await?;
        // Newest first.
        manager.create_index(index("invitations_by_age", "invitations", &["project_id", "created_at_ms", "id"])).await?;
        // A user's resets; the foreign key's own index.
        manager.create_index(index("password_resets_by_user", "password_resets", &["user_id"])).await?;
        // Resets that are over, to be forgotten.
        manager.create_index(index("password_resets_by_age", "password_resets", &["created_at_ms"])).await
    }
}

fn invitations() -> TableCreateStatement {
    let columns = [
        id("project_id"),
        id("id"),
        name("email"),
        word("role"),
        digest("token_hash"),
        id("user_id"),
        long("created_at_ms"),
        optional("closed_at_ms").big_integer().take(),
    ];
    table("invitations", columns).keyed_by(["project_id", "id"]).referring(["project_id"], "projects", ["id"]).referring(
        ["user_id"],
        "users",
        ["id"],
    )
}

fn password_resets() -> TableCreateStatement {
    let columns = [digest("token_hash").primary_key().take(), id("user_id"), long("created_at_ms")];
    table("password_resets", columns).referring(["user_id"], "users", ["id"])
}
