//! Webhooks of a project, what they were sent, and what was told already.

use std::collections::BTreeSet;

use barker_domain::{
    ProjectId, Result, UserId,
    page::{Listed, Page},
    webhook::{Delivery, DeliveryState, Mark, Webhook, WebhookEvent, WebhookTerms},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use crate::{
    Store, Transaction,
    entity::{webhook, webhook_delivery as delivery, webhook_mark as mark},
    error::{failed, unreadable},
    tenant::{InProject, InProjectMut},
};

/// Marks that one statement names: far below the parameters that any database takes.
const MARKS_TOGETHER: usize = 200;

impl Store {
    /// The projects that have webhooks.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_projects_with_webhooks(&self) -> Result<BTreeSet<ProjectId>> {
        let ids = webhook::Entity::find().select_only().column(webhook::Column::ProjectId).distinct().into_tuple::<Uuid>();
        let ids = ids.all(&self.reader).await.map_err(failed("list the projects with webhooks"))?;
        Ok(ids.into_iter().map(ProjectId).collect())
    }
}

impl Transaction {
    /// Forgets deliveries that were made before then.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn prune_deliveries(&self, before_ms: i64) -> Result<()> {
        let old = delivery::Entity::delete_many()
            .filter(delivery::Column::CreatedAtMs.lt(before_ms))
            .filter(delivery::Column::State.ne(DeliveryState::Pending.as_str()));
        old.exec(&self.inner).await.map(drop).map_err(failed("forget deliveries"))
    }
}

impl InProject<'_> {
    /// Every webhook, oldest first: there are few.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_webhooks(&self) -> Result<Vec<Webhook>> {
        let rows = self.webhooks().order_by_asc(webhook::Column::Id).all(&self.executor).await.map_err(failed("list the webhooks"))?;
        rows.into_iter().map(Webhook::try_from).collect()
    }

    /// The webhook with that id, and its secret as it is sealed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_webhook(&self, id: Uuid) -> Result<Option<(Webhook, String)>> {
        let row = self.webhooks().filter(webhook::Column::Id.eq(id)).one(&self.executor).await.map_err(failed("find the webhook"))?;
        row.map(|row| (row.secret.clone(), row)).map(|(secret, row)| Ok((Webhook::try_from(row)?, secret))).transpose()
    }

    /// A page of what a webhook was sent, newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_deliveries(&self, webhook_id: Uuid, state: Option<DeliveryState>, page: Page) -> Result<Listed<Delivery>> {
        let of_state = state.map(|state| delivery::Column::State.eq(state.as_str()));
        let fitting = self.deliveries().filter(delivery::Column::WebhookId.eq(webhook_id)).filter(Condition::all().add_option(of_state));
        let total = fitting.clone().count(&self.executor).await.map_err(failed("count the deliveries"))?;
        let newest_first = fitting.order_by_desc(delivery::Column::Id).offset(page.offset()).limit(page.size);
        let rows = newest_first.all(&self.executor).await.map_err(failed("list the deliveries"))?;
        Ok(Listed { rows: rows.into_iter().map(Delivery::try_from).collect::<Result<_>>()?, total })
    }

    /// The delivery with that id.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_delivery(&self, id: Uuid) -> Result<Option<Delivery>> {
        let row = self.deliveries().filter(delivery::Column::Id.eq(id)).one(&self.executor).await.map_err(failed("find the delivery"))?;
        row.map(Delivery::try_from).transpose()
    }

    /// What was told and, as far as anybody has looked, still holds.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_marks(&self) -> Result<BTreeSet<Mark>> {
        let rows = mark::Entity::find().filter(mark::Column::ProjectId.eq(self.project_id.0)).all(&self.executor).await;
        rows.map_err(failed("list the marks"))?
            .into_iter()
            .map(|row| Ok(Mark { event: event_named(&row.event, "webhook_marks")?, subject_id: row.subject_id }))
            .collect()
    }

    fn webhooks(&self) -> Select<webhook::Entity> {
        webhook::Entity::find().filter(webhook::Column::ProjectId.eq(self.project_id.0))
    }

    fn deliveries(&self) -> Select<delivery::Entity> {
        delivery::Entity::find().filter(delivery::Column::ProjectId.eq(self.project_id.0))
    }
}

