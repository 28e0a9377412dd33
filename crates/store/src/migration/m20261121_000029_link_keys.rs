//! Keys that links of ads are signed with.

use sea_orm_migration::prelude::*;

use super::table::{Dialect, Keys, id, long, name, table};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager.get_connection()).await?;
        let keys = table("link_keys", [id("id"), name("secret"), long("created_at_ms")]).keyed_by(["id"]);
        manager.create_table(dialect.table(keys)).await
    }
}
