//! Reports: metrics of a project, asked one at a time, several together, or as a difference explained.

mod answer;
pub(super) mod catalogue;
pub(super) mod export;
pub(super) mod query;

use axum::Json;
use barker_app::report;
use barker_domain::{Error, FieldError, Result};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::http::{
    fields::read_object,
    input::{JsonBody, OptionalJsonBody, Query},
    permission::{Caller, Read, Viewer},
    problem::{Problem, Refusals},
};
use answer::ChangesOutcome;
pub(super) use answer::{BatchAnswer, ChangesAnswer, Outcome, ReportAnswer};

/// What a report is to tell. Everything may be left out.
#[derive(Debug, ToSchema)]
#[schema(example = json!({
    "metrics": ["cost", "revenue", "romi"], "group_by": ["channel"], "date_from": "2026-11-01", "date_to": "2026-11-21",
    "filters": [{"dimension": "source", "operator": "is_not", "values": ["barker"]}], "compare_to": "previous_period", "sort": "-revenue", "limit": 20
}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct ReportQuestion {
    /// Names of metrics, one or several. Absent: impressions, clicks, cost, orders, revenue, ctr, cpa, romi.
    #[schema(nullable = false)]
    metrics: Option<Vec<String>>,
    /// Names of dimensions, one or several. Absent: one row over all.
    #[schema(nullable = false)]
    group_by: Option<Vec<String>>,
    /// All of them hold.
    #[schema(nullable = false)]
    filters: Option<Vec<ReportFilter>>,
    /// The first day. Absent: see `window`.
    #[schema(nullable = false)]
    date_from: Option<String>,
    /// The last day, which counts; today when absent. With `window=1h` an instant as well.
    #[schema(nullable = false)]
    date_to: Option<String>,
    /// Instead of `date_from`: `1h`, `1d`, `7d` or `30d` up to `date_to`. `30d` when neither is there.
    #[schema(pattern = "^(1h|1d|7d|30d)$", nullable = false)]
    window: Option<String>,
    /// `previous_period` or `previous_year`.
    #[schema(pattern = "^(previous_period|previous_year)$", nullable = false)]
    compare_to: Option<String>,
    /// Who is credited with orders, leads and new customers; what is absent is the project's.
    #[schema(nullable = false)]
    attribution: Option<ReportAttribution>,
    /// Whether refunds are taken off revenue; they are when absent.
    #[schema(nullable = false)]
    is_net_of_refunds: Option<bool>,
    /// ISO 4217: what money is converted to. Absent: the project's currency.
    #[schema(nullable = false)]
    currency: Option<String>,
    /// Metrics and dimensions of the report, with a `-` before them for the largest first. Absent: by time, else by the first metric.
    #[schema(nullable = false)]
    sort: Option<Vec<String>>,
    /// Most rows; 1,000 when absent.
    #[schema(minimum = 1, maximum = 10_000, nullable = false)]
    limit: Option<i32>,
}

/// Rows that count.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"dimension": "channel", "operator": "is", "values": ["paid_search", "(unattributed)"]}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct ReportFilter {
    /// A dimension that is not one of time.
    dimension: String,
    /// `is` (when absent) or `is_not`.
    #[schema(pattern = "^(is|is_not)$", nullable = false)]
    operator: Option<String>,
    /// One or several; `(unattributed)` stands for rows that have none.
    values: Vec<String>,
}

/// Which touch is credited.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"model": "last_non_direct", "lookback_days": 30, "dated_by": "conversion"}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct ReportAttribution {
    /// `last_non_direct`, `last_touch`, `first_touch` or `linear`.
    #[schema(pattern = "^(last_non_direct|last_touch|first_touch|linear)$", nullable = false)]
    model: Option<String>,
    /// How long before it the touch may have been.
    #[schema(minimum = 0, maximum = 365, nullable = false)]
    lookback_days: Option<i32>,
    /// The day that a credited conversion counts on: its own (`conversion`) or that of its `touch`.
    #[schema(pattern = "^(conversion|touch)$", nullable = false)]
    dated_by: Option<String>,
}

