//! Spend: every day of every advertiser as a slice of the source `barker`, replaced from the exact counters.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    time::Duration,
};

use barker_domain::{AdvertiserId, Day, ProjectId, Result, fact::Fact, project::Project};
use barker_store::{CampaignLabel, SpentDay};
use barker_warehouse::fact::{Batch, Facts, Level, Spend, SpendLoad};
use uuid::Uuid;

use super::{CHANNEL, SOURCE, Surroundings};

/// The consumer's name in the outbox.
pub(crate) const CONSUMER: &str = "spend";
/// Most days of one load.
const MAX_DAYS_PER_LOAD: u64 = 366;
/// Between two times that the same day is replaced, while it goes on.
const MIN_REST: Duration = Duration::from_secs(5);
/// For each row that was written: rows that are replaced stay until the warehouse is compacted.
const REST_PER_ROW: Duration = Duration::from_millis(5);

/// Which days of whom have to be replaced.
pub(crate) type Slices = BTreeMap<ProjectId, Wanted>;
/// The same in one project.
pub(crate) type Wanted = BTreeSet<(AdvertiserId, Day)>;

/// Adds the slices that these facts fall into.
pub(crate) fn note(slices: &mut Slices, facts: &[Fact]) {
    for fact in facts {
        let (project_id, advertiser_id, day) = match fact {
            Fact::Impression(shown) => (shown.project_id, shown.advertiser_id, shown.day),
            Fact::Click(click) | Fact::ClickRefunded(click) => (click.project_id, click.advertiser_id, click.day),
        };
        slices.entry(project_id).or_default().insert((advertiser_id, day));
    }
}

/// Replaces the slices by what the counters say now. Answers how long to rest before the next time.
pub(crate) async fn replace(surroundings: &Surroundings, slices: Slices, now_ms: i64) -> Result<Duration> {
    let mut written = 0;
    for (project_id, wanted) in slices {
        if let Some(project) = surroundings.store.find_project(project_id).await? {
            written += replace_in(surroundings, &project, &wanted, now_ms).await?;
        }
    }
    Ok(MIN_REST.max(REST_PER_ROW.saturating_mul(u32::try_from(written).unwrap_or(u32::MAX))))
}

/// The same in one project. Answers how many rows were written.
pub(crate) async fn replace_in(surroundings: &Surroundings, project: &Project, wanted: &Wanted, now_ms: i64) -> Result<u64> {
    let days: BTreeSet<_> = wanted.iter().map(|(_, day)| *day).collect();
    // What was read earlier is never loaded later.
    let _turn = surroundings.intake.take_turn().await;
    let mut written = 0;
    for run in runs(days.into_iter()) {
        for load in loads(surroundings, project, (wanted, run), now_ms).await? {
            written += surroundings.intake.keep(Batch { project_id: project.id, facts: Facts::Spend(load) }).await?.rows;
        }
    }
    Ok(written)
}

/// What replaces the slices that lie in a run of days.
async fn loads(
    surroundings: &Surroundings,
    project: &Project,
    (wanted, (first, last)): (&Wanted, (Day, Day)),
    loaded_at_ms: i64,
) -> Result<Vec<SpendLoad>> {
    let rows = surroundings.store.in_project(project.id);
    let spent = rows.list_spent_days(first, last).await?;
    let labels = rows.label_campaigns(&spent.iter().map(|row| row.campaign_id).collect::<HashSet<_>>()).await?;
    let mut days: BTreeMap<AdvertiserId, Vec<Day>> = BTreeMap::new();
    for (advertiser_id, day) in wanted.iter().filter(|(_, day)| (first..=last).contains(day)) {
        days.entry(*advertiser_id).or_default().push(*day);
    }
    let mut rows: BTreeMap<AdvertiserId, Vec<Spend>> = BTreeMap::new();
    for row in &spent {
        if let Some(label) = labels.get(&row.campaign_id) {
            rows.entry(label.advertiser_id).or_default().push(spend(project, row, label));
        }
    }
    let mut loads = Vec::new();
    for (advertiser_id, days) in days {
        let rows = rows.remove(&advertiser_id).unwrap_or_default();
        for (first, last) in runs(days.into_iter()) {
            let days = (project.civil_day(first), project.civil_day(last));
            loads.push(SpendLoad {
                load_id: Uuid::now_v7(),
                source: SOURCE.to_owned(),
                account: advertiser_id.0.to_string(),
                level: Level::Campaign,
                days,
                loaded_at_ms,
                rows: rows.iter().filter(|row| (days.0..=days.1).contains(&row.day)).cloned().collect(),
            });
        }
    }
    Ok(loads)
}

fn spend(project: &Project, spent: &SpentDay, label: &CampaignLabel) -> Spend {
    Spend {
        day: project.civil_day(spent.day),
        campaign_id: spent.campaign_id.0.to_string(),
        campaign_name: label.ad_title.clone(),
        impressions: spent.counted.impressions,
        clicks: spent.counted.clicks,
        cost: spent.counted.spent_total(),
        currency: project.currency.clone(),
        channel: CHANNEL.to_owned(),
        account_time_zone: project.time_zone_name().to_owned(),
        ..Spend::default()
    }
}

/// First and last of each run of days, which come in order; none longer than a load may be.
fn runs(days: impl Iterator<Item = Day>) -> Vec<(Day, Day)> {
    let mut runs: Vec<(Day, Day)> = Vec::new();
    for day in days {
        match runs.last_mut() {
            Some((first, last)) if last.0.checked_add(1) == Some(day.0) && first.count_through(day) <= MAX_DAYS_PER_LOAD => *last = day,
            _ => runs.push((day, day)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_follow_each_other_are_one_run() {
        let days = [1, 2, 3, 7, 9, 10].map(Day);
        assert_eq!(runs(days.into_iter()), [(1, 3), (7, 7), (9, 10)].map(|(first, last)| (Day(first), Day(last))));
        let lengths: Vec<_> = runs((0..1_000).map(Day)).into_iter().map(|(first, last)| first.count_through(last)).collect();
        assert_eq!(lengths, [366, 366, 268]);
        assert_eq!(runs([Day(i32::MAX)].into_iter()).len(), 1);
    }
}
