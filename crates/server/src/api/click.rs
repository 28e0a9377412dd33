//! Clicks on an advertiser's ads one by one, and the refund of those that turn out to be invalid.

use axum::{
    Json,
    http::{StatusCode, Uri},
};
use barker_app::invalid_click::{self, ClickRefund};
use barker_domain::{
    AdvertiserId, CampaignId, ClickId, ClientId, Micros,
    click::{Outcome, Unbilled},
    ledger::{InvalidReason, MAX_CLICKS_REFUNDED},
    page::Listed,
    project::Project,
};
use barker_store::{ClickFilter, ClickRow, INVALID};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{account::transaction::Transaction, desk_of, instant, project_of};
use crate::http::{
    fields::{Fields, read_object},
    input::{IdempotencyKey, InPath, JsonBody, Query},
    paging::{PagedJson, WantedPage, page},
    permission::{Marketer, Member, Owner},
    problem::{ChangeRefusals, Problem, ProblemDocument, Refusals},
};

/// A click as it is kept.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "click_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d", "campaign_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e",
    "client_id": "425495af-f78e-4cff-a808-e8f1a1973ff2", "date": "2026-11-21", "occurred_at": "2026-11-21T08:15:00Z", "outcome": "invalid",
    "price": 10.25, "currency": "RUB", "invalid_reason": "bot", "refund_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5f"
}))]
#[expect(clippy::struct_field_names, reason = "the names of the API")]
pub(super) struct Click {
    /// The click.
    click_id: Uuid,
    /// On which campaign's ad.
    campaign_id: Uuid,
    /// By whom.
    client_id: Uuid,
    /// The project's day that it counts for.
    date: String,
    /// When it came.
    occurred_at: String,
    /// `billed`, or why it is not: `no_impression`, `clicks_limit`, `no_money`, `budget`, `link_expired`, `prefetch`, `bot`, `invalid`.
    outcome: String,
    /// What it cost, or had cost before it turned out to be invalid.
    price: f64,
    /// ISO 4217.
    currency: String,
    /// Why it is invalid.
    invalid_reason: Option<String>,
    /// The transaction that gave it back.
    refund_id: Option<Uuid>,
}

/// Clicks that turn out to be invalid.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"click_ids": ["0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"], "reason": "bot", "note": "One address, forty clicks"}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct InvalidClicks {
    /// Billed clicks on ads of this advertiser.
    #[schema(min_items = 1, max_items = 10_000)]
    click_ids: Vec<Uuid>,
    /// `bot`, `duplicate`, `fraud`, `accidental` or `other`.
    #[schema(pattern = "^(bot|duplicate|fraud|accidental|other)$")]
    reason: String,
    /// For people.
    #[schema(min_length = 1, max_length = 1000)]
    note: Option<String>,
}

impl Click {
    fn of(click: &ClickRow, project: &Project) -> Self {
        Self {
            click_id: click.id.0,
            campaign_id: click.campaign_id.0,
            client_id: click.client_id.0,
            date: project.civil_day(click.day).date().to_string(),
            occurred_at: instant(click.occurred_at_ms),
            outcome: click.outcome.clone(),
            price: click.price.to_decimal(),
            currency: project.currency.clone(),
            invalid_reason: click.invalid_reason.clone(),
            refund_id: click.refund_id.map(Uuid::from),
        }
    }
}

