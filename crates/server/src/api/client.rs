//! Clients of a project, as its owner sees them.

use axum::http::StatusCode;
use barker_app::client;
use barker_domain::ClientId;

use super::desk_of;
use crate::http::{
    input::InPath,
    permission::{Member, Owner},
    problem::{ChangeRefusals, Problem},
};

/// Erase a client
///
/// Their profile, scores, impressions and clicks are deleted; counters, spend and statistics stay, without them. It cannot be
/// taken back. A client who was erased before is not found.
#[utoipa::path(delete, path = "/api/v1/projects/{projectId}/clients/{clientId}", operation_id = "eraseClientOfProject", tag = "Projects",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("clientId" = Uuid, Path, description = "The client.", example = "425495af-f78e-4cff-a808-e8f1a1973ff2"),
    ),
    responses((status = 204, description = "Erased."), ChangeRefusals))]
pub(super) async fn erase(member: Member<Owner>, InPath(id): InPath<ClientId>) -> Result<StatusCode, Problem> {
    client::erase(&desk_of(member).await?, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
