//! Erasure: single impressions and clicks are deleted, and what they had counted is kept without a person.

use std::collections::{BTreeMap, HashSet};

use barker_domain::{CampaignId, ClientId, Day, ImpressionId, Micros, Result, statistics::Counters};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::SimpleExpr,
};
use uuid::Uuid;

use crate::{
    bulk::insert_all,
    counter::COUNTER_COLUMNS,
    entity::{anonymous_day, click, client, impression, ml_score},
    error::failed,
    statement::add_to_existing,
    tenant::{InProject, InProjectMut},
};

/// What was deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Erased {
    /// How many impressions.
    pub impressions: u64,
    /// How many clicks, those among them that were not billed.
    pub clicks: u64,
    /// The values of ML scores.
    pub scores: Vec<i32>,
}

/// An impression, as whoever looks for old ones sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OldImpression {
    /// The impression.
    pub id: ImpressionId,
    /// Of which campaign.
    pub campaign_id: CampaignId,
    /// To whom.
    pub client_id: ClientId,
    /// On which day.
    pub day: Day,
}

impl InProject<'_> {
    /// The oldest impressions: of all of them, or of those that come after one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_oldest_impressions(&self, last_id: Option<ImpressionId>, limit: u64) -> Result<Vec<OldImpression>> {
        use impression::{Column, Entity};
        let mut rows = Entity::find().filter(Column::ProjectId.eq(self.project_id.0));
        if let Some(last_id) = last_id {
            rows = rows.filter(Column::Id.gt(last_id.0));
        }
        let rows = rows.order_by_asc(Column::Id).limit(limit).select_only();
        let rows = rows.columns([Column::Id, Column::CampaignId, Column::ClientId, Column::Day]).into_tuple::<(Uuid, Uuid, Uuid, i32)>();
        let rows = rows.all(&self.executor).await.map_err(failed("list the oldest impressions"))?;
        let old = |(id, campaign_id, client_id, day)| OldImpression {
            id: ImpressionId(id),
            campaign_id: CampaignId(campaign_id),
            client_id: ClientId(client_id),
            day: Day(day),
        };
        Ok(rows.into_iter().map(old).collect())
    }

    /// How many counted impressions of each campaign are anonymous already.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn count_anonymous_impressions(&self) -> Result<BTreeMap<CampaignId, i64>> {
        use anonymous_day::{Column, Entity};
        let rows = Entity::find().filter(Column::ProjectId.eq(self.project_id.0)).all(&self.executor).await;
        let mut counts = BTreeMap::new();
        for row in rows.map_err(failed("count what is anonymous"))? {
            *counts.entry(CampaignId(row.campaign_id)).or_default() += row.impressions;
        }
        Ok(counts)
    }
}

