//! An audit: the same numbers reckoned in three ways, compared; limits, held against what was delivered; and the ledger, held
//! against both.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    AdId, AdvertiserId, CampaignId, Day, Micros, ProjectId,
    campaign::{DailyBudget, allowed},
    ledger::Book,
    statistics::{Counters, Days, total},
};

/// Counters by campaign and day.
pub type CampaignDays = BTreeMap<CampaignId, Days>;
/// Counters by campaign, ad and day.
pub type AdDays = BTreeMap<(CampaignId, AdId), Days>;

/// Everything an audit of one project compares, read at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tallies {
    /// Both limits of every campaign, deleted ones too.
    pub limits: BTreeMap<CampaignId, Limits>,
    /// The counters that statistics are made of.
    pub counters: AdDays,
    /// The rows, counted one by one.
    pub rows: AdDays,
    /// What remains of rows that were deleted. It says no more of which ad they were.
    pub anonymous: CampaignDays,
    /// What the outbox told, applied or still to be applied.
    pub recounted: CampaignDays,
    /// Whose each campaign is, deleted ones too.
    pub owners: BTreeMap<CampaignId, AdvertiserId>,
    /// The ledger.
    pub books: BTreeMap<AdvertiserId, Books>,
}

/// An advertiser's part of the ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Books {
    /// Postings whose entries do not sum to zero, or do not say what the posting says.
    pub unbalanced: i64,
    /// What the entries of each book sum to.
    pub entries: BTreeMap<Book, i64>,
    /// What the balance of each book is said to be.
    pub balances: BTreeMap<Book, i64>,
    /// What the days of statements sum to.
    pub days: i64,
    /// Spend that is posted, less what was given back for invalid clicks.
    pub posted: i64,
    /// Spend that lies in the outbox and is not posted.
    pub waiting: i64,
    /// How far below zero the balance may go; `None`: there is no account.
    pub credit: Option<Micros>,
}

/// A campaign's limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most counted impressions.
    pub impressions: i32,
    /// Most billed clicks.
    pub clicks: i32,
    /// Most that it may spend in all.
    pub total_budget: Option<Micros>,
    /// Most that it may spend on a day, and since when.
    pub daily_budget: Option<DailyBudget>,
}

/// Two numbers that should agree and do not, or a limit that was passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Tenant.
    pub project_id: ProjectId,
    /// The campaign concerned; absent when it is an advertiser's money.
    pub campaign_id: Option<CampaignId>,
    /// The campaign's ad concerned; absent when it is the campaign, or money.
    #[serde(default)]
    pub ad_id: Option<AdId>,
    /// The advertiser concerned; absent when it is a campaign.
    #[serde(default)]
    pub advertiser_id: Option<AdvertiserId>,
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
        let (rows, counters) = (tallies.rows_of_campaigns(), by_campaign(&tallies.counters));
        for days in rows.values() {
            let counted = total(days);
            self.impressions += counted.impressions;
            self.clicks += counted.clicks;
        }
        let mut find = |difference: Difference| self.differences.push(Difference { project_id, ..difference });
        compare("counter and rows", &rows, &counters, &mut find);
        compare_ads(tallies, &mut find);
        compare("outbox and rows", &rows, &tallies.recounted, &mut find);
        for (campaign_id, limits) in &tallies.limits {
            let delivered = rows.get(campaign_id).map(total).unwrap_or_default();
            hold(*campaign_id, *limits, &delivered, overshoot_percent).into_iter().for_each(&mut find);
            hold_days(*campaign_id, *limits, rows.get(campaign_id)).into_iter().for_each(&mut find);
        }
        compare_money(tallies, &rows, &mut find);
    }
}

impl Tallies {
    fn rows_of_campaigns(&self) -> CampaignDays {
        let mut rows = by_campaign(&self.rows);
        for (campaign_id, days) in &self.anonymous {
            add_days(rows.entry(*campaign_id).or_default(), days);
        }
        rows
    }
}

fn by_campaign(ads: &AdDays) -> CampaignDays {
    let mut campaigns = CampaignDays::new();
    for ((campaign_id, _), days) in ads {
        add_days(campaigns.entry(*campaign_id).or_default(), days);
    }
    campaigns
}

fn add_days(to: &mut Days, days: &Days) {
    for (day, counted) in days {
        to.entry(*day).or_default().add(counted);
    }
}

