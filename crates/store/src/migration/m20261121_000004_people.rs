//! Users with their sessions, memberships and keys, and the trail of what everybody changed. Projects get a name that
//! need not be unique: what was their name until now is what configuration calls them.

use sea_orm_migration::prelude::*;

use super::table::{Dialect, Keys, NAME_CHARS, digest, id, index, integer, long, name, optional, required, table, word};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager.get_connection()).await?;
        for change in project_columns() {
            manager.alter_table(change).await?;
        }
        manager.execute(Query::update().table("projects").value("name", Expr::col("alias")).take()).await?;
        for table in [users(), sessions(), refresh_tokens(), attempts(), signing_keys(), memberships(), api_keys(), trail(dialect)] {
            manager.create_table(dialect.table(table)).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

/// One change a statement: SQLite takes no more.
fn project_columns() -> Vec<TableAlterStatement> {
    let added = [
        name("name").default("").take(),
        required("is_moderated").boolean().default(false).take(),
        word("attribution").default("last_click").take(),
        integer("attribution_window_days").default(30).take(),
        optional("archived_at_ms").big_integer().take(),
    ];
    let renamed = Table::alter().table("projects").rename_column("name", "alias").take();
    let added = added.into_iter().map(|mut column| Table::alter().table("projects").add_column(&mut column).take());
    std::iter::once(renamed).chain(added).collect()
}

fn users() -> TableCreateStatement {
    let columns = [
        id("id").primary_key().take(),
        name("email"),
        name("email_folded"),
        name("name"),
        name("name_folded"),
        word("locale"),
        name("password_hash"),
        required("is_administrator").boolean().take(),
        optional("blocked_at_ms").big_integer().take(),
        long("created_at_ms"),
    ];
    table("users", columns)
}

fn sessions() -> TableCreateStatement {
    let columns = [
        id("id").primary_key().take(),
        id("user_id"),
        long("created_at_ms"),
        long("refreshed_at_ms"),
        long("expires_at_ms"),
        optional("ended_at_ms").big_integer().take(),
        optional("address").string_len(NAME_CHARS).take(),
        optional("agent").string_len(NAME_CHARS).take(),
    ];
    table("sessions", columns).referring(["user_id"], "users", ["id"])
}

fn refresh_tokens() -> TableCreateStatement {
    let columns = [
        id("session_id"),
        integer("generation"),
        digest("token_hash"),
        digest("successor_salt"),
        long("issued_at_ms"),
        optional("replaced_at_ms").big_integer().take(),
    ];
    table("refresh_tokens", columns).keyed_by(["session_id", "generation"]).referring(["session_id"], "sessions", ["id"])
}

fn attempts() -> TableCreateStatement {
    table("attempts", [digest("subject").primary_key().take(), integer("failures"), long("last_at_ms")])
}

fn signing_keys() -> TableCreateStatement {
    let columns = [id("id").primary_key().take(), digest("secret"), long("created_at_ms"), optional("retired_at_ms").big_integer().take()];
    table("signing_keys", columns)
}

fn memberships() -> TableCreateStatement {
    let columns = [id("project_id"), id("user_id"), word("role"), long("created_at_ms")];
    table("memberships", columns).keyed_by(["project_id", "user_id"]).referring(["project_id"], "projects", ["id"]).referring(
        ["user_id"],
        "users",
        ["id"],
    )
}

fn api_keys() -> TableCreateStatement {
    let columns = [
        id("project_id"),
        id("id"),
        name("name"),
        word("prefix"),
        digest("key_hash"),
        required("may_serve").boolean().take(),
        required("may_manage").boolean().take(),
        required("may_read").boolean().take(),
        optional("user_id").uuid().take(),
        long("created_at_ms"),
        optional("expires_at_ms").big_integer().take(),
        optional("last_used_at_ms").big_integer().take(),
        optional("revoked_at_ms").big_integer().take(),
    ];
    table("api_keys", columns).keyed_by(["project_id", "id"]).referring(["project_id"], "projects", ["id"]).referring(
        ["user_id"],
        "users",
        ["id"],
    )
}

fn trail(dialect: Dialect) -> TableCreateStatement {
    let columns = [
        id("id").primary_key().take(),
        long("occurred_at_ms"),
        optional("project_id").uuid().take(),
        word("actor"),
        optional("user_id").uuid().take(),
        optional("key_id").uuid().take(),
        word("action"),
        optional("subject_id").uuid().take(),
        dialect.optional_long_text("before_json"),
        dialect.optional_long_text("after_json"),
        optional("address").string_len(NAME_CHARS).take(),
        optional("request_id").string_len(NAME_CHARS).take(),
    ];
    table("trail", columns).referring(["project_id"], "projects", ["id"]).referring(["user_id"], "users", ["id"]).referring(
        ["project_id", "key_id"],
        "api_keys",
        ["project_id", "id"],
    )
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        // Who logs in; and no two with one e-mail.
        index("users_by_email", "users", &["email_folded"]).unique().take(),
        // Newest first.
        index("users_by_age", "users", &["created_at_ms", "id"]),
        // Whether there is an administrator left.
        index("users_by_administrator", "users", &["is_administrator"]),
        // A user's sessions; the foreign key's own index.
        index("sessions_by_user", "sessions", &["user_id", "refreshed_at_ms", "id"]),
        // Sessions that are over, to be forgotten.
        index("sessions_by_expiry", "sessions", &["expires_at_ms"]),
        // The token that somebody presents.
        index("refresh_tokens_by_hash", "refresh_tokens", &["token_hash"]).unique().take(),
        // Tokens that are over, to be forgotten.
        index("refresh_tokens_by_age", "refresh_tokens", &["issued_at_ms"]),
        // Failures that are forgiven, to be forgotten.
        index("attempts_by_age", "attempts", &["last_at_ms"]),
        // The projects of a user; the foreign key's own index.
        index("memberships_by_user", "memberships", &["user_id", "project_id"]),
        // No two keys with one secret.
        index("api_keys_by_hash", "api_keys", &["key_hash"]).unique().take(),
        // The trail of the installation, of a project and of a user, newest first.
        index("trail_by_age", "trail", &["occurred_at_ms", "id"]),
        index("trail_by_project", "trail", &["project_id", "occurred_at_ms", "id"]),
        index("trail_by_user", "trail", &["user_id", "occurred_at_ms", "id"]),
    ]
}
