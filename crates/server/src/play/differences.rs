//! Every number that should be equal to another one and is not: own reckoning against the server's statistics, and those among themselves.

use std::collections::BTreeSet;

use barker_domain::{
    Day, Micros,
    statistics::{self, Counters, Days},
};
use serde::{Serialize, Serializer};
use uuid::Uuid;

use super::statistics::{Account, Total};

/// How far a conversion may be from the exact one, in percent points: some servers round it to two digits.
const CONVERSION_TOLERANCE: f64 = 0.01;

/// A campaign with what was seen of it and what the server says of it.
pub(super) struct CampaignBooks<'a> {
    pub(super) id: Uuid,
    pub(super) own: &'a Days,
    pub(super) reported: &'a Account,
}

/// An advertiser with what the server says of it and of its campaigns.
pub(super) struct AdvertiserBooks<'a> {
    pub(super) id: Uuid,
    pub(super) reported: &'a Account,
    pub(super) campaigns: Vec<&'a Account>,
}

/// Two numbers that should be equal.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Difference {
    /// The rule that is broken.
    pub(super) rule: &'static str,
    /// Id of the campaign or advertiser.
    pub(super) id: Uuid,
    /// Absent for totals.
    pub(super) day: Option<i32>,
    pub(super) field: &'static str,
    pub(super) expected: Amount,
    pub(super) reported: Amount,
}

/// What can be compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Amount {
    Count(i64),
    Money(Micros),
    Percent(f64),
    /// No readable answer.
    Unreadable,
    /// Any readable answer.
    Readable,
}

impl std::fmt::Display for Amount {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Count(count) => write!(formatter, "{count}"),
            Self::Money(micros) => write!(formatter, "{}", micros.to_decimal()),
            Self::Percent(percent) => write!(formatter, "{percent}%"),
            Self::Unreadable => formatter.write_str("no readable answer"),
            Self::Readable => formatter.write_str("statistics"),
        }
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Count(count) => serializer.serialize_i64(*count),
            Self::Money(micros) => serializer.serialize_f64(micros.to_decimal()),
            Self::Percent(percent) => serializer.serialize_f64(*percent),
            Self::Unreadable | Self::Readable => serializer.collect_str(self),
        }
    }
}

/// Compares a campaign's statistics with what was seen, in total and day by day, and with themselves.
pub(super) fn of_campaign(books: &CampaignBooks<'_>) -> Vec<Difference> {
    let mut differences = of_account(books.id, books.reported);
    if let Some(total) = &books.reported.total {
        let comparison = Comparison { rule: "the campaign's total is what was seen", id: books.id, day: None };
        comparison.compare(&statistics::total(books.own), &total.counters, &mut differences);
    }
    if let Some(days) = &books.reported.days {
        compare_days("the campaign's day is what was seen", books.id, (books.own, days), &mut differences);
    }
    differences
}

/// Compares an advertiser's statistics with those of its campaigns, in total and day by day, and with themselves.
pub(super) fn of_advertiser(books: &AdvertiserBooks<'_>) -> Vec<Difference> {
    let mut differences = of_account(books.id, books.reported);
    let totals: Option<Vec<&Total>> = books.campaigns.iter().map(|account| account.total.as_ref()).collect();
    if let (Some(total), Some(totals)) = (&books.reported.total, totals) {
        let expected = sum(totals.into_iter().map(|total| &total.counters));
        let comparison = Comparison { rule: "the advertiser's total is the sum of its campaigns", id: books.id, day: None };
        comparison.compare(&expected, &total.counters, &mut differences);
    }
    let campaigns_days: Option<Vec<&Days>> = books.campaigns.iter().map(|account| account.days.as_ref()).collect();
    if let (Some(days), Some(campaigns_days)) = (&books.reported.days, campaigns_days) {
        let expected = add_up(&campaigns_days);
        compare_days("the advertiser's day is the sum of its campaigns", books.id, (&expected, days), &mut differences);
    }
    differences
}

