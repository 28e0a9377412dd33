//! An audit: the same numbers reckoned in three ways, compared; and limits, held against what was delivered.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    CampaignId, Day, ProjectId,
    campaign::allowed,
    statistics::{Counters, Days, total},
};

/// Counters by campaign and day.
pub type CampaignDays = BTreeMap<CampaignId, Days>;

/// Everything an audit of one project compares, read at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tallies {
    /// Both limits of every campaign, deleted ones too.
    pub limits: BTreeMap<CampaignId, Limits>,
    /// The counters that statistics are made of.
    pub counters: CampaignDays,
    /// The rows, counted one by one, and what remains of those that were deleted.
    pub rows: CampaignDays,
    /// What the outbox told, applied or still to be applied.
    pub recounted: CampaignDays,
}

/// A campaign's limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most counted impressions.
    pub impressions: i32,
    /// Most billed clicks.
    pub clicks: i32,
}

/// Two numbers that should agree and do not, or a limit that was passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Tenant.
    pub project_id: ProjectId,
    /// The campaign concerned.
    pub campaign_id: CampaignId,
    /// The day concerned; absent for a campaign's total.
    pub day: Option<Day>,
    /// What was compared: `counter and rows: impressions`, `impressions_limit`, ...
    pub check: String,
    /// What it should be, or the most it may be. Money in micros.
    pub expected: i64,
    /// What it is. Money in micros.
    pub found: i64,
}

/// What an audit looked at and what it found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Projects that were recounted.
    pub projects: u64,
    /// Campaigns that were recounted, deleted ones too.
    pub campaigns: u64,
    /// Impressions that were recounted.
    pub impressions: i64,
    /// Billed clicks that were recounted.
    pub clicks: i64,
    /// Everything that does not add up.
    pub differences: Vec<Difference>,
}

impl Report {
    /// Compares one project's tallies and adds what was found.
    pub fn add_project(&mut self, project_id: ProjectId, tallies: &Tallies, overshoot_percent: u8) {
        self.projects += 1;
        self.campaigns += tallies.limits.len() as u64;
        for days in tallies.rows.values() {
            let counted = total(days);
            self.impressions += counted.impressions;
            self.clicks += counted.clicks;
        }
        let mut find = |difference: Difference| self.differences.push(Difference { project_id, ..difference });
        compare("counter and rows", &tallies.rows, &tallies.counters, &mut find);
        compare("outbox and rows", &tallies.rows, &tallies.recounted, &mut find);
        for (campaign_id, limits) in &tallies.limits {
            let delivered = tallies.rows.get(campaign_id).map(total).unwrap_or_default();
            hold(*campaign_id, *limits, &delivered, overshoot_percent).into_iter().for_each(&mut find);
        }
    }
}

fn compare(what: &str, expected: &CampaignDays, found: &CampaignDays, find: &mut impl FnMut(Difference)) {
    let campaigns: BTreeSet<_> = expected.keys().chain(found.keys()).collect();
    for campaign_id in campaigns {
        let (expected, found) = (expected.get(campaign_id), found.get(campaign_id));
        let days: BTreeSet<_> = expected.into_iter().chain(found).flat_map(BTreeMap::keys).collect();
        for day in days {
            let on = |days: Option<&Days>| days.and_then(|days| days.get(day)).copied().unwrap_or_default();
            for (column, expected, found) in columns(&on(expected), &on(found)) {
                if expected != found {
                    find(difference(*campaign_id, Some(*day), format!("{what}: {column}"), (expected, found)));
                }
            }
        }
    }
}

fn columns(expected: &Counters, found: &Counters) -> [(&'static str, i64, i64); 4] {
    [
        ("impressions", expected.impressions, found.impressions),
        ("clicks", expected.clicks, found.clicks),
        ("spent on impressions", expected.spent_impressions.0, found.spent_impressions.0),
        ("spent on clicks", expected.spent_clicks.0, found.spent_clicks.0),
    ]
}

fn hold(campaign_id: CampaignId, limits: Limits, delivered: &Counters, overshoot_percent: u8) -> Vec<Difference> {
    let checks = [
        ("impressions_limit", allowed(limits.impressions, overshoot_percent), delivered.impressions),
        ("clicks_limit", allowed(limits.clicks, overshoot_percent), delivered.clicks),
        ("clicks without impressions", delivered.impressions, delivered.clicks),
    ];
    let passed = checks.into_iter().filter(|(_, most, found)| found > most);
    passed.map(|(check, most, found)| difference(campaign_id, None, check.to_owned(), (most, found))).collect()
}

fn difference(campaign_id: CampaignId, day: Option<Day>, check: String, (expected, found): (i64, i64)) -> Difference {
    Difference { project_id: ProjectId(uuid::Uuid::nil()), campaign_id, day, check, expected, found }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Micros;

    fn tallies(campaign_id: CampaignId) -> Tallies {
        let counters = Counters { impressions: 10, clicks: 2, spent_impressions: Micros(100), spent_clicks: Micros(40) };
        let days = CampaignDays::from([(campaign_id, Days::from([(Day(3), counters)]))]);
        let limits = BTreeMap::from([(campaign_id, Limits { impressions: 10, clicks: 2 })]);
        Tallies { limits, counters: days.clone(), rows: days.clone(), recounted: days }
    }

    fn checks(tallies: &Tallies) -> Vec<String> {
        let mut report = Report::default();
        report.add_project(ProjectId::generate(), tallies, 0);
        report.differences.into_iter().map(|difference| difference.check).collect()
    }

    #[test]
    fn equal_tallies_within_limits_are_clean() {
        assert_eq!(checks(&tallies(CampaignId::generate())), [""; 0]);
    }

    #[test]
    fn every_kind_of_difference_is_told() {
        let id = CampaignId::generate();
        let mut lost_row = tallies(id);
        lost_row.counters.get_mut(&id).unwrap().get_mut(&Day(3)).unwrap().spent_clicks = Micros(41);
        assert_eq!(checks(&lost_row), ["counter and rows: spent on clicks"]);

        let mut lost_fact = tallies(id);
        lost_fact.recounted.clear();
        assert_eq!(checks(&lost_fact).len(), 4);

        let mut passed = tallies(id);
        passed.limits.insert(id, Limits { impressions: 9, clicks: 1 });
        assert_eq!(checks(&passed), ["impressions_limit", "clicks_limit"]);
    }
}