/// An ad's counters are its rows, and some of what is anonymous of its campaign.
fn compare_ads(tallies: &Tallies, find: &mut impl FnMut(Difference)) {
    let ads: BTreeSet<_> = tallies.rows.keys().chain(tallies.counters.keys()).collect();
    for ad @ (campaign_id, ad_id) in ads {
        let (rows, counters, anonymous) = (tallies.rows.get(ad), tallies.counters.get(ad), tallies.anonymous.get(campaign_id));
        let days: BTreeSet<_> = rows.into_iter().chain(counters).flat_map(BTreeMap::keys).collect();
        for day in days {
            let counted = columns(&on(rows, *day), &on(counters, *day));
            let lost = columns(&on(anonymous, *day), &Counters::default());
            for ((column, least, found), (_, lost, _)) in counted.into_iter().zip(lost) {
                let expected = found.min(least.saturating_add(lost)).max(least);
                if expected != found {
                    let check = format!("counter and rows of the ad: {column}");
                    find(Difference { ad_id: Some(*ad_id), ..difference(Some(*campaign_id), Some(*day), check, (expected, found)) });
                }
            }
        }
    }
}

fn on(days: Option<&Days>, day: Day) -> Counters {
    days.and_then(|days| days.get(&day)).copied().unwrap_or_default()
}

fn compare(what: &str, expected: &CampaignDays, found: &CampaignDays, find: &mut impl FnMut(Difference)) {
    let campaigns: BTreeSet<_> = expected.keys().chain(found.keys()).collect();
    for campaign_id in campaigns {
        let (expected, found) = (expected.get(campaign_id), found.get(campaign_id));
        let days: BTreeSet<_> = expected.into_iter().chain(found).flat_map(BTreeMap::keys).collect();
        for day in days {
            for (column, expected, found) in columns(&on(expected, *day), &on(found, *day)) {
                if expected != found {
                    find(difference(Some(*campaign_id), Some(*day), format!("{what}: {column}"), (expected, found)));
                }
            }
        }
    }
}

fn compare_money(tallies: &Tallies, rows: &CampaignDays, find: &mut impl FnMut(Difference)) {
    let mut spent: BTreeMap<AdvertiserId, i64> = BTreeMap::new();
    for (campaign_id, days) in rows {
        if let Some(advertiser_id) = tallies.owners.get(campaign_id) {
            let spent = spent.entry(*advertiser_id).or_default();
            *spent = spent.saturating_add(total(days).spent_total().0);
        }
    }
    let advertisers: BTreeSet<_> = spent.keys().chain(tallies.books.keys()).copied().collect();
    for advertiser_id in advertisers {
        let nothing = Books::default();
        let books = tallies.books.get(&advertiser_id).unwrap_or(&nothing);
        let spent = spent.get(&advertiser_id).copied().unwrap_or_default();
        for (check, expected, found) in books.checks(spent) {
            let difference =
                Difference { campaign_id: None, advertiser_id: Some(advertiser_id), ..difference(None, None, check, (expected, found)) };
            find(difference);
        }
    }
}

