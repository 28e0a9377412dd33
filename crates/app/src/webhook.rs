//! Webhooks: made, changed, deleted; what they were sent; and telling them again. What is told stands in [`watch`], how it
//! gets there in [`delivery`].
//!
//! Messages are those of Standard Webhooks: <https://www.standardwebhooks.com>.

mod delivery;
mod message;
mod watch;

use barker_domain::{
    Code, Error, ProjectId, Result,
    error::unless_faulty,
    page::{Listed, Page},
    trail::{Action, Event, Origin},
    webhook::{Delivery, DeliveryState, MAX_PER_PROJECT, Webhook, WebhookChange, WebhookEvent, WebhookTerms},
};
use barker_store::WEBHOOKS;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::App;

pub(crate) use delivery::{DeliverWebhook, TidyWebhooks};
pub use watch::LOOK_INTERVAL;
pub(crate) use watch::start;

/// A project's webhooks, oldest first.
///
/// # Errors
/// When the database does not answer.
pub async fn list(app: &App, project_id: ProjectId) -> Result<Vec<Webhook>> {
    app.inner.store.in_project(project_id).list_webhooks().await
}

/// One webhook.
///
/// # Errors
/// [`Code::WebhookNotFound`].
pub async fn get(app: &App, project_id: ProjectId, id: Uuid) -> Result<Webhook> {
    let found = app.inner.store.in_project(project_id).find_webhook(id).await?;
    found.map(|(webhook, _)| webhook).ok_or_else(missing)
}

/// Makes a webhook. Answers it with the secret that its messages are signed with, which nobody can find out again.
///
/// # Errors
/// [`Code::InvalidRequest`] with every field at fault; [`Code::TooMany`]; [`Code::ProjectArchived`].
pub async fn create(app: &App, project_id: ProjectId, terms: WebhookTerms, origin: Origin) -> Result<(Webhook, String)> {
    let terms = checked(app, terms)?;
    let project = app.get_open_project(project_id).await?;
    let (id, now_ms, secret) = (Uuid::now_v7(), app.now_ms(), message::new_secret()?);
    // What has happened before is no news.
    let holding: Vec<_> = watch::holding(app, &project).await?.into_keys().collect();
    let sealer = app.inner.keyring.sealer().await;
    let sealed = sealer.seal(&WEBHOOKS, &[project_id.0, id], secret.as_bytes())?;
    let webhook = Webhook { id, terms, created_by: origin.user(), created_at_ms: now_ms, updated_at_ms: now_ms };
    let entry = app.entry(Event::in_project(project_id, Action::WebhookCreated).about(id).to(told(&webhook)), &origin);
    let given = (project_id, webhook.clone(), sealed, holding, entry);
    let insert = app.inner.store.write(given, |transaction, (project_id, webhook, sealed, holding, entry)| {
        Box::pin(async move {
            let rows = transaction.in_project(project_id);
            let others = rows.list_webhooks().await?.len();
            if others as u64 >= MAX_PER_PROJECT {
                return Err(Error::new(Code::TooMany, format!("a project has at most {MAX_PER_PROJECT} webhooks")));
            }
            rows.insert_webhook(&webhook, sealed).await?;
            if others == 0 {
                rows.insert_marks(&holding, entry.occurred_at_ms).await?;
            }
            transaction.record(&entry).await
        })
    });
    insert.await.map(|()| (webhook, secret))
}

/// Changes a webhook: what is told from then on.
///
/// # Errors
/// [`Code::WebhookNotFound`]; as for [`create`].
pub async fn change(app: &App, (project_id, id): (ProjectId, Uuid), change: WebhookChange, origin: &Origin) -> Result<Webhook> {
    app.get_open_project(project_id).await?;
    let entry = app.entry(Event::in_project(project_id, Action::WebhookChanged).about(id), origin);
    let given = (app.clone(), project_id, id, change, entry);
    let update = app.inner.store.write(given, |transaction, (app, project_id, id, change, mut entry)| {
        Box::pin(async move {
            let rows = transaction.in_project(project_id);
            let (before, _) = rows.find_webhook(id).await?.ok_or_else(missing)?;
            let terms = checked(&app, change.applied_to(&before.terms))?;
            let after = Webhook { terms, updated_at_ms: entry.occurred_at_ms, ..before.clone() };
            rows.update_webhook(&after).await?;
            (entry.event.before, entry.event.after) = (Some(told(&before)), Some(told(&after)));
            transaction.record(&entry).await.map(|()| after)
        })
    });
    update.await
}

/// Signs with another secret from now on. Answers it; the former is forgotten.
///
/// # Errors
/// [`Code::WebhookNotFound`]; [`Code::ProjectArchived`].
pub async fn renew_secret(app: &App, (project_id, id): (ProjectId, Uuid), origin: &Origin) -> Result<String> {
    app.get_open_project(project_id).await?;
    let secret = message::new_secret()?;
    let sealer = app.inner.keyring.sealer().await;
    let sealed = sealer.seal(&WEBHOOKS, &[project_id.0, id], secret.as_bytes())?;
    let entry = app.entry(Event::in_project(project_id, Action::WebhookSecretRenewed).about(id), origin);
    let update = app.inner.store.write((project_id, id, sealed, entry), |transaction, (project_id, id, sealed, entry)| {
        Box::pin(async move {
            let rows = transaction.in_project(project_id);
            rows.find_webhook(id).await?.ok_or_else(missing)?;
            rows.update_webhook_secret(id, sealed).await?;
            transaction.record(&entry).await
        })
    });
    update.await.map(|()| secret)
}