impl InProjectMut<'_> {
    /// Stores a new webhook with its sealed secret.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn insert_webhook(&self, new: &Webhook, sealed_secret: String) -> Result<()> {
        let row = webhook::ActiveModel {
            project_id: Set(self.project_id.0),
            id: Set(new.id),
            url: Set(new.terms.url.clone()),
            description: Set(new.terms.description.clone()),
            events_json: Set(events_json(&new.terms)),
            is_enabled: Set(new.terms.is_enabled),
            secret: Set(sealed_secret),
            user_id: Set(new.created_by.map(Into::into)),
            created_at_ms: Set(new.created_at_ms),
            updated_at_ms: Set(new.updated_at_ms),
        };
        webhook::Entity::insert(row).exec_without_returning(&self.executor).await.map(drop).map_err(failed("store the webhook"))
    }

    /// Stores the terms of a webhook that exists.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn update_webhook(&self, changed: &Webhook) -> Result<()> {
        let update = webhook::Entity::update_many()
            .col_expr(webhook::Column::Url, changed.terms.url.clone().into())
            .col_expr(webhook::Column::Description, changed.terms.description.clone().into())
            .col_expr(webhook::Column::EventsJson, events_json(&changed.terms).into())
            .col_expr(webhook::Column::IsEnabled, changed.terms.is_enabled.into())
            .col_expr(webhook::Column::UpdatedAtMs, changed.updated_at_ms.into())
            .filter(webhook::Column::ProjectId.eq(self.project_id.0))
            .filter(webhook::Column::Id.eq(changed.id));
        update.exec(&self.executor).await.map(drop).map_err(failed("change the webhook"))
    }

    /// Stores another sealed secret of a webhook.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn update_webhook_secret(&self, id: Uuid, sealed_secret: String) -> Result<()> {
        let update = webhook::Entity::update_many()
            .col_expr(webhook::Column::Secret, sealed_secret.into())
            .filter(webhook::Column::ProjectId.eq(self.project_id.0))
            .filter(webhook::Column::Id.eq(id));
        update.exec(&self.executor).await.map(drop).map_err(failed("change the webhook's secret"))
    }

    /// Deletes a webhook with everything that it was sent; with the last one, what was told.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn delete_webhook(&self, id: Uuid) -> Result<()> {
        let sent = delivery::Entity::delete_many()
            .filter(delivery::Column::ProjectId.eq(self.project_id.0))
            .filter(delivery::Column::WebhookId.eq(id));
        sent.exec(&self.executor).await.map_err(failed("delete the deliveries"))?;
        webhook::Entity::delete_by_id((self.project_id.0, id)).exec(&self.executor).await.map_err(failed("delete the webhook"))?;
        if self.webhooks().count(&self.executor).await.map_err(failed("count the webhooks"))? == 0 {
            let marks = mark::Entity::delete_many().filter(mark::Column::ProjectId.eq(self.project_id.0));
            marks.exec(&self.executor).await.map_err(failed("delete the marks"))?;
        }
        Ok(())
    }

    /// Stores a new delivery.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn insert_delivery(&self, new: &Delivery) -> Result<()> {
        let row = delivery::ActiveModel {
            project_id: Set(self.project_id.0),
            id: Set(new.id),
            webhook_id: Set(new.webhook_id),
            event: Set(new.event.as_str().to_owned()),
            body_json: Set(new.body.to_string()),
            state: Set(new.state.as_str().to_owned()),
            attempts: Set(new.attempts),
            status_code: Set(new.status_code),
            error: Set(new.error.clone()),
            created_at_ms: Set(new.created_at_ms),
            tried_at_ms: Set(new.tried_at_ms),
        };
        delivery::Entity::insert(row).exec_without_returning(&self.executor).await.map(drop).map_err(failed("store the delivery"))
    }

    /// Stores what became of a delivery.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn update_delivery(&self, changed: &Delivery) -> Result<()> {
        let update = delivery::Entity::update_many()
            .col_expr(delivery::Column::State, changed.state.as_str().into())
            .col_expr(delivery::Column::Attempts, changed.attempts.into())
            .col_expr(delivery::Column::StatusCode, changed.status_code.into())
            .col_expr(delivery::Column::Error, changed.error.clone().into())
            .col_expr(delivery::Column::TriedAtMs, changed.tried_at_ms.into())
            .filter(delivery::Column::ProjectId.eq(self.project_id.0))
            .filter(delivery::Column::Id.eq(changed.id));
        update.exec(&self.executor).await.map(drop).map_err(failed("change the delivery"))
    }

    /// Keeps what was told.
    ///
    /// # Errors
    /// When the database does not answer, or one of them is kept already.
    pub async fn insert_marks(&self, marks: &[Mark], now_ms: i64) -> Result<()> {
        for marks in marks.chunks(MARKS_TOGETHER) {
            let rows = marks.iter().map(|told| mark::ActiveModel {
                project_id: Set(self.project_id.0),
                event: Set(told.event.as_str().to_owned()),
                subject_id: Set(told.subject_id),
                created_at_ms: Set(now_ms),
            });
            mark::Entity::insert_many(rows).exec_without_returning(&self.executor).await.map_err(failed("keep what was told"))?;
        }
        Ok(())
    }

    /// Forgets what holds no more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn delete_marks(&self, marks: &[Mark]) -> Result<()> {
        for event in WebhookEvent::ALL {
            let of_event: Vec<_> = marks.iter().filter(|mark| mark.event == event).map(|mark| mark.subject_id).collect();
            for subjects in of_event.chunks(MARKS_TOGETHER) {
                let gone = mark::Entity::delete_many()
                    .filter(mark::Column::ProjectId.eq(self.project_id.0))
                    .filter(mark::Column::Event.eq(event.as_str()))
                    .filter(mark::Column::SubjectId.is_in(subjects.iter().copied()));
                gone.exec(&self.executor).await.map_err(failed("forget what was told"))?;
            }
        }
        Ok(())
    }
}

