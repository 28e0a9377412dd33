//! Clicks looked at one by one, and those that turn out to be invalid: they keep their row and their price, and are counted
//! no more.

use std::{collections::HashMap, sync::Arc};

use barker_domain::{
    AdId, AdvertiserId, CampaignId, ClickId, ClientId, Day, Micros, PostingId, ProjectId, Result,
    click::Outcome,
    fact::{Fact, Happened},
    ledger::InvalidReason,
    page::{Listed, Page},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use crate::{
    Store, Transaction,
    bulk::{ROWS_PER_STATEMENT, execute_all},
    entity::{campaign, click},
    error::failed,
    event::additions_to_counters,
    outbox,
    tenant::{InProject, InProjectMut},
};

/// The outcome of a click that was billed and given back, as it is told. What is stored stays `billed`: that key must not become
/// free.
pub const INVALID: &str = "invalid";

/// A click as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClickRow {
    /// Which.
    pub id: ClickId,
    /// On which campaign's ad.
    pub campaign_id: CampaignId,
    /// Which of its ads; absent when it followed no impression.
    pub ad_id: Option<AdId>,
    /// Whose campaign.
    pub advertiser_id: AdvertiserId,
    /// By whom.
    pub client_id: ClientId,
    /// The project's day.
    pub day: Day,
    /// Milliseconds UTC.
    pub occurred_at_ms: i64,
    /// `billed`, why it is not, or [`INVALID`].
    pub outcome: String,
    /// What it cost, or had cost before it turned out to be invalid.
    pub price: Micros,
    /// Why it is invalid.
    pub invalid_reason: Option<String>,
    /// The posting that gave it back.
    pub refund_id: Option<PostingId>,
}

/// Billed clicks of a project that a refund gives back.
#[derive(Debug, Clone)]
pub struct RefundedClicks {
    /// Where.
    pub project_id: ProjectId,
    /// Which.
    pub clicks: Arc<Vec<ClickRow>>,
    /// The posting that gives them back.
    pub refund_id: PostingId,
    /// Why.
    pub reason: InvalidReason,
}

/// Which of an advertiser's clicks are asked for; what is `None` restricts nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClickFilter {
    /// Only those on this campaign's ad.
    pub campaign_id: Option<CampaignId>,
    /// Only those by this client.
    pub client_id: Option<ClientId>,
    /// Only those with this outcome.
    pub outcome: Option<String>,
    /// Only those of this day and later.
    pub first: Option<Day>,
    /// Only those of this day and earlier.
    pub last: Option<Day>,
}

impl InProject<'_> {
    /// A page of the clicks on an advertiser's ads, latest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_clicks_of(&self, advertiser_id: AdvertiserId, filter: &ClickFilter, page: Page) -> Result<Listed<ClickRow>> {
        use click::{Column, Entity};
        let campaigns = campaign::Entity::find().filter(campaign::Column::ProjectId.eq(self.project_id.0));
        let campaigns = campaigns.filter(campaign::Column::AdvertiserId.eq(advertiser_id.0)).select_only().column(campaign::Column::Id);
        let mut matching = Entity::find().filter(Column::ProjectId.eq(self.project_id.0));
        matching = match filter.campaign_id {
            Some(id) => {
                // Of another advertiser there is none.
                let own = campaigns.filter(campaign::Column::Id.eq(id.0)).into_tuple::<uuid::Uuid>().one(&self.executor).await;
                let Some(own) = own.map_err(failed("find the campaign"))? else { return Ok(Listed { rows: Vec::new(), total: 0 }) };
                matching.filter(Column::CampaignId.eq(own))
            }
            None => matching.filter(Column::CampaignId.in_subquery(campaigns.into_query())),
        };
        if let Some(client_id) = filter.client_id {
            matching = matching.filter(Column::ClientId.eq(client_id.0));
        }
        if let Some(outcome) = &filter.outcome {
            let is_invalid = outcome == INVALID;
            let stored = if is_invalid { Outcome::Billed(Micros::ZERO).as_str() } else { outcome };
            let of_refund = if is_invalid { Column::RefundId.is_not_null() } else { Column::RefundId.is_null() };
            matching = matching.filter(Column::Outcome.eq(stored)).filter(of_refund);
        }
        if let Some(first) = filter.first {
            matching = matching.filter(Column::Day.gte(first.0));
        }
        if let Some(last) = filter.last {
            matching = matching.filter(Column::Day.lte(last.0));
        }
        let total = matching.clone().count(&self.executor).await.map_err(failed("count the clicks"))?;
        let latest_first = matching.order_by_desc(Column::OccurredAtMs).order_by_desc(Column::Id);
        let rows = latest_first.offset(page.offset()).limit(page.size).all(&self.executor).await.map_err(failed("list the clicks"))?;
        Ok(Listed { rows: rows.into_iter().map(|row| ClickRow::of(row, advertiser_id)).collect(), total })
    }

    /// Ids of what a client's clicks on a campaign's ad came to, with their outcomes: at most one of each.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_clicks_by(&self, client_id: ClientId, campaign_id: CampaignId) -> Result<Vec<(ClickId, String)>> {
        use click::{Column, Entity};
        let rows = Entity::find()
            .filter(Column::ProjectId.eq(self.project_id.0))
            .filter(Column::ClientId.eq(client_id.0))
            .filter(Column::CampaignId.eq(campaign_id.0));
        let rows = rows.select_only().columns([Column::Id, Column::Outcome]).into_tuple::<(uuid::Uuid, String)>();
        let rows = rows.all(&self.executor).await.map_err(failed("find the clicks"))?;
        Ok(rows.into_iter().map(|(id, outcome)| (ClickId(id), outcome)).collect())
    }

    /// Those of these clicks that there are.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_clicks(&self, ids: &[ClickId]) -> Result<HashMap<ClickId, ClickRow>> {
        use click::{Column, Entity};
        let mut found = HashMap::with_capacity(ids.len());
        for ids in ids.chunks(ROWS_PER_STATEMENT) {
            let rows =
                Entity::find().filter(Column::ProjectId.eq(self.project_id.0)).filter(self.among(Column::Id, ids.iter().map(|id| id.0)));
            let rows = rows.all(&self.executor).await.map_err(failed("find the clicks"))?;
            let campaigns = rows.iter().map(|row| CampaignId(row.campaign_id)).collect();
            let owners = self.find_owners(&campaigns).await?;
            for row in rows {
                if let Some(owner) = owners.get(&CampaignId(row.campaign_id)) {
                    found.insert(ClickId(row.id), ClickRow::of(row, *owner));
                }
            }
        }
        Ok(found)
    }
}

