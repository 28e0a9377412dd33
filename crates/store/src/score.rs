//! ML scores: set in bulk, and counted by value for their distribution.

use std::collections::{BTreeMap, HashMap};

use barker_domain::{AdvertiserId, ClientId, Result, score::Score};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Select, sea_query::OnConflict};

use crate::{
    bulk::{ROWS_PER_STATEMENT, insert_all, padded},
    entity::{
        ml_score::{ActiveModel, Column, Entity},
        ml_score_count,
    },
    error::{failed, failed_or_gone},
    statement::add_to_existing,
    tenant::{InProject, InProjectMut},
};

/// A score by whom it is of, and for whom.
pub type ScoreValues = HashMap<(ClientId, AdvertiserId), i32>;

impl InProject<'_> {
    /// How often each score value occurs.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn count_scores_by_value(&self) -> Result<Vec<(i32, u64)>> {
        use ml_score_count::{Column, Entity};
        let rows = Entity::find().select_only().columns([Column::Score, Column::Times]).filter(Column::ProjectId.eq(self.project_id.0));
        let rows = rows.into_tuple::<(i32, i64)>().all(&self.executor).await.map_err(failed("count the scores"))?;
        Ok(rows.into_iter().map(|(score, times)| (score, times.unsigned_abs())).collect())
    }

    /// The values these pairs have now, and maybe those of others; a pair without one is left out.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn list_values_of(&self, scores: &[Score]) -> Result<ScoreValues> {
        let mut values = HashMap::with_capacity(scores.len());
        for scores in scores.chunks(ROWS_PER_STATEMENT) {
            let pairs = scores.iter().map(|score| (score.client_id.0, score.advertiser_id.0));
            let rows = self.find_pairs(self.scores(), (Column::ClientId, Column::AdvertiserId), pairs).await;
            let rows = rows.map_err(failed("read the scores"))?;
            values.extend(rows.into_iter().map(|row| ((ClientId(row.client_id), AdvertiserId(row.advertiser_id)), row.score)));
        }
        Ok(values)
    }

    pub(crate) fn scores(&self) -> Select<Entity> {
        Entity::find().filter(Column::ProjectId.eq(self.project_id.0))
    }
}

impl InProjectMut<'_> {
    /// Sets the scores and answers what they were, and maybe what others are; a pair that had none is left out. No pair
    /// may stand twice.
    ///
    /// # Errors
    /// [`barker_domain::Code::ClientNotFound`] when a client is not there any more; when the database does not answer.
    pub async fn upsert_scores(&self, scores: &[Score]) -> Result<ScoreValues> {
        let former = self.list_values_of(scores).await?;
        // In the order of the key, so that rows that lie side by side are written one after the other.
        let mut scores = scores.to_vec();
        scores.sort_unstable_by_key(|score| (score.client_id, score.advertiser_id));
        let (changed, new): (Vec<_>, Vec<_>) =
            scores.iter().partition(|score| former.contains_key(&(score.client_id, score.advertiser_id)));
        let set = OnConflict::columns([Column::ProjectId, Column::ClientId, Column::AdvertiserId]).update_column(Column::Score).to_owned();
        // Nobody else writes meanwhile, so a pair that had none cannot have come by one, and need not be looked for once more.
        for (scores, conflict) in [(new, None), (changed, Some(&set))] {
            let rows: Vec<_> = scores.into_iter().map(|score| self.row_of(score)).collect();
            insert_all(&self.executor, &rows, conflict).await.map_err(failed_or_gone("store the scores"))?;
        }
        self.add_to_counts(&changes(&former, &scores)).await?;
        Ok(former)
    }

    fn row_of(&self, score: &Score) -> ActiveModel {
        ActiveModel {
            project_id: Set(self.project_id.0),
            client_id: Set(score.client_id.0),
            advertiser_id: Set(score.advertiser_id.0),
            score: Set(score.value),
        }
    }

    /// Counts these values once less each.
    pub(crate) async fn subtract_from_counts(&self, values: &[i32]) -> Result<()> {
        let mut fewer = BTreeMap::new();
        for value in values {
            *fewer.entry(*value).or_default() -= 1;
        }
        self.add_to_counts(&fewer).await
    }

    /// Adds to how often each of these values occurs, and forgets those that do not occur any more.
    async fn add_to_counts(&self, changes: &BTreeMap<i32, i64>) -> Result<()> {
        use ml_score_count::{ActiveModel, Column, Entity};
        let rows = changes.iter().filter(|(_, change)| **change != 0).map(|(score, change)| ActiveModel {
            project_id: Set(self.project_id.0),
            score: Set(*score),
            times: Set(*change),
        });
        let backend = self.executor.get_database_backend();
        let added = add_to_existing(backend, "ml_score_counts", &["project_id", "score"], &["times"]);
        insert_all(&self.executor, &rows.collect::<Vec<_>>(), Some(&added)).await.map_err(failed("count the scores"))?;
        let fewer: Vec<i32> = changes.iter().filter(|(_, change)| **change < 0).map(|(score, _)| *score).collect();
        for scores in fewer.chunks(ROWS_PER_STATEMENT) {
            let gone = Entity::delete_many().filter(Column::ProjectId.eq(self.project_id.0)).filter(Column::Times.eq(0));
            gone.filter(Column::Score.is_in(padded(scores))).exec(&self.executor).await.map_err(failed("count the scores"))?;
        }
        Ok(())
    }
}

/// By how much each value occurs more often, or less often, than it did.
fn changes(former: &ScoreValues, scores: &[Score]) -> BTreeMap<i32, i64> {
    let mut changes = BTreeMap::new();
    for score in scores {
        *changes.entry(score.value).or_default() += 1;
        if let Some(former) = former.get(&(score.client_id, score.advertiser_id)) {
            *changes.entry(*former).or_default() -= 1;
        }
    }
    changes
}
