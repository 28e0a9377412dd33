//! Webhooks of a project, and what they were sent.

use axum::{
    Json,
    http::{HeaderName, HeaderValue, StatusCode, Uri, header},
    response::IntoResponse,
};
use barker_app::webhook;
use barker_domain::{
    page::Listed,
    webhook::{DeliveryState, WebhookChange, WebhookEvent, WebhookTerms},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::instant;
use crate::http::{
    fields::{Fields, read_object},
    input::{DeliveryId, InPath, JsonBody, Query, WebhookId},
    paging::{PagedJson, WantedPage, page},
    permission::{Member, Owner},
    problem::{ChangeRefusals, Problem, Refusals},
};

/// What is not to be kept by anybody in between.
const NO_STORE: [(HeaderName, HeaderValue); 1] = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
const FIELDS: &[&str] = &["url", "description", "events", "is_enabled"];

/// An address that is told what happened in the project.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "webhook_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d", "url": "https://shop.example/hooks/barker", "description": "Tells the team's chat",
    "events": ["campaign.finished"], "is_enabled": true, "created_by": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e",
    "created_at": "2026-11-21T08:15:00Z", "updated_at": "2026-11-21T08:15:00Z"
}))]
#[expect(clippy::struct_field_names, reason = "the names of the API")]
pub(super) struct Webhook {
    /// The webhook.
    webhook_id: Uuid,
    /// Where it is.
    url: String,
    /// What it is for.
    description: String,
    /// What it is told.
    events: Vec<&'static str>,
    /// Whether it is told anything. An address that answers 410 is switched off.
    is_enabled: bool,
    /// The user who made it.
    created_by: Option<Uuid>,
    /// When it was made.
    created_at: String,
    /// When it was changed last.
    updated_at: String,
}

/// A new webhook, with the only look at its secret that there is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "secret": "whsec_q0bF6mC0qVQm3yX5t1Jm3d1r0m3Q0yq7uGZ8f2a9c1E=", "webhook_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d",
    "url": "https://shop.example/hooks/barker", "description": "", "events": ["campaign.finished"], "is_enabled": true,
    "created_by": null, "created_at": "2026-11-21T08:15:00Z", "updated_at": "2026-11-21T08:15:00Z"
}))]
pub(super) struct WebhookShown {
    /// What its messages are signed with, as Standard Webhooks says. It is kept sealed: nobody can show it again.
    secret: String,
    #[serde(flatten)]
    webhook: Webhook,
}

/// Another secret of a webhook.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"secret": "whsec_q0bF6mC0qVQm3yX5t1Jm3d1r0m3Q0yq7uGZ8f2a9c1E="}))]
pub(super) struct WebhookSecret {
    /// What its messages are signed with from now on.
    secret: String,
}

/// A webhook to make.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"url": "https://shop.example/hooks/barker", "description": "Tells the team's chat", "events": ["campaign.finished"]}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct WebhookCreate {
    /// Where it is: `https://`, reachable from the server, out of its own network unless `webhooks.allow_private_addresses`.
    #[schema(max_length = 2000)]
    url: String,
    /// What it is for.
    #[schema(max_length = 255)]
    description: Option<String>,
    /// What it is told: `campaign.finished`, `balance.low`, `money.ended`. Every webhook is told `ping`.
    #[schema(min_items = 1)]
    events: Vec<String>,
    /// Whether it is told anything; it is when absent.
    is_enabled: Option<bool>,
}

/// What to change about a webhook; what is absent stays.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"is_enabled": false}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct WebhookPatch {
    /// Where it is.
    #[schema(max_length = 2000)]
    url: Option<String>,
    /// What it is for.
    #[schema(max_length = 255)]
    description: Option<String>,
    /// What it is told.
    #[schema(min_items = 1)]
    events: Option<Vec<String>>,
    /// Whether it is told anything.
    is_enabled: Option<bool>,
}

/// One message to a webhook, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "delivery_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5f", "event": "campaign.finished", "state": "pending", "attempts": 2, "status_code": 503,
    "error": "it answered 503 Service Unavailable", "created_at": "2026-11-21T08:15:00Z", "tried_at": "2026-11-21T08:15:05Z",
    "body": {"type": "campaign.finished", "timestamp": "2026-11-21T08:15:00Z", "data": {"ad_title": "Plush bears", "reason": "over"}}
}))]
#[expect(clippy::struct_field_names, reason = "the names of the API")]
pub(super) struct Delivery {
    /// The message: `webhook-id` in the headers, the same each time it is sent.
    delivery_id: Uuid,
    /// What it tells.
    event: &'static str,
    /// `pending`, `delivered` or `failed`.
    state: &'static str,
    /// How often it was sent.
    attempts: i32,
    /// What the other side answered the last time.
    status_code: Option<i32>,
    /// Why the last time was no success.
    error: Option<String>,
    /// When there was something to tell.
    created_at: String,
    /// When it was sent last.
    tried_at: Option<String>,
    /// What is sent.
    #[schema(value_type = Object)]
    body: Value,
}

