//! Advertisers of a project, for its members.

use axum::{
    Json,
    http::{StatusCode, Uri},
};
use barker_app::{Desk, account::Overview, advertiser, statistics};
use barker_domain::{AdvertiserId, Micros, advertiser::Advertiser as Record, page::Listed};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{campaign::Statistics, desk_of, project_of};
use crate::{
    ad_api::read_empty_days,
    contract::{Advertiser, DailyStats, Stats},
    http::{
        fields::read_object,
        input::{InPath, JsonBody, Query},
        paging::{PagedJson, page},
        permission::{Marketer, Member, Viewer},
        problem::{ChangeRefusals, Problem, ProblemDocument, Refusals},
    },
};

/// What an advertiser is called.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"name": "Umbrella Shop"}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct AdvertiserName {
    /// The name.
    #[schema(min_length = 1, max_length = 255)]
    name: String,
}

/// An advertiser with its money. Amounts are decimals of the currency with at most six places.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "advertiser_id": "addf3407-9265-44b8-8e7e-6b015f63c47d", "name": "Smart Inc", "account_kind": "prepaid", "balance": 1000.0,
    "spendable": 987.5, "currency": "RUB"
}))]
pub(super) struct AdvertiserWithBalance {
    /// The advertiser.
    advertiser_id: Uuid,
    /// What it is called.
    name: String,
    /// `prepaid` or `postpaid`.
    account_kind: &'static str,
    /// What was posted; below zero, the advertiser owes it.
    balance: f64,
    /// What may still be spent; `null`: as much as it likes.
    spendable: Option<f64>,
    /// ISO 4217: the project's.
    currency: String,
}

/// List advertisers of a project
///
/// Newest first, with their money. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/advertisers", operation_id = "listProjectAdvertisers", tag = "Advertisers",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("search" = Option<String>, Query, description = "Only those whose name contains this, in any case.", example = "smart"),
        ("size" = Option<u64>, Query, minimum = 1, maximum = 1000, description = "Rows on a page; 50 when absent.", example = 50),
        ("page" = Option<u64>, Query, minimum = 1, maximum = 1_000_000_000, description = "Which page, from 1.", example = 1),
    ),
    responses((status = 200, body = Vec<AdvertiserWithBalance>, description = "A page of advertisers.",
        headers(("X-Total-Count" = u64, description = "Rows in the whole list."), ("Link" = String, description = "RFC 8288: next and prev."))), Refusals,
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", description = "The project is archived.")))]
pub(super) async fn list(member: Member<Viewer>, query: Query, uri: Uri) -> Result<PagedJson<AdvertiserWithBalance>, Problem> {
    let (page, search) = (page(&query)?, query.text("search").filter(|search| !search.is_empty()));
    let project = project_of(&member).await?;
    let Listed { rows, total } = advertiser::list_with_accounts(&member.person.app, &project, page, search).await?;
    let rows = rows.iter().map(|(advertiser, account)| AdvertiserWithBalance::of(advertiser, account)).collect();
    Ok(PagedJson { listed: Listed { rows, total }, page, uri })
}

/// Create an advertiser
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/advertisers", operation_id = "createProjectAdvertiser", tag = "Advertisers",
    security(("session" = [])), params(("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    request_body = AdvertiserName, responses((status = 201, body = Advertiser, description = "The new advertiser."), ChangeRefusals))]
pub(super) async fn create(member: Member<Marketer>, JsonBody(body): JsonBody) -> Result<(StatusCode, Json<Advertiser>), Problem> {
    let name = read_object(&body, |fields| fields.text("name"))?;
    let stored = store(&desk_of(member).await?, Record { id: AdvertiserId(Uuid::now_v7()), name }).await?;
    Ok((StatusCode::CREATED, Json(stored)))
}

/// Get an advertiser of a project
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/advertisers/{advertiserId}", operation_id = "getProjectAdvertiser", tag = "Advertisers",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("advertiserId" = Uuid, Path, description = "The advertiser.", example = "addf3407-9265-44b8-8e7e-6b015f63c47d"),
    ),
    responses((status = 200, body = Advertiser, description = "The advertiser."), Refusals,
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", description = "The project is archived.")))]
pub(super) async fn get(member: Member<Viewer>, InPath(id): InPath<AdvertiserId>) -> Result<Json<Advertiser>, Problem> {
    let project = project_of(&member).await?;
    Ok(Json(Advertiser::from(&advertiser::get(&member.person.app, &project, id).await?)))
}

/// Rename an advertiser
#[utoipa::path(patch, path = "/api/v1/projects/{projectId}/advertisers/{advertiserId}", operation_id = "renameProjectAdvertiser", tag = "Advertisers",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("advertiserId" = Uuid, Path, description = "The advertiser.", example = "addf3407-9265-44b8-8e7e-6b015f63c47d"),
    ),
    request_body = AdvertiserName, responses((status = 200, body = Advertiser, description = "The advertiser as it is now."), ChangeRefusals))]
pub(super) async fn rename(
    member: Member<Marketer>,
    InPath(id): InPath<AdvertiserId>,
    JsonBody(body): JsonBody,
) -> Result<Json<Advertiser>, Problem> {
    let name = read_object(&body, |fields| fields.text("name"))?;
    let desk = desk_of(member).await?;
    let present = advertiser::get(&desk.app, &desk.project, id).await?;
    Ok(Json(store(&desk, Record { name, ..present }).await?))
}

/// What an advertiser's campaigns delivered
///
/// Together, deleted ones too; in total and by day.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/advertisers/{advertiserId}/statistics", operation_id = "getProjectAdvertiserStatistics",
    tag = "Statistics", security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("advertiserId" = Uuid, Path, description = "The advertiser.", example = "addf3407-9265-44b8-8e7e-6b015f63c47d"),
        ("fill" = Option<String>, Query, pattern = "^(zero|none)$", description = "`none` leaves days without events out; `zero`, as when it is absent, lists them.", example = "none"),
    ),
    responses((status = 200, body = Statistics, description = "What they delivered and spent."), Refusals,
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", description = "The project is archived.")))]
pub(super) async fn statistics(
    member: Member<Viewer>,
    InPath(id): InPath<AdvertiserId>,
    query: Query,
) -> Result<Json<Statistics>, Problem> {
    let empty_days = read_empty_days(&query)?;
    let (app, project) = (&member.person.app, project_of(&member).await?);
    let total = Stats::from(&statistics::of_advertiser(app, &project, id).await?);
    let days = statistics::of_advertiser_by_day(app, &project, id, empty_days).await?;
    Ok(Json(Statistics { total, days: days.iter().map(DailyStats::from).collect() }))
}

impl AdvertiserWithBalance {
    fn of(advertiser: &Record, account: &Overview) -> Self {
        Self {
            advertiser_id: advertiser.id.0,
            name: advertiser.name.clone(),
            account_kind: account.account.terms.kind.as_str(),
            balance: account.balance.to_decimal(),
            spendable: account.spendable.map(Micros::to_decimal),
            currency: account.currency.clone(),
        }
    }
}

async fn store(desk: &Desk, advertiser: Record) -> Result<Advertiser, Problem> {
    let trimmed = Record { name: advertiser.name.trim().to_owned(), ..advertiser };
    let faults = trimmed.faults();
    let stored = barker_domain::error::unless_faulty(trimmed, faults)?;
    advertiser::upsert(desk, vec![stored.clone()]).await?;
    Ok(Advertiser::from(&stored))
}
