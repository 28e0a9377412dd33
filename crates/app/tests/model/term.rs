//! Campaigns as steps describe them: small limits, few prices that often tie, dates relative to the day of the step.

use barker_domain::{
    Day, Micros,
    campaign::Terms,
    targeting::{Audience, Targeting},
};
use proptest::{collection::vec, option, prelude::*, sample::select};

/// Places, two of which differ in one letter.
pub(crate) const LOCATIONS: [&str; 3] = ["Moscow", "moscow", "Kazan"];
/// Prices in micros near to each other, so that some tie and the score decides about the others.
const PRICES: [i64; 7] = [500_000, 1_000_000, 1_000_000, 2_000_000, 3_333_333, 5_000_000, 9_000_000];
/// Free, the smallest, the largest.
const EXTREME_PRICES: [i64; 3] = [0, 1, 1_000_000_000_000];
/// What no price may be.
const REFUSED_PRICES: [i64; 2] = [-1, 1_000_000_000_001];

/// A new campaign.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    limits: (i32, i32),
    prices: (i64, i64),
    starts_in: i32,
    runs_for: i32,
    title: &'static str,
    targeting: Target,
}

/// Whom it is for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Target {
    gender: Option<Audience>,
    ages: (Option<i32>, Option<i32>),
    location: Option<&'static str>,
}

/// One change of a campaign that exists.
#[derive(Debug, Clone)]
pub(crate) enum Edit {
    ImpressionsLimit(i32),
    ClicksLimit(i32),
    CostPerImpression(i64),
    CostPerClick(i64),
    StartsIn(i32),
    EndsIn(i32),
    Text(&'static str),
    Targeting(Target),
}

impl Draft {
    pub(crate) fn terms(&self, today: Day) -> Terms {
        let start_date = Day(today.0 + self.starts_in);
        Terms {
            impressions_limit: self.limits.0,
            clicks_limit: self.limits.1,
            cost_per_impression: Micros(self.prices.0),
            cost_per_click: Micros(self.prices.1),
            ad_title: self.title.to_owned(),
            ad_text: "Softer than yesterday's".to_owned(),
            start_date,
            end_date: Day(start_date.0 + self.runs_for),
            targeting: self.targeting.targeting(),
        }
    }
}

impl Target {
    fn targeting(&self) -> Targeting {
        let (age_from, age_to) = self.ages;
        Targeting { gender: self.gender, age_from, age_to, location: self.location.map(str::to_owned) }
    }
}

impl Edit {
    pub(crate) fn apply(&self, terms: &mut Terms, today: Day) {
        match self {
            Self::ImpressionsLimit(limit) => terms.impressions_limit = *limit,
            Self::ClicksLimit(limit) => terms.clicks_limit = *limit,
            Self::CostPerImpression(micros) => terms.cost_per_impression = Micros(*micros),
            Self::CostPerClick(micros) => terms.cost_per_click = Micros(*micros),
            Self::StartsIn(days) => terms.start_date = Day(today.0 + days),
            Self::EndsIn(days) => terms.end_date = Day(today.0 + days),
            Self::Text(text) => (*text).clone_into(&mut terms.ad_text),
            Self::Targeting(target) => terms.targeting = target.targeting(),
        }
    }
}

/// Mostly what is accepted and can be shown today.
pub(crate) fn draft() -> impl Strategy<Value = Draft> {
    let limits = prop_oneof![12 => (1..5_i32, 0..5_i32).prop_map(|(most, clicks)| (most, clicks.min(most))), 1 => (-1..2_i32, -1..3_i32)];
    let starts_in = prop_oneof![16 => Just(0), 4 => 1..3_i32, 1 => -2..0_i32];
    let runs_for = prop_oneof![24 => 0..6_i32, 1 => Just(-1)];
    let title = prop_oneof![24 => Just("Plush bears"), 1 => Just("")];
    (limits, (price(), price()), starts_in, runs_for, title, target())
        .prop_map(|(limits, prices, starts_in, runs_for, title, targeting)| Draft { limits, prices, starts_in, runs_for, title, targeting })
}

/// One to three changes at once.
pub(crate) fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let edit = prop_oneof![
        2 => (-1..6_i32).prop_map(Edit::ImpressionsLimit),
        2 => (-1..5_i32).prop_map(Edit::ClicksLimit),
        4 => price().prop_map(Edit::CostPerImpression),
        4 => price().prop_map(Edit::CostPerClick),
        2 => (-1..3_i32).prop_map(Edit::StartsIn),
        2 => (-1..6_i32).prop_map(Edit::EndsIn),
        1 => select(vec!["", "Sold out", "Back again"]).prop_map(Edit::Text),
        3 => target().prop_map(Edit::Targeting),
    ];
    vec(edit, 1..=3)
}

fn price() -> impl Strategy<Value = i64> {
    prop_oneof![32 => select(&PRICES[..]), 8 => select(&EXTREME_PRICES[..]), 1 => select(&REFUSED_PRICES[..])]
}

fn target() -> impl Strategy<Value = Target> {
    let gender = option::of(select(vec![Audience::All, Audience::Male, Audience::Female]));
    let ages = (option::of(select(vec![0, 18, 30, 31])), option::of(select(vec![29, 30, 65, 130])));
    let restricted = (gender, ages, option::of(select(&LOCATIONS[..])));
    prop_oneof![Just(Target::default()), restricted.prop_map(|(gender, ages, location)| Target { gender, ages, location })]
}
