//! What users see and change about themselves.

use axum::{Json, http::StatusCode};
use barker_app::{
    session,
    user::{self},
};
use barker_domain::SessionId;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    instant,
    user::{User, read_own_change},
};
use crate::http::{
    fields::read_object,
    input::{InPath, JsonBody},
    permission::Person,
    problem::{ChangeRefusals, Problem, Refusals},
};

/// What users may change about themselves; what is absent stays.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"name": "Anna Petrova", "locale": "ru"}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct MePatch {
    /// What they are called.
    #[schema(max_length = 255, nullable = false)]
    name: Option<String>,
    /// The language of their mails: `en` or `ru`.
    #[schema(pattern = "^(en|ru)$", nullable = false)]
    locale: Option<String>,
}

/// One log-in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "session_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d", "is_current": true, "address": "192.0.2.7", "agent": "curl/8.10",
    "created_at": "2026-11-21T08:15:00Z", "refreshed_at": "2026-11-21T08:45:00Z", "expires_at": "2026-12-21T08:45:00Z"
}))]
#[expect(clippy::struct_field_names, reason = "the names of the API")]
pub(super) struct Session {
    /// The session.
    session_id: Uuid,
    /// Whether this request belongs to it.
    is_current: bool,
    /// Where it was started from.
    address: Option<String>,
    /// What the browser or program called itself.
    agent: Option<String>,
    /// When it was started.
    created_at: String,
    /// When its tokens were last renewed.
    refreshed_at: String,
    /// When it ends unless they are renewed again.
    expires_at: String,
}

/// Who am I?
#[utoipa::path(get, path = "/api/v1/me", operation_id = "getMe", tag = "Log-in", security(("session" = [])),
    responses((status = 200, body = User, description = "You."), Refusals))]
pub(super) async fn get(person: Person) -> Json<User> {
    Json(User::from(&person.signed_in.standing.user))
}

/// Change my account
#[utoipa::path(patch, path = "/api/v1/me", operation_id = "changeMe", tag = "Log-in", security(("session" = [])), request_body = MePatch,
    responses((status = 200, body = User, description = "You, as you are now."), ChangeRefusals))]
pub(super) async fn change(person: Person, JsonBody(body): JsonBody) -> Result<Json<User>, Problem> {
    let change = read_object(&body, |fields| Some(read_own_change(fields)))?;
    let user = user::change(&person.app, person.signed_in.standing.user.id, change, &person.origin).await?;
    Ok(Json(User::from(&user)))
}

/// List my sessions
///
/// Wherever you are logged in, the one used last first.
#[utoipa::path(get, path = "/api/v1/me/sessions", operation_id = "listMySessions", tag = "Log-in", security(("session" = [])),
    responses((status = 200, body = Vec<Session>, description = "Your sessions, at most 50."), Refusals))]
pub(super) async fn sessions(person: Person) -> Result<Json<Vec<Session>>, Problem> {
    let sessions = session::list(&person.app, person.signed_in.standing.user.id).await?;
    let render = |session: barker_domain::session::Session| Session {
        session_id: session.id.0,
        is_current: session.id == person.signed_in.session_id,
        address: session.address,
        agent: session.agent,
        created_at: instant(session.created_at_ms),
        refreshed_at: instant(session.refreshed_at_ms),
        expires_at: instant(session.expires_at_ms),
    };
    Ok(Json(sessions.into_iter().map(render).collect()))
}

/// End one of my sessions
///
/// Whoever uses it is logged out at once.
#[utoipa::path(delete, path = "/api/v1/me/sessions/{sessionId}", operation_id = "endMySession", tag = "Log-in", security(("session" = [])),
    params(("sessionId" = Uuid, Path, description = "The session.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    responses((status = 204, description = "Ended."), ChangeRefusals))]
pub(super) async fn end_session(person: Person, InPath(id): InPath<SessionId>) -> Result<StatusCode, Problem> {
    session::end(&person.app, person.signed_in.standing.user.id, id, &person.origin).await?;
    Ok(StatusCode::NO_CONTENT)
}
