//! Viewers: everything a decision must know about many clients, in four queries however many they are.

use std::collections::HashMap;

use barker_domain::{AdvertiserId, CampaignId, ClientId, ImpressionId, Result, client::Client};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::{
    bulk::ROWS_PER_STATEMENT,
    entity::{click, impression, ml_score},
    error::failed,
    tenant::InProject,
};

/// A client with what models and history say about them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewerRecord {
    /// Who they are.
    pub client: Client,
    /// ML scores by advertiser.
    pub scores: Vec<(AdvertiserId, i32)>,
    /// Counted impressions by campaign.
    pub shown: Vec<(CampaignId, ImpressionId)>,
    /// Clicks by campaign: whether the click followed an impression.
    pub clicked: Vec<(CampaignId, bool)>,
}

impl InProject<'_> {
    /// Those of these clients that exist.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_viewers(&self, ids: &[ClientId]) -> Result<HashMap<ClientId, ViewerRecord>> {
        let mut viewers = HashMap::with_capacity(ids.len());
        for ids in ids.chunks(ROWS_PER_STATEMENT) {
            viewers.extend(self.list_some_viewers(ids).await?);
        }
        Ok(viewers)
    }

    async fn list_some_viewers(&self, ids: &[ClientId]) -> Result<HashMap<ClientId, ViewerRecord>> {
        let mut viewers: HashMap<ClientId, ViewerRecord> = HashMap::with_capacity(ids.len());
        for client in self.list_clients(ids).await? {
            let record = ViewerRecord { client, scores: Vec::new(), shown: Vec::new(), clicked: Vec::new() };
            viewers.insert(record.client.id, record);
        }
        if !viewers.is_empty() {
            self.add_scores(ids, &mut viewers).await?;
            self.add_history(ids, &mut viewers).await?;
        }
        Ok(viewers)
    }

    async fn add_scores(&self, ids: &[ClientId], viewers: &mut HashMap<ClientId, ViewerRecord>) -> Result<()> {
        for (client, advertiser, score) in self.scores_of(ids).await? {
            if let Some(viewer) = viewers.get_mut(&ClientId(client)) {
                viewer.scores.push((AdvertiserId(advertiser), score));
            }
        }
        Ok(())
    }

    async fn add_history(&self, ids: &[ClientId], viewers: &mut HashMap<ClientId, ViewerRecord>) -> Result<()> {
        let (shown, clicked) = tokio::try_join!(self.shown_to(ids), self.clicked_by(ids))?;
        for (client, campaign, impression) in shown {
            if let Some(viewer) = viewers.get_mut(&ClientId(client)) {
                viewer.shown.push((CampaignId(campaign), ImpressionId(impression)));
            }
        }
        for (client, campaign, impression) in clicked {
            if let Some(viewer) = viewers.get_mut(&ClientId(client)) {
                viewer.clicked.push((CampaignId(campaign), impression.is_some()));
            }
        }
        Ok(())
    }

    async fn scores_of(&self, ids: &[ClientId]) -> Result<Vec<(Uuid, Uuid, i32)>> {
        use ml_score::Column;
        let rows = self.scores().filter(self.among(Column::ClientId, ids.iter().map(|id| id.0))).select_only();
        let columns = rows.columns([Column::ClientId, Column::AdvertiserId, Column::Score]).into_tuple();
        columns.all(&self.executor).await.map_err(failed("read the scores"))
    }

    async fn shown_to(&self, ids: &[ClientId]) -> Result<Vec<(Uuid, Uuid, Uuid)>> {
        use impression::{Column, Entity};
        let rows =
            Entity::find().filter(Column::ProjectId.eq(self.project_id.0)).filter(self.among(Column::ClientId, ids.iter().map(|id| id.0)));
        let columns = rows.select_only().columns([Column::ClientId, Column::CampaignId, Column::Id]).into_tuple();
        columns.all(&self.executor).await.map_err(failed("read the impressions"))
    }

    async fn clicked_by(&self, ids: &[ClientId]) -> Result<Vec<(Uuid, Uuid, Option<Uuid>)>> {
        use click::{Column, Entity};
        let rows =
            Entity::find().filter(Column::ProjectId.eq(self.project_id.0)).filter(self.among(Column::ClientId, ids.iter().map(|id| id.0)));
        let columns = rows.select_only().columns([Column::ClientId, Column::CampaignId, Column::ImpressionId]).into_tuple();
        columns.all(&self.executor).await.map_err(failed("read the clicks"))
    }
}
