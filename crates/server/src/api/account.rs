//! Accounts of advertisers: when they pay, what they are lent, and how much is left.

pub(super) mod statement;
pub(super) mod transaction;

use axum::{
    Json,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use barker_app::account;
use barker_domain::{
    AdvertiserId, Micros,
    account::{AccountKind, AccountTerms},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{desk_of, instant, project_of};
use crate::http::{
    fields::{Fields, read_object},
    input::{IfMatch, InPath, JsonBody},
    permission::{Member, Owner, Viewer},
    problem::{ChangeRefusals, Problem, ProblemDocument, Refusals, VersionRefusals},
};

/// An advertiser's account. Amounts are decimals of the currency with at most six places.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "advertiser_id": "addf3407-9265-44b8-8e7e-6b015f63c47d", "kind": "prepaid", "credit_limit": 0, "low_balance": 100, "currency": "RUB", "balance": 1000.0,
    "unposted_spend": 12.5, "spendable": 987.5, "version": 2, "updated_at": "2026-11-21T08:15:00Z"
}))]
pub(super) struct Account {
    /// Whose it is.
    advertiser_id: Uuid,
    /// `prepaid`: it spends what it has topped up, and what it is lent; `postpaid`: it spends, and is sent a bill.
    kind: &'static str,
    /// How far below zero the balance may go; `null`: as far as it likes.
    credit_limit: Option<f64>,
    /// Webhooks are told `balance.low` when less than this may be spent; `null`: they are not.
    low_balance: Option<f64>,
    /// ISO 4217: the project's.
    currency: String,
    /// What was posted; below zero, the advertiser owes it.
    balance: f64,
    /// What was spent since, and will be posted within half a minute.
    unposted_spend: f64,
    /// What may still be spent; `null`: as much as it likes.
    spendable: Option<f64>,
    /// Grows with every change of its terms; the `ETag` of the answer.
    version: i32,
    /// When its terms were changed last.
    updated_at: String,
}

/// What changes about an account; what is absent stays.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"kind": "prepaid", "credit_limit": 0, "low_balance": 100}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct AccountPatch {
    /// `prepaid` or `postpaid`.
    #[schema(pattern = "^(prepaid|postpaid)$")]
    kind: Option<String>,
    /// How far below zero the balance may go; `null`, which only a postpaid account may have: as far as it likes. An account that
    /// becomes prepaid without one has 0.
    #[schema(minimum = 0, maximum = 9_000_000_000_i64)]
    credit_limit: Option<f64>,
    /// Webhooks are told `balance.low` when less than this may be spent; `null`: they are not. An account without a limit never
    /// runs low.
    #[schema(minimum = 0, maximum = 9_000_000_000_i64)]
    low_balance: Option<f64>,
}

impl From<&account::Overview> for Account {
    fn from(overview: &account::Overview) -> Self {
        let account = &overview.account;
        Self {
            advertiser_id: account.advertiser_id.0,
            kind: account.terms.kind.as_str(),
            credit_limit: account.terms.credit_limit.map(Micros::to_decimal),
            low_balance: account.terms.low_balance.map(Micros::to_decimal),
            currency: overview.currency.clone(),
            balance: overview.balance.to_decimal(),
            unposted_spend: overview.unposted.to_decimal(),
            spendable: overview.spendable.map(Micros::to_decimal),
            version: account.version,
            updated_at: instant(account.updated_at_ms),
        }
    }
}

/// Get an advertiser's account
///
/// What is spent counts against `spendable` at once; it is posted to the balance within half a minute.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/advertisers/{advertiserId}/account", operation_id = "getAccount", tag = "Money",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("advertiserId" = Uuid, Path, description = "The advertiser.", example = "addf3407-9265-44b8-8e7e-6b015f63c47d"),
    ),
    responses((status = 200, body = Account, description = "The account, with its `ETag`."), Refusals,
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", description = "The project is archived.")))]
pub(super) async fn get(member: Member<Viewer>, InPath(id): InPath<AdvertiserId>) -> Result<Response, Problem> {
    let project = project_of(&member).await?;
    Ok(tagged(&account::get(&member.person.app, &project, id).await?))
}

/// Change an advertiser's account
///
/// What is absent stays. With `If-Match`, only while it is still that version; else 412. A limit below what the advertiser owes is
/// refused: it would be passed already.
#[utoipa::path(patch, path = "/api/v1/projects/{projectId}/advertisers/{advertiserId}/account", operation_id = "changeAccount", tag = "Money",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("advertiserId" = Uuid, Path, description = "The advertiser.", example = "addf3407-9265-44b8-8e7e-6b015f63c47d"),
    ),
    request_body = AccountPatch, responses((status = 200, body = Account, description = "The account as it is now, with its `ETag`."), ChangeRefusals, VersionRefusals))]
pub(super) async fn change(
    member: Member<Owner>,
    InPath(id): InPath<AdvertiserId>,
    IfMatch(version): IfMatch,
    JsonBody(patch): JsonBody,
) -> Result<Response, Problem> {
    let kinds = AccountKind::ALL.map(|kind| (kind.as_str(), kind));
    let (kind, credit_limit, low_balance) = read_object(&patch, |fields| {
        fields.refuse_others(&["kind", "credit_limit", "low_balance"]);
        let kind = fields.optional("kind", |fields, name| fields.choice(name, &kinds));
        Some((kind, fields.nullable("credit_limit", Fields::amount), fields.nullable("low_balance", Fields::amount)))
    })?;
    let desk = desk_of(member).await?;
    let changed = account::change(&desk, (id, version), move |present| {
        let kind = kind.unwrap_or(present.kind);
        let none_lent = (kind == AccountKind::Prepaid).then_some(Micros::ZERO);
        Ok(AccountTerms {
            kind,
            credit_limit: credit_limit.unwrap_or(present.credit_limit.or(none_lent)),
            low_balance: low_balance.unwrap_or(present.low_balance),
        })
    });
    Ok(tagged(&changed.await?))
}

fn tagged(overview: &account::Overview) -> Response {
    let tag = HeaderValue::try_from(format!("\"{}\"", overview.account.version)).unwrap_or(HeaderValue::from_static("*"));
    ([(header::ETAG, tag)], Json(Account::from(overview))).into_response()
}
