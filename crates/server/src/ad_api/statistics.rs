//! Statistics.

use axum::Json;
use barker_app::statistics;
use barker_domain::{AdvertiserId, CampaignId, Result};

use crate::{
    contract::{DailyStats, Stats, read_empty_days},
    http::{
        input::{InPath, Query},
        permission::{Read, Site},
        problem::{Problem, Refusals},
    },
};

/// A campaign's total
#[utoipa::path(get, path = "/stats/campaigns/{campaignId}", operation_id = "getCampaignStats", tag = "Statistics", security((), ("key" = ["read"])),
    params(("campaignId" = Uuid, Path, description = "The campaign.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    responses((status = 200, body = Stats, description = "What it delivered and spent."), Refusals))]
pub(super) async fn campaign(site: Site<Read>, InPath(id): InPath<CampaignId>) -> Result<Json<Stats>, Problem> {
    let counters = statistics::of_campaign(&site.app, &site.project, id).await?;
    Ok(Json(Stats::from(&counters)))
}

/// A campaign by day
///
/// Every day of the flight up to today, zeros included; the rows always sum to the total.
#[utoipa::path(get, path = "/stats/campaigns/{campaignId}/daily", operation_id = "getCampaignDailyStats", tag = "Statistics", security((), ("key" = ["read"])),
    params(
        ("campaignId" = Uuid, Path, description = "The campaign.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("fill" = Option<String>, Query, pattern = "^(zero|none)$", description = "`none` leaves days without events out; `zero`, as when it is absent, lists them.", example = "none"),
    ),
    responses((status = 200, body = Vec<DailyStats>, description = "What it delivered and spent, by day."), Refusals))]
pub(super) async fn campaign_daily(
    site: Site<Read>,
    InPath(id): InPath<CampaignId>,
    query: Query,
) -> Result<Json<Vec<DailyStats>>, Problem> {
    let rows = statistics::of_campaign_by_day(&site.app, &site.project, id, read_empty_days(&query)?).await?;
    Ok(Json(rows.iter().map(DailyStats::from).collect()))
}

/// The total of an advertiser's campaigns
///
/// The deleted ones are in it too.
#[utoipa::path(get, path = "/stats/advertisers/{advertiserId}/campaigns", operation_id = "getAdvertiserCampaignsStats", tag = "Statistics", security((), ("key" = ["read"])),
    params(("advertiserId" = Uuid, Path, description = "The advertiser.", example = "addf3407-9265-44b8-8e7e-6b015f63c47d")),
    responses((status = 200, body = Stats, description = "What they delivered and spent together."), Refusals))]
pub(super) async fn advertiser(site: Site<Read>, InPath(id): InPath<AdvertiserId>) -> Result<Json<Stats>, Problem> {
    let counters = statistics::of_advertiser(&site.app, &site.project, id).await?;
    Ok(Json(Stats::from(&counters)))
}

/// An advertiser's campaigns by day
///
/// Every day from the first campaign's start up to today, zeros included; the rows always sum to the total.
#[utoipa::path(get, path = "/stats/advertisers/{advertiserId}/campaigns/daily", operation_id = "getAdvertiserDailyStats", tag = "Statistics", security((), ("key" = ["read"])),
    params(
        ("advertiserId" = Uuid, Path, description = "The advertiser.", example = "addf3407-9265-44b8-8e7e-6b015f63c47d"),
        ("fill" = Option<String>, Query, pattern = "^(zero|none)$", description = "`none` leaves days without events out; `zero`, as when it is absent, lists them.", example = "none"),
    ),
    responses((status = 200, body = Vec<DailyStats>, description = "What they delivered and spent together, by day."), Refusals))]
pub(super) async fn advertiser_daily(
    site: Site<Read>,
    InPath(id): InPath<AdvertiserId>,
    query: Query,
) -> Result<Json<Vec<DailyStats>>, Problem> {
    let rows = statistics::of_advertiser_by_day(&site.app, &site.project, id, read_empty_days(&query)?).await?;
    Ok(Json(rows.iter().map(DailyStats::from).collect()))
}
