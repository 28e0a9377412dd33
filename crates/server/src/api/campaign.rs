//! Campaigns of a project, for its members: all of them in one list, with how far each one is.

use axum::{
    Json,
    http::{StatusCode, Uri},
};
use barker_app::{
    campaign::{self, Filter, Named, Overview, Sort},
    statistics,
};
use barker_domain::{AdvertiserId, CampaignId, campaign::Stage, page::Listed};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{desk_of, project_of};
use crate::{
    ad_api::{merge_terms, read_empty_days, read_terms},
    contract::{Campaign, CampaignCreate, CampaignPatch, DailyStats, Stats},
    http::{
        fields::read_object,
        input::{InPath, JsonBody, Query},
        paging::{PagedJson, page},
        permission::{Marketer, Member, Viewer},
        problem::{ChangeRefusals, Problem, ProblemDocument, Refusals},
    },
};

/// A campaign and how far it is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "campaign_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d", "advertiser_id": "addf3407-9265-44b8-8e7e-6b015f63c47d", "impressions_limit": 1000, "clicks_limit": 100, "cost_per_impression": 1.5,
    "cost_per_click": 10.25, "ad_title": "Plush bears", "ad_text": "Softer than yesterday's", "start_date": 0, "end_date": 14,
    "targeting": {"gender": "FEMALE", "age_from": 25, "age_to": 40, "location": "Moscow"},
    "stage": "running", "impressions_count": 8, "clicks_count": 1
}))]
pub(super) struct CampaignOverview {
    /// The campaign.
    #[serde(flatten)]
    campaign: Campaign,
    /// `upcoming`, `running`, `full` (it has days left and no impressions) or `over`.
    stage: &'static str,
    /// Counted impressions so far.
    impressions_count: i64,
    /// Billed clicks so far.
    clicks_count: i64,
}

/// What was delivered and spent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "total": {"impressions_count": 8, "clicks_count": 1, "conversion": 12.5, "spent_impressions": 12.0, "spent_clicks": 10.25, "spent_total": 22.25},
    "days": [{"impressions_count": 8, "clicks_count": 1, "conversion": 12.5, "spent_impressions": 12.0, "spent_clicks": 10.25, "spent_total": 22.25, "date": 6}]
}))]
pub(super) struct Statistics {
    /// In total.
    pub(super) total: Stats,
    /// By day.
    pub(super) days: Vec<DailyStats>,
}

/// A new campaign, and whose it is.
#[derive(Debug, ToSchema)]
#[schema(example = json!({
    "advertiser_id": "addf3407-9265-44b8-8e7e-6b015f63c47d", "impressions_limit": 1000, "clicks_limit": 100, "cost_per_impression": 1.5,
    "cost_per_click": 10.25, "ad_title": "Plush bears", "ad_text": "Softer than yesterday's", "start_date": 0, "end_date": 14,
    "targeting": {"gender": "FEMALE", "age_from": 25, "age_to": 40, "location": "Moscow"}
}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct CampaignOfAdvertiser {
    /// Who pays.
    advertiser_id: Uuid,
    /// What is shown to whom, for how much, until which limits.
    #[serde(flatten)]
    terms: CampaignCreate,
}

