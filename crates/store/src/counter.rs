//! Counters by campaign and day: added up in memory for a batch, then added to what is stored in one statement.

use std::collections::BTreeMap;

use barker_domain::{CampaignId, Day, Micros, ProjectId, click::Click, fact::Fact, impression::Impression, statistics::Counters};

/// What a batch adds, by project, campaign and day. Ordered, so that concurrent batches lock rows in one order.
pub(crate) type CounterSums = BTreeMap<(ProjectId, CampaignId, Day), Counters>;

/// The columns that hold counters, wherever they stand.
pub(crate) const COUNTER_COLUMNS: [&str; 4] = ["impressions", "clicks", "spent_impressions_micros", "spent_clicks_micros"];

/// What these events add to the counters; unbilled clicks add nothing.
pub(crate) fn sums_of_events<'a>(
    impressions: impl IntoIterator<Item = &'a Impression>,
    clicks: impl IntoIterator<Item = &'a Click>,
) -> CounterSums {
    let facts = impressions.into_iter().map(Fact::from).chain(clicks.into_iter().filter_map(Fact::of_click));
    sums_of_facts(facts)
}

/// What these facts add to the counters.
pub(crate) fn sums_of_facts(facts: impl IntoIterator<Item = Fact>) -> CounterSums {
    let mut sums = CounterSums::new();
    for fact in facts {
        let (key, addition) = match fact {
            Fact::Impression(shown) => (
                (shown.project_id, shown.campaign_id, shown.day),
                Counters { impressions: 1, spent_impressions: shown.price_micros, ..Counters::default() },
            ),
            Fact::Click(click) => (
                (click.project_id, click.campaign_id, click.day),
                Counters { clicks: 1, spent_clicks: click.price_micros, ..Counters::default() },
            ),
            Fact::ClickRefunded(click) => (
                (click.project_id, click.campaign_id, click.day),
                Counters { clicks: -1, spent_clicks: Micros(-click.price_micros.0), ..Counters::default() },
            ),
        };
        sums.entry(key).or_default().add(&addition);
    }
    sums
}

/// Counters from their columns, in the order of [`COUNTER_COLUMNS`].
pub(crate) fn counters((impressions, clicks, spent_impressions, spent_clicks): (i64, i64, i64, i64)) -> Counters {
    Counters { impressions, clicks, spent_impressions: Micros(spent_impressions), spent_clicks: Micros(spent_clicks) }
}
