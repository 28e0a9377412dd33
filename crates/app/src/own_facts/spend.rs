//! Spend: every day of every advertiser as two slices of the source `barker`, by campaign and by ad, replaced from the exact counters.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    time::Duration,
};

use barker_domain::{AdId, AdvertiserId, CampaignId, Day, ProjectId, Result, fact::Fact, project::Project, statistics::Counters};
use barker_store::{CampaignLabel, SpentAdDay, SpentDay};
use barker_warehouse::fact::{Level, Spend, SpendLoad};
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
pub(crate) fn note<'a>(slices: &mut Slices, facts: impl Iterator<Item = &'a Fact>) {
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
        let loads = loads(surroundings, project, (wanted, run), now_ms).await?;
        written += surroundings.intake.keep_loads(project.id, loads).await?;
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
    let by_ad = rows.list_spent_ad_days(first, last).await?;
    let labels = rows.label_campaigns(&spent.iter().map(|row| row.campaign_id).collect::<HashSet<_>>()).await?;
    let mut days: BTreeMap<AdvertiserId, Vec<Day>> = BTreeMap::new();
    for (advertiser_id, day) in wanted.iter().filter(|(_, day)| (first..=last).contains(day)) {
        days.entry(*advertiser_id).or_default().push(*day);
    }
    let rows = spend_by_level(project, (&spent, &by_ad), &labels);
    let loads = days
        .into_iter()
        .flat_map(|(advertiser_id, days)| [(advertiser_id, Level::Campaign, days.clone()), (advertiser_id, Level::Ad, days)]);
    Ok(loads
        .flat_map(|(advertiser_id, level, days)| {
            let rows = rows.get(&(advertiser_id, level)).map_or(&[][..], Vec::as_slice);
            runs(days.into_iter()).into_iter().map(move |(first, last)| {
                let days = (project.civil_day(first), project.civil_day(last));
                SpendLoad {
                    load_id: Uuid::now_v7(),
                    source: SOURCE.to_owned(),
                    account: advertiser_id.0.to_string(),
                    level,
                    days,
                    loaded_at_ms,
                    rows: rows.iter().filter(|row| (days.0..=days.1).contains(&row.day)).cloned().collect(),
                }
            })
        })
        .collect())
}

/// What advertisers spent, by campaign and by ad.
fn spend_by_level(
    project: &Project,
    (spent, by_ad): (&[SpentDay], &[SpentAdDay]),
    labels: &HashMap<CampaignId, CampaignLabel>,
) -> BTreeMap<(AdvertiserId, Level), Vec<Spend>> {
    let ads = by_ad_id(labels);
    let mut rows: BTreeMap<_, Vec<Spend>> = BTreeMap::new();
    for SpentDay { campaign_id, day, counted } in spent {
        if let Some(label) = labels.get(campaign_id) {
            let row = spend(project, (*day, counted), (*campaign_id, label));
            rows.entry((label.advertiser_id, Level::Campaign)).or_default().push(row);
        }
    }
    for SpentAdDay { ad_id, day, counted } in by_ad {
        if let Some((campaign_id, label)) = ads.get(ad_id) {
            let row = spend(project, (*day, counted), (*campaign_id, label));
            let row = Spend { ad_id: ad_id.0.to_string(), ad_name: label.ad_name(*ad_id).to_owned(), ..row };
            rows.entry((label.advertiser_id, Level::Ad)).or_default().push(row);
        }
    }
    rows
}

/// Each ad with its campaign.
pub(super) fn by_ad_id(labels: &HashMap<CampaignId, CampaignLabel>) -> HashMap<AdId, (CampaignId, &CampaignLabel)> {
    labels.iter().flat_map(|(id, label)| label.ads.iter().map(move |ad| (ad.id, (*id, label)))).collect()
}

fn spend(project: &Project, (day, counted): (Day, &Counters), (campaign_id, label): (CampaignId, &CampaignLabel)) -> Spend {
    Spend {
        day: project.civil_day(day),
        campaign_id: campaign_id.0.to_string(),
        campaign_name: label.ad_title.clone(),
        impressions: counted.impressions,
        clicks: counted.clicks,
        cost: counted.spent_total(),
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
