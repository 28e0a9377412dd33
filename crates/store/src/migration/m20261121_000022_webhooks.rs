//! Webhooks, what they were sent, and what was told already.

use sea_orm_migration::prelude::*;

use super::table::{Dialect, Keys, id, index, integer, long, name, optional, required, table, word};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager.get_connection()).await?;
        manager.create_table(dialect.table(webhooks(dialect))).await?;
        manager.create_table(dialect.table(deliveries(dialect))).await?;
        manager.create_table(dialect.table(marks())).await?;
        // What one webhook was sent, newest first.
        manager.create_index(index("webhook_deliveries_by_webhook", "webhook_deliveries", &["project_id", "webhook_id", "id"])).await?;
        // What is old enough to be forgotten.
        manager.create_index(index("webhook_deliveries_by_time", "webhook_deliveries", &["created_at_ms"])).await
    }
}

fn webhooks(dialect: Dialect) -> TableCreateStatement {
    let columns = [
        id("project_id"),
        id("id"),
        dialect.long_text("url"),
        name("description"),
        dialect.long_text("events_json"),
        required("is_enabled").boolean().take(),
        name("secret"),
        optional("user_id").uuid().take(),
        long("created_at_ms"),
        long("updated_at_ms"),
    ];
    let table = table("webhooks", columns).keyed_by(["project_id", "id"]);
    table.referring(["project_id"], "projects", ["id"]).referring(["user_id"], "users", ["id"])
}

fn deliveries(dialect: Dialect) -> TableCreateStatement {
    let columns = [
        id("project_id"),
        id("id"),
        id("webhook_id"),
        word("event"),
        dialect.long_text("body_json"),
        word("state"),
        integer("attempts"),
        optional("status_code").integer().take(),
        dialect.optional_long_text("error"),
        long("created_at_ms"),
        optional("tried_at_ms").big_integer().take(),
    ];
    let table = table("webhook_deliveries", columns).keyed_by(["project_id", "id"]);
    table.referring(["project_id", "webhook_id"], "webhooks", ["project_id", "id"])
}

fn marks() -> TableCreateStatement {
    let columns = [id("project_id"), word("event"), id("subject_id"), long("created_at_ms")];
    table("webhook_marks", columns).keyed_by(["project_id", "event", "subject_id"]).referring(["project_id"], "projects", ["id"])
}
