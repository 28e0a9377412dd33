//! Creatives may show an image. SQLite adds no reference of two columns to a table that is there: deleting a file looks for creatives.

use sea_orm_migration::prelude::*;

use super::table::{WORD_CHARS, index, optional};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for mut column in [optional("image_id").uuid().take(), optional("image_content_type").string_len(WORD_CHARS).take()] {
            // SQLite adds one column at a time.
            manager.alter_table(Table::alter().table("creatives").add_column(&mut column).take()).await?;
        }
        // Who shows a file that is to be deleted.
        manager.create_index(index("creatives_by_image", "creatives", &["project_id", "image_id"])).await
    }
}
