//! Ads of a project's campaigns, for its members.

mod shape;

use std::fmt::Display;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use barker_app::{ad, statistics};
use barker_domain::{
    AdId, CampaignId,
    ad::{AdStatus, AdWithCreative},
    page::Listed,
};
use barker_store::{AdFilter, AdSort};
use uuid::Uuid;

use super::{campaign::Statistics, desk_of, empty_days, project_of};
use crate::http::{
    PublicUrl,
    fields::read_object,
    input::{IfMatch, InPath, JsonBody, Query},
    paging::{PagedJson, WantedPage, page},
    permission::{Marketer, Member, Viewer},
    problem::{ChangeRefusals, Problem, ProblemDocument, Refusals, VersionRefusals},
};
use shape::{AdOfCampaign, AdOfCampaignChange, NewAdOfCampaign, read_change, read_new};

pub(super) use shape::{given, read_content, read_content_change};

/// List a campaign's ads
///
/// The oldest is the one that the ad contract knows. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/campaigns/{campaignId}/ads", operation_id = "listCampaignAds", tag = "Ads",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("campaignId" = Uuid, Path, description = "The campaign.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("status" = Option<String>, Query, pattern = "^(active|paused|archived)$",
            description = "Only those with this status; all but the archived ones when it is absent.", example = "active"),
        ("search" = Option<String>, Query, description = "Only those whose name, title or text contains this, in any case.", example = "bear"),
        ("sort" = Option<String>, Query, pattern = "^(oldest|created|weight)$",
            description = "The oldest first (as when it is absent), newest first, or the heaviest first.", example = "weight"),
        WantedPage,
    ),
    responses((status = 200, body = Vec<AdOfCampaign>, description = "A page of ads.",
        headers(("X-Total-Count" = u64, description = "Rows in the whole list."), ("Link" = String, description = "RFC 8288: next and prev."))), Refusals,
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", description = "The project is archived.")))]
pub(super) async fn list(
    at: (Member<Viewer>, PublicUrl),
    InPath(campaign_id): InPath<CampaignId>,
    query: Query,
    uri: Uri,
) -> Result<PagedJson<AdOfCampaign>, Problem> {
    list_of(at, Some(campaign_id), &query, uri).await
}

/// List ads of a project
///
/// Of all campaigns, but for deleted ones. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/ads", operation_id = "listProjectAds", tag = "Ads", security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("campaign_id" = Option<Uuid>, Query, description = "Only this campaign's.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("status" = Option<String>, Query, pattern = "^(active|paused|archived)$",
            description = "Only those with this status; all but the archived ones when it is absent.", example = "active"),
        ("search" = Option<String>, Query, description = "Only those whose name, title or text contains this, in any case.", example = "bear"),
        ("sort" = Option<String>, Query, pattern = "^(oldest|created|weight)$",
            description = "The oldest first (as when it is absent), newest first, or the heaviest first.", example = "weight"),
        WantedPage,
    ),
    responses((status = 200, body = Vec<AdOfCampaign>, description = "A page of ads.",
        headers(("X-Total-Count" = u64, description = "Rows in the whole list."), ("Link" = String, description = "RFC 8288: next and prev."))), Refusals,
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", description = "The project is archived.")))]
pub(super) async fn list_of_project(
    member: Member<Viewer>,
    url: PublicUrl,
    query: Query,
    uri: Uri,
) -> Result<PagedJson<AdOfCampaign>, Problem> {
    let campaign_id = query.parsed::<Uuid>("campaign_id", "a UUID")?.map(CampaignId);
    list_of((member, url), campaign_id, &query, uri).await
}

async fn list_of(
    (member, url): (Member<Viewer>, PublicUrl),
    campaign_id: Option<CampaignId>,
    query: &Query,
    uri: Uri,
) -> Result<PagedJson<AdOfCampaign>, Problem> {
    let page = page(query)?;
    let status = query.choice("status", &AdStatus::ALL.map(|status| (status.as_str(), status)))?;
    let sort = query.choice("sort", &AdSort::ALL.map(|sort| (sort.as_str(), sort)))?.unwrap_or_default();
    let filter = AdFilter { campaign_id, status, search: query.search()? };
    let project = project_of(&member).await?;
    let Listed { rows, total } = ad::list(&member.person.app, &project, &filter, (sort, page)).await?;
    Ok(PagedJson { listed: Listed { rows: rows.iter().map(|ad| AdOfCampaign::at(&url, ad)).collect(), total }, page, uri })
}

/// Add an ad to a campaign
///
/// With a creative that is made with it, or one that there is. The ads of a campaign are shown in proportion to their weights; a client
/// who asks again is shown the same one.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/campaigns/{campaignId}/ads", operation_id = "createCampaignAd", tag = "Ads",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("campaignId" = Uuid, Path, description = "The campaign.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
    ),
    request_body = NewAdOfCampaign,
    responses((status = 201, body = AdOfCampaign, description = "The new ad, with its `ETag`."), ChangeRefusals))]