impl InProjectMut<'_> {
    /// Deletes a client with their scores, impressions and clicks; counters stay. `None` when there is no such client.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn erase_client(&self, id: ClientId) -> Result<Option<Erased>> {
        let found = client::Entity::find_by_id((self.project_id.0, id.0)).one(&self.executor).await;
        if found.map_err(failed("erase the client"))?.is_none() {
            return Ok(None);
        }
        let (shown, clicked, scores) = self.list_rows_of(id).await.map_err(failed("erase the client"))?;
        self.keep_anonymously(&shown, &clicked).await?;
        self.delete_rows_of(id).await.map_err(failed("erase the client"))?;
        self.subtract_from_counts(&scores).await?;
        Ok(Some(Erased { impressions: shown.len() as u64, clicks: clicked.len() as u64, scores }))
    }

    /// Impressions, clicks, and the values of scores.
    async fn list_rows_of(&self, id: ClientId) -> Result<(Vec<impression::Model>, Vec<click::Model>, Vec<i32>), DbErr> {
        let shown = impression::Entity::find().filter(self.shown_to(id)).all(&self.executor).await?;
        let clicked = click::Entity::find().filter(self.clicked_by(id)).all(&self.executor).await?;
        let scored = ml_score::Entity::find().filter(self.scored_for(id)).all(&self.executor).await?;
        Ok((shown, clicked, scored.into_iter().map(|row| row.score).collect()))
    }

    /// The client last: everything refers to them.
    async fn delete_rows_of(&self, id: ClientId) -> Result<(), DbErr> {
        click::Entity::delete_many().filter(self.clicked_by(id)).exec(&self.executor).await?;
        impression::Entity::delete_many().filter(self.shown_to(id)).exec(&self.executor).await?;
        ml_score::Entity::delete_many().filter(self.scored_for(id)).exec(&self.executor).await?;
        client::Entity::delete_by_id((self.project_id.0, id.0)).exec(&self.executor).await.map(drop)
    }

    fn shown_to(&self, id: ClientId) -> SimpleExpr {
        impression::Column::ProjectId.eq(self.project_id.0).and(impression::Column::ClientId.eq(id.0))
    }

    fn clicked_by(&self, id: ClientId) -> SimpleExpr {
        click::Column::ProjectId.eq(self.project_id.0).and(click::Column::ClientId.eq(id.0))
    }

    fn scored_for(&self, id: ClientId) -> SimpleExpr {
        ml_score::Column::ProjectId.eq(self.project_id.0).and(ml_score::Column::ClientId.eq(id.0))
    }

    /// Deletes those of these impressions that are there, with the clicks that followed them; counters stay. At most
    /// [`crate::bulk::ROWS_PER_STATEMENT`] of them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn forget_impressions(&self, old: &[OldImpression]) -> Result<Erased> {
        let failed = failed("forget old impressions");
        let of_project = impression::Column::ProjectId.eq(self.project_id.0);
        let among = self.among(impression::Column::Id, old.iter().map(|old| old.id.0));
        // Somebody may have been erased since they were listed.
        let wanted = impression::Entity::find().filter(of_project.clone()).filter(among.clone());
        let shown = wanted.all(&self.executor).await.map_err(&failed)?;
        let ids: HashSet<_> = shown.iter().map(|row| row.id).collect();
        let pairs = shown.iter().map(|row| (row.client_id, row.campaign_id));
        let clicks = click::Entity::find().filter(click::Column::ProjectId.eq(self.project_id.0));
        let clicked = self.find_pairs(clicks, (click::Column::ClientId, click::Column::CampaignId), pairs).await.map_err(&failed)?;
        let clicked: Vec<_> = clicked.into_iter().filter(|row| row.impression_id.is_some_and(|id| ids.contains(&id))).collect();

        self.keep_anonymously(&shown, &clicked).await?;
        let following = self.among(click::Column::Id, clicked.iter().map(|row| row.id));
        let clicks = click::Entity::delete_many().filter(click::Column::ProjectId.eq(self.project_id.0)).filter(following);
        clicks.exec(&self.executor).await.map_err(&failed)?;
        let impressions = impression::Entity::delete_many().filter(of_project).filter(among);
        impressions.exec(&self.executor).await.map_err(&failed)?;
        Ok(Erased { impressions: shown.len() as u64, clicks: clicked.len() as u64, scores: Vec::new() })
    }

    /// Deletes some clicks on these campaigns that followed no impression; answers whose they were. At most
    /// [`crate::bulk::ROWS_PER_STATEMENT`] campaigns and clicks.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn forget_stray_clicks(&self, campaigns: &[CampaignId], limit: u64) -> Result<Vec<ClientId>> {
        use click::{Column, Entity};
        let failed = failed("forget old clicks");
        let stray = Entity::find().filter(Column::ProjectId.eq(self.project_id.0)).filter(Column::ImpressionId.is_null());
        let stray = stray.filter(self.among(Column::CampaignId, campaigns.iter().map(|id| id.0))).limit(limit);
        let rows = stray.select_only().columns([Column::Id, Column::ClientId]).into_tuple::<(Uuid, Uuid)>();
        let rows = rows.all(&self.executor).await.map_err(&failed)?;
        let these = self.among(Column::Id, rows.iter().map(|(id, _)| *id));
        let delete = Entity::delete_many().filter(Column::ProjectId.eq(self.project_id.0)).filter(these);
        delete.exec(&self.executor).await.map_err(failed)?;
        Ok(rows.into_iter().map(|(_, client_id)| ClientId(client_id)).collect())
    }

    /// Adds to the anonymous days what these rows have counted.
    async fn keep_anonymously(&self, shown: &[impression::Model], clicked: &[click::Model]) -> Result<()> {
        let mut sums: BTreeMap<(Uuid, i32), Counters> = BTreeMap::new();
        for row in shown {
            let counted = Counters { impressions: 1, spent_impressions: Micros(row.price_micros), ..Counters::default() };
            sums.entry((row.campaign_id, row.day)).or_default().add(&counted);
        }
        for row in clicked.iter().filter(|row| row.counts()) {
            let counted = Counters { clicks: 1, spent_clicks: Micros(row.price_micros), ..Counters::default() };
            sums.entry((row.campaign_id, row.day)).or_default().add(&counted);
        }
        let rows = sums.into_iter().map(|((campaign_id, day), sum)| anonymous_day::ActiveModel {
            project_id: Set(self.project_id.0),
            campaign_id: Set(campaign_id),
            day: Set(day),
            impressions: Set(sum.impressions),
            clicks: Set(sum.clicks),
            spent_impressions_micros: Set(sum.spent_impressions.0),
            spent_clicks_micros: Set(sum.spent_clicks.0),
        });
        let backend = self.executor.get_database_backend();
        let added = add_to_existing(backend, "anonymous_days", &["project_id", "campaign_id", "day"], &COUNTER_COLUMNS);
        insert_all(&self.executor, &rows.collect::<Vec<_>>(), Some(&added)).await.map_err(failed("keep what was counted"))
    }
}