fn events_json(terms: &WebhookTerms) -> String {
    let names: Vec<_> = terms.events.iter().map(|event| event.as_str()).collect();
    serde_json::json!(names).to_string()
}

fn event_named(name: &str, table: &'static str) -> Result<WebhookEvent> {
    WebhookEvent::named(name).ok_or_else(|| unreadable(table, "event"))
}

impl TryFrom<webhook::Model> for Webhook {
    type Error = barker_domain::Error;

    fn try_from(row: webhook::Model) -> Result<Self> {
        let names: Vec<String> =
            serde_json::from_str(&row.events_json).map_err(|error| unreadable("webhooks", "events_json").caused_by(error))?;
        let events = names.iter().map(|name| event_named(name, "webhooks")).collect::<Result<_>>()?;
        Ok(Self {
            id: row.id,
            terms: WebhookTerms { url: row.url, description: row.description, events, is_enabled: row.is_enabled },
            created_by: row.user_id.map(UserId),
            created_at_ms: row.created_at_ms,
            updated_at_ms: row.updated_at_ms,
        })
    }
}

impl TryFrom<delivery::Model> for Delivery {
    type Error = barker_domain::Error;

    fn try_from(row: delivery::Model) -> Result<Self> {
        let unreadable = |column| unreadable("webhook_deliveries", column);
        Ok(Self {
            id: row.id,
            webhook_id: row.webhook_id,
            event: event_named(&row.event, "webhook_deliveries")?,
            body: serde_json::from_str(&row.body_json).map_err(|error| unreadable("body_json").caused_by(error))?,
            state: DeliveryState::named(&row.state).ok_or_else(|| unreadable("state"))?,
            attempts: row.attempts,
            status_code: row.status_code,
            error: row.error,
            created_at_ms: row.created_at_ms,
            tried_at_ms: row.tried_at_ms,
        })
    }
}