/// Deletes a webhook with everything that is known of its deliveries.
///
/// # Errors
/// [`Code::WebhookNotFound`]; [`Code::ProjectArchived`].
pub async fn delete(app: &App, (project_id, id): (ProjectId, Uuid), origin: &Origin) -> Result<()> {
    app.get_open_project(project_id).await?;
    let entry = app.entry(Event::in_project(project_id, Action::WebhookDeleted).about(id), origin);
    let delete = app.inner.store.write((project_id, id, entry), |transaction, (project_id, id, mut entry)| {
        Box::pin(async move {
            let rows = transaction.in_project(project_id);
            let (before, _) = rows.find_webhook(id).await?.ok_or_else(missing)?;
            rows.delete_webhook(id).await?;
            entry.event.before = Some(told(&before));
            transaction.record(&entry).await
        })
    });
    delete.await
}

/// Sends a `ping`, also to a webhook that is switched off. Answers the delivery, which tells in a moment what became of it.
///
/// # Errors
/// [`Code::WebhookNotFound`]; [`Code::ProjectArchived`].
pub async fn ping(app: &App, project_id: ProjectId, id: Uuid) -> Result<Delivery> {
    let project = app.get_open_project(project_id).await?;
    let now_ms = app.now_ms();
    let data = json!({"project_id": project_id, "webhook_id": id});
    let delivery = message::delivery(id, WebhookEvent::Ping, &data, now_ms);
    let work = DeliverWebhook::of(project.id(), delivery.id)?;
    let send = app.inner.store.write((project_id, delivery.clone(), work, now_ms), |transaction, (project_id, delivery, work, now_ms)| {
        Box::pin(async move {
            let rows = transaction.in_project(project_id);
            rows.find_webhook(delivery.webhook_id).await?.ok_or_else(missing)?;
            rows.insert_delivery(&delivery).await?;
            transaction.enqueue_job(work, now_ms).await.map(drop)
        })
    });
    send.await?;
    app.workshop().wake();
    Ok(delivery)
}

/// A page of what a webhook was sent, newest first.
///
/// # Errors
/// [`Code::WebhookNotFound`].
pub async fn list_deliveries(
    app: &App,
    (project_id, id): (ProjectId, Uuid),
    state: Option<DeliveryState>,
    page: Page,
) -> Result<Listed<Delivery>> {
    get(app, project_id, id).await?;
    app.inner.store.in_project(project_id).list_deliveries(id, state, page).await
}

/// Sends the same message once more, under the same id.
///
/// # Errors
/// [`Code::DeliveryNotFound`]; [`Code::ProjectArchived`].
pub async fn replay(app: &App, project_id: ProjectId, (webhook_id, id): (Uuid, Uuid), origin: &Origin) -> Result<Delivery> {
    app.get_open_project(project_id).await?;
    let work = DeliverWebhook::of(project_id, id)?;
    let entry = app.entry(Event::in_project(project_id, Action::WebhookReplayed).about(webhook_id).to(json!({"delivery_id": id})), origin);
    let again =
        app.inner.store.write((project_id, webhook_id, id, work, entry), |transaction, (project_id, webhook_id, id, work, entry)| {
            Box::pin(async move {
                let rows = transaction.in_project(project_id);
                let found = rows.find_delivery(id).await?.filter(|delivery| delivery.webhook_id == webhook_id);
                let delivery = found.ok_or_else(|| Error::of(Code::DeliveryNotFound))?;
                let delivery = Delivery { state: DeliveryState::Pending, ..delivery };
                rows.update_delivery(&delivery).await?;
                // One that is under way goes on; it is hurried only after it was cancelled.
                transaction.enqueue_job(work, entry.occurred_at_ms).await?;
                transaction.record(&entry).await.map(|()| delivery)
            })
        });
    let delivery = again.await?;
    app.workshop().wake();
    Ok(delivery)
}

fn checked(app: &App, terms: WebhookTerms) -> Result<WebhookTerms> {
    let mut faults = terms.faults();
    if !faults.iter().any(|fault| fault.pointer == "/url") {
        faults.extend(app.workshop().services().courier.fault("/url", &terms.url));
    }
    unless_faulty(terms, faults)
}

fn missing() -> Error {
    Error::of(Code::WebhookNotFound)
}

/// A webhook as the trail shows it. Its path may be a secret of the other side: the trail, which everybody keeps, has the host.
fn told(webhook: &Webhook) -> Value {
    let events: Vec<_> = webhook.terms.events.iter().map(|event| event.as_str()).collect();
    let host = webhook.terms.url.split('/').nth(2).unwrap_or_default();
    json!({"host": host, "description": webhook.terms.description, "events": events, "is_enabled": webhook.terms.is_enabled})
}
