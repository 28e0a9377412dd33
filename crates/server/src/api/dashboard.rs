//! Dashboards: kept, shown, and shared by links.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, Uri, header},
    response::IntoResponse,
};
use barker_app::sheet::{self, Place};
use barker_domain::{
    ProjectId,
    page::Listed,
    sheet::{DashboardLink, SheetKind},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    instant,
    report::{ReportAttribution, ReportFilter, ReportQuestion},
    sheet::{SheetAnswers, Tagged, answered, instead, object, terms},
};
use crate::http::{
    input::{DashboardId, IfMatch, InPath, JsonBody, LinkId, Query},
    paging::{PagedJson, WantedPage, page},
    permission::{Caller, Marketer, Member, Read, Viewer},
    problem::{ChangeRefusals, Problem, Refusals, VersionRefusals},
};

const KIND: SheetKind = SheetKind::Dashboard;

/// What a dashboard is to be.
#[derive(Debug, ToSchema)]
#[schema(example = json!({
    "name": "Overview", "period": {"window": "30d", "compare_to": "previous_period"}, "refresh_seconds": 900,
    "widgets": [
        {"id": "romi", "kind": "number", "title": "ROMI", "place": {"x": 0, "y": 0, "width": 3, "height": 2}, "query": {"metrics": "romi"}},
        {"id": "note", "kind": "text", "place": {"x": 3, "y": 0, "width": 9, "height": 2}, "text": "Before Black Friday"}
    ]
}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct DashboardTerms {
    /// What people call it.
    #[schema(min_length = 1, max_length = 255)]
    name: String,
    /// What it is for.
    #[schema(max_length = 10_000, nullable = false)]
    description: Option<String>,
    /// When, for every widget that does not say so itself.
    #[schema(nullable = false)]
    period: Option<DashboardPeriod>,
    /// For every widget, besides its own.
    #[schema(nullable = false)]
    filters: Option<Vec<ReportFilter>>,
    /// For every widget that does not say so itself.
    #[schema(nullable = false)]
    attribution: Option<ReportAttribution>,
    /// How often a page asks again; never when absent.
    #[schema(minimum = 60, maximum = 86_400, nullable = false)]
    refresh_seconds: Option<i32>,
    /// In the order of reading.
    #[schema(max_items = 50, nullable = false)]
    widgets: Option<Vec<DashboardWidget>>,
}

/// When: as in reports.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct DashboardPeriod {
    /// Up to `date_to`.
    #[schema(pattern = "^(1h|1d|7d|30d)$", nullable = false)]
    window: Option<String>,
    /// The first day.
    #[schema(nullable = false)]
    date_from: Option<String>,
    /// The last day.
    #[schema(nullable = false)]
    date_to: Option<String>,
    /// `previous_period` or `previous_year`.
    #[schema(pattern = "^(previous_period|previous_year)$", nullable = false)]
    compare_to: Option<String>,
}

/// One widget.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct DashboardWidget {
    /// Yours, unique on the dashboard.
    #[schema(min_length = 1, max_length = 64)]
    id: String,
    /// `number`, `line`, `bar`, `table`, `pie`, `text`.
    #[schema(pattern = "^(number|line|bar|table|pie|text)$")]
    kind: String,
    /// What stands above it.
    #[schema(max_length = 255, nullable = false)]
    title: Option<String>,
    /// On a grid of 12 columns.
    #[schema(nullable = false)]
    place: Option<DashboardPlace>,
    /// What it asks; not of a text.
    #[schema(nullable = false)]
    query: Option<ReportQuestion>,
    /// What a text says.
    #[schema(max_length = 10_000, nullable = false)]
    text: Option<String>,
}

/// Where a widget stands.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct DashboardPlace {
    /// Columns left of it.
    #[schema(minimum = 0, maximum = 11)]
    x: i32,
    /// Rows above it.
    #[schema(minimum = 0, maximum = 999)]
    y: i32,
    /// In columns.
    #[schema(minimum = 1, maximum = 12)]
    width: i32,
    /// In rows.
    #[schema(minimum = 1, maximum = 1000)]
    height: i32,
}

/// A dashboard: what its maker wrote, with its id and version.
#[derive(Debug, ToSchema)]
#[schema(example = json!({
    "dashboard_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d", "name": "Overview", "version": 1, "created_by": null,
    "created_at": "2026-11-21T08:15:00Z", "updated_at": "2026-11-21T08:15:00Z", "period": {"window": "30d"},
    "widgets": [{"id": "romi", "kind": "number", "title": "ROMI", "place": {"x": 0, "y": 0, "width": 3, "height": 2}, "query": {"metrics": "romi"}}]
}))]
#[expect(dead_code, clippy::struct_field_names, reason = "documentation, with the names of the API; it is answered as it was written")]
pub(super) struct Dashboard {
    /// The dashboard.
    dashboard_id: Uuid,
    /// Grows with every change; the `ETag` of the answer.
    version: i32,
    /// The user who made it; `null`: Barker.
    created_by: Option<Uuid>,
    /// When it was made.
    created_at: String,
    /// When it was changed last.
    updated_at: String,
    #[schema(inline)]
    #[serde(flatten)]
    terms: DashboardTerms,
}

