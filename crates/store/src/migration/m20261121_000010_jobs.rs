//! Work in the background, and when it was last begun by itself.

use sea_orm_migration::prelude::*;

use super::table::{Dialect, Keys, NAME_CHARS, WORD_CHARS, id, index, integer, long, name, optional, required, table, word};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager.get_connection()).await?;
        manager.create_table(dialect.table(jobs(dialect))).await?;
        manager.create_table(dialect.table(schedules())).await?;
        // One active job for each key.
        manager.create_index(index("jobs_by_active_key", "jobs", &["active_key"]).unique().take()).await?;
        // What is due, and what runs.
        manager.create_index(index("jobs_by_state", "jobs", &["state", "due_at_ms", "id"])).await?;
        // All jobs, newest first.
        manager.create_index(index("jobs_by_age", "jobs", &["created_at_ms", "id"])).await?;
        // A project's, newest first.
        manager.create_index(index("jobs_by_project", "jobs", &["project_id", "created_at_ms", "id"])).await?;
        // What is over, to be deleted.
        manager.create_index(index("jobs_by_end", "jobs", &["finished_at_ms"])).await
    }
}

fn jobs(dialect: Dialect) -> TableCreateStatement {
    let instant = |name| optional(name).big_integer().take();
    let columns = [
        id("id").primary_key().take(),
        word("kind"),
        optional("project_id").uuid().take(),
        optional("job_key").string_len(NAME_CHARS).take(),
        optional("active_key").string_len(NAME_CHARS).take(),
        optional("user_id").uuid().take(),
        required("state").string_len(WORD_CHARS).take(),
        integer("attempts"),
        integer("max_attempts"),
        dialect.long_text("payload"),
        dialect.optional_long_text("error"),
        long("progress_done"),
        instant("progress_total"),
        name("progress_message"),
        required("is_cancel_asked").boolean().take(),
        long("created_at_ms"),
        long("due_at_ms"),
        instant("dispatched_at_ms"),
        instant("started_at_ms"),
        instant("finished_at_ms"),
        optional("worker").uuid().take(),
        instant("lease_ends_at_ms"),
    ];
    table("jobs", columns).referring(["project_id"], "projects", ["id"]).referring(["user_id"], "users", ["id"])
}

fn schedules() -> TableCreateStatement {
    table("job_schedules", [word("name").primary_key().take(), long("begun_at_ms")])
}
