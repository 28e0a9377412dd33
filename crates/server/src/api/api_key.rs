//! API keys of a project.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, Uri, header},
    response::IntoResponse,
};
use barker_app::api_key;
use barker_domain::{
    ApiKeyId,
    api_key::{NewApiKey, Scope},
    page::Listed,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::instant;
use crate::http::{
    fields::{Fields, read_object},
    input::{InPath, JsonBody, Query},
    paging::{PagedJson, WantedPage, page},
    permission::{Member, Owner},
    problem::{ChangeRefusals, Problem, Refusals},
};

/// A key, as it is known once it was shown.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "key_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d", "name": "Shop", "prefix": "barker_q0bF6m", "scopes": ["serve", "read"],
    "created_by": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e", "created_at": "2026-11-21T08:15:00Z", "expires_at": null,
    "last_used_at": "2026-11-21T09:00:00Z", "revoked_at": null
}))]
pub(super) struct ApiKey {
    /// The key.
    key_id: Uuid,
    /// What it is for.
    name: String,
    /// How it begins.
    prefix: String,
    /// What it may do: `serve`, `manage`, `read`.
    scopes: Vec<&'static str>,
    /// The user who made it.
    created_by: Option<Uuid>,
    /// When it was made.
    created_at: String,
    /// When it stops working; `null`: never.
    expires_at: Option<String>,
    /// When it was last used; `null`: never.
    last_used_at: Option<String>,
    /// When it was revoked; `null`: it was not.
    revoked_at: Option<String>,
}

/// A new key, with the only look at it that there is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "secret": "barker_q0bF6mC0qVQm3yX5t1Jm3d1r0m3Q0yq7uGZ8f2a9c1E", "key_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d", "name": "Shop",
    "prefix": "barker_q0bF6m", "scopes": ["serve", "read"], "created_by": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e",
    "created_at": "2026-11-21T08:15:00Z", "expires_at": null, "last_used_at": null, "revoked_at": null
}))]
pub(super) struct ApiKeyShown {
    /// The key itself. Only its digest is kept: nobody can show it again.
    secret: String,
    #[serde(flatten)]
    key: ApiKey,
}

/// A key to make.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"name": "Shop", "scopes": ["serve", "read"], "expires_at": "2099-12-31T23:59:59Z"}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct ApiKeyCreate {
    /// What it is for.
    #[schema(min_length = 1, max_length = 255)]
    name: String,
    /// What it may do, at least one of: `serve` asks for ads and reports clicks; `manage` changes; `read` reads, statistics too.
    #[schema(min_items = 1)]
    scopes: Vec<String>,
    /// When it stops working; absent or `null`: never.
    expires_at: Option<String>,
}

impl From<&barker_domain::api_key::ApiKey> for ApiKey {
    fn from(key: &barker_domain::api_key::ApiKey) -> Self {
        Self {
            key_id: key.id.0,
            name: key.terms.name.clone(),
            prefix: key.prefix.clone(),
            scopes: key.terms.scopes.iter().map(Scope::as_str).collect(),
            created_by: key.created_by.map(Uuid::from),
            created_at: instant(key.created_at_ms),
            expires_at: key.terms.expires_at_ms.map(instant),
            last_used_at: key.last_used_at_ms.map(instant),
            revoked_at: key.revoked_at_ms.map(instant),
        }
    }
}

/// List keys
///
/// Newest first, the revoked ones too. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/keys", operation_id = "listKeys", tag = "Projects", security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        WantedPage,
    ),
    responses((status = 200, body = Vec<ApiKey>, description = "A page of keys.",
        headers(("X-Total-Count" = u64, description = "Rows in the whole list."), ("Link" = String, description = "RFC 8288: next and prev."))),
        Refusals))]
pub(super) async fn list(member: Member<Owner>, query: Query, uri: Uri) -> Result<PagedJson<ApiKey>, Problem> {
    let page = page(&query)?;
    let Listed { rows, total } = api_key::list(&member.person.app, member.project_id, page).await?;
    Ok(PagedJson { listed: Listed { rows: rows.iter().map(ApiKey::from).collect(), total }, page, uri })
}

/// Create a key
///
/// The answer shows it, once.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/keys", operation_id = "createKey", tag = "Projects", security(("session" = [])),
    params(("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    request_body = ApiKeyCreate, responses((status = 201, body = ApiKeyShown, description = "The new key."), ChangeRefusals))]
pub(super) async fn create(member: Member<Owner>, JsonBody(body): JsonBody) -> Result<impl IntoResponse, Problem> {
    let new = read_object(&body, |fields| {
        let (name, scopes) = (fields.text("name"), fields.choices("scopes", &Scope::ALL.map(|scope| (scope.as_str(), scope))));
        let expires_at_ms = fields.optional("expires_at", Fields::instant);
        Some(NewApiKey { name: name?, scopes: scopes?.into_iter().collect(), expires_at_ms })
    })?;
    let (key, secret) = api_key::create(&member.person.app, member.project_id, new, member.person.origin).await?;
    let shown = ApiKeyShown { secret, key: ApiKey::from(&key) };
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(shown)))
}

/// Revoke a key
///
/// From the next request on it opens nothing, for good.
#[utoipa::path(delete, path = "/api/v1/projects/{projectId}/keys/{keyId}", operation_id = "revokeKey", tag = "Projects", security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("keyId" = Uuid, Path, description = "The key.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e"),
    ),
    responses((status = 204, description = "Revoked."), ChangeRefusals))]
pub(super) async fn revoke(member: Member<Owner>, InPath(id): InPath<ApiKeyId>) -> Result<StatusCode, Problem> {
    api_key::revoke(&member.person.app, member.project_id, id, &member.person.origin).await?;
    Ok(StatusCode::NO_CONTENT)
}
