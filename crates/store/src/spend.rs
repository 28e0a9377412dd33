//! What campaigns and their ads spent by day, with what they are called: what the warehouse is told of Barker's own advertising.

use std::collections::{HashMap, HashSet};

use barker_domain::{AdId, AdvertiserId, CampaignId, Day, Result, ad::of_contract, statistics::Counters};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::{
    bulk::ROWS_PER_STATEMENT,
    counter::counters,
    entity::{ad_day, campaign},
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

/// An ad on one of its days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpentAdDay {
    /// Which.
    pub ad_id: AdId,
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
    /// The title of its ad; of several, of the one that the contract knows.
    pub ad_title: String,
    /// Its ads.
    pub ads: Vec<AdLabel>,
}

/// What an ad is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdLabel {
    /// Which.
    pub id: AdId,
    /// What people call it, else its title.
    pub name: String,
}

impl CampaignLabel {
    /// What one of its ads is called.
    #[must_use]
    pub fn ad_name(&self, id: AdId) -> &str {
        self.ads.iter().find(|ad| ad.id == id).map_or(&self.ad_title, |ad| &ad.name)
    }
}

impl InProject<'_> {
    /// What every campaign delivered on each of these days, the deleted ones too.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_spent_days(&self, first: Day, last: Day) -> Result<Vec<SpentDay>> {
        use ad_day::{Column, Entity};
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

    /// What every ad delivered on each of these days, those of deleted campaigns too.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_spent_ad_days(&self, first: Day, last: Day) -> Result<Vec<SpentAdDay>> {
        use ad_day::{Column, Entity};
        let backend = self.executor.get_database_backend();
        let rows = Entity::find()
            .filter(Column::ProjectId.eq(self.project_id.0))
            .filter(Column::Day.between(first.0, last.0))
            .select_only()
            .columns([Column::AdId, Column::Day])
            .expr_as(sum(backend, Column::Impressions), "nodes_impressions")
            .expr_as(sum(backend, Column::Clicks), "nodes_clicks")
            .expr_as(sum(backend, Column::SpentImpressionsMicros), "nodes_spent_impressions")
            .expr_as(sum(backend, Column::SpentClicksMicros), "nodes_spent_clicks")
            .group_by(Column::AdId)
            .group_by(Column::Day)
            .into_tuple::<(Uuid, i32, i64, i64, i64, i64)>();
        let rows = rows.all(&self.executor).await.map_err(failed("read the counters of the ads"))?;
        let read = |(id, day, i, c, si, sc)| SpentAdDay { ad_id: AdId(id), day: Day(day), counted: counters((i, c, si, sc)) };
        Ok(rows.into_iter().map(read).collect())
    }

    /// What these campaigns and their ads are called, the deleted ones too.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn label_campaigns(&self, ids: &HashSet<CampaignId>) -> Result<HashMap<CampaignId, CampaignLabel>> {
        let owners = self.find_owners(ids).await?;
        let mut ads = self.list_ads_of_campaigns(&ids.iter().copied().collect::<Vec<_>>()).await?;
        let label = |(id, advertiser_id)| {
            let ads = ads.remove(&id).unwrap_or_default();
            let ad_title = of_contract(&ads).map(|(_, creative)| creative.content.title.clone()).unwrap_or_default();
            let name = |(ad, creative): (barker_domain::ad::Ad, barker_domain::creative::Creative)| AdLabel {
                id: ad.id,
                name: ad.name.unwrap_or(creative.content.title),
            };
            (id, CampaignLabel { advertiser_id, ad_title, ads: ads.into_iter().map(name).collect() })
        };
        Ok(owners.into_iter().map(label).collect())
    }

    /// Whose these campaigns are, the deleted ones too.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_owners(&self, ids: &HashSet<CampaignId>) -> Result<HashMap<CampaignId, AdvertiserId>> {
        use campaign::{Column, Entity};
        let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
        let mut owners = HashMap::with_capacity(ids.len());
        for ids in ids.chunks(ROWS_PER_STATEMENT) {
            let rows = Entity::find().filter(Column::ProjectId.eq(self.project_id.0)).filter(self.among(Column::Id, ids.iter().copied()));
            let rows = rows.select_only().columns([Column::Id, Column::AdvertiserId]).into_tuple::<(Uuid, Uuid)>();
            let rows = rows.all(&self.executor).await.map_err(failed("read the campaigns"))?;
            owners.extend(rows.into_iter().map(|(id, advertiser)| (CampaignId(id), AdvertiserId(advertiser))));
        }
        Ok(owners)
    }
}