/// What must hold of any account, whatever it is about.
fn of_account(id: Uuid, account: &Account) -> Vec<Difference> {
    let mut differences = Vec::new();
    for (field, is_readable) in [("total", account.total.is_some()), ("daily", account.days.is_some())] {
        if !is_readable {
            let rule = "statistics can be read";
            differences.push(Difference { rule, id, day: None, field, expected: Amount::Readable, reported: Amount::Unreadable });
        }
    }
    if let Some(total) = &account.total {
        check_derived(id, total, &mut differences);
    }
    if let (Some(total), Some(days)) = (&account.total, &account.days) {
        let comparison = Comparison { rule: "daily rows sum to the total", id, day: None };
        comparison.compare(&total.counters, &statistics::total(days), &mut differences);
    }
    differences
}

fn check_derived(id: Uuid, total: &Total, differences: &mut Vec<Difference>) {
    let spent = total.counters.spent_total();
    if spent != total.spent {
        let (expected, reported) = (Amount::Money(spent), Amount::Money(total.spent));
        let rule = "spent_total is impressions and clicks";
        differences.push(Difference { rule, id, day: None, field: "spent_total", expected, reported });
    }
    let conversion = total.counters.conversion_percent();
    if (conversion - total.conversion_percent).abs() > CONVERSION_TOLERANCE {
        let (expected, reported) = (Amount::Percent(conversion), Amount::Percent(total.conversion_percent));
        let rule = "conversion is clicks per hundred impressions";
        differences.push(Difference { rule, id, day: None, field: "conversion", expected, reported });
    }
}

/// Expected and reported days; an absent day is one without events.
fn compare_days(rule: &'static str, id: Uuid, (expected, reported): (&Days, &Days), differences: &mut Vec<Difference>) {
    let days: BTreeSet<Day> = expected.keys().chain(reported.keys()).copied().collect();
    for day in days {
        let counters = |days: &Days| days.get(&day).copied().unwrap_or_default();
        Comparison { rule, id, day: Some(day.0) }.compare(&counters(expected), &counters(reported), differences);
    }
}

#[derive(Clone, Copy)]
struct Comparison {
    rule: &'static str,
    id: Uuid,
    day: Option<i32>,
}

impl Comparison {
    fn compare(self, expected: &Counters, reported: &Counters, differences: &mut Vec<Difference>) {
        let Self { rule, id, day } = self;
        for ((field, expected), (_, reported)) in amounts(expected).into_iter().zip(amounts(reported)) {
            if expected != reported {
                differences.push(Difference { rule, id, day, field, expected, reported });
            }
        }
    }
}

fn amounts(counters: &Counters) -> [(&'static str, Amount); 4] {
    [
        ("impressions_count", Amount::Count(counters.impressions)),
        ("clicks_count", Amount::Count(counters.clicks)),
        ("spent_impressions", Amount::Money(counters.spent_impressions)),
        ("spent_clicks", Amount::Money(counters.spent_clicks)),
    ]
}

fn sum<'a>(all: impl Iterator<Item = &'a Counters>) -> Counters {
    all.fold(Counters::default(), |mut sum, counters| {
        sum.add(counters);
        sum
    })
}

