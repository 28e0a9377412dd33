//! What administrators decide about the installation while it runs: a row for each setting that is not as it is configured.

use sea_orm_migration::prelude::*;

use super::table::{Dialect, Keys, long, name, table, word};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager.get_connection()).await?;
        let columns = [word("name"), name("setting"), long("decided_at_ms")];
        manager.create_table(dialect.table(table("installation_settings", columns).keyed_by(["name"]))).await
    }
}
