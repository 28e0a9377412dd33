//! Advertisers of a project, for its members.

use axum::{
    Json,
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use barker_app::{
    account::Overview,
    advertiser::{self, AdvertiserChange},
    statistics,
};
use barker_domain::{
    AdvertiserId, Micros,
    advertiser::{Advertiser as Record, KeptAdvertiser},
    error::unless_faulty,
    page::Listed,
};
use barker_store::{AdvertiserFilter, AdvertiserSort};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    ad::{given, tag},
    campaign::Statistics,
    desk_of, empty_days, instant, project_of,
};
use crate::http::{
    fields::{Fields, read_object},
    input::{IfMatchTag, InPath, JsonBody, Query},
    paging::{PagedJson, WantedPage, page},
    permission::{Marketer, Member, Viewer},
    problem::{ChangeRefusals, Problem, ProblemDocument, Refusals, VersionRefusals},
};

/// Whether it is put away, by the names of the API.
const STATUSES: [(&str, bool); 2] = [("active", false), ("archived", true)];

/// What an advertiser is called.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"name": "Umbrella Shop"}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct AdvertiserName {
    /// The name.
    #[schema(min_length = 1, max_length = 255)]
    name: String,
}

/// What to change about an advertiser. What is absent stays.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"name": "Umbrella Shop", "status": "active"}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct AdvertiserPatch {
    /// The name.
    #[schema(min_length = 1, max_length = 255, nullable = false)]
    name: Option<String>,
    /// `archived` puts it away, which it must not be while one of its campaigns is not archived; `active` takes it out again.
    #[schema(pattern = "^(active|archived)$", nullable = false)]
    status: Option<String>,
}

/// An advertiser of a project.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "advertiser_id": "addf3407-9265-44b8-8e7e-6b015f63c47d", "name": "Smart Inc", "status": "active", "created_at": "2026-11-21T08:15:00Z"
}))]
pub(super) struct AdvertiserShown {
    /// The advertiser.
    advertiser_id: Uuid,
    /// What it is called.
    name: String,
    /// `active`, or `archived`: it has no campaign that is in use, and gets none.
    status: &'static str,
    /// When it was first stored.
    created_at: String,
}

