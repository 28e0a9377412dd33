//! Invitations into a project.

use axum::{Json, http::StatusCode};
use barker_app::invitation::{self, NewInvitation};
use barker_domain::{InvitationId, membership::Role};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::instant;
use crate::http::{
    PublicUrl,
    fields::read_object,
    input::{InPath, JsonBody},
    permission::{Member, Owner, Person},
    problem::{ChangeRefusals, Problem, Refusals},
};

/// An invitation that waits to be accepted.
#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the names of the API")]
#[schema(example = json!({
    "invitation_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d", "email": "boris@example.com", "role": "marketer",
    "invited_by": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e", "created_at": "2026-11-21T08:15:00Z", "expires_at": "2026-11-28T08:15:00Z"
}))]
pub(super) struct Invitation {
    /// The invitation.
    invitation_id: Uuid,
    /// Whom.
    email: String,
    /// What they may do: `owner`, `marketer` or `viewer`.
    role: &'static str,
    /// The user who invites them.
    invited_by: Uuid,
    /// When it was mailed.
    created_at: String,
    /// When its link ends.
    expires_at: String,
}

/// Whom to invite.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"email": "boris@example.com", "role": "marketer"}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct InvitationCreate {
    /// Where they are reached; only somebody with this e-mail can accept.
    #[schema(max_length = 254, format = "email")]
    email: String,
    /// What they may do: `owner`, `marketer` or `viewer`.
    #[schema(pattern = "^(owner|marketer|viewer)$")]
    role: String,
}

/// The link in a mail.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"token": "q0bF6mC0qVQm3yX5t1Jm3d1r0m3Q0yq7uGZ8f2a9c1E"}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct Acceptance {
    /// What stands after the `#` of the link.
    token: String,
}

/// Where somebody is a member now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"project_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d", "role": "marketer"}))]
pub(super) struct Accepted {
    /// The project.
    project_id: Uuid,
    /// What they may do there.
    role: &'static str,
}

impl From<&barker_domain::invitation::Invitation> for Invitation {
    fn from(invitation: &barker_domain::invitation::Invitation) -> Self {
        Self {
            invitation_id: invitation.id.0,
            email: invitation.email.as_str().to_owned(),
            role: invitation.role.as_str(),
            invited_by: invitation.invited_by.0,
            created_at: instant(invitation.created_at_ms),
            expires_at: instant(invitation.expires_at_ms()),
        }
    }
}

/// List invitations
///
/// Those that wait to be accepted, newest first.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/invitations", operation_id = "listInvitations", tag = "Projects", security(("session" = [])),
    params(("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    responses((status = 200, body = Vec<Invitation>, description = "The invitations, at most 100."), Refusals))]
pub(super) async fn list(member: Member<Owner>) -> Result<Json<Vec<Invitation>>, Problem> {
    let invitations = invitation::list(&member.person.app, member.project_id).await?;
    Ok(Json(invitations.iter().map(Invitation::from).collect()))
}

/// Invite somebody
///
/// By a link in a mail, good once and for a week. Whether they have an account makes no difference to the answer.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/invitations", operation_id = "createInvitation", tag = "Projects", security(("session" = [])),
    params(("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    request_body = InvitationCreate, responses((status = 201, body = Invitation, description = "It is in the mail."), ChangeRefusals))]
pub(super) async fn create(
    member: Member<Owner>,
    public_url: PublicUrl,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Invitation>), Problem> {
    let project_id = member.project_id;
    let new = read_object(&body, |fields| {
        let (email, role) = (fields.text("email"), fields.choice("role", &Role::ALL.map(|role| (role.as_str(), role))));
        Some(NewInvitation { project_id, email: email?, role: role? })
    })?;
    let Person { app, signed_in, origin } = member.person;
    let invitation = invitation::create(&app, new, (&signed_in.standing.user, public_url.as_str()), &origin).await?;
    Ok((StatusCode::CREATED, Json(Invitation::from(&invitation))))
}

/// Withdraw an invitation
///
/// Its link is worth nothing any more.
#[utoipa::path(delete, path = "/api/v1/projects/{projectId}/invitations/{invitationId}", operation_id = "withdrawInvitation", tag = "Projects", security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("invitationId" = Uuid, Path, description = "The invitation.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e"),
    ),
    responses((status = 204, description = "Withdrawn."), ChangeRefusals))]
pub(super) async fn withdraw(member: Member<Owner>, InPath(id): InPath<InvitationId>) -> Result<StatusCode, Problem> {
    invitation::withdraw(&member.person.app, member.project_id, id, &member.person.origin).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Accept an invitation
///
/// It must have been mailed to your e-mail. Who has no account yet sends the same token with `POST /api/v1/auth/register`.
#[utoipa::path(post, path = "/api/v1/me/invitations", operation_id = "acceptInvitation", tag = "Log-in", security(("session" = [])),
    request_body = Acceptance, responses((status = 200, body = Accepted, description = "You are a member."), ChangeRefusals))]
pub(super) async fn accept(person: Person, JsonBody(body): JsonBody) -> Result<Json<Accepted>, Problem> {
    let token = read_object(&body, |fields| fields.text("token"))?;
    let membership = invitation::accept(&person.app, &token, &person.signed_in, person.origin).await?;
    Ok(Json(Accepted { project_id: membership.project_id.0, role: membership.role.as_str() }))
}