/// A link to a dashboard.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "link_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d", "created_by": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e",
    "created_at": "2026-11-21T08:15:00Z", "revoked_at": null
}))]
#[expect(clippy::struct_field_names, reason = "the names of the API")]
pub(super) struct Link {
    /// The link.
    link_id: Uuid,
    /// The user who made it.
    created_by: Option<Uuid>,
    /// When it was made.
    created_at: String,
    /// When it was revoked; `null`: it works.
    revoked_at: Option<String>,
}

/// A new link, with the only look at its token that there is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "token": "q0bF6mC0qVQm3yX5t1Jm3d1r0m3Q0yq7uGZ8f2a9c1E", "path": "/api/v1/shared/q0bF6mC0qVQm3yX5t1Jm3d1r0m3Q0yq7uGZ8f2a9c1E",
    "link_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d", "created_by": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e",
    "created_at": "2026-11-21T08:15:00Z", "revoked_at": null
}))]
pub(super) struct LinkShown {
    /// Only its digest is kept: nobody can show it again.
    token: String,
    /// Where the dashboard is to be had with it.
    path: String,
    #[serde(flatten)]
    link: Link,
}

impl From<&DashboardLink> for Link {
    fn from(link: &DashboardLink) -> Self {
        Self {
            link_id: link.id,
            created_by: link.created_by.map(Uuid::from),
            created_at: instant(link.created_at_ms),
            revoked_at: link.revoked_at_ms.map(instant),
        }
    }
}

fn place(project_id: ProjectId, InPath(DashboardId(id)): InPath<DashboardId>) -> Place {
    Place { project_id, kind: KIND, id }
}

/// List dashboards
///
/// By name. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/dashboards", operation_id = "listDashboards", tag = "Dashboards", security(("session" = []), ("key" = ["read"])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        WantedPage,
    ),
    responses((status = 200, body = Vec<Dashboard>, description = "A page of dashboards.",
        headers(("X-Total-Count" = u64, description = "Rows in the whole list."), ("Link" = String, description = "RFC 8288: next and prev."))),
        Refusals))]
pub(super) async fn list(caller: Caller<Viewer, Read>, query: Query, uri: Uri) -> Result<PagedJson<Value>, Problem> {
    let page = page(&query)?;
    let Listed { rows, total } = sheet::list(&caller.app, caller.project_id, KIND, page).await?;
    Ok(PagedJson { listed: Listed { rows: rows.iter().map(|sheet| object(KIND, sheet)).collect(), total }, page, uri })
}

/// Create a dashboard
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/dashboards", operation_id = "createDashboard", tag = "Dashboards", security(("session" = [])),
    params(("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    request_body = DashboardTerms, responses((status = 201, body = Dashboard, description = "The new dashboard."), ChangeRefusals))]
pub(super) async fn create(member: Member<Marketer>, JsonBody(body): JsonBody) -> Result<Tagged, Problem> {
    let terms = terms(KIND, &body)?;
    let sheet = sheet::create(&member.person.app, (member.project_id, KIND), terms, member.person.origin).await?;
    Ok(Tagged { status: StatusCode::CREATED, sheet, kind: KIND })
}

/// Get a dashboard
///
/// Its version stands in `ETag`.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/dashboards/{dashboardId}", operation_id = "getDashboard", tag = "Dashboards", security(("session" = []), ("key" = ["read"])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("dashboardId" = Uuid, Path, description = "The dashboard.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e"),
    ),
    responses((status = 200, body = Dashboard, description = "The dashboard."), Refusals))]
pub(super) async fn get(caller: Caller<Viewer, Read>, id: InPath<DashboardId>) -> Result<Tagged, Problem> {
    let sheet = sheet::get(&caller.app, place(caller.project_id, id)).await?;
    Ok(Tagged { status: StatusCode::OK, sheet, kind: KIND })
}

/// Change a dashboard
///
/// The whole of it. With `If-Match`, only while it is still that version; else 412.
#[utoipa::path(put, path = "/api/v1/projects/{projectId}/dashboards/{dashboardId}", operation_id = "changeDashboard", tag = "Dashboards", security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("dashboardId" = Uuid, Path, description = "The dashboard.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e"),
    ),
    request_body = DashboardTerms, responses((status = 200, body = Dashboard, description = "The dashboard as it is now."), ChangeRefusals, VersionRefusals))]
pub(super) async fn change(
    member: Member<Marketer>,
    id: InPath<DashboardId>,
    IfMatch(version): IfMatch,
    JsonBody(body): JsonBody,
) -> Result<Tagged, Problem> {
    let terms = terms(KIND, &body)?;
    let sheet = sheet::change(&member.person.app, place(member.project_id, id), (terms, version), member.person.origin).await?;
    Ok(Tagged { status: StatusCode::OK, sheet, kind: KIND })
}

