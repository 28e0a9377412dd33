//! Advertisers.

use axum::{Json, http::StatusCode, http::Uri};
use barker_app::advertiser;
use barker_domain::{AdvertiserId, page::Listed};
use barker_store::{AdvertiserFilter, AdvertiserSort};

use crate::{
    contract::{Advertiser, MAX_BULK_ITEMS, read_advertiser},
    http::{
        fields::read_array,
        input::{InPath, JsonBody, Query},
        paging::{PagedJson, WantedPage, page},
        permission::{ManagedSite, Read, Site},
        problem::{Problem, ProblemDocument, Refusals},
    },
};

/// List advertisers
///
/// Newest first. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
#[utoipa::path(get, path = "/advertisers", operation_id = "listAdvertisers", tag = "Advertisers", security((), ("key" = ["read"])),
    params(
        ("search" = Option<String>, Query, description = "Only those whose name contains this, in any case.", example = "smart"),
        WantedPage,
    ),
    responses((status = 200, body = Vec<Advertiser>, description = "A page of advertisers.",
        headers(("X-Total-Count" = u64, description = "Rows in the whole list."), ("Link" = String, description = "RFC 8288: next and prev."))), Refusals))]
pub(super) async fn list(site: Site<Read>, query: Query, uri: Uri) -> Result<PagedJson<Advertiser>, Problem> {
    let page = page(&query)?;
    let filter = AdvertiserFilter { search: query.search()?, is_archived: None };
    let Listed { rows, total } = advertiser::list(&site.app, &site.project, &filter, (AdvertiserSort::Created, page)).await?;
    let listed = Listed { rows: rows.iter().map(|kept| Advertiser::from(&kept.advertiser)).collect(), total };
    Ok(PagedJson { listed, page, uri })
}

/// Get an advertiser
#[utoipa::path(get, path = "/advertisers/{advertiserId}", operation_id = "getAdvertiserById", tag = "Advertisers", security((), ("key" = ["read"])),
    params(("advertiserId" = Uuid, Path, description = "The advertiser.", example = "addf3407-9265-44b8-8e7e-6b015f63c47d")),
    responses((status = 200, body = Advertiser, description = "The advertiser."), Refusals))]
pub(super) async fn get(site: Site<Read>, InPath(id): InPath<AdvertiserId>) -> Result<Json<Advertiser>, Problem> {
    let advertiser = advertiser::get(&site.app, &site.project, id).await?;
    Ok(Json(Advertiser::from(&advertiser)))
}

/// Create or rename advertisers
///
/// All or none; up to 10,000. The same id twice: the last one wins, and the answer holds it once.
#[utoipa::path(post, path = "/advertisers/bulk", operation_id = "upsertAdvertisers", tag = "Advertisers", security((), ("key" = ["manage"])), request_body = Vec<Advertiser>,
    responses((status = 201, body = Vec<Advertiser>, description = "The advertisers as they are now."), Refusals,
        (status = 413, body = ProblemDocument, content_type = "application/problem+json", description = "The body is too long.")))]
pub(super) async fn upsert(
    ManagedSite(desk): ManagedSite,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Vec<Advertiser>>), Problem> {
    let advertisers = advertiser::upsert(&desk, read_array(&body, MAX_BULK_ITEMS, read_advertiser)?).await?;
    Ok((StatusCode::CREATED, Json(advertisers.iter().map(Advertiser::from).collect())))
}
