//! Keys that sign access tokens become sealed: their column takes what sealing adds. What stands there is sealed by the
//! first start, which alone has the key for it.

use sea_orm_migration::prelude::*;

use super::table::name;

/// What the new column is called until the former is gone.
const ASIDE: &str = "secret_sealed";

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite changes no column's type, and takes one change a statement.
        let mut wider = name(ASIDE).default("").take();
        manager.alter_table(Table::alter().table("signing_keys").add_column(&mut wider).take()).await?;
        manager.execute(Query::update().table("signing_keys").value(ASIDE, Expr::col("secret")).take()).await?;
        manager.alter_table(Table::alter().table("signing_keys").drop_column("secret").take()).await?;
        manager.alter_table(Table::alter().table("signing_keys").rename_column(ASIDE, "secret").take()).await
    }
}
