//! Impressions and clicks: a batch becomes durable whole, with its counters and one outbox row, and each event once.

use std::{collections::HashMap, sync::Arc};

use barker_domain::{ClickId, ImpressionId, Result, click::Click, fact::Fact, impression::Impression};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, QueryFilter, Statement,
};

use crate::{
    Store,
    bulk::{ROWS_PER_STATEMENT, execute_all, inserts},
    counter::{COUNTER_COLUMNS, sums_of_ads},
    entity::{ad_day, click, impression},
    error::{failed, failed_or_gone, is_unique_violation},
    outbox,
    statement::add_to_existing,
};

/// Events that become durable together.
#[derive(Debug, Clone, Default)]
pub struct EventBatch {
    /// Impressions; no client may have the same campaign and nth twice.
    pub impressions: Vec<Impression>,
    /// Clicks; no client may have the same campaign and outcome twice.
    pub clicks: Vec<Click>,
}

/// Events whose key was taken before: repeats, which changed nothing. Each with the id that holds the key, which is the
/// event's own when an earlier attempt at this very batch did succeed after all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recorded {
    /// By the id of the impression that was not inserted.
    pub known_impressions: HashMap<ImpressionId, ImpressionId>,
    /// By the id of the click that was not inserted.
    pub known_clicks: HashMap<ClickId, ClickId>,
}

impl Store {
    /// Makes the batch durable: rows, counters and the outbox, or nothing at all. Safe to repeat after a failure whose
    /// outcome is unknown.
    ///
    /// # Errors
    /// [`barker_domain::Code::ClientNotFound`] when an event refers to somebody or something that is not there any more;
    /// when the database does not answer.
    pub async fn record_events(&self, batch: &Arc<EventBatch>, now_ms: i64) -> Result<Recorded> {
        // Keys are new as a rule, so they are looked up only when an insert says that one was not.
        match self.attempt_to_record(batch, Recorded::default(), now_ms).await {
            Err(error) if is_caused_by_known_key(&error) => {
                let known = self.find_known(batch).await?;
                self.attempt_to_record(batch, known, now_ms).await
            }
            answered => answered,
        }
    }

    /// Which events of the batch have keys that are taken.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_known(&self, batch: &EventBatch) -> Result<Recorded> {
        Ok(Recorded {
            known_impressions: self.find_known_impressions(&batch.impressions).await?,
            known_clicks: self.find_known_clicks(&batch.clicks).await?,
        })
    }

    async fn attempt_to_record(&self, batch: &Arc<EventBatch>, known: Recorded, now_ms: i64) -> Result<Recorded> {
        let (known, stamp) = (Arc::new(known), Stamp { node: self.node, now_ms });
        let given = (Arc::clone(batch), Arc::clone(&known), stamp);
        self.write(given, |transaction, (batch, known, stamp)| {
            Box::pin(async move { insert_events(&transaction.inner, &batch, &known, stamp).await })
        })
        .await?;
        Ok(Arc::unwrap_or_clone(known))
    }

    async fn find_known_impressions(&self, impressions: &[Impression]) -> Result<HashMap<ImpressionId, ImpressionId>> {
        use impression::{Column, Entity};
        let mut known = HashMap::new();
        for impressions in impressions.chunks(ROWS_PER_STATEMENT) {
            let candidates = Entity::find()
                .filter(Column::ProjectId.is_in(impressions.iter().map(|wanted| wanted.project_id.0)))
                .filter(Column::ClientId.is_in(impressions.iter().map(|wanted| wanted.client_id.0)))
                .filter(Column::CampaignId.is_in(impressions.iter().map(|wanted| wanted.campaign_id.0)));
            let rows = candidates.all(&self.reader).await.map_err(failed("look up the impressions"))?;
            let ids: HashMap<_, _> = rows.iter().map(|row| ((row.project_id, row.client_id, row.campaign_id, row.nth), row.id)).collect();
            for wanted in impressions {
                let key = (wanted.project_id.0, wanted.client_id.0, wanted.campaign_id.0, wanted.nth);
                known.extend(ids.get(&key).map(|id| (wanted.id, ImpressionId(*id))));
            }
        }
        Ok(known)
    }

    async fn find_known_clicks(&self, clicks: &[Click]) -> Result<HashMap<ClickId, ClickId>> {
        use click::{Column, Entity};
        let mut known = HashMap::new();
        for clicks in clicks.chunks(ROWS_PER_STATEMENT) {
            let candidates = Entity::find()
                .filter(Column::ProjectId.is_in(clicks.iter().map(|wanted| wanted.project_id.0)))
                .filter(Column::ClientId.is_in(clicks.iter().map(|wanted| wanted.client_id.0)))
                .filter(Column::CampaignId.is_in(clicks.iter().map(|wanted| wanted.campaign_id.0)));
            let rows = candidates.all(&self.reader).await.map_err(failed("look up the clicks"))?;
            let ids: HashMap<_, _> =
                rows.iter().map(|row| ((row.project_id, row.client_id, row.campaign_id, row.outcome.as_str()), row.id)).collect();
            for wanted in clicks {
                let key = (wanted.project_id.0, wanted.client_id.0, wanted.campaign_id.0, wanted.outcome.as_str());
                known.extend(ids.get(&key).map(|id| (wanted.id, ClickId(*id))));
            }
        }
        Ok(known)
    }
}