pub(super) async fn create(
    member: Member<Marketer>,
    url: PublicUrl,
    InPath(campaign_id): InPath<CampaignId>,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Response), Problem> {
    let new = read_object(&body, read_new)?;
    let made = ad::create(&desk_of(member).await?, campaign_id, new).await?;
    Ok((StatusCode::CREATED, tagged(&url, &made)))
}

/// Get an ad
///
/// Its version stands in `ETag`.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/ads/{adId}", operation_id = "getProjectAd", tag = "Ads", security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("adId" = Uuid, Path, description = "The ad.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
    ),
    responses((status = 200, body = AdOfCampaign, description = "The ad."), Refusals,
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", description = "The project is archived.")))]
pub(super) async fn get(member: Member<Viewer>, url: PublicUrl, InPath(id): InPath<AdId>) -> Result<Response, Problem> {
    let project = project_of(&member).await?;
    Ok(tagged(&url, &ad::get(&member.person.app, &project, id).await?))
}

/// Change an ad
///
/// RFC 7386 merge: what is absent stays. What changes in its creative changes in every ad that shows it; `creative_id` lets it show
/// another one. `archived` puts it away, from where it comes back as `paused`. With `If-Match`, only while it is still that version;
/// else 412.
#[utoipa::path(patch, path = "/api/v1/projects/{projectId}/ads/{adId}", operation_id = "changeProjectAd", tag = "Ads", security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("adId" = Uuid, Path, description = "The ad.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
    ),
    request_body = AdOfCampaignChange,
    responses((status = 200, body = AdOfCampaign, description = "The ad as it is now, with its `ETag`."), ChangeRefusals, VersionRefusals))]
pub(super) async fn change(
    (member, url): (Member<Marketer>, PublicUrl),
    InPath(id): InPath<AdId>,
    IfMatch(version): IfMatch,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    let edit = move |(_, creative): &AdWithCreative| read_object(&body, |fields| Some(read_change(fields, &creative.content)));
    Ok(tagged(&url, &ad::change(&desk_of(member).await?, (id, version), edit).await?))
}

/// What an ad delivered
///
/// In total and by day. The ads of a campaign together delivered what the campaign did.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/ads/{adId}/statistics", operation_id = "getProjectAdStatistics", tag = "Statistics",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("adId" = Uuid, Path, description = "The ad.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("fill" = Option<String>, Query, pattern = "^(zero|none)$", description = "`none` leaves days without events out; `zero`, as when it is absent, lists them.", example = "none"),
    ),
    responses((status = 200, body = Statistics, description = "What it delivered and spent."), Refusals,
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", description = "The project is archived.")))]
pub(super) async fn statistics(member: Member<Viewer>, InPath(id): InPath<AdId>, query: Query) -> Result<Json<Statistics>, Problem> {
    let empty_days = empty_days(&query)?;
    let (app, project) = (&member.person.app, project_of(&member).await?);
    let total = statistics::of_ad(app, &project, id).await?;
    let days = statistics::of_ad_by_day(app, &project, id, empty_days).await?;
    Ok(Json(Statistics::of(&total, &days, &project.project())))
}

fn tagged(url: &PublicUrl, ad: &AdWithCreative) -> Response {
    ([(header::ETAG, tag(ad.0.version))], Json(AdOfCampaign::at(url, ad))).into_response()
}

/// The `ETag` of a version.
pub(super) fn tag(version: impl Display) -> HeaderValue {
    HeaderValue::try_from(format!("\"{version}\"")).unwrap_or(HeaderValue::from_static("*"))
}
