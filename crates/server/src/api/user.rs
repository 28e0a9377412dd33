//! Users, for administrators.

use axum::{Json, http::Uri};
use barker_app::user::{self, UserChange};
use barker_domain::{UserId, page::Listed};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{auth::read_locale, instant};
use crate::http::{
    fields::{Fields, read_object},
    input::{InPath, JsonBody, Query},
    paging::{PagedJson, WantedPage, page},
    permission::Administrator,
    problem::{ChangeRefusals, Problem, Refusals},
};

/// A person who logs in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "user_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d", "email": "anna@example.com", "name": "Anna", "locale": "en",
    "is_administrator": false, "is_blocked": false, "created_at": "2026-11-21T08:15:00Z"
}))]
#[expect(clippy::struct_field_names, reason = "the names of the API")]
pub(super) struct User {
    /// The user.
    user_id: Uuid,
    /// What they log in with.
    email: String,
    /// What they are called; may be empty.
    name: String,
    /// The language of their mails: `en` or `ru`.
    locale: &'static str,
    /// Whether they run the installation.
    is_administrator: bool,
    /// Whether they are shut out.
    is_blocked: bool,
    /// When the account was made.
    created_at: String,
}

/// What to change about a user; what is absent stays.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"is_blocked": false, "is_administrator": true}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct UserPatch {
    /// What they are called.
    #[schema(max_length = 255, nullable = false)]
    name: Option<String>,
    /// The language of their mails: `en` or `ru`.
    #[schema(pattern = "^(en|ru)$", nullable = false)]
    locale: Option<String>,
    /// Whether they run the installation; at least one does.
    #[schema(nullable = false)]
    is_administrator: Option<bool>,
    /// Whether they are shut out; their sessions end.
    #[schema(nullable = false)]
    is_blocked: Option<bool>,
}

impl From<&barker_domain::user::User> for User {
    fn from(user: &barker_domain::user::User) -> Self {
        Self {
            user_id: user.id.0,
            email: user.email.as_str().to_owned(),
            name: user.name.clone(),
            locale: user.locale.as_str(),
            is_administrator: user.is_administrator,
            is_blocked: user.is_blocked(),
            created_at: instant(user.created_at_ms),
        }
    }
}

/// List users
///
/// Newest first. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
#[utoipa::path(get, path = "/api/v1/users", operation_id = "listUsers", tag = "Administration", security(("session" = [])),
    params(
        ("search" = Option<String>, Query, description = "Only those whose e-mail or name contains this, in any case.", example = "anna"),
        WantedPage,
    ),
    responses((status = 200, body = Vec<User>, description = "A page of users.",
        headers(("X-Total-Count" = u64, description = "Rows in the whole list."), ("Link" = String, description = "RFC 8288: next and prev."))),
        Refusals))]
pub(super) async fn list(Administrator(person): Administrator, query: Query, uri: Uri) -> Result<PagedJson<User>, Problem> {
    let page = page(&query)?;
    let search = query.search()?;
    let Listed { rows, total } = user::list(&person.app, page, search.as_deref()).await?;
    Ok(PagedJson { listed: Listed { rows: rows.iter().map(User::from).collect(), total }, page, uri })
}

/// Get a user
#[utoipa::path(get, path = "/api/v1/users/{userId}", operation_id = "getUser", tag = "Administration", security(("session" = [])),
    params(("userId" = Uuid, Path, description = "The user.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    responses((status = 200, body = User, description = "The user."), Refusals))]
pub(super) async fn get(Administrator(person): Administrator, InPath(id): InPath<UserId>) -> Result<Json<User>, Problem> {
    Ok(Json(User::from(&user::get(&person.app, id).await?)))
}

/// Change a user
///
/// Blocks them or lets them in again, makes them an administrator or takes that back.
#[utoipa::path(patch, path = "/api/v1/users/{userId}", operation_id = "changeUser", tag = "Administration", security(("session" = [])),
    params(("userId" = Uuid, Path, description = "The user.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    request_body = UserPatch, responses((status = 200, body = User, description = "The user as they are now."), ChangeRefusals))]
pub(super) async fn change(
    Administrator(person): Administrator,
    InPath(id): InPath<UserId>,
    JsonBody(body): JsonBody,
) -> Result<Json<User>, Problem> {
    let change = read_object(&body, |fields| {
        let own = read_own_change(fields);
        let is_administrator = fields.optional("is_administrator", Fields::boolean);
        let is_blocked = fields.optional("is_blocked", Fields::boolean);
        Some(UserChange { is_administrator, is_blocked, ..own })
    })?;
    Ok(Json(User::from(&user::change(&person.app, id, change, &person.origin).await?)))
}

/// Reads what users may change about themselves.
pub(super) fn read_own_change(fields: &mut Fields<'_>) -> UserChange {
    let name = fields.optional("name", Fields::text);
    let locale = fields.optional("locale", read_locale);
    UserChange { name, locale, ..UserChange::default() }
}
