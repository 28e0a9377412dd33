//! Members of a project.

use axum::{
    Json,
    http::{StatusCode, Uri},
};
use barker_app::membership::{self, Appointment, Reach};
use barker_domain::{UserId, membership::Role, page::Listed};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::instant;
use crate::http::{
    fields::read_object,
    input::{InPath, JsonBody, Query},
    paging::{PagedJson, WantedPage, page},
    permission::{Member, Owner, Viewer},
    problem::{ChangeRefusals, Problem, Refusals},
};

/// A member of a project.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "user_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d", "email": "anna@example.com", "name": "Anna", "role": "owner", "since": "2026-11-21T08:15:00Z"
}))]
pub(super) struct ProjectMember {
    /// Who.
    user_id: Uuid,
    /// What they log in with.
    email: String,
    /// What they are called; may be empty.
    name: String,
    /// What they may do: `owner`, `marketer` or `viewer`.
    role: &'static str,
    /// Since when.
    since: String,
}

/// What somebody may do in a project.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"role": "marketer"}))]
pub(super) struct MemberRole {
    /// `owner`, `marketer` or `viewer`.
    #[schema(pattern = "^(owner|marketer|viewer)$")]
    role: &'static str,
}

/// List members
///
/// In the order in which they came. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/members", operation_id = "listMembers", tag = "Projects", security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        WantedPage,
    ),
    responses((status = 200, body = Vec<ProjectMember>, description = "A page of members.",
        headers(("X-Total-Count" = u64, description = "Rows in the whole list."), ("Link" = String, description = "RFC 8288: next and prev."))),
        Refusals))]
pub(super) async fn list(member: Member<Viewer>, query: Query, uri: Uri) -> Result<PagedJson<ProjectMember>, Problem> {
    let page = page(&query)?;
    let Listed { rows, total } = membership::list(&member.person.app, member.project_id, page).await?;
    let render = |(membership, user): &(barker_domain::membership::Membership, barker_domain::user::User)| ProjectMember {
        user_id: user.id.0,
        email: user.email.as_str().to_owned(),
        name: user.name.clone(),
        role: membership.role.as_str(),
        since: instant(membership.created_at_ms),
    };
    Ok(PagedJson { listed: Listed { rows: rows.iter().map(render).collect(), total }, page, uri })
}

/// Give a member another role
///
/// One owner is always left. An administrator may appoint any user, member or not.
#[utoipa::path(put, path = "/api/v1/projects/{projectId}/members/{userId}", operation_id = "setMemberRole", tag = "Projects", security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("userId" = Uuid, Path, description = "The member.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e"),
    ),
    request_body = MemberRole, responses((status = 200, body = MemberRole, description = "What they may do now."), ChangeRefusals))]
pub(super) async fn appoint(
    member: Member<Owner>,
    InPath(user_id): InPath<UserId>,
    JsonBody(body): JsonBody,
) -> Result<Json<MemberRole>, Problem> {
    let role = read_object(&body, |fields| fields.choice("role", &Role::ALL.map(|role| (role.as_str(), role))))?;
    let reach = if member.person.signed_in.standing.user.is_administrator { Reach::Everybody } else { Reach::Members };
    let wanted = Appointment { project_id: member.project_id, user_id, role };
    let appointed = membership::appoint(&member.person.app, wanted, reach, &member.person.origin).await?;
    Ok(Json(MemberRole { role: appointed.role.as_str() }))
}

/// Remove a member
///
/// From the next request on they see nothing of the project. One owner is always left.
#[utoipa::path(delete, path = "/api/v1/projects/{projectId}/members/{userId}", operation_id = "removeMember", tag = "Projects", security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("userId" = Uuid, Path, description = "The member.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e"),
    ),
    responses((status = 204, description = "Removed."), ChangeRefusals))]
pub(super) async fn remove(member: Member<Owner>, InPath(user_id): InPath<UserId>) -> Result<StatusCode, Problem> {
    membership::remove(&member.person.app, member.project_id, user_id, &member.person.origin).await?;
    Ok(StatusCode::NO_CONTENT)
}
