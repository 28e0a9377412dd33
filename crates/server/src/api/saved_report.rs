//! Saved reports: questions that people keep.

use axum::{
    Json,
    http::{StatusCode, Uri},
};
use barker_app::sheet::{self, Place};
use barker_domain::{ProjectId, page::Listed, sheet::SheetKind};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    report::ReportQuestion,
    sheet::{SheetAnswers, Tagged, answered, instead, object, terms},
};
use crate::http::{
    input::{IfMatch, InPath, JsonBody, Query, SavedReportId},
    paging::{PagedJson, WantedPage, page},
    permission::{Caller, Marketer, Member, Read, Viewer},
    problem::{ChangeRefusals, Problem, Refusals, VersionRefusals},
};

const KIND: SheetKind = SheetKind::SavedReport;

/// What is to be kept.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"name": "Channels, this month", "view": "table", "query": {"metrics": ["cost", "romi"], "group_by": ["channel"], "window": "30d"}}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct SavedReportTerms {
    /// What people call it.
    #[schema(min_length = 1, max_length = 255)]
    name: String,
    /// What it is for.
    #[schema(max_length = 10_000, nullable = false)]
    description: Option<String>,
    /// How it is shown: `number`, `line`, `bar`, `table`, `pie`.
    #[schema(pattern = "^(number|line|bar|table|pie)$", nullable = false)]
    view: Option<String>,
    /// The question.
    query: ReportQuestion,
}

/// A saved report: what its maker wrote, with its id and version.
#[derive(Debug, ToSchema)]
#[schema(example = json!({
    "saved_report_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d", "name": "Channels, this month", "version": 1,
    "created_by": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e", "created_at": "2026-11-21T08:15:00Z", "updated_at": "2026-11-21T08:15:00Z",
    "view": "table", "query": {"metrics": ["cost", "romi"], "group_by": ["channel"], "window": "30d"}
}))]
#[expect(dead_code, clippy::struct_field_names, reason = "documentation, with the names of the API; it is answered as it was written")]
pub(super) struct SavedReport {
    /// The report.
    saved_report_id: Uuid,
    /// Grows with every change; the `ETag` of the answer.
    version: i32,
    /// The user who saved it.
    created_by: Option<Uuid>,
    /// When it was saved.
    created_at: String,
    /// When it was changed last.
    updated_at: String,
    #[schema(inline)]
    #[serde(flatten)]
    terms: SavedReportTerms,
}

fn place(project_id: ProjectId, InPath(SavedReportId(id)): InPath<SavedReportId>) -> Place {
    Place { project_id, kind: KIND, id }
}

/// List saved reports
///
/// By name. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/saved_reports", operation_id = "listSavedReports", tag = "Reports", security(("session" = []), ("key" = ["read"])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        WantedPage,
    ),
    responses((status = 200, body = Vec<SavedReport>, description = "A page of saved reports.",
        headers(("X-Total-Count" = u64, description = "Rows in the whole list."), ("Link" = String, description = "RFC 8288: next and prev."))),
        Refusals))]
pub(super) async fn list(caller: Caller<Viewer, Read>, query: Query, uri: Uri) -> Result<PagedJson<Value>, Problem> {
    let page = page(&query)?;
    let Listed { rows, total } = sheet::list(&caller.app, caller.project_id, KIND, page).await?;
    Ok(PagedJson { listed: Listed { rows: rows.iter().map(|sheet| object(KIND, sheet)).collect(), total }, page, uri })
}

/// Save a report
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/saved_reports", operation_id = "createSavedReport", tag = "Reports", security(("session" = [])),
    params(("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    request_body = SavedReportTerms, responses((status = 201, body = SavedReport, description = "The saved report."), ChangeRefusals))]
pub(super) async fn create(member: Member<Marketer>, JsonBody(body): JsonBody) -> Result<Tagged, Problem> {
    let terms = terms(KIND, &body)?;
    let sheet = sheet::create(&member.person.app, (member.project_id, KIND), terms, member.person.origin).await?;
    Ok(Tagged { status: StatusCode::CREATED, sheet, kind: KIND })
}

/// Get a saved report
///
/// Its version stands in `ETag`.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/saved_reports/{savedReportId}", operation_id = "getSavedReport", tag = "Reports",
    security(("session" = []), ("key" = ["read"])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("savedReportId" = Uuid, Path, description = "The report.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e"),
    ),
    responses((status = 200, body = SavedReport, description = "The saved report."), Refusals))]
pub(super) async fn get(caller: Caller<Viewer, Read>, id: InPath<SavedReportId>) -> Result<Tagged, Problem> {
    let sheet = sheet::get(&caller.app, place(caller.project_id, id)).await?;
    Ok(Tagged { status: StatusCode::OK, sheet, kind: KIND })
}

/// Change a saved report
///
/// The whole of it. With `If-Match`, only while it is still that version; else 412.
#[utoipa::path(put, path = "/api/v1/projects/{projectId}/saved_reports/{savedReportId}", operation_id = "changeSavedReport", tag = "Reports",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("savedReportId" = Uuid, Path, description = "The report.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e"),
    ),
    request_body = SavedReportTerms, responses((status = 200, body = SavedReport, description = "The saved report as it is now."), ChangeRefusals, VersionRefusals))]
pub(super) async fn change(
    member: Member<Marketer>,
    id: InPath<SavedReportId>,
    IfMatch(version): IfMatch,
    JsonBody(body): JsonBody,
) -> Result<Tagged, Problem> {
    let terms = terms(KIND, &body)?;
    let sheet = sheet::change(&member.person.app, place(member.project_id, id), (terms, version), member.person.origin).await?;
    Ok(Tagged { status: StatusCode::OK, sheet, kind: KIND })
}

/// Delete a saved report
///
/// With `If-Match`, only while it is still that version; else 412.
#[utoipa::path(delete, path = "/api/v1/projects/{projectId}/saved_reports/{savedReportId}", operation_id = "deleteSavedReport", tag = "Reports",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("savedReportId" = Uuid, Path, description = "The report.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e"),
    ),
    responses((status = 204, description = "Deleted."), ChangeRefusals, VersionRefusals))]
pub(super) async fn delete(member: Member<Marketer>, id: InPath<SavedReportId>, IfMatch(version): IfMatch) -> Result<StatusCode, Problem> {
    sheet::delete(&member.person.app, place(member.project_id, id), version, &member.person.origin).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Get what a saved report shows
///
/// The parameters are in place of its own period.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/saved_reports/{savedReportId}/data", operation_id = "getSavedReportData", tag = "Reports",
    security(("session" = []), ("key" = ["read"])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("savedReportId" = Uuid, Path, description = "The report.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e"),
        ("date_from" = Option<String>, Query, description = "The first day.", example = "2026-11-01"),
        ("date_to" = Option<String>, Query, description = "The last day.", example = "2026-11-21"),
        ("window" = Option<String>, Query, description = "Instead of `date_from`.", example = "7d"),
        ("compare_to" = Option<String>, Query, description = "`previous_period` or `previous_year`.", example = "previous_period"),
        ("filter" = Option<String>, Query, description = "As in reports, besides its own.", example = "channel:paid_search"),
    ),
    responses((status = 200, body = SheetAnswers, description = "One answer, of the widget `report`."), Refusals))]
pub(super) async fn answer(caller: Caller<Viewer, Read>, id: InPath<SavedReportId>, query: Query) -> Result<Json<SheetAnswers>, Problem> {
    answered(&caller.app, place(caller.project_id, id), &instead(&query)?).await
}
