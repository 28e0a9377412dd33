//! What a project has decided about its reports.

use axum::Json;
use barker_app::report::settings;
use barker_domain::fields::read_object;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::{
    input::JsonBody,
    permission::{Caller, Marketer, Member, Read, Viewer},
    problem::{ChangeRefusals, Problem, Refusals},
};

/// Which events are conversions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"conversion_events": ["purchase", "lead"]}))]
pub(super) struct ReportSettings {
    /// Types of events; none: orders are conversions.
    #[schema(max_items = 100)]
    conversion_events: Vec<String>,
}

/// Get the settings of reports
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/reports/settings", operation_id = "getReportSettings", tag = "Reports", security(("session" = []), ("key" = ["read"])),
    params(("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    responses((status = 200, body = ReportSettings, description = "The settings."), Refusals))]
pub(super) async fn get(caller: Caller<Viewer, Read>) -> Result<Json<ReportSettings>, Problem> {
    Ok(Json(ReportSettings { conversion_events: settings::get(&caller.app, caller.project_id).await? }))
}

/// Change the settings of reports
///
/// From the next report on, for all times.
#[utoipa::path(put, path = "/api/v1/projects/{projectId}/reports/settings", operation_id = "setReportSettings", tag = "Reports", security(("session" = [])),
    params(("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    request_body = ReportSettings, responses((status = 200, body = ReportSettings, description = "The settings as they are now."), ChangeRefusals))]
pub(super) async fn set(member: Member<Marketer>, JsonBody(body): JsonBody) -> Result<Json<ReportSettings>, Problem> {
    let events = read_object(&body, |fields| {
        fields.refuse_others(&["conversion_events"]);
        fields.one_or_several("conversion_events")
    })?;
    let conversion_events = settings::set(&member.person.app, member.project_id, events, &member.person.origin).await?;
    Ok(Json(ReportSettings { conversion_events }))
}
