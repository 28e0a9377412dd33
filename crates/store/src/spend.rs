//! What campaigns spent by day, with what they are called: what the warehouse is told of Barker's own advertising.

use std::collections::{HashMap, HashSet};

use barker_domain::{AdvertiserId, CampaignId, Day, Result, statistics::Counters};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::{
    bulk::ROWS_PER_STATEMENT,
    counter::counters,
    entity::{campaign, campaign_day},
    error::failed,
    statement::sum,
    tenant::InProject,
};

/// A campaign on one of its days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpentDay {
    /// Which.
    pub campaign_id: CampaignId,
    /// The project's day.
    pub day: Day,
    /// All nodes together.
    pub counted: Counters,
}

/// What a campaign is called, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignLabel {
    /// Who pays.
    pub advertiser_id: AdvertiserId,
    /// The title of its ad.
    pub ad_title: String,
}

impl InProject<'_> {
    /// What every campaign delivered on each of these days, the deleted ones too.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_spent_days(&self, first: Day, last: Day) -> Result<Vec<SpentDay>> {
        use campaign_day::{Column, Entity};
        let backend = self.executor.get_database_backend();
        let rows = Entity::find()
            .filter(Column::ProjectId.eq(self.project_id.0))
            .filter(Column::Day.between(first.0, last.0))
            .select_only()
            .columns([Column::CampaignId, Column::Day])
            .expr_as(sum(backend, Column::Impressions), "nodes_impressions")
            .expr_as(sum(backend, Column::Clicks), "nodes_clicks")
            .expr_as(sum(backend, Column::SpentImpressionsMicros), "nodes_spent_impressions")
            .expr_as(sum(backend, Column::SpentClicksMicros), "nodes_spent_clicks")
            .group_by(Column::CampaignId)
            .group_by(Column::Day)
            .into_tuple::<(Uuid, i32, i64, i64, i64, i64)>();
        let rows = rows.all(&self.executor).await.map_err(failed("read the counters"))?;
        let read = |(id, day, i, c, si, sc)| SpentDay { campaign_id: CampaignId(id), day: Day(day), counted: counters((i, c, si, sc)) };
        Ok(rows.into_iter().map(read).collect())
    }

    /// What these campaigns are called, the deleted ones too.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn label_campaigns(&self, ids: &HashSet<CampaignId>) -> Result<HashMap<CampaignId, CampaignLabel>> {
        use campaign::{Column, Entity};
        let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
        let mut labels = HashMap::with_capacity(ids.len());
        for ids in ids.chunks(ROWS_PER_STATEMENT) {
            let rows = Entity::find().filter(Column::ProjectId.eq(self.project_id.0)).filter(self.among(Column::Id, ids.iter().copied()));
            let rows = rows.select_only().columns([Column::Id, Column::AdvertiserId, Column::AdTitle]);
            let rows = rows.into_tuple::<(Uuid, Uuid, String)>().all(&self.executor).await.map_err(failed("read the campaigns"))?;
            let label = |(id, advertiser, ad_title)| (CampaignId(id), CampaignLabel { advertiser_id: AdvertiserId(advertiser), ad_title });
            labels.extend(rows.into_iter().map(label));
        }
        Ok(labels)
    }
}
