//! Files of facts: looked at, uploaded, imported by a job.

pub(super) mod history;
pub(super) mod rejects;

use axum::{Json, http::StatusCode};
use barker_app::import::{self, Kind, Upload, Wanted};
use barker_domain::{Code, Error, FieldError, Result};
use futures::StreamExt;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::{
    input::{BodyBytes, Query, RawBody},
    permission::{Marketer, Member},
    problem::{ChangeRefusals, Problem, ProblemDocument, Refusals},
};

/// Longest name of a file that is kept.
const MAX_NAME_CHARS: usize = 255;

/// Parameters that a file is looked at by.
const PREVIEWED: [&str; 2] = ["kind", "columns"];

/// An import that has been asked for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"job_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"}))]
pub(super) struct ImportAccepted {
    /// The job that imports the file: its progress tells rows, rate and time left.
    job_id: Uuid,
}

/// What a file is taken for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"format": "csv", "encoding": "windows-1251", "columns": [{"name": "Номер заказа", "field": "order_id"}],
    "missing": ["occurred_at"], "fields": [{"name": "order_id", "is_required": true}], "rows": [["1001"]]}))]
pub(super) struct ImportPreview {
    /// `csv`, `jsonl` or `parquet`.
    format: &'static str,
    /// How its text is written.
    encoding: &'static str,
    /// Its columns.
    columns: Vec<PreviewColumn>,
    /// Required fields that no column is known to hold.
    missing: Vec<&'static str>,
    /// Every field that a column may hold.
    fields: Vec<PreviewField>,
    /// The first rows.
    rows: Vec<Vec<String>>,
}

/// A column of a file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"name": "Номер заказа", "field": "order_id"}))]
pub(super) struct PreviewColumn {
    /// What it is called.
    name: String,
    /// Which field it is taken for.
    field: Option<&'static str>,
}

/// A field of a kind of facts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"name": "order_id", "is_required": true}))]
pub(super) struct PreviewField {
    /// Its name.
    name: &'static str,
    /// Whether every row must have it.
    is_required: bool,
}

/// Look at a file before importing it
///
/// Send its beginning (of Parquet the whole file). Answers what it is taken for, and which column for which field.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/imports/preview", operation_id = "previewImport", tag = "Data", security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("kind" = String, Query, pattern = "^(events|orders|refunds|deals|spend|rates)$", description = "What the file holds.", example = "orders"),
        ("columns" = Option<String>, Query, description = "A JSON object: fields, and the columns that hold them; of an empty name: none does.", example = "{\"net\": \"Total paid\"}"),
    ),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The beginning of the file.", example = "order_id,date,total,currency\n1,2026-11-01,1500.50,RUB\n"),
    responses((status = 200, body = ImportPreview, description = "What it is taken for."), Refusals,
        (status = 413, body = ProblemDocument, content_type = "application/problem+json", description = "The body is too long.")))]
pub(super) async fn preview(
    _member: Member<Marketer>,
    query: Query,
    BodyBytes(beginning): BodyBytes,
) -> Result<Json<ImportPreview>, Problem> {
    query.refuse_others(&PREVIEWED)?;
    let kind = kind(&query)?;
    let seen = import::preview(kind, wanted(&query)?, beginning).await?;
    Ok(Json(ImportPreview {
        format: seen.format,
        encoding: seen.encoding,
        columns: seen.columns.into_iter().map(|(name, field)| PreviewColumn { name, field }).collect(),
        missing: seen.missing,
        fields: kind.fields().iter().map(|field| PreviewField { name: field.name, is_required: field.is_required }).collect(),
        rows: seen.rows,
    }))
}

/// Import a file
///
/// CSV, JSON lines or Parquet, up to 1 GiB, as the body. Answers a job to watch, cancel and retry; importing a file again changes
/// nothing. Rows that cannot be read are told afterwards, with line, code and reason.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/imports", operation_id = "importFile", tag = "Data", security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("kind" = String, Query, pattern = "^(events|orders|refunds|deals|spend|rates)$", description = "What the file holds.", example = "orders"),
        ("file_name" = Option<String>, Query, max_length = 255, description = "What it is called.", example = "shop.csv"),
        ("columns" = Option<String>, Query, description = "A JSON object: fields, and the columns that hold them, where the guess is wrong; of an empty name: none does.", example = "{\"net\": \"Total paid\"}"),
        ("constants" = Option<String>, Query, description = "A JSON object: fields, and what they are in rows that say nothing.", example = "{\"currency\": \"EUR\"}"),
        ("time_zone" = Option<String>, Query, description = "IANA name, for dates without an offset; the project's when absent.", example = "Europe/Moscow"),
    ),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file.", example = "order_id,date,total,currency\n1,2026-11-01,1500.50,RUB\n"),
    responses((status = 202, body = ImportAccepted, description = "The file is kept and will be imported."), ChangeRefusals,
        (status = 413, body = ProblemDocument, content_type = "application/problem+json", description = "The file is too long.")))]
pub(super) async fn start(
    member: Member<Marketer>,
    query: Query,
    RawBody(body): RawBody,
) -> Result<(StatusCode, Json<ImportAccepted>), Problem> {
    query.refuse_others(&[PREVIEWED.as_slice(), &["file_name", "constants", "time_zone"]].concat())?;
    let app = &member.person.app;
    let project = app.get_open_project(member.project_id).await?;
    let upload = Upload {
        kind: kind(&query)?,
        file_name: query.text("file_name").unwrap_or_default().chars().take(MAX_NAME_CHARS).collect(),
        wanted: wanted(&query)?,
        time_zone: time_zone(&query)?,
    };
    let user_id = member.person.signed_in.standing.user.id;
    let bytes = body.into_data_stream().map(|bytes| bytes.map_err(|_| Error::new(Code::InvalidRequest, "the body broke off")));
    let job_id = import::upload(app, (project.id(), Some(user_id)), upload, bytes).await?;
    Ok((StatusCode::ACCEPTED, Json(ImportAccepted { job_id: job_id.0 })))
}

fn kind(query: &Query) -> Result<Kind> {
    let wrong = || Error::invalid(vec![FieldError::new("/kind", "enum", "must be one of events, orders, refunds, deals, spend, rates")]);
    query.text("kind").and_then(Kind::named).ok_or_else(wrong)
}

fn wanted(query: &Query) -> Result<Wanted> {
    Ok(Wanted { columns: pairs(query, "columns")?, constants: pairs(query, "constants")? })
}

fn pairs(query: &Query, name: &str) -> Result<Vec<(String, String)>> {
    let wrong = || Error::invalid(vec![FieldError::new(format!("/{name}"), "format", "must be a JSON object of texts")]);
    let Some(text) = query.text(name) else { return Ok(Vec::new()) };
    let Ok(Value::Object(object)) = serde_json::from_str(text) else { return Err(wrong()) };
    object.into_iter().map(|(field, value)| value.as_str().map(|value| (field, value.to_owned())).ok_or_else(wrong)).collect()
}

fn time_zone(query: &Query) -> Result<Option<TimeZone>> {
    let wrong = |_| Error::invalid(vec![FieldError::new("/time_zone", "format", "must be an IANA time zone, like Europe/Moscow")]);
    query.text("time_zone").map(|name| TimeZone::get(name).map_err(wrong)).transpose()
}