/// List clicks on an advertiser's ads
///
/// Latest first, those that were not billed too. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/advertisers/{advertiserId}/clicks", operation_id = "listClicks", tag = "Money",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("advertiserId" = Uuid, Path, description = "The advertiser.", example = "addf3407-9265-44b8-8e7e-6b015f63c47d"),
        ("campaign_id" = Option<Uuid>, Query, description = "Only those on this campaign's ad.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("client_id" = Option<Uuid>, Query, description = "Only those by this client.", example = "425495af-f78e-4cff-a808-e8f1a1973ff2"),
        ("outcome" = Option<String>, Query, pattern = "^(billed|no_impression|clicks_limit|no_money|budget|link_expired|prefetch|bot|invalid)$", description = "Only those with this outcome.", example = "billed"),
        ("date_from" = Option<String>, Query, description = "Only those of this day and later.", example = "2026-11-01"),
        ("date_to" = Option<String>, Query, description = "Only those of this day and earlier.", example = "2026-11-30"),
        WantedPage,
    ),
    responses((status = 200, body = Vec<Click>, description = "A page of clicks.",
        headers(("X-Total-Count" = u64, description = "Rows in the whole list."), ("Link" = String, description = "RFC 8288: next and prev."))), Refusals,
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", description = "The project is archived.")))]
pub(super) async fn list(
    member: Member<Marketer>,
    InPath(id): InPath<AdvertiserId>,
    query: Query,
    uri: Uri,
) -> Result<PagedJson<Click>, Problem> {
    query.refuse_others(&["campaign_id", "client_id", "outcome", "date_from", "date_to", "size", "page"])?;
    let page = page(&query)?;
    let kept = [Outcome::Billed(Micros::ZERO)].into_iter().chain(Unbilled::ALL.map(Outcome::Unbilled));
    let outcomes: Vec<_> = kept.map(Outcome::as_str).chain([INVALID]).map(|outcome| (outcome, outcome)).collect();
    let (first, last) = (query.day("date_from")?, query.day("date_to")?);
    let outcome = query.choice("outcome", &outcomes)?;
    let campaign_id = query.parsed::<Uuid>("campaign_id", "a UUID")?.map(CampaignId);
    let client_id = query.parsed::<Uuid>("client_id", "a UUID")?.map(ClientId);
    let handle = project_of(&member).await?;
    let project = handle.project();
    let filter = ClickFilter {
        campaign_id,
        client_id,
        outcome: outcome.map(str::to_owned),
        first: first.map(|day| project.day_of(day)),
        last: last.map(|day| project.day_of(day)),
    };
    let Listed { rows, total } = invalid_click::list(&member.person.app, &handle, (id, &filter), page).await?;
    Ok(PagedJson { listed: Listed { rows: rows.iter().map(|click| Click::of(click, &project)).collect(), total }, page, uri })
}

/// Refund invalid clicks
///
/// All or none of them, in one transaction. They stay in the list as `invalid`, with the reason; statistics count them no more,
/// and their campaigns may earn that many clicks again. The same `Idempotency-Key` with the same body changes nothing and answers
/// the same.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/advertisers/{advertiserId}/clicks/refund", operation_id = "refundClicks", tag = "Money",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("advertiserId" = Uuid, Path, description = "The advertiser.", example = "addf3407-9265-44b8-8e7e-6b015f63c47d"),
        ("Idempotency-Key" = String, Header, description = "Your name for this refund, unique in the project.", example = "bots-of-november"),
    ),
    request_body = InvalidClicks, responses((status = 201, body = Transaction, description = "The refund."), ChangeRefusals))]
pub(super) async fn refund(
    member: Member<Owner>,
    InPath(advertiser_id): InPath<AdvertiserId>,
    IdempotencyKey(key): IdempotencyKey,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Transaction>), Problem> {
    let reasons = InvalidReason::ALL.map(|reason| (reason.as_str(), reason));
    let (click_ids, reason, note) = read_object(&body, |fields| {
        fields.refuse_others(&["click_ids", "reason", "note"]);
        let click_ids = fields.ids::<ClickId>("click_ids", MAX_CLICKS_REFUNDED);
        let (reason, note) = (fields.choice("reason", &reasons), fields.optional("note", Fields::text));
        Some((click_ids?, reason?, note))
    })?;
    let desk = desk_of(member).await?;
    let posted = invalid_click::refund(&desk, ClickRefund { advertiser_id, click_ids, reason, note, key }).await?;
    Ok((StatusCode::CREATED, Json(Transaction::of(&posted, &desk.project.project()))))
}
