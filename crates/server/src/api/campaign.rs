//! Campaigns of a project, for its members: all of them in one list, with how far each one is.

pub(super) mod bulk;
pub(super) mod delivery;
mod reason;
mod shape;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use barker_app::{
    campaign::{self, Filter, Named, Overview, Sort},
    statistics,
};
use barker_domain::{
    AdvertiserId, CampaignId, Day,
    campaign::{Stage, State},
    page::Listed,
    project::Project,
    statistics::Counters,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{desk_of, empty_days, project_of};
use crate::{
    contract::{DailyStats, Stats},
    http::{
        fields::read_object,
        input::{IfMatch, InPath, JsonBody, Query},
        paging::{PagedJson, WantedPage, page},
        permission::{Marketer, Member, Viewer},
        problem::{ChangeRefusals, Problem, ProblemDocument, Refusals, VersionRefusals},
    },
};
use shape::{CampaignChange, CampaignOfAdvertiser, CampaignOverview, date, merge_decided, read_decided};

/// What was delivered and spent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "total": {"impressions_count": 8, "clicks_count": 1, "conversion": 12.5, "spent_impressions": 12.0, "spent_clicks": 10.25, "spent_total": 22.25},
    "days": [{"impressions_count": 8, "clicks_count": 1, "conversion": 12.5, "spent_impressions": 12.0, "spent_clicks": 10.25, "spent_total": 22.25, "date": 6, "calendar_date": "2026-11-22"}]
}))]
pub(super) struct Statistics {
    /// In total.
    total: Stats,
    /// By day.
    days: Vec<DayStatistics>,
}

/// What was delivered and spent on a day.
#[derive(Debug, Serialize, ToSchema)]
struct DayStatistics {
    /// As the ad contract tells it, with the number of the day.
    #[serde(flatten)]
    stats: DailyStats,
    /// The day as the calendar of the project has it.
    calendar_date: String,
}

impl Statistics {
    /// In total and by day, on days of this project.
    pub(super) fn of(total: &Counters, days: &[(Day, Counters)], project: &Project) -> Self {
        let days = days.iter().map(|day| DayStatistics { stats: DailyStats::from(day), calendar_date: date(project, day.0) });
        Self { total: Stats::from(total), days: days.collect() }
    }
}

/// List campaigns of a project
///
/// The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/campaigns", operation_id = "listProjectCampaigns", tag = "Campaigns",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("advertiser_id" = Option<Uuid>, Query, description = "Only this advertiser's.", example = "addf3407-9265-44b8-8e7e-6b015f63c47d"),
        ("stage" = Option<String>, Query, pattern = "^(upcoming|running|full|over)$", description = "Only those in this stage.", example = "running"),
        ("status" = Option<String>, Query, pattern = "^(draft|active|paused|finished|archived)$",
            description = "Only those with this status; all but the archived ones when it is absent.", example = "active"),
        ("search" = Option<String>, Query, description = "Only those whose name, title or text contains this, in any case.", example = "bear"),
        ("sort" = Option<String>, Query, pattern = "^(created|title|start_date|end_date|impressions|clicks)$",
            description = "By what: newest first (as when it is absent), by title, by first or last day, most impressions or clicks first.", example = "impressions"),
        WantedPage,
    ),
    responses((status = 200, body = Vec<CampaignOverview>, description = "A page of campaigns.",
        headers(("X-Total-Count" = u64, description = "Rows in the whole list."), ("Link" = String, description = "RFC 8288: next and prev."))), Refusals,
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", description = "The project is archived.")))]
pub(super) async fn list(member: Member<Viewer>, query: Query, uri: Uri) -> Result<PagedJson<CampaignOverview>, Problem> {
    let page = page(&query)?;
    let filter = Filter {
        advertiser_id: query.parsed::<Uuid>("advertiser_id", "a UUID")?.map(AdvertiserId),
        stage: query.choice("stage", &Stage::ALL.map(|stage| (stage.as_str(), stage)))?,
        state: query.choice("status", &State::ALL.map(|state| (state.as_str(), state)))?,
        search: query.search()?,
    };
    let sort = query.choice("sort", &Sort::ALL.map(|sort| (sort.as_str(), sort)))?.unwrap_or_default();
    let handle = project_of(&member).await?;
    let Listed { rows, total } = campaign::list_overviews(&member.person.app, &handle, &filter, (sort, page));
    let project = handle.project();
    Ok(PagedJson { listed: Listed { rows: rows.iter().map(|row| CampaignOverview::of(row, &project)).collect(), total }, page, uri })
}

/// Create a campaign in a project
///
/// Dates are days of the project's time zone; without `end_date` the end is open. A draft is shown to nobody until it is launched.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/campaigns", operation_id = "createProjectCampaign", tag = "Campaigns",
    security(("session" = [])), params(("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    request_body = CampaignOfAdvertiser, responses((status = 201, body = CampaignOverview, description = "The new campaign, with its `ETag`."), ChangeRefusals))]
pub(super) async fn create(member: Member<Marketer>, JsonBody(body): JsonBody) -> Result<(StatusCode, Response), Problem> {
    let desk = desk_of(member).await?;
    let project = desk.project.project();
    let (advertiser_id, decided) = read_object(&body, |fields| {
        let (advertiser_id, decided) = (fields.id("advertiser_id"), read_decided(fields, &project));
        Some((advertiser_id?, decided?))
    })?;
    let id = campaign::create_planned(&desk, advertiser_id, decided).await?.id;
    let overview = campaign::get_overview(&desk.app, &desk.project, id)?;
    Ok((StatusCode::CREATED, tagged(&overview, &project)))
}

/// Get a campaign of a project
///
/// Its version stands in `ETag`.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/campaigns/{campaignId}", operation_id = "getProjectCampaign", tag = "Campaigns",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("campaignId" = Uuid, Path, description = "The campaign.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
    ),
    responses((status = 200, body = CampaignOverview, description = "The campaign."), Refusals,
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", description = "The project is archived.")))]
pub(super) async fn get(member: Member<Viewer>, InPath(id): InPath<CampaignId>) -> Result<Response, Problem> {
    let project = project_of(&member).await?;
    Ok(tagged(&campaign::get_overview(&member.person.app, &project, id)?, &project.project()))
}

/// Change a campaign of a project
///
/// RFC 7386 merge: what is absent stays, `null` clears what may be absent. After the start limits may be raised, or lowered to no
/// less than what is delivered, and the end may be moved to today or later. With `If-Match`, only while it is still that version;
/// else 412.
#[utoipa::path(patch, path = "/api/v1/projects/{projectId}/campaigns/{campaignId}", operation_id = "changeProjectCampaign", tag = "Campaigns",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("campaignId" = Uuid, Path, description = "The campaign.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
    ),
    request_body = CampaignChange,
    responses((status = 200, body = CampaignOverview, description = "The campaign as it is now, with its `ETag`."), ChangeRefusals, VersionRefusals))]