/// Several reports at once.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"reports": [{"metrics": "revenue", "window": "7d"}, {"metrics": ["cost", "romi"], "group_by": "channel", "window": "30d"}],
    "changes": [{"metric": "revenue", "group_by": "channel", "window": "7d"}]}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct BatchQuestion {
    /// At most 50.
    #[schema(max_items = 50)]
    reports: Vec<ReportQuestion>,
    /// Differences to be explained as well; at most 50.
    #[schema(max_items = 50, nullable = false)]
    changes: Option<Vec<ChangesQuestion>>,
}

/// Which difference is to be explained. Filters, attribution and so on as in reports.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"metric": "revenue", "group_by": "channel", "window": "7d", "compare_to": "previous_period", "limit": 5}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct ChangesQuestion {
    /// The metric; not `people`, whose parts do not add up.
    metric: String,
    /// What the difference is told to, one or several dimensions; not of time.
    group_by: Vec<String>,
    /// The first day.
    #[schema(nullable = false)]
    date_from: Option<String>,
    /// The last day.
    #[schema(nullable = false)]
    date_to: Option<String>,
    /// Instead of `date_from`.
    #[schema(pattern = "^(1h|1d|7d|30d)$", nullable = false)]
    window: Option<String>,
    /// `previous_period` (when absent) or `previous_year`.
    #[schema(pattern = "^(previous_period|previous_year)$", nullable = false)]
    compare_to: Option<String>,
    /// Other days to compare with, with `compare_until`.
    #[schema(nullable = false)]
    compare_from: Option<String>,
    /// The last of them.
    #[schema(nullable = false)]
    compare_until: Option<String>,
    /// All of them hold.
    #[schema(nullable = false)]
    filters: Option<Vec<ReportFilter>>,
    /// Who is credited.
    #[schema(nullable = false)]
    attribution: Option<ReportAttribution>,
    /// How many contributors are named; 10 when absent.
    #[schema(minimum = 1, maximum = 10_000, nullable = false)]
    limit: Option<i32>,
}

/// Ask for a report
///
/// By parameters; a body like that of `POST` is understood as well, and must not say what a parameter says.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/reports/kpi", operation_id = "getReport", tag = "Reports", security(("session" = []), ("key" = ["read"])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("metrics" = Option<String>, Query, description = "Names, parted by commas, or several times.", example = "cost,revenue,romi"),
        ("group_by" = Option<String>, Query, description = "Names of dimensions, parted by commas, or several times.", example = "channel"),
        ("filter" = Option<String>, Query, description = "`dimension:value`, or `dimension!:value` for all others; values parted by commas. Several times: all hold.",
            example = "channel:paid_search,paid_social"),
        ("date_from" = Option<String>, Query, description = "The first day.", example = "2026-11-01"),
        ("date_to" = Option<String>, Query, description = "The last day; today when absent.", example = "2026-11-21"),
        ("window" = Option<String>, Query, description = "Instead of `date_from`: `1h`, `1d`, `7d`, `30d`.", example = "7d"),
        ("compare_to" = Option<String>, Query, description = "`previous_period` or `previous_year`.", example = "previous_period"),
        ("model" = Option<String>, Query, description = "Of attribution: `last_non_direct`, `last_touch`, `first_touch`, `linear`.", example = "last_non_direct"),
        ("lookback_days" = Option<i32>, Query, minimum = 0, maximum = 365, description = "Of attribution.", example = 30),
        ("dated_by" = Option<String>, Query, description = "Of attribution: `conversion` or `touch`.", example = "conversion"),
        ("is_net_of_refunds" = Option<bool>, Query, description = "Whether refunds are taken off revenue.", example = true),
        ("currency" = Option<String>, Query, description = "ISO 4217.", example = "RUB"),
        ("sort" = Option<String>, Query, description = "Names, with `-` for the largest first.", example = "-revenue"),
        ("limit" = Option<i32>, Query, minimum = 1, maximum = 10_000, description = "Most rows.", example = 100),
    ),
    responses((status = 200, body = ReportAnswer, description = "The report."), Refusals))]
pub(super) async fn get(
    caller: Caller<Viewer, Read>,
    query: Query,
    OptionalJsonBody(body): OptionalJsonBody,
) -> Result<Json<ReportAnswer>, Problem> {
    query.refuse_others(&query::PARAMETERS)?;
    answered(caller, &query::body(&query, body)?).await
}

