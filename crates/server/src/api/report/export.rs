//! Reports as files.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use barker_app::report::{
    self,
    export::{Format, export},
};
use barker_domain::{Error, FieldError, Result};
use serde_json::Value;

use super::{ReportQuestion, query};
use crate::http::{
    input::{JsonBody, OptionalJsonBody, Query},
    permission::{Caller, Read, Viewer},
    problem::{Problem, Refusals},
};

/// Export a report
///
/// The parameters of `GET .../reports/kpi`, or its body; all rows, up to 100,000, unless `limit` says how many.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/reports/export", operation_id = "getExport", tag = "Reports", security(("session" = []), ("key" = ["read"])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("format" = Option<String>, Query, description = "`csv` (when absent), `xlsx` or `parquet`.", example = "csv"),
        ("metrics" = Option<String>, Query, description = "Names of metrics.", example = "cost,revenue,romi"),
        ("group_by" = Option<String>, Query, description = "Names of dimensions.", example = "channel"),
        ("window" = Option<String>, Query, description = "`1h`, `1d`, `7d`, `30d`.", example = "7d"),
    ),
    responses((status = 200, content_type = "text/csv", body = String, description = "The file.", example = json!("channel,cost\r\nemail,0\r\n")), Refusals))]
pub(in crate::api) async fn get(
    caller: Caller<Viewer, Read>,
    query: Query,
    OptionalJsonBody(body): OptionalJsonBody,
) -> Result<Response, Problem> {
    query.refuse_others(&[&["format"], query::PARAMETERS.as_slice()].concat())?;
    let format = format(&query)?;
    let mut body = query::body(&query, body)?;
    body.as_object_mut().into_iter().for_each(|body| drop(body.remove("format")));
    file(caller, &body, format).await
}

/// Export a report with a body
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/reports/export", operation_id = "postExport", tag = "Reports", security(("session" = []), ("key" = ["read"])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("format" = Option<String>, Query, description = "`csv` (when absent), `xlsx` or `parquet`.", example = "csv"),
    ),
    request_body = ReportQuestion,
    responses((status = 200, content_type = "text/csv", body = String, description = "The file.", example = json!("channel,cost\r\nemail,0\r\n")), Refusals))]
pub(in crate::api) async fn post(caller: Caller<Viewer, Read>, query: Query, JsonBody(body): JsonBody) -> Result<Response, Problem> {
    query.refuse_others(&["format"])?;
    let format = format(&query)?;
    file(caller, &body, format).await
}

fn format(query: &Query) -> Result<Format> {
    let text = query.text("format").unwrap_or("csv");
    let refused = || Error::invalid(vec![FieldError::new("/format", "enum", "must be one of csv, xlsx, parquet")]);
    Format::ALL.iter().find(|(name, _)| *name == text).map(|(_, format)| *format).ok_or_else(refused)
}

async fn file(caller: Caller<Viewer, Read>, body: &Value, format: Format) -> Result<Response, Problem> {
    let request = report::read_file(body)?;
    let report = report::answer(&caller.app, caller.project_id, &request).await?;
    let (first, last) = report.range.days;
    let name = format!("attachment; filename=\"report-{}-{}.{}\"", first.date(), last.date(), format.as_str());
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(format.media_type())),
        (header::CONTENT_DISPOSITION, HeaderValue::try_from(name).unwrap_or(HeaderValue::from_static("attachment"))),
    ];
    Ok((headers, export(report, format).await?).into_response())
}
