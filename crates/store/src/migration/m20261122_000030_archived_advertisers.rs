//! Advertisers may be put away.

use sea_orm_migration::prelude::*;

use super::table::optional;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut archived = optional("archived_at_ms").big_integer().take();
        manager.alter_table(Table::alter().table("advertisers").add_column(&mut archived).take()).await
    }
}