/// Delete a dashboard
///
/// With its links. With `If-Match`, only while it is still that version; else 412.
#[utoipa::path(delete, path = "/api/v1/projects/{projectId}/dashboards/{dashboardId}", operation_id = "deleteDashboard", tag = "Dashboards", security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("dashboardId" = Uuid, Path, description = "The dashboard.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e"),
    ),
    responses((status = 204, description = "Deleted."), ChangeRefusals, VersionRefusals))]
pub(super) async fn delete(member: Member<Marketer>, id: InPath<DashboardId>, IfMatch(version): IfMatch) -> Result<StatusCode, Problem> {
    sheet::delete(&member.person.app, place(member.project_id, id), version, &member.person.origin).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Duplicate a dashboard
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/dashboards/{dashboardId}/duplicate", operation_id = "duplicateDashboard", tag = "Dashboards",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("dashboardId" = Uuid, Path, description = "The dashboard.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e"),
    ),
    responses((status = 201, body = Dashboard, description = "The copy."), ChangeRefusals))]
pub(super) async fn duplicate(member: Member<Marketer>, id: InPath<DashboardId>) -> Result<Tagged, Problem> {
    let sheet = sheet::duplicate(&member.person.app, place(member.project_id, id), member.person.origin).await?;
    Ok(Tagged { status: StatusCode::CREATED, sheet, kind: KIND })
}

/// Get what a dashboard shows
///
/// Every widget's report in one round trip. The parameters are in place of the dashboard's and its widgets' own period.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/dashboards/{dashboardId}/data", operation_id = "getDashboardData", tag = "Dashboards",
    security(("session" = []), ("key" = ["read"])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("dashboardId" = Uuid, Path, description = "The dashboard.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e"),
        ("date_from" = Option<String>, Query, description = "The first day.", example = "2026-11-01"),
        ("date_to" = Option<String>, Query, description = "The last day.", example = "2026-11-21"),
        ("window" = Option<String>, Query, description = "Instead of `date_from`.", example = "7d"),
        ("compare_to" = Option<String>, Query, description = "`previous_period` or `previous_year`.", example = "previous_period"),
        ("filter" = Option<String>, Query, description = "As in reports, besides the dashboard's.", example = "channel:paid_search"),
    ),
    responses((status = 200, body = SheetAnswers, description = "A report or a problem for each widget."), Refusals))]
pub(super) async fn answers(caller: Caller<Viewer, Read>, id: InPath<DashboardId>, query: Query) -> Result<Json<SheetAnswers>, Problem> {
    answered(&caller.app, place(caller.project_id, id), &instead(&query)?).await
}

/// List links to a dashboard
///
/// Oldest first, the revoked ones too.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/dashboards/{dashboardId}/links", operation_id = "listDashboardLinks", tag = "Dashboards",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("dashboardId" = Uuid, Path, description = "The dashboard.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e"),
    ),
    responses((status = 200, body = Vec<Link>, description = "The links."), Refusals))]
pub(super) async fn links(member: Member<Marketer>, InPath(DashboardId(id)): InPath<DashboardId>) -> Result<Json<Vec<Link>>, Problem> {
    let links = sheet::list_links(&member.person.app, member.project_id, id).await?;
    Ok(Json(links.iter().map(Link::from).collect()))
}

/// Share a dashboard
///
/// Makes a link by which anybody may look at it. The answer shows its token, once.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/dashboards/{dashboardId}/links", operation_id = "shareDashboard", tag = "Dashboards",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("dashboardId" = Uuid, Path, description = "The dashboard.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e"),
    ),
    responses((status = 201, body = LinkShown, description = "The new link."), ChangeRefusals))]
pub(super) async fn share(member: Member<Marketer>, InPath(DashboardId(id)): InPath<DashboardId>) -> Result<impl IntoResponse, Problem> {
    let (link, token) = sheet::share(&member.person.app, member.project_id, id, &member.person.origin).await?;
    let shown = LinkShown { path: format!("/api/v1/shared/{token}"), token, link: Link::from(&link) };
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(shown)))
}

/// Revoke a link to a dashboard
///
/// At once, and for good.
#[utoipa::path(delete, path = "/api/v1/projects/{projectId}/dashboards/{dashboardId}/links/{linkId}", operation_id = "unshareDashboard", tag = "Dashboards",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("dashboardId" = Uuid, Path, description = "The dashboard.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e"),
        ("linkId" = Uuid, Path, description = "The link.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5f"),
    ),
    responses((status = 204, description = "Revoked."), ChangeRefusals))]
pub(super) async fn unshare(
    member: Member<Marketer>,
    InPath(DashboardId(id)): InPath<DashboardId>,
    InPath(LinkId(link_id)): InPath<LinkId>,
) -> Result<StatusCode, Problem> {
    sheet::revoke(&member.person.app, member.project_id, (id, link_id), &member.person.origin).await?;
    Ok(StatusCode::NO_CONTENT)
}
