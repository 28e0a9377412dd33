//! Below which amount webhooks are told of an account.

use sea_orm_migration::prelude::*;

use super::table::optional;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.has_column("accounts", "low_balance_micros").await? {
            return Ok(());
        }
        let mut column = optional("low_balance_micros").big_integer().take();
        manager.alter_table(Table::alter().table("accounts").add_column(&mut column).take()).await
    }
}