/// Ask for a report with a body
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/reports/kpi", operation_id = "postReport", tag = "Reports", security(("session" = []), ("key" = ["read"])),
    params(("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    request_body = ReportQuestion, responses((status = 200, body = ReportAnswer, description = "The report."), Refusals))]
pub(super) async fn post(caller: Caller<Viewer, Read>, query: Query, JsonBody(body): JsonBody) -> Result<Json<ReportAnswer>, Problem> {
    query.refuse_others(&[])?;
    answered(caller, &body).await
}

async fn answered(caller: Caller<Viewer, Read>, body: &Value) -> Result<Json<ReportAnswer>, Problem> {
    let request = report::read_report(body)?;
    Ok(Json(ReportAnswer::from(&report::answer(&caller.app, caller.project_id, &request).await?)))
}

/// Ask for several reports
///
/// A dashboard's widgets in one round trip, and what made their differences. Answers stand in the order of the questions; one that
/// fails does not spoil the others.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/reports/batch", operation_id = "batchReports", tag = "Reports", security(("session" = []), ("key" = ["read"])),
    params(("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    request_body = BatchQuestion, responses((status = 200, body = BatchAnswer, description = "A report or a problem for each."), Refusals))]
pub(super) async fn batch(caller: Caller<Viewer, Read>, query: Query, JsonBody(body): JsonBody) -> Result<Json<BatchAnswer>, Problem> {
    query.refuse_others(&[])?;
    let (app, project_id) = (&caller.app, caller.project_id);
    let (reports, changes) = batch_of(&body)?;
    let (reports, changes) = (reports.iter().map(report::read_report).collect(), changes.iter().map(report::read_changes).collect());
    let (answers, changes) = report::answer_batch(app, project_id, reports, changes).await;
    let outcome = |answer: Result<(_, _)>| ChangesOutcome::from(answer.map(|(request, changes)| ChangesAnswer::new(&request, &changes)));
    Ok(Json(BatchAnswer { answers: answers.into_iter().map(Outcome::from).collect(), changes: changes.into_iter().map(outcome).collect() }))
}

/// The reports and the differences that a batch asks for; it may ask for no differences.
fn batch_of(body: &Value) -> Result<(&[Value], &[Value])> {
    read_object(body, |fields| {
        fields.refuse_others(&["reports", "changes"]);
        Some(())
    })?;
    let changes = if body.get("changes").is_none_or(Value::is_null) { &[] } else { list_of(body, "changes")? };
    Ok((list_of(body, "reports")?, changes))
}

fn list_of<'body>(body: &'body Value, name: &str) -> Result<&'body [Value]> {
    let refuse = |code, message: String| Error::invalid(vec![FieldError::new(format!("/{name}"), code, message)]);
    let list = body.get(name).and_then(Value::as_array).ok_or_else(|| refuse("type", format!("must be an array of {name}")))?;
    if list.len() > report::MAX_BATCH {
        return Err(refuse("length", format!("must have at most {} {name}", report::MAX_BATCH)));
    }
    Ok(list)
}

/// Explain a difference
///
/// What contributed most to the difference of a metric between two ranges. Contributions add up to the difference, of ratios as well.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/reports/changes", operation_id = "explainChanges", tag = "Reports", security(("session" = []), ("key" = ["read"])),
    params(("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    request_body = ChangesQuestion, responses((status = 200, body = ChangesAnswer, description = "The difference and what made it."), Refusals))]
pub(super) async fn changes(caller: Caller<Viewer, Read>, query: Query, JsonBody(body): JsonBody) -> Result<Json<ChangesAnswer>, Problem> {
    query.refuse_others(&[])?;
    let request = report::read_changes(&body)?;
    let changes = report::answer_changes(&caller.app, caller.project_id, &request).await?;
    Ok(Json(ChangesAnswer::new(&request, &changes)))
}

/// A number of a report, or of a share: what is whole as an integer.
fn number(exact: Option<barker_domain::metric::Exact>) -> Value {
    exact.map_or(Value::Null, |exact| match exact.whole().and_then(|whole| i64::try_from(whole).ok()) {
        Some(whole) => json!(whole),
        None => json!(exact.to_decimal()),
    })
}
