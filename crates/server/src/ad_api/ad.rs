//! Ads: which one a client gets, and their clicks.

use axum::{Json, http::StatusCode};
use barker_app::{
    App, ProjectHandle, link,
    serving::{self, Given},
};
use barker_domain::ClientId;

use crate::{
    contract::{Ad, ClickRequest, read_click},
    http::{
        PublicUrl,
        fields::read_object,
        input::{AnyAdOf, InPath, JsonBody, Query},
        permission::{Serve, Site},
        problem::{Problem, ProblemDocument, Refusals},
    },
};

/// Get an ad for a client
///
/// Unseen ads come first; a first show is counted and billed, and durable before it is answered. When there is nothing
/// to show: 404 with the code `no-ad`. A site that lets its visitors follow `click_url` need not report their clicks.
#[utoipa::path(get, path = "/ads", operation_id = "getAdForClient", tag = "Ads", security((), ("key" = ["serve"])),
    params(("client_id" = Uuid, Query, description = "Who asks.", example = "425495af-f78e-4cff-a808-e8f1a1973ff2")),
    responses((status = 200, body = Ad, description = "The ad.",
        links(("click" = (operation_id = "recordAdClick", description = "The client clicks it.",
            parameters(("adId" = "$response.body#/ad_id")), request_body = json!({"client_id": "$request.query.client_id"}))))), Refusals))]
pub(super) async fn give(site: Site<Serve>, url: PublicUrl, query: Query) -> Result<Json<Ad>, Problem> {
    let client_id: ClientId = query.required_id("client_id")?;
    let given = serving::give_ad(&site.app, &site.project, client_id).await?;
    Ok(Json(shown(&site.app, &url, (&site.project, client_id), &given)))
}

/// What a client is given, as the contract has it.
pub(crate) fn shown(app: &App, url: &PublicUrl, (project, client_id): (&ProjectHandle, ClientId), given: &Given) -> Ad {
    let (campaign, ad_id) = (&given.campaign, given.ad_id);
    let (title, text) = campaign.words_of(ad_id);
    let token = link::token_of(app, project, (campaign, ad_id), client_id);
    Ad {
        ad_id: campaign.id.0,
        ad_title: title.to_owned(),
        ad_text: text.to_owned(),
        advertiser_id: campaign.advertiser_id.0,
        image_url: campaign.image_of(ad_id).map(|name| url.of_file(name)),
        click_url: token.map(|token| url.of_link(&token)),
    }
}

/// Take note of a click
///
/// Billed once per client and campaign, if the client had an impression of it. A click that cannot be billed is kept
/// with its reason and answered 204 as well.
#[utoipa::path(post, path = "/ads/{adId}/click", operation_id = "recordAdClick", tag = "Ads", security((), ("key" = ["serve"])),
    params(("adId" = Uuid, Path, description = "The ad: the id of its campaign.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    request_body = ClickRequest,
    responses((status = 204, description = "Noted."), Refusals,
        (status = 413, body = ProblemDocument, content_type = "application/problem+json", description = "The body is too long.")))]
pub(super) async fn click(
    site: Site<Serve>,
    InPath(AnyAdOf(campaign_id)): InPath<AnyAdOf>,
    JsonBody(body): JsonBody,
) -> Result<StatusCode, Problem> {
    let client_id = read_object(&body, read_click)?;
    serving::click(&site.app, &site.project, campaign_id, client_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
