//! What is decided about a campaign beyond the ad contract's terms: its name, its status; and its version. Campaigns from before
//! are active, as they were.

use sea_orm_migration::prelude::*;

use super::table::{NAME_CHARS, integer, optional, word};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let added = [
            ("name", optional("name").string_len(NAME_CHARS).take()),
            ("status", word("status").default("active").take()),
            ("version", integer("version").default(1).take()),
        ];
        for (called, mut column) in added {
            // Where tables change outside of transactions, an interrupted migration is done again from its beginning.
            if !manager.has_column("campaigns", called).await? {
                manager.alter_table(Table::alter().table("campaigns").add_column(&mut column).take()).await?;
            }
        }
        Ok(())
    }
}