impl From<&Overview> for CampaignOverview {
    fn from(overview: &Overview) -> Self {
        Self {
            campaign: Campaign::from(&overview.campaign),
            stage: overview.stage.as_str(),
            impressions_count: overview.delivered.impressions,
            clicks_count: overview.delivered.clicks,
        }
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
        ("search" = Option<String>, Query, description = "Only those whose title or text contains this, in any case.", example = "bear"),
        ("sort" = Option<String>, Query, pattern = "^(created|title|start_date|end_date|impressions|clicks)$",
            description = "By what: newest first (as when it is absent), by title, by first or last day, most impressions or clicks first.", example = "impressions"),
        ("size" = Option<u64>, Query, minimum = 1, maximum = 1000, description = "Rows on a page; 50 when absent.", example = 50),
        ("page" = Option<u64>, Query, minimum = 1, maximum = 1_000_000_000, description = "Which page, from 1.", example = 1),
    ),
    responses((status = 200, body = Vec<CampaignOverview>, description = "A page of campaigns.",
        headers(("X-Total-Count" = u64, description = "Rows in the whole list."), ("Link" = String, description = "RFC 8288: next and prev."))), Refusals,
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", description = "The project is archived.")))]
pub(super) async fn list(member: Member<Viewer>, query: Query, uri: Uri) -> Result<PagedJson<CampaignOverview>, Problem> {
    let page = page(&query)?;
    let filter = Filter {
        advertiser_id: query.parsed::<Uuid>("advertiser_id", "a UUID")?.map(AdvertiserId),
        stage: query.choice("stage", &Stage::ALL.map(|stage| (stage.as_str(), stage)))?,
        search: query.text("search").filter(|search| !search.is_empty()).map(str::to_owned),
    };
    let sort = query.choice("sort", &Sort::ALL.map(|sort| (sort.as_str(), sort)))?.unwrap_or_default();
    let project = project_of(&member).await?;
    let Listed { rows, total } = campaign::list_overviews(&member.person.app, &project, &filter, (sort, page));
    Ok(PagedJson { listed: Listed { rows: rows.iter().map(CampaignOverview::from).collect(), total }, page, uri })
}

/// Create a campaign in a project
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/campaigns", operation_id = "createProjectCampaign", tag = "Campaigns",
    security(("session" = [])), params(("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    request_body = CampaignOfAdvertiser, responses((status = 201, body = CampaignOverview, description = "The new campaign."), ChangeRefusals))]
pub(super) async fn create(member: Member<Marketer>, JsonBody(body): JsonBody) -> Result<(StatusCode, Json<CampaignOverview>), Problem> {
    let (advertiser_id, terms) = read_object(&body, |fields| {
        let (advertiser_id, terms) = (fields.id("advertiser_id"), read_terms(fields));
        Some((advertiser_id?, terms?))
    })?;
    let desk = desk_of(member).await?;
    let id = campaign::create(&desk, advertiser_id, terms).await?.id;
    let overview = campaign::get_overview(&desk.app, &desk.project, id)?;
    Ok((StatusCode::CREATED, Json(CampaignOverview::from(&overview))))
}

/// Get a campaign of a project
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/campaigns/{campaignId}", operation_id = "getProjectCampaign", tag = "Campaigns",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("campaignId" = Uuid, Path, description = "The campaign.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
    ),
    responses((status = 200, body = CampaignOverview, description = "The campaign."), Refusals,
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", description = "The project is archived.")))]
pub(super) async fn get(member: Member<Viewer>, InPath(id): InPath<CampaignId>) -> Result<Json<CampaignOverview>, Problem> {
    let project = project_of(&member).await?;
    Ok(Json(CampaignOverview::from(&campaign::get_overview(&member.person.app, &project, id)?)))
}

/// Change a campaign of a project
///
/// RFC 7386 merge: what is absent stays, `null` clears a restriction of the targeting. After the start both limits and both
/// dates are frozen.
#[utoipa::path(patch, path = "/api/v1/projects/{projectId}/campaigns/{campaignId}", operation_id = "changeProjectCampaign", tag = "Campaigns",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("campaignId" = Uuid, Path, description = "The campaign.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
    ),
    request_body = CampaignPatch, responses((status = 200, body = CampaignOverview, description = "The campaign as it is now."), ChangeRefusals))]
pub(super) async fn change(
    member: Member<Marketer>,
    InPath(id): InPath<CampaignId>,
    JsonBody(patch): JsonBody,
) -> Result<Json<CampaignOverview>, Problem> {
    let desk = desk_of(member).await?;
    let named = named(&campaign::get_overview(&desk.app, &desk.project, id)?);
    campaign::change(&desk, named, move |present| merge_terms(present, &patch)).await?;
    Ok(Json(CampaignOverview::from(&campaign::get_overview(&desk.app, &desk.project, id)?)))
}

/// Delete a campaign of a project
///
/// It is shown and found no more; what it spent stays in its advertiser's totals.
#[utoipa::path(delete, path = "/api/v1/projects/{projectId}/campaigns/{campaignId}", operation_id = "deleteProjectCampaign", tag = "Campaigns",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("campaignId" = Uuid, Path, description = "The campaign.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
    ),
    responses((status = 204, description = "Deleted."), ChangeRefusals))]
pub(super) async fn delete(member: Member<Marketer>, InPath(id): InPath<CampaignId>) -> Result<StatusCode, Problem> {
    let desk = desk_of(member).await?;
    let named = named(&campaign::get_overview(&desk.app, &desk.project, id)?);
    campaign::delete(&desk, named).await?;
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
    let empty_days = read_empty_days(&query)?;
    let (app, project) = (&member.person.app, project_of(&member).await?);
    let total = Stats::from(&statistics::of_campaign(app, &project, id).await?);
    let days = statistics::of_campaign_by_day(app, &project, id, empty_days).await?;
    Ok(Json(Statistics { total, days: days.iter().map(DailyStats::from).collect() }))
}

fn named(overview: &Overview) -> Named {
    Named { advertiser_id: overview.campaign.advertiser_id, campaign_id: overview.campaign.id }
}
