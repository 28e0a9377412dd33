//! Who serves the database: one row, whose fencing token grows with every change of hands.

use sea_orm_migration::prelude::*;

use super::table::{Dialect, integer, long, name, table};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager.get_connection()).await?;
        manager.create_table(dialect.table(database_owner())).await?;
        let nobody = Query::insert()
            .into_table("database_owner")
            .columns(["id", "fencing_token", "holder", "claimed_at_ms"])
            .values_panic([1.into(), 0_i64.into(), "nobody".into(), 0_i64.into()])
            .take();
        manager.execute(nobody).await
    }
}

fn database_owner() -> TableCreateStatement {
    let columns = [integer("id").primary_key().take(), long("fencing_token"), name("holder"), long("claimed_at_ms")];
    table("database_owner", columns)
}