impl Books {
    /// What does not add up, when the rows say that so much was spent: the check, what should be, and what is.
    fn checks(&self, spent: i64) -> Vec<(String, i64, i64)> {
        let of = |sums: &BTreeMap<Book, i64>, book| sums.get(&book).copied().unwrap_or_default();
        let mut checks = vec![("entries of a posting".to_owned(), 0, self.unbalanced)];
        checks.extend(
            Book::ALL.map(|book| (format!("entries and balance: {}", book.as_str()), of(&self.entries, book), of(&self.balances, book))),
        );
        let balance = of(&self.balances, Book::Advertiser);
        checks.push(("entries and days of statements".to_owned(), of(&self.entries, Book::Advertiser), self.days));
        checks.push(("rows and ledger: spent".to_owned(), spent, self.posted.saturating_add(self.waiting)));
        checks.retain(|(_, expected, found)| expected != found);
        let spendable = balance.saturating_sub(self.waiting);
        if let Some(credit) = self.credit.filter(|credit| spendable < -credit.0) {
            checks.push(("credit_limit".to_owned(), -credit.0, spendable));
        }
        checks
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
    let total_budget = limits.total_budget.map(|budget| ("total_budget", budget.0, delivered.spent_total().0));
    let passed = checks.into_iter().chain(total_budget).filter(|(_, most, found)| found > most);
    passed.map(|(check, most, found)| difference(Some(campaign_id), None, check.to_owned(), (most, found))).collect()
}

/// Days that have spent more than the daily budget that held on them. No tolerance is for money.
fn hold_days(campaign_id: CampaignId, limits: Limits, days: Option<&Days>) -> Vec<Difference> {
    let Some((budget, days)) = limits.daily_budget.zip(days) else { return Vec::new() };
    let spent = days.range(budget.since..).map(|(day, counted)| (*day, counted.spent_total()));
    let passed = spent.filter(|(_, spent)| *spent > budget.amount);
    passed.map(|(day, spent)| difference(Some(campaign_id), Some(day), "daily_budget".to_owned(), (budget.amount.0, spent.0))).collect()
}

fn difference(campaign_id: Option<CampaignId>, day: Option<Day>, check: String, (expected, found): (i64, i64)) -> Difference {
    let project_id = ProjectId(uuid::Uuid::nil());
    Difference { project_id, campaign_id, ad_id: None, advertiser_id: None, day, check, expected, found }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Micros;

    fn tallies(campaign_id: CampaignId) -> Tallies {
        let counters = Counters { impressions: 10, clicks: 2, spent_impressions: Micros(100), spent_clicks: Micros(40) };
        let days = Days::from([(Day(3), counters)]);
        let ads = AdDays::from([((campaign_id, campaign_id.into()), days.clone())]);
        let limits = BTreeMap::from([(campaign_id, Limits { impressions: 10, clicks: 2, total_budget: None, daily_budget: None })]);
        let advertiser_id = AdvertiserId(uuid::Uuid::nil());
        let balances = BTreeMap::from([(Book::Advertiser, 860), (Book::Cash, -1_000), (Book::Revenue, 140)]);
        let books =
            Books { unbalanced: 0, entries: balances.clone(), balances, days: 860, posted: 130, waiting: 10, credit: Some(Micros::ZERO) };
        Tallies {
            limits,
            counters: ads.clone(),
            rows: ads,
            anonymous: CampaignDays::new(),
            recounted: CampaignDays::from([(campaign_id, days)]),
            owners: BTreeMap::from([(campaign_id, advertiser_id)]),
            books: BTreeMap::from([(advertiser_id, books)]),
        }
    }

    fn with_books(change: impl Fn(&mut Books)) -> Vec<String> {
        let mut changed = tallies(CampaignId::generate());
        changed.books.values_mut().for_each(change);
        checks(&changed)
    }

    #[test]
    fn whatever_does_not_add_up_in_the_ledger_is_told() {
        assert_eq!(with_books(|books| books.unbalanced = 1), ["entries of a posting"]);
        assert_eq!(with_books(|books| _ = books.balances.insert(Book::Cash, -999)), ["entries and balance: cash"]);
        assert_eq!(with_books(|books| books.days = 0), ["entries and days of statements"]);
        assert_eq!(with_books(|books| books.posted = 131), ["rows and ledger: spent"]);
        assert_eq!(with_books(|books| books.credit = Some(Micros(-851))), ["credit_limit"]);
        assert_eq!(with_books(|books| books.credit = Some(Micros(-850))), [""; 0]);
        let mut nobodys = tallies(CampaignId::generate());
        nobodys.books.clear();
        assert_eq!(checks(&nobodys), ["rows and ledger: spent"]);
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
    fn what_one_ad_counted_for_another_is_told_of_both() {
        let (id, other) = (CampaignId::generate(), AdId::generate());
        let mut swapped = tallies(id);
        let one = Counters { impressions: 1, spent_impressions: Micros(10), ..Counters::default() };
        swapped.rows.insert((id, other), Days::from([(Day(3), one)]));
        let of_first = swapped.rows.get_mut(&(id, id.into())).unwrap().get_mut(&Day(3)).unwrap();
        (of_first.impressions, of_first.spent_impressions) = (9, Micros(90));
        let of_ad = ["counter and rows of the ad: impressions", "counter and rows of the ad: spent on impressions"];
        assert_eq!(checks(&swapped), [of_ad, of_ad].concat());

        // The other's row is anonymous, and may have been of either.
        let mut erased = swapped.clone();
        erased.rows.remove(&(id, other));
        erased.anonymous.insert(id, Days::from([(Day(3), one)]));
        assert_eq!(checks(&erased), [""; 0]);
        erased.counters.get_mut(&(id, id.into())).unwrap().get_mut(&Day(3)).unwrap().impressions = 8;
        assert_eq!(checks(&erased), ["counter and rows: impressions", "counter and rows of the ad: impressions"]);
    }

    #[test]
    fn every_kind_of_difference_is_told() {
        let id = CampaignId::generate();
        let mut lost_row = tallies(id);
        lost_row.counters.get_mut(&(id, id.into())).unwrap().get_mut(&Day(3)).unwrap().spent_clicks = Micros(41);
        assert_eq!(checks(&lost_row), ["counter and rows: spent on clicks", "counter and rows of the ad: spent on clicks"]);

        let mut lost_fact = tallies(id);
        lost_fact.recounted.clear();
        assert_eq!(checks(&lost_fact).len(), 4);

        let mut passed = tallies(id);
        passed.limits.insert(id, Limits { impressions: 9, clicks: 1, total_budget: None, daily_budget: None });
        assert_eq!(checks(&passed), ["impressions_limit", "clicks_limit"]);

        let budgets = |total, daily, since| {
            let mut held = tallies(id);
            let daily_budget = Some(DailyBudget { amount: Micros(daily), since: Day(since) });
            held.limits.insert(id, Limits { impressions: 10, clicks: 2, total_budget: Some(Micros(total)), daily_budget });
            checks(&held)
        };
        assert_eq!(budgets(140, 140, 3), [""; 0]);
        assert_eq!(budgets(139, 139, 3), ["total_budget", "daily_budget"]);
        assert_eq!(budgets(140, 139, 4), [""; 0], "what was spent before is judged by what held then");
    }
}