pub(super) async fn change(
    member: Member<Marketer>,
    InPath(id): InPath<CampaignId>,
    IfMatch(version): IfMatch,
    JsonBody(patch): JsonBody,
) -> Result<Response, Problem> {
    let desk = desk_of(member).await?;
    let named = named(&campaign::get_overview(&desk.app, &desk.project, id)?);
    let project = desk.project.project();
    campaign::change_planned(&desk, (named, version), move |present| merge_decided(present, &patch, &project)).await?;
    Ok(tagged(&campaign::get_overview(&desk.app, &desk.project, id)?, &desk.project.project()))
}

/// Delete a campaign of a project
///
/// It is shown and found no more; what it spent stays in its advertiser's totals. To keep its statistics, archive it. With
/// `If-Match`, only while it is still that version; else 412.
#[utoipa::path(delete, path = "/api/v1/projects/{projectId}/campaigns/{campaignId}", operation_id = "deleteProjectCampaign", tag = "Campaigns",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("campaignId" = Uuid, Path, description = "The campaign.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
    ),
    responses((status = 204, description = "Deleted."), ChangeRefusals, VersionRefusals))]
pub(super) async fn delete(
    member: Member<Marketer>,
    InPath(id): InPath<CampaignId>,
    IfMatch(version): IfMatch,
) -> Result<StatusCode, Problem> {
    let desk = desk_of(member).await?;
    let named = named(&campaign::get_overview(&desk.app, &desk.project, id)?);
    campaign::delete(&desk, named, version).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a campaign delivered
///
/// In total and by day.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/campaigns/{campaignId}/statistics", operation_id = "getProjectCampaignStatistics",
    tag = "Statistics", security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("campaignId" = Uuid, Path, description = "The campaign.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("fill" = Option<String>, Query, pattern = "^(zero|none)$", description = "`none` leaves days without events out; `zero`, as when it is absent, lists them.", example = "none"),
    ),
    responses((status = 200, body = Statistics, description = "What it delivered and spent."), Refusals,
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", description = "The project is archived.")))]
pub(super) async fn statistics(member: Member<Viewer>, InPath(id): InPath<CampaignId>, query: Query) -> Result<Json<Statistics>, Problem> {
    let empty_days = empty_days(&query)?;
    let (app, project) = (&member.person.app, project_of(&member).await?);
    let total = statistics::of_campaign(app, &project, id).await?;
    let days = statistics::of_campaign_by_day(app, &project, id, empty_days).await?;
    Ok(Json(Statistics::of(&total, &days, &project.project())))
}

fn tagged(overview: &Overview, project: &Project) -> Response {
    let tag = HeaderValue::try_from(format!("\"{}\"", overview.campaign.version)).unwrap_or(HeaderValue::from_static("*"));
    ([(header::ETAG, tag)], Json(CampaignOverview::of(overview, project))).into_response()
}

fn named(overview: &Overview) -> Named {
    Named { advertiser_id: overview.campaign.advertiser_id, campaign_id: overview.campaign.id }
}
