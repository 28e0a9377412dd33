//! A campaign: what is shown to whom, for how much, until which limits; and what may change when.
//!
//! Both views of a campaign, the flat ad contract and the cabinet, share these rules; where they differ, `rule_book` says so.

mod frequency_cap;
mod pacing;
mod plan;
mod rotation;
mod rule_book;
mod status;

use crate::{AdvertiserId, CampaignId, Day, FieldError, Micros, creative, money::MAX_PRICE, targeting::Targeting};

pub use frequency_cap::{FrequencyCap, MAX_SHOWS, Show, Window};
pub use pacing::{HEAD_START_MS, LineStart, Pacing};
pub use plan::{DailyBudget, MAX_BUDGET, Plan};
pub use rotation::{Rotated, Rotation};
pub use rule_book::RuleBook;
pub use status::{State, Status};

/// The last day of a campaign that has none: people are shown no end, the ad contract shows this day, the last one there is.
pub const OPEN_END: Day = Day(i32::MAX);

/// What an advertiser decides about a campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Most counted impressions, 0 to 2^31 - 1.
    pub impressions_limit: i32,
    /// Most billed clicks, 0 to `impressions_limit`.
    pub clicks_limit: i32,
    /// Price of one impression, 0 to [`MAX_PRICE`].
    pub cost_per_impression: Micros,
    /// Price of one click, 0 to [`MAX_PRICE`].
    pub cost_per_click: Micros,
    /// Title of the ad; of several, that of the one that the contract knows ([`crate::ad::of_contract`]).
    pub ad_title: String,
    /// Text of the ad, as the client sees it; likewise.
    pub ad_text: String,
    /// First day of the flight, inclusive.
    pub start_date: Day,
    /// Last day of the flight, inclusive.
    pub end_date: Day,
    /// Whom it may be shown to.
    pub targeting: Targeting,
}

/// A campaign that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Campaign {
    /// Made by Barker, unique within the project.
    pub id: CampaignId,
    /// Who pays.
    pub advertiser_id: AdvertiserId,
    /// What was decided, as far as the ad contract knows it.
    pub terms: Terms,
    /// What was decided beyond.
    pub plan: Plan,
    /// The ads that it shows.
    pub ads: Rotation,
    /// Grows with every change.
    pub version: i32,
    /// Milliseconds UTC; the older of two equal campaigns is shown first.
    pub created_at_ms: i64,
}

/// What a campaign has delivered so far, as far as a change of its limits must respect it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Counted impressions.
    pub impressions: i64,
    /// Billed clicks.
    pub clicks: i64,
    /// What both cost.
    pub spent: Micros,
}

/// Where a campaign stands between its first day and its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Its first day is yet to come.
    Upcoming,
    /// It may be shown today.
    Running,
    /// It has days left, and no impressions.
    Full,
    /// Its last day is over.
    Over,
}

impl Stage {
    /// Every stage there is, in the order of a campaign's life.
    pub const ALL: [Self; 4] = [Self::Upcoming, Self::Running, Self::Full, Self::Over];

    /// Its name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Upcoming => "upcoming",
            Self::Running => "running",
            Self::Full => "full",
            Self::Over => "over",
        }
    }

    /// The stage of a campaign on that day.
    #[must_use]
    pub fn of(terms: &Terms, delivered: Delivered, today: Day) -> Self {
        if today > terms.end_date {
            Self::Over
        } else if today < terms.start_date {
            Self::Upcoming
        } else if delivered.impressions >= i64::from(terms.impressions_limit) {
            Self::Full
        } else {
            Self::Running
        }
    }
}

/// How much a limit really allows when the operator tolerates `overshoot_percent` above it.
#[must_use]
pub fn allowed(limit: i32, overshoot_percent: u8) -> i64 {
    let limit = i64::from(limit);
    limit + limit * i64::from(overshoot_percent) / 100
}

impl Terms {
    /// Whether the flight includes the day.
    #[must_use]
    pub fn runs_on(&self, day: Day) -> bool {
        (self.start_date..=self.end_date).contains(&day)
    }

    /// Whether the flight has begun, so that limits and dates are frozen.
    #[must_use]
    pub fn has_started(&self, today: Day) -> bool {
        today >= self.start_date
    }

