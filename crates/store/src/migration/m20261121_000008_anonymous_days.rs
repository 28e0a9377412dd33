//! What remains of impressions and clicks whose rows are deleted: counters by campaign and day. And the way from an
//! impression to its clicks: whoever deletes the one is asked whether the other is there.

use sea_orm_migration::prelude::*;

use super::table::{Dialect, Keys, id, index, integer, long, table};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager.get_connection()).await?;
        let columns = [
            id("project_id"),
            id("campaign_id"),
            integer("day"),
            long("impressions"),
            long("clicks"),
            long("spent_impressions_micros"),
            long("spent_clicks_micros"),
        ];
        let days = table("anonymous_days", columns).keyed_by(["project_id", "campaign_id", "day"]).referring(
            ["project_id", "campaign_id"],
            "campaigns",
            ["project_id", "id"],
        );
        manager.create_table(dialect.table(days)).await?;
        manager.create_index(index("clicks_by_impression", "clicks", &["project_id", "impression_id"])).await
    }
}
