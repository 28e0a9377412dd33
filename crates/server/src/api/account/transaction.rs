//! Money that moves: topped up, given back, set right; and the list of all of it.

use axum::{
    Json,
    http::{StatusCode, Uri},
};
use barker_app::{
    Desk,
    account::{self, Movement},
};
use barker_domain::{
    AdvertiserId, Micros, PostingId,
    ledger::{Posting, PostingKind},
    page::Listed,
    project::Project,
};
use barker_store::{PostingFilter, PostingSort};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::{desk_of, instant, project_of};
use crate::http::{
    fields::{Fields, read_object},
    input::{IdempotencyKey, InPath, JsonBody, Query},
    paging::{PagedJson, WantedPage, page},
    permission::{Member, Owner, Viewer},
    problem::{ChangeRefusals, Problem, ProblemDocument, Refusals},
};

/// What lists of transactions take.
const PARAMETERS: [&str; 7] = ["kind", "date_from", "date_to", "search", "sort", "size", "page"];

/// A movement of money; it is never changed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "transaction_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d", "advertiser_id": "addf3407-9265-44b8-8e7e-6b015f63c47d", "kind": "top_up",
    "amount": 1000.0, "balance": 1000.0, "currency": "RUB", "date": "2026-11-21", "posted_at": "2026-11-21T08:15:00Z", "invalid_clicks": 0,
    "note": "Invoice 7", "idempotency_key": "invoice-7"
}))]
#[expect(clippy::struct_field_names, reason = "the names of the API")]
pub(in crate::api) struct Transaction {
    /// The movement.
    transaction_id: Uuid,
    /// Whose money.
    advertiser_id: Uuid,
    /// `top_up`, `spend`, `refund` or `adjustment`.
    kind: &'static str,
    /// What it adds to the balance.
    amount: f64,
    /// The balance right after it.
    balance: f64,
    /// ISO 4217.
    currency: String,
    /// The project's day that it belongs to.
    date: String,
    /// When it was posted.
    posted_at: String,
    /// How many invalid clicks it gives back.
    invalid_clicks: i32,
    /// For people.
    note: Option<String>,
    /// What whoever asked for it calls it; spend has none.
    idempotency_key: Option<String>,
}

/// Money that moves.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"amount": 1000.5, "currency": "RUB", "note": "Invoice 7"}))]
#[expect(dead_code, clippy::struct_field_names, reason = "documentation, with the names of the API; bodies are read by hand")]
pub(in crate::api) struct Amount {
    /// A decimal with at most six places, above 0; only an adjustment may be below 0.
    #[schema(maximum = 9_000_000_000_i64)]
    amount: f64,
    /// Refused unless it is the project's.
    #[schema(pattern = "^[A-Z]{3}$")]
    currency: Option<String>,
    /// For people.
    #[schema(min_length = 1, max_length = 1000)]
    note: Option<String>,
}

impl Transaction {
    pub(in crate::api) fn of(posting: &Posting, project: &Project) -> Self {
        let new = &posting.new;
        Self {
            transaction_id: new.id.0,
            advertiser_id: new.advertiser_id.0,
            kind: new.kind.as_str(),
            amount: new.amount.to_decimal(),
            balance: posting.balance.to_decimal(),
            currency: posting.currency.clone(),
            date: project.civil_day(new.day).date().to_string(),
            posted_at: instant(posting.posted_at_ms),
            invalid_clicks: new.clicks,
            note: new.note.clone(),
            idempotency_key: new.idempotency.as_ref().map(|same| same.key.clone()),
        }
    }
}