#[derive(Debug, Clone, Copy)]
struct Stamp {
    node: i32,
    now_ms: i64,
}

async fn insert_events(transaction: &DatabaseTransaction, batch: &EventBatch, known: &Recorded, stamp: Stamp) -> Result<()> {
    let impressions: Vec<_> = batch.impressions.iter().filter(|event| !known.known_impressions.contains_key(&event.id)).collect();
    let clicks: Vec<_> = batch.clicks.iter().filter(|event| !known.known_clicks.contains_key(&event.id)).collect();
    let backend = transaction.get_database_backend();
    let impression_rows: Vec<_> = impressions.iter().map(|event| impression::ActiveModel::from(*event)).collect();
    let click_rows: Vec<_> = clicks.iter().map(|event| click::ActiveModel::from(*event)).collect();
    let facts: Vec<_> = impressions.into_iter().map(Fact::from).chain(clicks.into_iter().filter_map(Fact::of_click)).collect();
    let mut statements = inserts(backend, &impression_rows, None);
    statements.extend(inserts(backend, &click_rows, None));
    statements.extend(additions_to_counters(backend, &facts, stamp.node));
    statements.extend(outbox::append(backend, &facts, stamp.now_ms)?);
    execute_all(transaction, statements).await.map_err(failed_or_gone("record the events"))
}

/// What these facts add to the counters.
pub(crate) fn additions_to_counters(backend: DbBackend, facts: &[Fact], node: i32) -> Vec<Statement> {
    let added = add_to_existing(backend, "ad_days", &["project_id", "campaign_id", "ad_id", "day", "node"], &COUNTER_COLUMNS);
    let rows = sums_of_ads(facts).into_iter().map(|((project_id, campaign_id, ad_id, day), sum)| ad_day::ActiveModel {
        project_id: Set(project_id.0),
        campaign_id: Set(campaign_id.0),
        ad_id: Set(ad_id.0),
        day: Set(day.0),
        node: Set(node),
        impressions: Set(sum.impressions),
        clicks: Set(sum.clicks),
        spent_impressions_micros: Set(sum.spent_impressions.0),
        spent_clicks_micros: Set(sum.spent_clicks.0),
    });
    inserts(backend, &rows.collect::<Vec<_>>(), Some(&added))
}

fn is_caused_by_known_key(error: &barker_domain::Error) -> bool {
    std::error::Error::source(error).and_then(|source| source.downcast_ref::<DbErr>()).is_some_and(is_unique_violation)
}

impl From<&Impression> for impression::ActiveModel {
    fn from(impression: &Impression) -> Self {
        Self {
            project_id: Set(impression.project_id.0),
            id: Set(impression.id.0),
            campaign_id: Set(impression.campaign_id.0),
            client_id: Set(impression.client_id.0),
            nth: Set(impression.nth),
            day: Set(impression.day.0),
            occurred_at_ms: Set(impression.occurred_at_ms),
            price_micros: Set(impression.price.0),
            ad_id: Set(impression.ad_id.0),
        }
    }
}

impl From<&Click> for click::ActiveModel {
    fn from(click: &Click) -> Self {
        Self {
            project_id: Set(click.project_id.0),
            id: Set(click.id.0),
            campaign_id: Set(click.campaign_id.0),
            client_id: Set(click.client_id.0),
            impression_id: Set(click.impression_id.map(|id| id.0)),
            outcome: Set(click.outcome.as_str().to_owned()),
            day: Set(click.day.0),
            occurred_at_ms: Set(click.occurred_at_ms),
            price_micros: Set(click.outcome.price().0),
            // Nobody has found anything wrong with it yet.
            invalid_reason: NotSet,
            refund_id: NotSet,
            ad_id: Set(click.ad_id.map(|id| id.0)),
        }
    }
}
