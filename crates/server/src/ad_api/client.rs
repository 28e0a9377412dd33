//! Clients.

use axum::{Json, http::StatusCode};
use barker_app::client;
use barker_domain::ClientId;

use crate::{
    contract::{Client, MAX_BULK_ITEMS, read_client},
    http::{
        fields::read_array,
        input::{InPath, JsonBody},
        permission::{ManagedSite, Read, Site},
        problem::{Problem, ProblemDocument, Refusals},
    },
};

/// Get a client
#[utoipa::path(get, path = "/clients/{clientId}", operation_id = "getClientById", tag = "Clients", security((), ("key" = ["read"])),
    params(("clientId" = Uuid, Path, description = "The client.", example = "425495af-f78e-4cff-a808-e8f1a1973ff2")),
    responses((status = 200, body = Client, description = "The client.",
        links(("ad" = (operation_id = "getAdForClient", description = "What the client gets to see.",
            parameters(("client_id" = "$response.body#/client_id")))))), Refusals))]
pub(super) async fn get(site: Site<Read>, InPath(id): InPath<ClientId>) -> Result<Json<Client>, Problem> {
    let client = client::get(&site.app, &site.project, id).await?;
    Ok(Json(Client::from(&client)))
}

/// Erase a client
///
/// Their profile, scores, impressions and clicks are deleted; counters, spend and statistics stay, without them. It cannot be
/// taken back. A client who was erased before is not found.
#[utoipa::path(delete, path = "/clients/{clientId}", operation_id = "eraseClient", tag = "Clients", security((), ("key" = ["manage"])),
    params(("clientId" = Uuid, Path, description = "The client.", example = "425495af-f78e-4cff-a808-e8f1a1973ff2")),
    responses((status = 204, description = "Erased."), Refusals))]
pub(super) async fn erase(ManagedSite(desk): ManagedSite, InPath(id): InPath<ClientId>) -> Result<StatusCode, Problem> {
    client::erase(&desk, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Create or change clients
///
/// All or none; up to 10,000. The same id twice: the last one wins, and the answer holds it once.
#[utoipa::path(post, path = "/clients/bulk", operation_id = "upsertClients", tag = "Clients", security((), ("key" = ["manage"])), request_body = Vec<Client>,
    responses((status = 201, body = Vec<Client>, description = "The clients as they are now."), Refusals,
        (status = 413, body = ProblemDocument, content_type = "application/problem+json", description = "The body is too long.")))]
pub(super) async fn upsert(ManagedSite(desk): ManagedSite, JsonBody(body): JsonBody) -> Result<(StatusCode, Json<Vec<Client>>), Problem> {
    let clients = client::upsert(&desk, read_array(&body, MAX_BULK_ITEMS, read_client)?).await?;
    Ok((StatusCode::CREATED, Json(clients.iter().map(Client::from).collect())))
}
