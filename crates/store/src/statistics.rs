//! Statistics: sums of the exact counters by day. Written with the rows they count, so they are never behind.

use std::collections::HashMap;

use barker_domain::{
    AdId, AdvertiserId, CampaignId, CreativeId, Day, Micros, Result,
    campaign::Delivered,
    statistics::{Counters, Days},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    counter::counters,
    entity::{
        ad,
        ad_day::{Column, Entity},
        campaign,
    },
    error::failed,
    statement::sum,
    tenant::InProject,
};

impl InProject<'_> {
    /// What a campaign delivered by day, deleted or not.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_campaign_days(&self, id: CampaignId) -> Result<Days> {
        self.sum_by_day(self.counters().filter(Column::CampaignId.eq(id.0))).await
    }

    /// What all campaigns of an advertiser delivered by day, the deleted ones too.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_advertiser_days(&self, id: AdvertiserId) -> Result<Days> {
        let campaigns = campaign::Entity::find()
            .filter(campaign::Column::ProjectId.eq(self.project_id.0))
            .filter(campaign::Column::AdvertiserId.eq(id.0))
            .select_only()
            .column(campaign::Column::Id);
        self.sum_by_day(self.counters().filter(Column::CampaignId.in_subquery(campaigns.into_query()))).await
    }

    /// What every campaign has delivered so far.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_delivered(&self) -> Result<HashMap<CampaignId, Delivered>> {
        let backend = self.executor.get_database_backend();
        let rows = self
            .counters()
            .select_only()
            .column(Column::CampaignId)
            .expr_as(sum(backend, Column::Impressions), "delivered_impressions")
            .expr_as(sum(backend, Column::Clicks), "delivered_clicks")
            .expr_as(sum(backend, Column::SpentImpressionsMicros), "delivered_spent_impressions")
            .expr_as(sum(backend, Column::SpentClicksMicros), "delivered_spent_clicks")
            .group_by(Column::CampaignId)
            .into_tuple::<(uuid::Uuid, i64, i64, i64, i64)>();
        let rows = rows.all(&self.executor).await.map_err(failed("read the counters"))?;
        let delivered = |(id, impressions, clicks, on_impressions, on_clicks)| {
            (CampaignId(id), Delivered { impressions, clicks, spent: Micros(on_impressions).saturating_add(Micros(on_clicks)) })
        };
        Ok(rows.into_iter().map(delivered).collect())
    }

    /// What every campaign has spent on each of these days, where it is more than nothing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_spent(&self, first: Day, last: Day) -> Result<Vec<(CampaignId, Day, Micros)>> {
        let backend = self.executor.get_database_backend();
        let rows = self.counters().filter(Column::Day.between(first.0, last.0)).select_only().columns([Column::CampaignId, Column::Day]);
        let rows = rows
            .expr_as(sum(backend, Column::SpentImpressionsMicros), "day_spent_impressions")
            .expr_as(sum(backend, Column::SpentClicksMicros), "day_spent_clicks")
            .group_by(Column::CampaignId)
            .group_by(Column::Day)
            .into_tuple::<(uuid::Uuid, i32, i64, i64)>();
        let rows = rows.all(&self.executor).await.map_err(failed("read what was spent"))?;
        let spent = rows.into_iter().map(|(id, day, on_impressions, on_clicks)| {
            (CampaignId(id), Day(day), Micros(on_impressions).saturating_add(Micros(on_clicks)))
        });
        Ok(spent.filter(|(_, _, spent)| *spent > Micros::ZERO).collect())
    }

    /// The last day on which anything was delivered; `None`: nothing ever was.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_last_day_of_delivery(&self) -> Result<Option<Day>> {
        let last = self.counters().select_only().column_as(Column::Day.max(), "last_day").into_tuple::<Option<i32>>();
        let last = last.one(&self.executor).await.map_err(failed("find the last day of delivery"))?;
        Ok(last.flatten().map(Day))
    }

    /// What one of a campaign's ads delivered by day.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_ad_days(&self, campaign_id: CampaignId, id: AdId) -> Result<Days> {
        let of_ad = Column::CampaignId.eq(campaign_id.0).and(Column::AdId.eq(id.0));
        self.sum_by_day(self.counters().filter(of_ad)).await
    }

    /// What the ads that show a creative now delivered by day, those that were put away among them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_creative_days(&self, id: CreativeId) -> Result<Days> {
        let ads = ad::Entity::find().filter(ad::Column::ProjectId.eq(self.project_id.0)).filter(ad::Column::CreativeId.eq(id.0));
        let ads = ads.select_only().columns([ad::Column::CampaignId, ad::Column::Id]).into_query();
        let of_ads = Expr::tuple([Column::CampaignId, Column::AdId].map(|column| Expr::col(column.as_column_ref()))).in_subquery(ads);
        self.sum_by_day(self.counters().filter(of_ads)).await
    }

    async fn sum_by_day(&self, rows: Select<Entity>) -> Result<Days> {
        let backend = self.executor.get_database_backend();
        let rows = rows
            .select_only()
            .column(Column::Day)
            .expr_as(sum(backend, Column::Impressions), "day_impressions")
            .expr_as(sum(backend, Column::Clicks), "day_clicks")
            .expr_as(sum(backend, Column::SpentImpressionsMicros), "day_spent_impressions")
            .expr_as(sum(backend, Column::SpentClicksMicros), "day_spent_clicks")
            .group_by(Column::Day)
            .into_tuple::<(i32, i64, i64, i64, i64)>();
        let rows = rows.all(&self.executor).await.map_err(failed("read the counters"))?;
        let days = rows.into_iter().map(|(day, i, c, si, sc)| (Day(day), counters((i, c, si, sc))));
        // On a day whose every click was refunded nothing has happened.
        Ok(days.filter(|(_, counted)| *counted != Counters::default()).collect())
    }

    fn counters(&self) -> Select<Entity> {
        Entity::find().filter(Column::ProjectId.eq(self.project_id.0))
    }
}