    /// The last day of the flight, unless its end is open.
    #[must_use]
    pub fn last_day(&self) -> Option<Day> {
        (self.end_date != OPEN_END).then_some(self.end_date)
    }

    /// The same terms for a flight that begins `today` and lasts as long.
    #[must_use]
    pub fn moved_to(&self, today: Day) -> Self {
        let days = self.end_date.0.saturating_sub(self.start_date.0);
        let end_date = self.last_day().map_or(OPEN_END, |_| today.plus(days));
        Self { start_date: today, end_date, ..self.clone() }
    }

    /// Every field that breaks a rule for a new campaign made `today`.
    #[must_use]
    pub fn faults_as_new(&self, today: Day) -> Vec<FieldError> {
        let mut faults = self.faults();
        for (pointer, date) in [("/start_date", self.start_date), ("/end_date", self.end_date)] {
            faults.extend(past(pointer, date, today));
        }
        faults
    }

    /// Every field that breaks a rule when `self` replaces `before`, `today`.
    #[must_use]
    pub fn faults_as_change(&self, before: &Self, today: Day, delivered: Delivered) -> Vec<FieldError> {
        let mut faults = self.faults();
        let frozen = before.has_started(today);
        for (pointer, changed) in self.changes_of_frozen_fields(before) {
            if changed && frozen {
                faults.push(FieldError::new(pointer, "frozen", "cannot be changed after the campaign's start"));
            }
        }
        if !frozen {
            faults.extend(self.faults_before_start(before, today, delivered));
        }
        faults
    }