impl From<&barker_domain::webhook::Webhook> for Webhook {
    fn from(webhook: &barker_domain::webhook::Webhook) -> Self {
        Self {
            webhook_id: webhook.id,
            url: webhook.terms.url.clone(),
            description: webhook.terms.description.clone(),
            events: webhook.terms.events.iter().map(|event| event.as_str()).collect(),
            is_enabled: webhook.terms.is_enabled,
            created_by: webhook.created_by.map(Uuid::from),
            created_at: instant(webhook.created_at_ms),
            updated_at: instant(webhook.updated_at_ms),
        }
    }
}

impl From<barker_domain::webhook::Delivery> for Delivery {
    fn from(delivery: barker_domain::webhook::Delivery) -> Self {
        Self {
            delivery_id: delivery.id,
            event: delivery.event.as_str(),
            state: delivery.state.as_str(),
            attempts: delivery.attempts,
            status_code: delivery.status_code,
            error: delivery.error,
            created_at: instant(delivery.created_at_ms),
            tried_at: delivery.tried_at_ms.map(instant),
            body: delivery.body,
        }
    }
}

/// What a new webhook is to be.
fn read_terms(fields: &mut Fields<'_>) -> Option<WebhookTerms> {
    fields.refuse_others(FIELDS);
    let (url, events) = (url(fields, "url"), events(fields, "events"));
    let (description, is_enabled) = (fields.optional("description", Fields::text), fields.optional("is_enabled", Fields::boolean));
    Some(WebhookTerms { url: url?, description: description.unwrap_or_default(), events: events?, is_enabled: is_enabled.unwrap_or(true) })
}

fn read_change(fields: &mut Fields<'_>) -> WebhookChange {
    fields.refuse_others(FIELDS);
    WebhookChange {
        url: fields.optional("url", url),
        description: fields.optional("description", Fields::text),
        events: fields.optional("events", events),
        is_enabled: fields.optional("is_enabled", Fields::boolean),
    }
}

fn url(fields: &mut Fields<'_>, name: &str) -> Option<String> {
    fields.text(name).map(|url| url.trim().to_owned())
}

/// In their order, each once.
fn events(fields: &mut Fields<'_>, name: &str) -> Option<Vec<WebhookEvent>> {
    let choices = WebhookEvent::CHOSEN.map(|event| (event.as_str(), event));
    let mut events = fields.choices(name, &choices)?;
    events.sort_unstable();
    events.dedup();
    Some(events)
}

/// List webhooks
///
/// Oldest first. A project has at most 20: they come all at once.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/webhooks", operation_id = "listWebhooks", tag = "Webhooks", security(("session" = [])),
    params(("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    responses((status = 200, body = Vec<Webhook>, description = "All webhooks."), Refusals))]
pub(super) async fn list(member: Member<Owner>) -> Result<Json<Vec<Webhook>>, Problem> {
    let webhooks = webhook::list(&member.person.app, member.project_id).await?;
    Ok(Json(webhooks.iter().map(Webhook::from).collect()))
}

/// Create a webhook
///
/// The answer shows the secret, once. What has happened before is not told.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/webhooks", operation_id = "createWebhook", tag = "Webhooks", security(("session" = [])),
    params(("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    request_body = WebhookCreate, responses((status = 201, body = WebhookShown, description = "The new webhook."), ChangeRefusals))]
pub(super) async fn create(member: Member<Owner>, JsonBody(body): JsonBody) -> Result<impl IntoResponse, Problem> {
    let terms = read_object(&body, read_terms)?;
    let (webhook, secret) = webhook::create(&member.person.app, member.project_id, terms, member.person.origin).await?;
    Ok((StatusCode::CREATED, NO_STORE, Json(WebhookShown { secret, webhook: Webhook::from(&webhook) })))
}

/// Get a webhook
///
/// Without its secret.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/webhooks/{webhookId}", operation_id = "getWebhook", tag = "Webhooks", security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("webhookId" = Uuid, Path, description = "The webhook.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e"),
    ),
    responses((status = 200, body = Webhook, description = "The webhook."), Refusals))]
pub(super) async fn get(member: Member<Owner>, InPath(WebhookId(id)): InPath<WebhookId>) -> Result<Json<Webhook>, Problem> {
    let webhook = webhook::get(&member.person.app, member.project_id, id).await?;
    Ok(Json(Webhook::from(&webhook)))
}

/// Change a webhook
///
/// What is on its way already goes to the new address.
#[utoipa::path(patch, path = "/api/v1/projects/{projectId}/webhooks/{webhookId}", operation_id = "changeWebhook", tag = "Webhooks", security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("webhookId" = Uuid, Path, description = "The webhook.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e"),
    ),
    request_body = WebhookPatch, responses((status = 200, body = Webhook, description = "The webhook as it is now."), ChangeRefusals))]
