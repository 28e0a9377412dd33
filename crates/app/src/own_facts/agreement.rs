//! Agreement: what the warehouse says that campaigns spent is compared with the exact counters, and replaced where it differs.
//!
//! Done at every start. It brings the history of an installation that had no warehouse before, whatever a restored
//! database or warehouse has forgotten, and campaigns that are called something else by now.

use std::collections::{HashMap, HashSet};

use barker_domain::{AdvertiserId, CampaignId, Day, Micros, Result, project::Project};
use barker_store::{CampaignLabel, SpentAdDay, SpentDay};
use barker_warehouse::question::{Attribution, Dimension, Filter, Key, MAX_DAYS, Measure, Question, Sales, Sums, SumsRow};
use jiff::tz::TimeZone;

use super::{SOURCE, Surroundings, spend};

/// Campaigns and ads as the warehouse knows them.
#[derive(Debug, Default)]
struct Told {
    days: HashMap<(String, Day), Counted>,
    ads: HashMap<(String, Day), Counted>,
    names: HashMap<String, String>,
}

/// Makes the warehouse agree with the counters of the project. Answers how many slices had to be replaced.
pub(crate) async fn reach(surroundings: &Surroundings, project: &Project, now_ms: i64) -> Result<usize> {
    let rows = surroundings.store.in_project(project.id);
    let spent = rows.list_spent_days(Day(i32::MIN), Day(i32::MAX)).await?;
    let by_ad = rows.list_spent_ad_days(Day(i32::MIN), Day(i32::MAX)).await?;
    let labels = rows.label_campaigns(&spent.iter().map(|row| row.campaign_id).collect::<HashSet<_>>()).await?;
    let mut days: Vec<_> = spent.iter().map(|row| row.day).collect();
    days.sort_unstable();
    let mut told = Told::default();
    for (first, last) in spans(days.into_iter()) {
        let by_campaign = vec![Dimension::Campaign, Dimension::CampaignName, Dimension::Day];
        told.add(&surroundings.intake.warehouse().sums(question(project, (first, last), by_campaign)).await?);
        let by_ad = vec![Dimension::Ad, Dimension::Day];
        told.add_ads(&surroundings.intake.warehouse().sums(question(project, (first, last), by_ad)).await?);
    }
    let mut wanted = told.differences(project, &spent, &labels);
    wanted.extend(told.differences_of_ads(project, &by_ad, &labels));
    spend::replace_in(surroundings, project, &wanted, now_ms).await?;
    Ok(wanted.len())
}

impl Told {
    fn add(&mut self, sums: &Sums) {
        for SumsRow { keys, sums } in &sums.rows {
            let [Key::Text(campaign), name, Key::Number(day)] = keys.as_slice() else { continue };
            let name = if let Key::Text(name) = name { name.clone() } else { String::new() };
            self.names.insert(campaign.clone(), name);
            self.days.insert((campaign.clone(), Day(i32::try_from(*day).unwrap_or_default())), counted(sums));
        }
    }

    /// A day that is loaded by campaign alone has nothing to say of ads.
    fn add_ads(&mut self, sums: &Sums) {
        for SumsRow { keys, sums } in &sums.rows {
            if let [Key::Text(ad), Key::Number(day)] = keys.as_slice() {
                self.ads.insert((ad.clone(), Day(i32::try_from(*day).unwrap_or_default())), counted(sums));
            }
        }
    }

    /// The days of advertisers on which it does not know what the counters of the ads say.
    fn differences_of_ads(&self, project: &Project, spent: &[SpentAdDay], labels: &HashMap<CampaignId, CampaignLabel>) -> spend::Wanted {
        let campaigns = spend::by_ad_id(labels);
        let is_known = |row: &SpentAdDay| {
            let known = self.ads.get(&(row.ad_id.0.to_string(), project.civil_day(row.day))).copied().unwrap_or_default();
            known == (row.counted.impressions, row.counted.clicks, row.counted.spent_total())
        };
        let unknown = spent.iter().filter(|row| !is_known(row));
        unknown.filter_map(|row| campaigns.get(&row.ad_id).map(|(_, label)| (label.advertiser_id, row.day))).collect()
    }

    /// The days of advertisers on which it does not know what the counters say, and the last day of a campaign whose name
    /// it does not know.
    fn differences(&self, project: &Project, spent: &[SpentDay], labels: &HashMap<CampaignId, CampaignLabel>) -> spend::Wanted {
        let mut wanted = spend::Wanted::new();
        let mut renamed: HashMap<CampaignId, (AdvertiserId, Day)> = HashMap::new();
        for row in spent {
            let Some(label) = labels.get(&row.campaign_id) else { continue };
            let id = row.campaign_id.0.to_string();
            if self.names.get(&id).is_some_and(|name| *name != label.ad_title) {
                let last = renamed.entry(row.campaign_id).or_insert((label.advertiser_id, row.day));
                last.1 = last.1.max(row.day);
            }
            let counted = (row.counted.impressions, row.counted.clicks, row.counted.spent_total());
            if self.days.get(&(id, project.civil_day(row.day))).copied().unwrap_or_default() != counted {
                wanted.insert((label.advertiser_id, row.day));
            }
        }
        wanted.extend(renamed.into_values());
        wanted
    }
}

/// Impressions, clicks and what both cost.
type Counted = (i64, i64, Micros);

fn counted(sums: &[Option<i128>]) -> Counted {
    let number = |place: usize| sums.get(place).copied().flatten().and_then(|sum| i64::try_from(sum).ok()).unwrap_or_default();
    (number(0), number(1), Micros(number(2)))
}

fn question(project: &Project, (first, last): (Day, Day), group_by: Vec<Dimension>) -> Question {
    Question {
        project_id: project.id,
        days: (project.civil_day(first), project.civil_day(last)),
        between_ms: None,
        time_zone: TimeZone::UTC,
        currency: project.currency.clone(),
        measures: vec![Measure::Impressions, Measure::Clicks, Measure::Cost],
        group_by,
        filters: vec![Filter { dimension: Dimension::Source, values: vec![SOURCE.to_owned()], is_excluding: false }],
        sales: Sales::Orders,
        is_net_of_refunds: false,
        conversion_events: Vec::new(),
        attribution: Attribution::default(),
        limit: u32::MAX,
    }
}

/// First and last of each range of days, which come in order, that one question may span.
fn spans(days: impl Iterator<Item = Day>) -> Vec<(Day, Day)> {
    let mut spans: Vec<(Day, Day)> = Vec::new();
    for day in days {
        match spans.last_mut() {
            Some((first, last)) if first.count_through(day) <= MAX_DAYS => *last = day,
            _ => spans.push((day, day)),
        }
    }
    spans
}
