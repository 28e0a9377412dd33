//! The playground of a sandbox: its day, and what its clients get to see.

use axum::{Json, http::StatusCode};
use barker_app::{playground, time};
use barker_domain::{CampaignId, ClientId};

use super::{desk_of, project_of};
use crate::{
    ad_api::shown,
    contract::{Ad, Client, CurrentDate, DayWanted, read_wanted_day},
    http::{
        PublicUrl,
        input::{InPath, OptionalJsonBody},
        permission::{Marketer, Member, Viewer},
        problem::{ChangeRefusals, Problem, ProblemDocument, Refusals},
    },
};

/// Which day is it in a project?
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/time", operation_id = "getProjectDay", tag = "Time", security(("session" = [])),
    params(("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    responses((status = 200, body = CurrentDate, description = "Today."), Refusals,
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", description = "The project is archived.")))]
pub(super) async fn day(member: Member<Viewer>) -> Result<Json<CurrentDate>, Problem> {
    let project = project_of(&member).await?;
    Ok(Json(CurrentDate { current_date: time::today(&member.person.app, &project).0 }))
}

/// Set the day of a sandbox
///
/// Forwards or backwards; without a body, one day on. What happened stays as it happened.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/time/advance", operation_id = "advanceProjectDay", tag = "Time", security(("session" = [])),
    params(("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    request_body = Option<DayWanted>, responses((status = 200, body = CurrentDate, description = "Today, from now on."), ChangeRefusals))]
pub(super) async fn advance(member: Member<Marketer>, OptionalJsonBody(body): OptionalJsonBody) -> Result<Json<CurrentDate>, Problem> {
    let wanted = read_wanted_day(body.as_ref())?;
    let today = time::advance(&desk_of(member).await?, wanted).await?;
    Ok(Json(CurrentDate { current_date: today.0 }))
}

/// Get some client or other
///
/// Another one each time, when there are several.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/clients/random", operation_id = "getRandomProjectClient", tag = "Clients",
    security(("session" = [])), params(("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    responses((status = 200, body = Client, description = "A client."), Refusals,
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", description = "The project is archived.")))]
pub(super) async fn any_client(member: Member<Marketer>) -> Result<Json<Client>, Problem> {
    let project = project_of(&member).await?;
    Ok(Json(Client::from(&playground::any_client(&member.person.app, &project).await?)))
}

/// Show a client of a sandbox an ad
///
/// What they would get: it is counted and billed as any other. 404 with the code `no-ad` when there is nothing to show.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/clients/{clientId}/ad", operation_id = "showAdToClient", tag = "Ads",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("clientId" = Uuid, Path, description = "The client.", example = "425495af-f78e-4cff-a808-e8f1a1973ff2"),
    ),
    responses((status = 200, body = Ad, description = "The ad."), ChangeRefusals))]
pub(super) async fn show_ad(member: Member<Marketer>, url: PublicUrl, InPath(id): InPath<ClientId>) -> Result<Json<Ad>, Problem> {
    let (app, project) = (&member.person.app, project_of(&member).await?);
    let given = playground::show_ad(app, &project, id).await?;
    Ok(Json(shown(app, &url, (&project, id), &given)))
}

/// Click an ad for a client of a sandbox
///
/// Billed once per client and campaign, if the client had an impression of it.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/clients/{clientId}/clicks/{campaignId}", operation_id = "clickForClient", tag = "Ads",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("clientId" = Uuid, Path, description = "The client.", example = "425495af-f78e-4cff-a808-e8f1a1973ff2"),
        ("campaignId" = Uuid, Path, description = "The campaign.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
    ),
    responses((status = 204, description = "Noted."), ChangeRefusals))]
pub(super) async fn click(
    member: Member<Marketer>,
    InPath(client_id): InPath<ClientId>,
    InPath(campaign_id): InPath<CampaignId>,
) -> Result<StatusCode, Problem> {
    let project = project_of(&member).await?;
    playground::click(&member.person.app, &project, campaign_id, client_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