    fn changes_of_frozen_fields(&self, before: &Self) -> [(&'static str, bool); 4] {
        [
            ("/impressions_limit", self.impressions_limit != before.impressions_limit),
            ("/clicks_limit", self.clicks_limit != before.clicks_limit),
            ("/start_date", self.start_date != before.start_date),
            ("/end_date", self.end_date != before.end_date),
        ]
    }

    /// A sandbox may be rewound to before the start of a campaign that has delivered: what happened stays.
    fn faults_before_start(&self, before: &Self, today: Day, delivered: Delivered) -> Vec<FieldError> {
        let mut faults = Vec::new();
        if self.start_date != before.start_date {
            faults.extend(past("/start_date", self.start_date, today));
        }
        if self.end_date != before.end_date {
            faults.extend(past("/end_date", self.end_date, today));
        }
        faults.extend(delivered_faults(before, self, delivered));
        faults
    }

    fn faults(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        for (pointer, limit) in [("/impressions_limit", self.impressions_limit), ("/clicks_limit", self.clicks_limit)] {
            if limit < 0 {
                faults.push(FieldError::new(pointer, "range", format!("must be 0 to {}", i32::MAX)));
            }
        }
        if self.clicks_limit > self.impressions_limit {
            faults.push(FieldError::new("/clicks_limit", "order", "must not be above impressions_limit"));
        }
        for (pointer, price) in [("/cost_per_impression", self.cost_per_impression), ("/cost_per_click", self.cost_per_click)] {
            if !(Micros::ZERO..=MAX_PRICE).contains(&price) {
                faults.push(FieldError::new(pointer, "range", "must be 0 to 1000000"));
            }
        }
        faults.extend(creative::words_faults(("/ad_title", &self.ad_title), ("/ad_text", &self.ad_text)));
        if self.end_date < self.start_date {
            faults.push(FieldError::new("/end_date", "order", "must not be before start_date"));
        }
        faults.extend(self.targeting.faults().into_iter().map(|fault| fault.below("/targeting")));
        faults
    }
}

/// Limits that would be below what is delivered.
fn delivered_faults(before: &Terms, after: &Terms, delivered: Delivered) -> Vec<FieldError> {
    let limits = [
        ("/impressions_limit", after.impressions_limit, before.impressions_limit, delivered.impressions),
        ("/clicks_limit", after.clicks_limit, before.clicks_limit, delivered.clicks),
    ];
    let mut faults = Vec::new();
    for (pointer, limit, limit_before, used) in limits {
        // One below 0 is refused already, whatever was delivered.
        if limit != limit_before && (0..used).contains(&i64::from(limit)) {
            faults.push(FieldError::new(pointer, "range", format!("must not be below the {used} already delivered")));
        }
    }
    faults
}

fn past(pointer: &str, date: Day, today: Day) -> Option<FieldError> {
    (date < today).then(|| FieldError::new(pointer, "past", format!("must not be in the past: today is day {}", today.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms() -> Terms {
        Terms {
            impressions_limit: 100,
            clicks_limit: 50,
            cost_per_impression: Micros(1_500_000),
            cost_per_click: Micros(10_000_000),
            ad_title: "Plush bears".into(),
            ad_text: "Softer than yesterday's".into(),
            start_date: Day(5),
            end_date: Day(10),
            targeting: Targeting::default(),
        }
    }

    fn pointers(faults: Vec<FieldError>) -> Vec<String> {
        faults.into_iter().map(|fault| fault.pointer).collect()
    }

    type Edit = fn(&mut Terms);

    #[test]
    fn a_campaign_runs_from_its_first_day_to_its_last_while_impressions_are_left() {
        let delivered = |impressions| Delivered { impressions, ..Delivered::default() };
        let stage = |impressions, day| Stage::of(&terms(), delivered(impressions), Day(day));
        assert_eq!([stage(0, 4), stage(0, 5), stage(99, 10), stage(0, 11)], [Stage::Upcoming, Stage::Running, Stage::Running, Stage::Over]);
        assert_eq!([stage(100, 7), stage(100, 11)], [Stage::Full, Stage::Over]);
    }

    #[test]
    fn rules_of_a_new_campaign_name_the_field_they_guard() {
        let cases: [(Edit, &[&str]); 9] = [
            (|_| (), &[]),
            (|terms| terms.clicks_limit = 101, &["/clicks_limit"]),
            (|terms| terms.impressions_limit = -1, &["/impressions_limit", "/clicks_limit"]),
            (|terms| terms.cost_per_click = Micros(MAX_PRICE.0 + 1), &["/cost_per_click"]),
            (|terms| terms.ad_title.clear(), &["/ad_title"]),
            (|terms| terms.start_date = Day(4), &["/start_date"]),
            (|terms| terms.end_date = Day(4), &["/end_date", "/end_date"]),
            (|terms| terms.targeting.location = Some(String::new()), &["/targeting/location"]),
            (|terms| (terms.targeting.age_from, terms.targeting.age_to) = (Some(40), Some(20)), &["/targeting/age_to"]),
        ];
        for (edit, expected) in cases {
            let mut changed = terms();
            edit(&mut changed);
            assert_eq!(pointers(changed.faults_as_new(Day(5))), expected);
        }
    }

    #[test]
    fn limits_and_dates_freeze_on_the_first_day_and_prices_do_not() {
        let mut changed = terms();
        changed.impressions_limit = 200;
        changed.end_date = Day(20);
        changed.cost_per_click = Micros(1);
        assert_eq!(pointers(changed.faults_as_change(&terms(), Day(4), Delivered::default())), [""; 0]);
        assert_eq!(pointers(changed.faults_as_change(&terms(), Day(5), Delivered::default())), ["/impressions_limit", "/end_date"]);
    }

    #[test]
    fn unchanged_past_dates_are_fine_long_after_the_end() {
        let mut changed = terms();
        changed.ad_text = "Sold out".into();
        assert_eq!(pointers(changed.faults_as_change(&terms(), Day(99), Delivered::default())), [""; 0]);
    }

    #[test]
    fn a_rewound_campaign_keeps_room_for_what_it_delivered() {
        let mut changed = terms();
        changed.impressions_limit = 50;
        let delivered = Delivered { impressions: 60, ..Delivered::default() };
        assert_eq!(pointers(changed.faults_as_change(&terms(), Day(0), delivered)), ["/impressions_limit"]);
        changed.impressions_limit = -1;
        let once = ["/impressions_limit", "/clicks_limit"];
        assert_eq!(pointers(changed.faults_as_change(&terms(), Day(0), delivered)), once, "one reason is enough");
    }

    #[test]
    fn tolerance_is_rounded_down() {
        assert_eq!(allowed(50, 0), 50);
        assert_eq!(allowed(50, 5), 52);
        assert_eq!(allowed(i32::MAX, 5), 2_254_857_829);
    }
}
