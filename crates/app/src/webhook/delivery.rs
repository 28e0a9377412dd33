//! How a message gets there: tried for about a day, with longer and longer pauses, and never believed before it is answered.

use std::time::Duration;

use barker_domain::{
    Code, Error, ProjectId, Result,
    job::NewJob,
    membership::Role,
    trail::{Action, Entry, Event, Origin},
    webhook::{DELIVERY_LIFE_MS, Delivery, DeliveryState, MAX_ERROR_CHARS, Webhook},
};
use barker_infra::courier::Outcome;
use barker_store::{Transaction, WEBHOOKS, Work};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::message::headers;
use crate::job::{self, Job, Place, Shift, Terms};

/// Pauses double from five seconds to an hour: the last attempt begins about a day after the first.
const MAX_ATTEMPTS: i32 = 33;
/// What an address answers that wants to hear nothing more, ever: 410 Gone.
const GONE: u16 = 410;

/// Sends one message to one webhook.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct DeliverWebhook {
    project_id: ProjectId,
    delivery_id: Uuid,
}

impl DeliverWebhook {
    /// The job that sends it.
    ///
    /// # Errors
    /// None that could be caused.
    pub(super) fn of(project_id: ProjectId, delivery_id: Uuid) -> Result<NewJob> {
        Ok(job::new(&Self { project_id, delivery_id })?.in_project(project_id).keyed_by(delivery_id.to_string()))
    }
}

impl Job for DeliverWebhook {
    const TERMS: Terms = Terms {
        name: "webhook.deliver",
        // Where the keys are that open secrets.
        place: Place::Owner,
        max_attempts: MAX_ATTEMPTS,
        timeout: Duration::from_mins(2),
        role: Role::Owner,
    };

    async fn run(self, shift: Shift) -> Result<()> {
        let rows = shift.store().in_project(self.project_id);
        let found = rows.find_delivery(self.delivery_id).await?.filter(|delivery| delivery.state == DeliveryState::Pending);
        // Deleted together with its webhook, or given up by hand.
        let Some(delivery) = found else { return Ok(()) };
        let Some((webhook, sealed)) = rows.find_webhook(delivery.webhook_id).await? else { return Ok(()) };
        let outcome = send(&shift, self.project_id, (&webhook, &sealed), &delivery).await?;
        let is_gone = outcome.status == Some(GONE);
        let is_last = shift.attempt() >= MAX_ATTEMPTS || is_gone;
        let state = match (&outcome.error, is_last) {
            (None, _) => DeliveryState::Delivered,
            (Some(_), true) => DeliveryState::Failed,
            (Some(_), false) => DeliveryState::Pending,
        };
        let tried = Delivery {
            state,
            attempts: delivery.attempts.saturating_add(1),
            status_code: outcome.status.map(i32::from),
            error: outcome.error.as_ref().map(|error| error.chars().take(MAX_ERROR_CHARS).collect()),
            tried_at_ms: Some(shift.now_ms()),
            ..delivery
        };
        let switched_off = is_gone.then(|| switch_off(self.project_id, webhook, shift.now_ms()));
        let has_ended = state == DeliveryState::Delivered || is_gone;
        let given = (self.project_id, tried, switched_off, has_ended.then(|| shift.clone()));
        let keep = shift.store().write(given, |transaction, (project_id, tried, switched_off, ended)| {
            Box::pin(async move {
                let rows = transaction.in_project(project_id);
                rows.update_delivery(&tried).await?;
                if let Some((webhook, entry)) = switched_off {
                    rows.update_webhook(&webhook).await?;
                    transaction.record(&entry).await?;
                }
                match ended {
                    Some(shift) => shift.complete_in(transaction).await,
                    None => Ok(()),
                }
            })
        });
        keep.await?;
        match outcome.error {
            Some(error) if !has_ended => Err(Error::new(Code::ServiceUnavailable, error)),
            _ => Ok(()),
        }
    }

    fn give_up(self, transaction: &Transaction, now_ms: i64) -> Work<'_, ()> {
        Box::pin(async move {
            let rows = transaction.in_project(self.project_id);
            let found = rows.find_delivery(self.delivery_id).await?.filter(|delivery| delivery.state == DeliveryState::Pending);
            let Some(delivery) = found else { return Ok(()) };
            let tried_at_ms = delivery.tried_at_ms.or(Some(now_ms));
            rows.update_delivery(&Delivery { state: DeliveryState::Failed, tried_at_ms, ..delivery }).await
        })
    }
}

async fn send(shift: &Shift, project_id: ProjectId, (webhook, sealed): (&Webhook, &str), delivery: &Delivery) -> Result<Outcome> {
    let secret = shift.app()?.inner.keyring.open(&WEBHOOKS, &[project_id.0, webhook.id], sealed)?;
    let secret = String::from_utf8(secret).map_err(|_| Error::new(Code::Internal, "the secret of a webhook is no text"))?;
    let body = delivery.body.to_string();
    let headers = headers(&secret, delivery.id, (&body, shift.now_ms()))?;
    let outcome = shift.workshop().services().courier.carry(&webhook.terms.url, &headers, body).await;
    let word = if outcome.error.is_none() { "delivered" } else { "refused" };
    metrics::counter!("barker_webhook_deliveries_total", "outcome" => word).increment(1);
    Ok(outcome)
}

fn switch_off(project_id: ProjectId, mut webhook: Webhook, now_ms: i64) -> (Webhook, Entry) {
    (webhook.terms.is_enabled, webhook.updated_at_ms) = (false, now_ms);
    let event = Event::in_project(project_id, Action::WebhookChanged).about(webhook.id);
    let event = event.to(json!({"is_enabled": false, "reason": "the address answered 410 Gone"}));
    (webhook, Entry::now(event, Origin::system(), now_ms))
}

/// Forgets what became of deliveries long ago.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct TidyWebhooks {}

impl Job for TidyWebhooks {
    const TERMS: Terms =
        Terms { name: "webhooks.tidy", place: Place::Anywhere, max_attempts: 3, timeout: Duration::from_mins(5), role: Role::Owner };

    async fn run(self, shift: Shift) -> Result<()> {
        let before_ms = shift.now_ms() - DELIVERY_LIFE_MS;
        let prune =
            shift.store().write(before_ms, |transaction, before_ms| Box::pin(async move { transaction.prune_deliveries(before_ms).await }));
        prune.await
    }
}
