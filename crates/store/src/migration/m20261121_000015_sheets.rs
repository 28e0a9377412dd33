//! Dashboards with links to look at them, saved reports, and what projects have decided about reports.

use sea_orm_migration::prelude::*;

use super::table::{Dialect, Keys, digest, id, index, integer, long, name, optional, table};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager.get_connection()).await?;
        for sheets in ["dashboards", "saved_reports"] {
            manager.create_table(dialect.table(sheet(sheets, dialect))).await?;
        }
        manager.create_table(dialect.table(links())).await?;
        manager.create_table(dialect.table(settings(dialect))).await?;
        // By name, as people see them.
        manager.create_index(index("dashboards_by_name", "dashboards", &["project_id", "name", "id"])).await?;
        manager.create_index(index("saved_reports_by_name", "saved_reports", &["project_id", "name", "id"])).await?;
        // The link that somebody follows; and no two with one secret.
        manager.create_index(index("dashboard_links_by_hash", "dashboard_links", &["token_hash"]).unique().take()).await?;
        // The links of a dashboard.
        manager.create_index(index("dashboard_links_by_dashboard", "dashboard_links", &["project_id", "dashboard_id", "id"])).await
    }
}

fn sheet(called: &'static str, dialect: Dialect) -> TableCreateStatement {
    let columns = [
        id("project_id"),
        id("id"),
        name("name"),
        dialect.long_text("content_json"),
        integer("version"),
        optional("user_id").uuid().take(),
        long("created_at_ms"),
        long("updated_at_ms"),
    ];
    let table = table(called, columns).keyed_by(["project_id", "id"]);
    table.referring(["project_id"], "projects", ["id"]).referring(["user_id"], "users", ["id"])
}

fn links() -> TableCreateStatement {
    let columns = [
        id("project_id"),
        id("id"),
        id("dashboard_id"),
        digest("token_hash"),
        optional("user_id").uuid().take(),
        long("created_at_ms"),
        optional("revoked_at_ms").big_integer().take(),
    ];
    let table = table("dashboard_links", columns).keyed_by(["project_id", "id"]);
    table.referring(["project_id", "dashboard_id"], "dashboards", ["project_id", "id"]).referring(["user_id"], "users", ["id"])
}

fn settings(dialect: Dialect) -> TableCreateStatement {
    let columns = [id("project_id").primary_key().take(), dialect.long_text("conversion_events_json"), long("updated_at_ms")];
    table("report_settings", columns).referring(["project_id"], "projects", ["id"])
}