/// List an advertiser's transactions
///
/// The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/advertisers/{advertiserId}/account/transactions", operation_id = "listTransactions", tag = "Money",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("advertiserId" = Uuid, Path, description = "The advertiser.", example = "addf3407-9265-44b8-8e7e-6b015f63c47d"),
        ("kind" = Option<String>, Query, pattern = "^(top_up|spend|refund|adjustment)$", description = "Only those of this kind.", example = "top_up"),
        ("date_from" = Option<String>, Query, description = "Only those of this day and later.", example = "2026-11-01"),
        ("date_to" = Option<String>, Query, description = "Only those of this day and earlier.", example = "2026-11-30"),
        ("search" = Option<String>, Query, description = "Only those whose note or key contains this, to the letter.", example = "Invoice 7"),
        ("sort" = Option<String>, Query, pattern = "^(latest|earliest|amount)$", description = "The latest day first (as when it is absent), the earliest, or the largest amount.", example = "latest"),
        WantedPage,
    ),
    responses((status = 200, body = Vec<Transaction>, description = "A page of transactions.",
        headers(("X-Total-Count" = u64, description = "Rows in the whole list."), ("Link" = String, description = "RFC 8288: next and prev."))), Refusals,
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", description = "The project is archived.")))]
pub(in crate::api) async fn list(
    member: Member<Viewer>,
    InPath(id): InPath<AdvertiserId>,
    query: Query,
    uri: Uri,
) -> Result<PagedJson<Transaction>, Problem> {
    query.refuse_others(&PARAMETERS)?;
    list_of(&member, Some(id), &query, uri).await
}

/// List transactions of a project
///
/// Of all advertisers. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/transactions", operation_id = "listProjectTransactions", tag = "Money",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("advertiser_id" = Option<Uuid>, Query, description = "Only this advertiser's.", example = "addf3407-9265-44b8-8e7e-6b015f63c47d"),
        ("kind" = Option<String>, Query, pattern = "^(top_up|spend|refund|adjustment)$", description = "Only those of this kind.", example = "top_up"),
        ("date_from" = Option<String>, Query, description = "Only those of this day and later.", example = "2026-11-01"),
        ("date_to" = Option<String>, Query, description = "Only those of this day and earlier.", example = "2026-11-30"),
        ("search" = Option<String>, Query, description = "Only those whose note or key contains this, to the letter.", example = "Invoice 7"),
        ("sort" = Option<String>, Query, pattern = "^(latest|earliest|amount)$", description = "The latest day first (as when it is absent), the earliest, or the largest amount.", example = "latest"),
        WantedPage,
    ),
    responses((status = 200, body = Vec<Transaction>, description = "A page of transactions.",
        headers(("X-Total-Count" = u64, description = "Rows in the whole list."), ("Link" = String, description = "RFC 8288: next and prev."))), Refusals,
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", description = "The project is archived.")))]
pub(in crate::api) async fn list_of_project(member: Member<Viewer>, query: Query, uri: Uri) -> Result<PagedJson<Transaction>, Problem> {
    query.refuse_others(&[&["advertiser_id"], PARAMETERS.as_slice()].concat())?;
    let advertiser_id = query.parsed::<Uuid>("advertiser_id", "a UUID")?.map(AdvertiserId);
    list_of(&member, advertiser_id, &query, uri).await
}

async fn list_of(
    member: &Member<Viewer>,
    advertiser_id: Option<AdvertiserId>,
    query: &Query,
    uri: Uri,
) -> Result<PagedJson<Transaction>, Problem> {
    let page = page(query)?;
    let kind = query.choice("kind", &PostingKind::ALL.map(|kind| (kind.as_str(), kind)))?;
    let (first, last, search) = (query.day("date_from")?, query.day("date_to")?, query.search()?);
    let sort = query.choice("sort", &PostingSort::ALL.map(|sort| (sort.as_str(), sort)))?.unwrap_or_default();
    let handle = project_of(member).await?;
    let project = handle.project();
    let (first, last) = (first.map(|day| project.day_of(day)), last.map(|day| project.day_of(day)));
    let filter = PostingFilter { advertiser_id, kind, first, last, search };
    let Listed { rows, total } = account::list_postings(&member.person.app, &handle, &filter, (sort, page)).await?;
    let rows = rows.iter().map(|posting| Transaction::of(posting, &project)).collect();
    Ok(PagedJson { listed: Listed { rows, total }, page, uri })
}

/// Get a transaction
///
/// It is as it was posted: none is ever changed.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/transactions/{transactionId}", operation_id = "getProjectTransaction", tag = "Money",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("transactionId" = Uuid, Path, description = "The transaction.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
    ),
    responses((status = 200, body = Transaction, description = "The transaction."), Refusals,
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", description = "The project is archived.")))]
pub(in crate::api) async fn get(member: Member<Viewer>, InPath(id): InPath<PostingId>) -> Result<Json<Transaction>, Problem> {
    let handle = project_of(&member).await?;
    Ok(Json(Transaction::of(&account::get_posting(&member.person.app, &handle, id).await?, &handle.project())))
}

/// Top an advertiser's account up
///
/// Its campaigns go on at once. The same `Idempotency-Key` with the same body changes nothing and answers the same; with another
/// body it is refused.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/advertisers/{advertiserId}/account/top-ups", operation_id = "topUp", tag = "Money",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("advertiserId" = Uuid, Path, description = "The advertiser.", example = "addf3407-9265-44b8-8e7e-6b015f63c47d"),
        ("Idempotency-Key" = String, Header, description = "Your name for this movement, unique in the project.", example = "invoice-7"),
    ),
    request_body = Amount, responses((status = 201, body = Transaction, description = "The transaction."), ChangeRefusals))]