/// An advertiser with its money. Amounts are decimals of the currency with at most six places.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "advertiser_id": "addf3407-9265-44b8-8e7e-6b015f63c47d", "name": "Smart Inc", "status": "active", "account_kind": "prepaid", "balance": 1000.0,
    "spendable": 987.5, "currency": "RUB"
}))]
pub(super) struct AdvertiserWithBalance {
    /// The advertiser.
    advertiser_id: Uuid,
    /// What it is called.
    name: String,
    /// `active`, or `archived`: it has no campaign that is in use, and gets none.
    status: &'static str,
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
/// With their money. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/advertisers", operation_id = "listProjectAdvertisers", tag = "Advertisers",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("status" = Option<String>, Query, pattern = "^(active|archived)$", description = "`active`, as when it is absent, or `archived`.", example = "active"),
        ("search" = Option<String>, Query, description = "Only those whose name contains this, in any case.", example = "smart"),
        ("sort" = Option<String>, Query, pattern = "^(created|name)$", description = "Newest first (as when it is absent), or by name.", example = "name"),
        WantedPage,
    ),
    responses((status = 200, body = Vec<AdvertiserWithBalance>, description = "A page of advertisers.",
        headers(("X-Total-Count" = u64, description = "Rows in the whole list."), ("Link" = String, description = "RFC 8288: next and prev."))), Refusals,
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", description = "The project is archived.")))]
pub(super) async fn list(member: Member<Viewer>, query: Query, uri: Uri) -> Result<PagedJson<AdvertiserWithBalance>, Problem> {
    let page = page(&query)?;
    let is_archived = Some(query.choice("status", &STATUSES)?.unwrap_or_default());
    let filter = AdvertiserFilter { is_archived, search: query.search()? };
    let sort = query.choice("sort", &AdvertiserSort::ALL.map(|sort| (sort.as_str(), sort)))?.unwrap_or_default();
    let project = project_of(&member).await?;
    let Listed { rows, total } = advertiser::list_with_accounts(&member.person.app, &project, &filter, (sort, page)).await?;
    let rows = rows.iter().map(|(kept, account)| AdvertiserWithBalance::of(kept, account)).collect();
    Ok(PagedJson { listed: Listed { rows, total }, page, uri })
}

/// Create an advertiser
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/advertisers", operation_id = "createProjectAdvertiser", tag = "Advertisers",
    security(("session" = [])), params(("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    request_body = AdvertiserName, responses((status = 201, body = AdvertiserShown, description = "The new advertiser, with its `ETag`."), ChangeRefusals))]
pub(super) async fn create(member: Member<Marketer>, JsonBody(body): JsonBody) -> Result<(StatusCode, Response), Problem> {
    let name = read_object(&body, |fields| {
        fields.refuse_others(&["name"]);
        fields.text("name")
    })?;
    let record = Record { id: AdvertiserId(Uuid::now_v7()), name: name.trim().to_owned() };
    let faults = record.faults();
    let (desk, id) = (desk_of(member).await?, record.id);
    advertiser::upsert(&desk, vec![unless_faulty(record, faults)?]).await?;
    Ok((StatusCode::CREATED, tagged(&advertiser::get_kept(&desk.app, &desk.project, id).await?)))
}

/// Get an advertiser of a project
///
/// The tag of what it is now stands in `ETag`.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/advertisers/{advertiserId}", operation_id = "getProjectAdvertiser", tag = "Advertisers",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("advertiserId" = Uuid, Path, description = "The advertiser.", example = "addf3407-9265-44b8-8e7e-6b015f63c47d"),
    ),
    responses((status = 200, body = AdvertiserShown, description = "The advertiser."), Refusals,
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", description = "The project is archived.")))]
pub(super) async fn get(member: Member<Viewer>, InPath(id): InPath<AdvertiserId>) -> Result<Response, Problem> {
    let project = project_of(&member).await?;
    Ok(tagged(&advertiser::get_kept(&member.person.app, &project, id).await?))
}

/// Change an advertiser
///
/// RFC 7386 merge: what is absent stays. It is archived while it has no campaign that is not; else 409. With `If-Match`, only while it
/// is still what that tag was of; else 412.
#[utoipa::path(patch, path = "/api/v1/projects/{projectId}/advertisers/{advertiserId}", operation_id = "changeProjectAdvertiser", tag = "Advertisers",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("advertiserId" = Uuid, Path, description = "The advertiser.", example = "addf3407-9265-44b8-8e7e-6b015f63c47d"),
    ),
    request_body = AdvertiserPatch,
    responses((status = 200, body = AdvertiserShown, description = "The advertiser as it is now, with its `ETag`."), ChangeRefusals, VersionRefusals))]
pub(super) async fn change(
    member: Member<Marketer>,
    InPath(id): InPath<AdvertiserId>,
    IfMatchTag(tag): IfMatchTag,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    let change = read_object(&body, |fields| {
        fields.refuse_others(&["name", "status"]);
        let name = given(fields, "name", Fields::text);
        Some(AdvertiserChange { name, is_archived: given(fields, "status", |fields, name| fields.choice(name, &STATUSES)) })
    })?;
    Ok(tagged(&advertiser::change(&desk_of(member).await?, (id, tag), change).await?))
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
    let empty_days = empty_days(&query)?;
    let (app, project) = (&member.person.app, project_of(&member).await?);
    let total = statistics::of_advertiser(app, &project, id).await?;
    let days = statistics::of_advertiser_by_day(app, &project, id, empty_days).await?;
    Ok(Json(Statistics::of(&total, &days, &project.project())))
}

impl AdvertiserWithBalance {
    fn of(kept: &KeptAdvertiser, account: &Overview) -> Self {
        Self {
            advertiser_id: kept.advertiser.id.0,
            name: kept.advertiser.name.clone(),
            status: STATUSES[usize::from(kept.is_archived)].0,
            account_kind: account.account.terms.kind.as_str(),
            balance: account.balance.to_decimal(),
            spendable: account.spendable.map(Micros::to_decimal),
            currency: account.currency.clone(),
        }
    }
}

fn tagged(kept: &KeptAdvertiser) -> Response {
    let shown = AdvertiserShown {
        advertiser_id: kept.advertiser.id.0,
        name: kept.advertiser.name.clone(),
        status: STATUSES[usize::from(kept.is_archived)].0,
        created_at: instant(kept.created_at_ms),
    };
    ([(header::ETAG, tag(advertiser::tag_of(kept)))], Json(shown)).into_response()
}
