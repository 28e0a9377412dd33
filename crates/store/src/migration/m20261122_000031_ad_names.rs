//! Ads are found by their names, in any case.

use sea_orm_migration::{prelude::*, sea_orm::ConnectionTrait};
use uuid::Uuid;

use super::table::{NAME_CHARS, optional};
use crate::{bulk::ROWS_PER_STATEMENT, search::folded};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Where tables change outside of transactions, an interrupted migration goes on where it stopped.
        if !manager.has_column("ads", "name_folded").await? {
            let mut name_folded = optional("name_folded").string_len(NAME_CHARS).take();
            manager.alter_table(Table::alter().table("ads").add_column(&mut name_folded).take()).await?;
        }
        while fold_some(manager.get_connection()).await? {}
        Ok(())
    }
}

/// Whether there were names left. How a search compares them is for Barker to say, and not for the database.
async fn fold_some(connection: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let mut unfolded = Query::select();
    unfolded.columns(["project_id", "id", "name"]).from("ads").and_where(Expr::col("name").is_not_null());
    unfolded.and_where(Expr::col("name_folded").is_null()).limit(ROWS_PER_STATEMENT as u64);
    let ads = connection.query_all(&unfolded).await?;
    for ad in &ads {
        let (project_id, id, name): (Uuid, Uuid, String) = ad.try_get_many_by_index()?;
        let mut update = Query::update();
        update.table("ads").value("name_folded", folded(&name));
        update.and_where(Expr::col("project_id").eq(project_id)).and_where(Expr::col("id").eq(id));
        connection.execute(&update).await?;
    }
    Ok(!ads.is_empty())
}
