//! What a campaign may spend, how fast, and how often one client is shown it. Campaigns from before have none of it.

use sea_orm_migration::prelude::*;

use super::table::{WORD_CHARS, optional, word};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let added = [
            ("total_budget_micros", optional("total_budget_micros").big_integer().take()),
            ("daily_budget_micros", optional("daily_budget_micros").big_integer().take()),
            ("daily_budget_since", optional("daily_budget_since").integer().take()),
            ("pacing", word("pacing").default("asap").take()),
            ("cap_shows", optional("cap_shows").integer().take()),
            ("cap_window", optional("cap_window").string_len(WORD_CHARS).take()),
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