impl Transaction {
    /// Takes billed clicks out of the counters, and says by which refund they are given back and why.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn invalidate_clicks(&self, refunded: &RefundedClicks, (node, now_ms): (i32, i64)) -> Result<()> {
        let RefundedClicks { project_id, clicks, refund_id, reason } = refunded;
        self.in_project(*project_id).mark_invalid(clicks, *refund_id, *reason).await?;
        let facts: Vec<_> = clicks.iter().map(|click| Fact::ClickRefunded(click.happened(*project_id))).collect();
        let backend = self.inner.get_database_backend();
        let mut statements = additions_to_counters(backend, &facts, node);
        statements.extend(outbox::append(backend, &facts, now_ms)?);
        execute_all(&self.inner, statements).await.map_err(failed("take the clicks out of the counters"))
    }
}

impl InProjectMut<'_> {
    async fn mark_invalid(&self, clicks: &[ClickRow], refund_id: PostingId, reason: InvalidReason) -> Result<()> {
        use click::{Column, Entity};
        for clicks in clicks.chunks(ROWS_PER_STATEMENT) {
            let mark = Entity::update_many()
                .col_expr(Column::InvalidReason, Some(reason.as_str()).into())
                .col_expr(Column::RefundId, Some(refund_id.0).into())
                .filter(Column::ProjectId.eq(self.project_id.0))
                .filter(self.among(Column::Id, clicks.iter().map(|click| click.id.0)));
            mark.exec(&self.executor).await.map_err(failed("mark the clicks"))?;
        }
        Ok(())
    }
}

impl Store {
    /// Which of the nodes that count this one is.
    #[must_use]
    pub fn node(&self) -> i32 {
        self.node
    }
}

impl ClickRow {
    /// Whether it is counted and paid for.
    #[must_use]
    pub fn is_billed(&self) -> bool {
        self.outcome == Outcome::Billed(Micros::ZERO).as_str()
    }

    fn of(row: click::Model, advertiser_id: AdvertiserId) -> Self {
        Self {
            id: ClickId(row.id),
            campaign_id: CampaignId(row.campaign_id),
            ad_id: row.ad_id.map(AdId),
            advertiser_id,
            client_id: ClientId(row.client_id),
            day: Day(row.day),
            occurred_at_ms: row.occurred_at_ms,
            outcome: if row.refund_id.is_some() { INVALID.to_owned() } else { row.outcome },
            price: Micros(row.price_micros),
            invalid_reason: row.invalid_reason,
            refund_id: row.refund_id.map(PostingId),
        }
    }

    fn happened(&self, project_id: ProjectId) -> Happened<ClickId> {
        Happened {
            id: self.id,
            project_id,
            advertiser_id: self.advertiser_id,
            campaign_id: self.campaign_id,
            ad_id: self.ad_id,
            client_id: self.client_id,
            day: self.day,
            occurred_at_ms: self.occurred_at_ms,
            price_micros: self.price,
        }
    }
}
