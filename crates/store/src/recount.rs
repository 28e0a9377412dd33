//! The recount: counters reckoned a second time, from the outbox. An audit compares the two.
//!
//! Campaigns are recounted in parts, each a consumer of its own, so that no transaction is as long as there are campaigns.

use barker_domain::{CampaignId, Result};
use sea_orm::{ActiveValue::Set, ConnectionTrait};

use crate::{
    Transaction,
    bulk::insert_all,
    counter::{COUNTER_COLUMNS, CounterSums},
    entity::campaign_recount::ActiveModel,
    error::failed,
    statement::add_to_existing,
};

/// In how many parts.
pub const PARTS: u8 = 32;

/// The outbox consumer that keeps a part of the recount.
#[must_use]
pub fn consumer(part: u8) -> String {
    format!("recount/{part}")
}

/// In which part a campaign is recounted. Ids may be anybody's choice, so all of their bytes count.
#[must_use]
pub fn part_of(campaign_id: CampaignId) -> u8 {
    campaign_id.0.as_bytes().iter().fold(0_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(*byte)) % PARTS
}

impl Transaction {
    /// Adds these sums to the recount.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn add_to_recount(&self, sums: &CounterSums) -> Result<()> {
        let added = add_to_existing(
            self.inner.get_database_backend(),
            "campaign_recounts",
            &["project_id", "campaign_id", "day"],
            &COUNTER_COLUMNS,
        );
        let rows = sums.iter().map(|((project_id, campaign_id, day), sum)| ActiveModel {
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

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use uuid::Uuid;

    use super::*;

    #[test]
    fn campaigns_are_spread_over_all_parts_whoever_chose_their_ids() {
        let kinds: [fn(u16) -> Uuid; 3] =
            [|_| Uuid::now_v7(), |number| Uuid::from_u128(u128::from(number)), |number| Uuid::from_u128(u128::from(number) << 112)];
        for made in kinds {
            let mut parts: HashMap<u8, usize> = HashMap::new();
            for number in 0..3_200 {
                *parts.entry(part_of(CampaignId(made(number)))).or_default() += 1;
            }
            assert_eq!(parts.len(), usize::from(PARTS));
            assert!(parts.values().all(|count| (30..300).contains(count)), "{parts:?}");
        }
    }
}
