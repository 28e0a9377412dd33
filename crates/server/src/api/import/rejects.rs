//! Rows that an import did not keep: all of them as a file, the first as JSON.

use axum::{
    Json,
    body::Body,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use barker_app::import::{self, Reject, RejectCode, RejectTable};
use barker_domain::JobId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::job::reach,
    http::{
        input::{InPath, Query},
        permission::{Marketer, Member},
        problem::{Problem, Refusals},
    },
};

/// Rows that are told as JSON.
const MOST_TOLD: usize = 100;

/// The first rejected rows of an import.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"columns": ["Номер заказа", "Дата заказа", "Итого"],
    "rows": [{"line": 3, "field": "occurred_at", "code": "date_time", "reason": "\"вчера\" is no date and time", "cells": ["2", "вчера", "7"]}]}))]
pub(in crate::api) struct ImportRejects {
    /// What the columns of the file are called.
    columns: Vec<String>,
    /// The rejected rows, at most 100.
    rows: Vec<RejectedRow>,
}

/// A row that was not kept.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"line": 3, "field": "occurred_at", "code": "date_time", "reason": "\"вчера\" is no date and time", "cells": ["2", "вчера", "7"]}))]
pub(in crate::api) struct RejectedRow {
    /// Its line in the file, from 1; of Parquet and after lines that go on, its row.
    line: u64,
    /// Which field is wrong; empty when it is the row as a whole.
    field: String,
    /// A stable word for what is wrong: `required`, `no_amount`, `date_time`, `date`, `number`, `decimals`, `whole_number`, `positive`,
    /// `negative`, `too_large`, `currency`, `length`, `event_type`, `time_range`, `too_many_cells`, `broken_csv`, `broken_json`, `line_too_long`,
    /// `unreadable`; null of a file that an earlier version has imported.
    code: Option<&'static str>,
    /// The same for people.
    reason: String,
    /// The row as it stood.
    cells: Vec<String>,
}

impl From<RejectTable> for ImportRejects {
    fn from(RejectTable { columns, rows }: RejectTable) -> Self {
        Self { columns, rows: rows.into_iter().map(RejectedRow::from).collect() }
    }
}

impl From<Reject> for RejectedRow {
    fn from(Reject { line, field, code, reason, row }: Reject) -> Self {
        Self { line, field, code: code.map(RejectCode::as_str), reason, cells: row }
    }
}

/// Rejected rows of an import
///
/// A CSV file: line, field, code, reason, and the row as it stood; only a header when there are none. With `format=json` the first
/// 100 of them.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/imports/{jobId}/rejects", operation_id = "getImportRejects", tag = "Data", security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("jobId" = Uuid, Path, description = "The job that imported the file.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("format" = Option<String>, Query, pattern = "^(csv|json)$", description = "`csv`, as when it is absent, or `json`.", example = "json"),
    ),
    responses((status = 200, description = "The rejected rows.", content(
        (String = "text/csv", example = "line,field,code,reason\r\n"),
        (ImportRejects = "application/json"),
    )), Refusals))]
pub(in crate::api) async fn get(member: Member<Marketer>, InPath(id): InPath<JobId>, query: Query) -> Result<Response, Problem> {
    let (app, reach) = (&member.person.app, reach(&member));
    if query.choice("format", &[("csv", false), ("json", true)])?.unwrap_or_default() {
        return Ok(Json(ImportRejects::from(import::list_rejects(app, reach, id, MOST_TOLD).await?)).into_response());
    }
    let body = match import::find_rejects(app, reach, id).await? {
        Some(object) => Body::from_stream(object.into_stream()),
        None => Body::from("line,field,code,reason\r\n"),
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"rejects.csv\"")),
    ];
    Ok((headers, body).into_response())
}