pub(in crate::api) async fn top_up(
    member: Member<Owner>,
    InPath(id): InPath<AdvertiserId>,
    IdempotencyKey(key): IdempotencyKey,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Transaction>), Problem> {
    post(&desk_of(member).await?, read(PostingKind::TopUp, (id, key), &body)?).await
}

/// Give spend back to an advertiser
///
/// No more than it has spent. Invalid clicks are given back by `POST .../clicks/refund`, which takes them out of the statistics too.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/advertisers/{advertiserId}/account/refunds", operation_id = "refundSpend", tag = "Money",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("advertiserId" = Uuid, Path, description = "The advertiser.", example = "addf3407-9265-44b8-8e7e-6b015f63c47d"),
        ("Idempotency-Key" = String, Header, description = "Your name for this movement, unique in the project.", example = "complaint-3"),
    ),
    request_body = Amount, responses((status = 201, body = Transaction, description = "The transaction."), ChangeRefusals))]
pub(in crate::api) async fn refund(
    member: Member<Owner>,
    InPath(id): InPath<AdvertiserId>,
    IdempotencyKey(key): IdempotencyKey,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Transaction>), Problem> {
    post(&desk_of(member).await?, read(PostingKind::Refund, (id, key), &body)?).await
}

/// Set an advertiser's balance right
///
/// By an amount of either sign. One below zero takes no more than may still be spent.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/advertisers/{advertiserId}/account/adjustments", operation_id = "adjustBalance", tag = "Money",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("advertiserId" = Uuid, Path, description = "The advertiser.", example = "addf3407-9265-44b8-8e7e-6b015f63c47d"),
        ("Idempotency-Key" = String, Header, description = "Your name for this movement, unique in the project.", example = "payout-1"),
    ),
    request_body = Amount, responses((status = 201, body = Transaction, description = "The transaction."), ChangeRefusals))]
pub(in crate::api) async fn adjust(
    member: Member<Owner>,
    InPath(id): InPath<AdvertiserId>,
    IdempotencyKey(key): IdempotencyKey,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Transaction>), Problem> {
    post(&desk_of(member).await?, read(PostingKind::Adjustment, (id, key), &body)?).await
}

fn read(kind: PostingKind, (advertiser_id, key): (AdvertiserId, String), body: &Value) -> Result<Movement, Problem> {
    let (amount, currency, note): (Micros, _, _) = read_object(body, |fields| {
        fields.refuse_others(&["amount", "currency", "note"]);
        let amount = fields.amount("amount");
        let (currency, note) = (fields.optional("currency", Fields::text), fields.optional("note", Fields::text));
        Some((amount?, currency, note))
    })?;
    Ok(Movement { advertiser_id, kind, amount, currency, note, key })
}

async fn post(desk: &Desk, movement: Movement) -> Result<(StatusCode, Json<Transaction>), Problem> {
    let posted = account::move_money(desk, movement).await?;
    Ok((StatusCode::CREATED, Json(Transaction::of(&posted, &desk.project.project()))))
}
