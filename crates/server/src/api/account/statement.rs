//! Statements: an advertiser's money over some days, as JSON and as CSV.

use axum::{
    Json,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use barker_app::account::{self, statement_csv};
use barker_domain::{
    AdvertiserId, Day,
    ledger::{PostingKind, Statement as Ledger},
    project::Project,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::project_of;
use crate::http::{
    input::{InPath, Query},
    permission::{Member, Viewer},
    problem::{Problem, ProblemDocument, Refusals},
};

/// An advertiser's money over some days: `opening` and all `rows` make `closing`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "advertiser_id": "addf3407-9265-44b8-8e7e-6b015f63c47d", "currency": "RUB", "date_from": "2026-11-01", "date_to": "2026-11-30",
    "opening": 0.0, "rows": [{"date": "2026-11-21", "kind": "top_up", "transactions": 1, "amount": 1000.0}],
    "totals": {"top_up": 1000.0, "spend": 0.0, "refund": 0.0, "adjustment": 0.0}, "closing": 1000.0
}))]
pub(in crate::api) struct Statement {
    /// Whose money.
    advertiser_id: Uuid,
    /// ISO 4217.
    currency: String,
    /// The first day.
    date_from: String,
    /// The last day.
    date_to: String,
    /// The balance before the first day.
    opening: f64,
    /// What was posted, by day and kind.
    rows: Vec<StatementRow>,
    /// What was posted of each kind.
    totals: StatementTotals,
    /// The balance after the last day.
    closing: f64,
}

/// What was posted on a day, of one kind.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct StatementRow {
    /// The day.
    date: String,
    /// `top_up`, `spend`, `refund` or `adjustment`.
    kind: &'static str,
    /// How many transactions.
    transactions: i64,
    /// What they add to the balance.
    amount: f64,
}

/// What was posted of each kind.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct StatementTotals {
    /// What came in.
    top_up: f64,
    /// What was spent; below zero.
    spend: f64,
    /// What was given back.
    refund: f64,
    /// What was set right.
    adjustment: f64,
}

/// Get an advertiser's statement
///
/// Opening balance, what was posted by day and kind, closing balance. Without dates: this month up to today. Spend of the last half
/// a minute may not be posted yet.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/advertisers/{advertiserId}/account/statement", operation_id = "getStatement", tag = "Money",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("advertiserId" = Uuid, Path, description = "The advertiser.", example = "addf3407-9265-44b8-8e7e-6b015f63c47d"),
        ("date_from" = Option<String>, Query, description = "The first day; the first of the month of the last day when absent.", example = "2026-11-01"),
        ("date_to" = Option<String>, Query, description = "The last day; today when absent.", example = "2026-11-30"),
        ("format" = Option<String>, Query, pattern = "^(json|csv)$", description = "`json`, as when it is absent, or `csv`.", example = "csv"),
    ),
    responses((status = 200, description = "The statement.", content(
        (Statement = "application/json"),
        (String = "text/csv", example = "date,kind,postings,amount,balance,currency\n"),
    )), Refusals,
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", description = "The project is archived.")))]
pub(in crate::api) async fn get(member: Member<Viewer>, InPath(id): InPath<AdvertiserId>, query: Query) -> Result<Response, Problem> {
    query.refuse_others(&["date_from", "date_to", "format"])?;
    let is_csv = query.choice("format", &[("json", false), ("csv", true)])?.unwrap_or_default();
    let (first, last) = (query.day("date_from")?, query.day("date_to")?);
    let (app, handle) = (&member.person.app, project_of(&member).await?);
    let project = handle.project();
    let last = last.unwrap_or_else(|| project.civil_day(barker_app::time::today(app, &handle)));
    let first = first.unwrap_or_else(|| Day::from(last.date().first_of_month()));
    let statement = account::statement(app, &handle, id, (project.day_of(first), project.day_of(last))).await?;
    if is_csv {
        let name = format!("attachment; filename=\"statement_{}_{}.csv\"", first.date(), last.date());
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
            (header::CONTENT_DISPOSITION, HeaderValue::try_from(name).unwrap_or(HeaderValue::from_static("attachment"))),
        ];
        return Ok((headers, statement_csv(&statement, &project)).into_response());
    }
    Ok(Json(Statement::of(id, &statement, &project)).into_response())
}

impl Statement {
    fn of(id: AdvertiserId, statement: &Ledger, project: &Project) -> Self {
        let date = |day| project.civil_day(day).date().to_string();
        let rows = statement.rows.iter().map(|row| StatementRow {
            date: date(row.day),
            kind: row.kind.as_str(),
            transactions: row.postings,
            amount: row.amount.to_decimal(),
        });
        let total = |kind| statement.total(kind).to_decimal();
        Self {
            advertiser_id: id.0,
            currency: project.currency.clone(),
            date_from: date(statement.first),
            date_to: date(statement.last),
            opening: statement.opening.to_decimal(),
            rows: rows.collect(),
            totals: StatementTotals {
                top_up: total(PostingKind::TopUp),
                spend: total(PostingKind::Spend),
                refund: total(PostingKind::Refund),
                adjustment: total(PostingKind::Adjustment),
            },
            closing: statement.closing.to_decimal(),
        }
    }
}