fn add_up(campaigns_days: &[&Days]) -> Days {
    let mut sums = Days::new();
    for (day, counters) in campaigns_days.iter().flat_map(|days| days.iter()) {
        sums.entry(*day).or_default().add(counters);
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: Uuid = Uuid::from_u128(1);

    fn two_days() -> Days {
        let first = Counters { impressions: 3, clicks: 1, spent_impressions: Micros(3_000_000), spent_clicks: Micros(500_000) };
        let second = Counters { impressions: 1, spent_impressions: Micros(1_250_000), ..Counters::default() };
        Days::from([(Day(2), first), (Day(5), second)])
    }

    fn account(days: &Days) -> Account {
        let counters = statistics::total(days);
        let total = Total { counters, spent: counters.spent_total(), conversion_percent: counters.conversion_percent() };
        Account { total: Some(total), days: Some(days.clone()) }
    }

    fn campaign_differences(reported: &Account) -> Vec<String> {
        of_campaign(&CampaignBooks { id: ID, own: &two_days(), reported }).iter().map(told).collect()
    }

    fn told(difference: &Difference) -> String {
        let Difference { rule, day, field, expected, reported, .. } = difference;
        format!("{rule}, {day:?} {field}: {expected} but {reported}")
    }

    #[test]
    fn exact_statistics_differ_in_nothing_and_empty_days_do_not_matter() {
        let mut days = two_days();
        assert_eq!(campaign_differences(&account(&days)), [""; 0]);
        days.insert(Day(3), Counters::default());
        assert_eq!(campaign_differences(&account(&days)), [""; 0]);
    }

    #[test]
    fn an_impression_counted_double_shows_in_its_total_and_its_day() {
        let mut days = two_days();
        days.entry(Day(5)).or_default().impressions += 1;
        insta::assert_debug_snapshot!(campaign_differences(&account(&days)), @r#"
        [
            "the campaign's total is what was seen, None impressions_count: 4 but 5",
            "the campaign's day is what was seen, Some(5) impressions_count: 1 but 2",
        ]
        "#);
    }

    #[test]
    fn a_single_micro_is_noticed() {
        let mut days = two_days();
        days.entry(Day(2)).or_default().spent_clicks.0 += 1;
        insta::assert_debug_snapshot!(campaign_differences(&account(&days)), @r#"
        [
            "the campaign's total is what was seen, None spent_clicks: 0.5 but 0.500001",
            "the campaign's day is what was seen, Some(2) spent_clicks: 0.5 but 0.500001",
        ]
        "#);
    }

    #[test]
    fn statistics_that_contradict_themselves_are_noticed() {
        let mut contradicting = account(&two_days());
        let total = contradicting.total.as_mut().unwrap();
        total.spent.0 += 1;
        total.conversion_percent += 0.5;
        contradicting.days.as_mut().unwrap().remove(&Day(5));
        insta::assert_debug_snapshot!(campaign_differences(&contradicting), @r#"
        [
            "spent_total is impressions and clicks, None spent_total: 4.75 but 4.750001",
            "conversion is clicks per hundred impressions, None conversion: 25% but 25.5%",
            "daily rows sum to the total, None impressions_count: 4 but 3",
            "daily rows sum to the total, None spent_impressions: 4.25 but 3",
            "the campaign's day is what was seen, Some(5) impressions_count: 1 but 0",
            "the campaign's day is what was seen, Some(5) spent_impressions: 1.25 but 0",
        ]
        "#);
    }

    #[test]
    fn statistics_that_cannot_be_read_are_a_difference() {
        assert_eq!(campaign_differences(&Account::default()).len(), 2);
    }

    #[test]
    fn an_advertiser_is_the_sum_of_its_campaigns() {
        let campaign = account(&two_days());
        let mut doubled = two_days();
        for counters in doubled.values_mut() {
            let once = *counters;
            counters.add(&once);
        }
        let books = |reported| of_advertiser(&AdvertiserBooks { id: ID, reported, campaigns: vec![&campaign, &campaign] });
        let exact = account(&doubled);
        assert_eq!(books(&exact), []);
        let told: Vec<String> = books(&campaign).iter().map(told).collect();
        assert!(
            told.contains(&"the advertiser's total is the sum of its campaigns, None impressions_count: 8 but 4".to_owned()),
            "{told:#?}"
        );
        assert!(told.contains(&"the advertiser's day is the sum of its campaigns, Some(2) clicks_count: 2 but 1".to_owned()), "{told:#?}");
    }
}
