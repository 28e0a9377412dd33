//! Campaigns.

use axum::{
    Json,
    http::{StatusCode, Uri},
};
use barker_app::campaign::{self, Named};
use barker_domain::{AdvertiserId, CampaignId, Result, campaign::Terms, page::Listed};

use crate::{
    contract::{Campaign, CampaignCreate, merge_terms, read_terms},
    http::{
        fields::read_object,
        input::{InPath, JsonBody, Query},
        paging::{PagedJson, WantedPage, page},
        permission::{ManagedSite, Read, Site},
        problem::{Problem, ProblemDocument, Refusals},
    },
};

/// Create a campaign
///
/// It is shown from its start date on; when that is today, from the next request on.
#[utoipa::path(post, path = "/advertisers/{advertiserId}/campaigns", operation_id = "createCampaign", tag = "Campaigns", security((), ("key" = ["manage"])),
    params(("advertiserId" = Uuid, Path, description = "Who pays.", example = "addf3407-9265-44b8-8e7e-6b015f63c47d")),
    request_body = CampaignCreate,
    responses((status = 201, body = Campaign, description = "The new campaign."), Refusals,
        (status = 413, body = ProblemDocument, content_type = "application/problem+json", description = "The body is too long.")))]
pub(super) async fn create(
    ManagedSite(desk): ManagedSite,
    InPath(advertiser_id): InPath<AdvertiserId>,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Campaign>), Problem> {
    let campaign = campaign::create(&desk, advertiser_id, read_object(&body, read_terms)?).await?;
    Ok((StatusCode::CREATED, Json(Campaign::from(&campaign))))
}

/// List an advertiser's campaigns
///
/// Newest first. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
#[utoipa::path(get, path = "/advertisers/{advertiserId}/campaigns", operation_id = "listCampaigns", tag = "Campaigns", security((), ("key" = ["read"])),
    params(
        ("advertiserId" = Uuid, Path, description = "Whose campaigns.", example = "addf3407-9265-44b8-8e7e-6b015f63c47d"),
        WantedPage,
    ),
    responses((status = 200, body = Vec<Campaign>, description = "A page of campaigns.",
        headers(("X-Total-Count" = u64, description = "Rows in the whole list."), ("Link" = String, description = "RFC 8288: next and prev."))), Refusals))]
pub(super) async fn list(
    site: Site<Read>,
    InPath(advertiser_id): InPath<AdvertiserId>,
    query: Query,
    uri: Uri,
) -> Result<PagedJson<Campaign>, Problem> {
    let page = page(&query)?;
    let Listed { rows, total } = campaign::list(&site.app, &site.project, advertiser_id, page).await?;
    let listed = Listed { rows: rows.iter().map(Campaign::from).collect(), total };
    Ok(PagedJson { listed, page, uri })
}

/// Get a campaign
#[utoipa::path(get, path = "/advertisers/{advertiserId}/campaigns/{campaignId}", operation_id = "getCampaignById", tag = "Campaigns", security((), ("key" = ["read"])),
    params(
        ("advertiserId" = Uuid, Path, description = "Whose campaign.", example = "addf3407-9265-44b8-8e7e-6b015f63c47d"),
        ("campaignId" = Uuid, Path, description = "The campaign.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
    ),
    responses((status = 200, body = Campaign, description = "The campaign."), Refusals))]
pub(super) async fn get(
    site: Site<Read>,
    advertiser_id: InPath<AdvertiserId>,
    campaign_id: InPath<CampaignId>,
) -> Result<Json<Campaign>, Problem> {
    let campaign = campaign::get(&site.app, &site.project, named(advertiser_id, campaign_id)).await?;
    Ok(Json(Campaign::from(&campaign)))
}

/// Replace a campaign's terms
///
/// Every required field must be there; an absent targeting clears it. After the start both limits and both dates are
/// frozen: a changed value is refused, the same value is fine.
#[utoipa::path(put, path = "/advertisers/{advertiserId}/campaigns/{campaignId}", operation_id = "updateCampaign", tag = "Campaigns", security((), ("key" = ["manage"])),
    params(
        ("advertiserId" = Uuid, Path, description = "Whose campaign.", example = "addf3407-9265-44b8-8e7e-6b015f63c47d"),
        ("campaignId" = Uuid, Path, description = "The campaign.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
    ),
    request_body = CampaignCreate,
    responses((status = 200, body = Campaign, description = "The campaign as it is now."), Refusals,
        (status = 413, body = ProblemDocument, content_type = "application/problem+json", description = "The body is too long.")))]
pub(super) async fn replace(
    ManagedSite(desk): ManagedSite,
    advertiser_id: InPath<AdvertiserId>,
    campaign_id: InPath<CampaignId>,
    JsonBody(body): JsonBody,
) -> Result<Json<Campaign>, Problem> {
    let terms = read_object(&body, read_terms)?;
    let campaign = campaign::change(&desk, named(advertiser_id, campaign_id), move |_| Ok(terms)).await?;
    Ok(Json(Campaign::from(&campaign)))
}

/// Change some of a campaign's terms
///
/// RFC 7386 merge: what is absent stays, `null` clears a restriction of the targeting. The rules of PUT hold for the result.
#[utoipa::path(patch, path = "/advertisers/{advertiserId}/campaigns/{campaignId}", operation_id = "patchCampaign", tag = "Campaigns", security((), ("key" = ["manage"])),
    params(
        ("advertiserId" = Uuid, Path, description = "Whose campaign.", example = "addf3407-9265-44b8-8e7e-6b015f63c47d"),
        ("campaignId" = Uuid, Path, description = "The campaign.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
    ),
    request_body(content = crate::contract::CampaignPatch),
    responses((status = 200, body = Campaign, description = "The campaign as it is now."), Refusals,
        (status = 413, body = ProblemDocument, content_type = "application/problem+json", description = "The body is too long.")))]
pub(super) async fn merge(
    ManagedSite(desk): ManagedSite,
    advertiser_id: InPath<AdvertiserId>,
    campaign_id: InPath<CampaignId>,
    JsonBody(patch): JsonBody,
) -> Result<Json<Campaign>, Problem> {
    let edit = move |present: &Terms| merge_terms(present, &patch);
    let campaign = campaign::change(&desk, named(advertiser_id, campaign_id), edit).await?;
    Ok(Json(Campaign::from(&campaign)))
}

/// Delete a campaign
///
/// It is shown and found no more; what it spent stays in its advertiser's totals.
#[utoipa::path(delete, path = "/advertisers/{advertiserId}/campaigns/{campaignId}", operation_id = "deleteCampaign", tag = "Campaigns", security((), ("key" = ["manage"])),
    params(
        ("advertiserId" = Uuid, Path, description = "Whose campaign.", example = "addf3407-9265-44b8-8e7e-6b015f63c47d"),
        ("campaignId" = Uuid, Path, description = "The campaign.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
    ),
    responses((status = 204, description = "Deleted."), Refusals))]
pub(super) async fn delete(
    ManagedSite(desk): ManagedSite,
    advertiser_id: InPath<AdvertiserId>,
    campaign_id: InPath<CampaignId>,
) -> Result<StatusCode, Problem> {
    campaign::delete(&desk, named(advertiser_id, campaign_id), None).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn named(InPath(advertiser_id): InPath<AdvertiserId>, InPath(campaign_id): InPath<CampaignId>) -> Named {
    Named { advertiser_id, campaign_id }
}
