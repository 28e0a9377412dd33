//! The recount: counters reckoned a second time, from the outbox. An audit compares the two.

use barker_domain::{Result, fact::Fact};
use sea_orm::{ActiveValue::Set, ConnectionTrait};

use crate::{
    Transaction,
    bulk::insert_all,
    counter::{COUNTER_COLUMNS, sums_of_facts},
    entity::campaign_recount::ActiveModel,
    error::failed,
    statement::add_to_existing,
};

/// The outbox consumer that keeps the recount.
pub const CONSUMER: &str = "recount";

impl Transaction {
    /// Adds the facts to the recount.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn add_to_recount(&self, facts: impl IntoIterator<Item = Fact>) -> Result<()> {
        let added = add_to_existing(
            self.inner.get_database_backend(),
            "campaign_recounts",
            &["project_id", "campaign_id", "day"],
            &COUNTER_COLUMNS,
        );
        let facts: Vec<_> = facts.into_iter().collect();
        let rows = sums_of_facts(&facts).into_iter().map(|((project_id, campaign_id, day), sum)| ActiveModel {
            project_id: Set(project_id.0),
            campaign_id: Set(campaign_id.0),
            day: Set(day.0),
            impressions: Set(sum.impressions),
            clicks: Set(sum.clicks),
            spent_impressions_micros: Set(sum.spent_impressions.0),
            spent_clicks_micros: Set(sum.spent_clicks.0),
        });
        insert_all(&self.inner, &rows.collect::<Vec<_>>(), Some(&added)).await.map_err(failed("recount the events"))
    }
}
