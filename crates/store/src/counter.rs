//! Counters by day: added up in memory for a batch, then added to what is stored in one statement.

use std::collections::BTreeMap;

use barker_domain::{
    AdId, CampaignId, Day, Micros, ProjectId,
    fact::{Fact, Happened},
    statistics::Counters,
};

/// What a batch adds, by project, campaign and day. Ordered, so that concurrent batches lock rows in one order.
pub type CounterSums = BTreeMap<(ProjectId, CampaignId, Day), Counters>;

/// The columns that hold counters, wherever they stand.
pub(crate) const COUNTER_COLUMNS: [&str; 4] = ["impressions", "clicks", "spent_impressions_micros", "spent_clicks_micros"];

/// Adds these facts to the sums of their campaigns.
pub fn add_to_sums<'a>(sums: &mut CounterSums, facts: impl IntoIterator<Item = &'a Fact>) {
    add_by(sums, facts, |project_id, campaign_id, _, day| (project_id, campaign_id, day));
}

/// What these facts add to the counters of ads, ordered likewise.
pub(crate) fn sums_of_ads<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> BTreeMap<(ProjectId, CampaignId, AdId, Day), Counters> {
    let mut sums = BTreeMap::new();
    add_by(&mut sums, facts, |project_id, campaign_id, ad_id, day| (project_id, campaign_id, ad_id, day));
    sums
}

fn add_by<'a, Key: Ord>(
    sums: &mut BTreeMap<Key, Counters>,
    facts: impl IntoIterator<Item = &'a Fact>,
    key: impl Fn(ProjectId, CampaignId, AdId, Day) -> Key,
) {
    for fact in facts {
        let (key, addition) = match fact {
            Fact::Impression(shown) => {
                (key_of(shown, &key), Counters { impressions: 1, spent_impressions: shown.price_micros, ..Counters::default() })
            }
            Fact::Click(click) => (key_of(click, &key), Counters { clicks: 1, spent_clicks: click.price_micros, ..Counters::default() }),
            Fact::ClickRefunded(click) => {
                (key_of(click, &key), Counters { clicks: -1, spent_clicks: Micros(-click.price_micros.0), ..Counters::default() })
            }
        };
        sums.entry(key).or_default().add(&addition);
    }
}

fn key_of<Id, Key>(happened: &Happened<Id>, key: impl Fn(ProjectId, CampaignId, AdId, Day) -> Key) -> Key {
    key(happened.project_id, happened.campaign_id, happened.ad(), happened.day)
}

/// Counters from their columns, in the order of [`COUNTER_COLUMNS`].
pub(crate) fn counters((impressions, clicks, spent_impressions, spent_clicks): (i64, i64, i64, i64)) -> Counters {
    Counters { impressions, clicks, spent_impressions: Micros(spent_impressions), spent_clicks: Micros(spent_clicks) }
}