pub(super) async fn change(
    member: Member<Owner>,
    InPath(WebhookId(id)): InPath<WebhookId>,
    JsonBody(body): JsonBody,
) -> Result<Json<Webhook>, Problem> {
    let change = read_object(&body, |fields| Some(read_change(fields)))?;
    let webhook = webhook::change(&member.person.app, (member.project_id, id), change, &member.person.origin).await?;
    Ok(Json(Webhook::from(&webhook)))
}

/// Delete a webhook
///
/// With everything that is known of its deliveries. What is on its way is not sent any more.
#[utoipa::path(delete, path = "/api/v1/projects/{projectId}/webhooks/{webhookId}", operation_id = "deleteWebhook", tag = "Webhooks", security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("webhookId" = Uuid, Path, description = "The webhook.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e"),
    ),
    responses((status = 204, description = "Deleted."), ChangeRefusals))]
pub(super) async fn delete(member: Member<Owner>, InPath(WebhookId(id)): InPath<WebhookId>) -> Result<StatusCode, Problem> {
    webhook::delete(&member.person.app, (member.project_id, id), &member.person.origin).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Renew a webhook's secret
///
/// Messages are signed with the new one from now on; the answer shows it, once.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/webhooks/{webhookId}/secret", operation_id = "renewWebhookSecret", tag = "Webhooks",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("webhookId" = Uuid, Path, description = "The webhook.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e"),
    ),
    responses((status = 200, body = WebhookSecret, description = "The new secret."), ChangeRefusals))]
pub(super) async fn renew_secret(member: Member<Owner>, InPath(WebhookId(id)): InPath<WebhookId>) -> Result<impl IntoResponse, Problem> {
    let secret = webhook::renew_secret(&member.person.app, (member.project_id, id), &member.person.origin).await?;
    Ok((NO_STORE, Json(WebhookSecret { secret })))
}

/// Send a ping
///
/// To see whether the address answers, also while the webhook is switched off. What becomes of it stands among its deliveries.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/webhooks/{webhookId}/ping", operation_id = "pingWebhook", tag = "Webhooks",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("webhookId" = Uuid, Path, description = "The webhook.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e"),
    ),
    responses((status = 202, body = Delivery, description = "It is on its way."), ChangeRefusals))]
pub(super) async fn ping(member: Member<Owner>, InPath(WebhookId(id)): InPath<WebhookId>) -> Result<(StatusCode, Json<Delivery>), Problem> {
    let delivery = webhook::ping(&member.person.app, member.project_id, id).await?;
    Ok((StatusCode::ACCEPTED, Json(Delivery::from(delivery))))
}

/// List deliveries
///
/// What a webhook was sent, newest first, of the last 30 days. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/webhooks/{webhookId}/deliveries", operation_id = "listDeliveries", tag = "Webhooks",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("webhookId" = Uuid, Path, description = "The webhook.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e"),
        ("state" = Option<String>, Query, pattern = "^(pending|delivered|failed)$", description = "Only those.", example = "failed"),
        WantedPage,
    ),
    responses((status = 200, body = Vec<Delivery>, description = "A page of deliveries.",
        headers(("X-Total-Count" = u64, description = "Rows in the whole list."), ("Link" = String, description = "RFC 8288: next and prev."))),
        Refusals))]
pub(super) async fn deliveries(
    member: Member<Owner>,
    InPath(WebhookId(id)): InPath<WebhookId>,
    query: Query,
    uri: Uri,
) -> Result<PagedJson<Delivery>, Problem> {
    let page = page(&query)?;
    let state = query.choice("state", &DeliveryState::ALL.map(|state| (state.as_str(), state)))?;
    let Listed { rows, total } = webhook::list_deliveries(&member.person.app, (member.project_id, id), state, page).await?;
    Ok(PagedJson { listed: Listed { rows: rows.into_iter().map(Delivery::from).collect(), total }, page, uri })
}

/// Send a message once more
///
/// The same, under the same id: who has had it can tell.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/webhooks/{webhookId}/deliveries/{deliveryId}/replay", operation_id = "replayDelivery",
    tag = "Webhooks", security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("webhookId" = Uuid, Path, description = "The webhook.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e"),
        ("deliveryId" = Uuid, Path, description = "The message.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5f"),
    ),
    responses((status = 202, body = Delivery, description = "It is on its way again."), ChangeRefusals))]
pub(super) async fn replay(
    member: Member<Owner>,
    InPath(WebhookId(webhook_id)): InPath<WebhookId>,
    InPath(DeliveryId(id)): InPath<DeliveryId>,
) -> Result<(StatusCode, Json<Delivery>), Problem> {
    let delivery = webhook::replay(&member.person.app, member.project_id, (webhook_id, id), &member.person.origin).await?;
    Ok((StatusCode::ACCEPTED, Json(Delivery::from(delivery))))
}
