//! ML scores: set in bulk, and counted by value for their distribution.

use std::collections::HashMap;

use barker_domain::{AdvertiserId, ClientId, Result, score::Score};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Select,
    sea_query::{Expr, OnConflict},
};

use crate::{
    bulk::{ROWS_PER_STATEMENT, insert_all},
    entity::ml_score::{ActiveModel, Column, Entity},
    error::{failed, failed_or_gone},
    tenant::{InProject, InProjectMut},
};

impl InProject<'_> {
    /// How often each score value occurs.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn count_scores_by_value(&self) -> Result<Vec<(i32, u64)>> {
        let rows = self.scores().select_only().column(Column::Score).expr_as(Expr::cust("COUNT(*)"), "times").group_by(Column::Score);
        let rows = rows.into_tuple::<(i32, i64)>().all(&self.executor).await.map_err(failed("count the scores"))?;
        Ok(rows.into_iter().map(|(score, times)| (score, times.unsigned_abs())).collect())
    }

    /// The values these pairs have now; a pair without one is left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_values_of(&self, scores: &[Score]) -> Result<HashMap<(ClientId, AdvertiserId), i32>> {
        let mut values = HashMap::with_capacity(scores.len());
        for scores in scores.chunks(ROWS_PER_STATEMENT) {
            let pairs = scores.iter().map(|score| (score.client_id.0, score.advertiser_id.0));
            let rows = self
                .scores()
                .filter(self.among_pairs((Column::ClientId, Column::AdvertiserId), pairs))
                .all(&self.executor)
                .await
                .map_err(failed("read the scores"))?;
            values.extend(rows.into_iter().map(|row| ((ClientId(row.client_id), AdvertiserId(row.advertiser_id)), row.score)));
        }
        Ok(values)
    }

    pub(crate) fn scores(&self) -> Select<Entity> {
        Entity::find().filter(Column::ProjectId.eq(self.project_id.0))
    }
}

impl InProjectMut<'_> {
    /// Sets the scores. No pair may stand twice.
    ///
    /// # Errors
    /// [`barker_domain::Code::ClientNotFound`] when a client is not there any more; when the database does not answer.
    pub async fn upsert_scores(&self, scores: &[Score]) -> Result<()> {
        let rows = scores.iter().map(|score| ActiveModel {
            project_id: Set(self.project_id.0),
            client_id: Set(score.client_id.0),
            advertiser_id: Set(score.advertiser_id.0),
            score: Set(score.value),
        });
        let set = OnConflict::columns([Column::ProjectId, Column::ClientId, Column::AdvertiserId]).update_column(Column::Score).to_owned();
        insert_all(&self.executor, &rows.collect::<Vec<_>>(), Some(&set)).await.map_err(failed_or_gone("store the scores"))
    }
}
