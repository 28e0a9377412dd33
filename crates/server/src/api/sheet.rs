//! What dashboards and saved reports have in common in the API: their JSON, their `ETag`, and what is asked for instead.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use barker_app::{
    report::Report,
    sheet::{Override, Place, read_terms},
};
use barker_domain::{
    Result,
    sheet::{Sheet, SheetKind, SheetTerms},
};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::{instant, report};
use crate::http::{input::Query, problem::Problem};

/// What a sheet shows, widget by widget.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"answers": [
    {"widget": "cost", "status": 200, "report": {"date_from": "2026-11-15", "date_to": "2026-11-21", "rows": [{"cost": 1000}], "totals": {"cost": 1000}}}
]}))]
pub(super) struct SheetAnswers {
    /// One for each widget that asks something, in their order.
    answers: Vec<WidgetAnswer>,
}

/// What a widget shows, or why it shows nothing.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WidgetAnswer {
    /// The widget's id.
    widget: String,
    #[serde(flatten)]
    outcome: report::Outcome,
}

/// A sheet with its `ETag`.
pub(super) struct Tagged {
    pub(super) status: StatusCode,
    pub(super) sheet: Sheet,
    pub(super) kind: SheetKind,
}

impl IntoResponse for Tagged {
    fn into_response(self) -> Response {
        let tag = HeaderValue::try_from(format!("\"{}\"", self.sheet.version)).unwrap_or(HeaderValue::from_static("*"));
        (self.status, [(header::ETAG, tag)], Json(object(self.kind, &self.sheet))).into_response()
    }
}

/// A sheet: what its maker wrote, and what Barker adds.
pub(super) fn object(kind: SheetKind, sheet: &Sheet) -> Value {
    let mut object = sheet.terms.content.as_object().cloned().unwrap_or_default();
    let id = match kind {
        SheetKind::Dashboard => "dashboard_id",
        SheetKind::SavedReport => "saved_report_id",
    };
    object.insert(id.to_owned(), json!(sheet.id));
    object.insert("name".to_owned(), json!(sheet.terms.name));
    object.insert("version".to_owned(), json!(sheet.version));
    object.insert("created_by".to_owned(), json!(sheet.created_by));
    object.insert("created_at".to_owned(), json!(instant(sheet.created_at_ms)));
    object.insert("updated_at".to_owned(), json!(instant(sheet.updated_at_ms)));
    Value::Object(object)
}

/// Reads what a sheet is to be. What Barker adds may be there, as it was answered, and means nothing.
pub(super) fn terms(kind: SheetKind, body: &Value) -> Result<SheetTerms> {
    let mut body = body.clone();
    if let Some(object) = body.as_object_mut() {
        object.retain(|name, _| {
            !matches!(name.as_str(), "dashboard_id" | "saved_report_id" | "version" | "created_by" | "created_at" | "updated_at")
        });
    }
    read_terms(kind, &body)
}

/// Parameters of what somebody wants to see instead.
const INSTEAD: [&str; 5] = ["window", "date_from", "date_to", "compare_to", "filter"];

/// When, and which rows, somebody wants to see instead of what the sheet says.
pub(super) fn instead(query: &Query) -> Result<Override> {
    let asked = report::query::body(query, None)?;
    let mut faults = Vec::new();
    let (mut period, mut filters) = (Map::new(), Vec::new());
    for (name, value) in asked.as_object().into_iter().flatten() {
        match (name.as_str(), value) {
            ("window" | "date_from" | "date_to" | "compare_to", value) => drop(period.insert(name.clone(), value.clone())),
            ("filters", Value::Array(asked)) => filters.clone_from(asked),
            _ => faults.push(barker_domain::FieldError::new(
                format!("/{name}"),
                "unknown",
                format!("is none of {}: only the period and filters are asked for instead", INSTEAD.join(", ")),
            )),
        }
    }
    barker_domain::error::unless_faulty(Override { period, filters }, faults)
}

pub(super) fn answers(answers: Vec<(String, Result<Report>)>) -> Json<SheetAnswers> {
    let answer = |(widget, answer)| WidgetAnswer { widget, outcome: report::Outcome::from(answer) };
    Json(SheetAnswers { answers: answers.into_iter().map(answer).collect() })
}

/// What a sheet shows.
pub(super) async fn answered(app: &barker_app::App, place: Place, instead: &Override) -> Result<Json<SheetAnswers>, Problem> {
    let sheet = barker_app::sheet::get(app, place).await?;
    Ok(answers(barker_app::sheet::answer(app, place.project_id, (place.kind, &sheet), instead).await))
}
