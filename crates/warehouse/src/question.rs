//! What can be asked for sums, and what is answered. Typed throughout: no text of a caller ever becomes SQL.
//!
//! Sums only. Ratios are made of sums by whoever asks, and orders are told to campaigns by attribution, not here.

use std::collections::BTreeSet;

use barker_domain::{Code, Day, Error, FieldError, ProjectId, Result, error::unless_faulty};
use jiff::tz::TimeZone;

/// Most days that a question spans: ten years.
pub const MAX_DAYS: u64 = 3_660;
/// Most values that one filter compares with.
pub const MAX_FILTER_VALUES: usize = 1_000;

/// Sums of facts in a range of days, split by dimensions.
#[derive(Debug, Clone)]
pub struct Question {
    /// Whose facts; no other project's are read.
    pub project_id: ProjectId,
    /// First and last civil day, both included: of the platform for spend, of `time_zone` for what happened at an instant.
    pub days: (Day, Day),
    /// The project's.
    pub time_zone: TimeZone,
    /// ISO 4217: what all money is converted to, each fact at the rate of its own day.
    pub currency: String,
    /// What is summed up, in the order of the answer.
    pub measures: Vec<Measure>,
    /// What it is split by, in the order of the answer.
    pub group_by: Vec<Dimension>,
    /// All of them hold for every row that counts.
    pub filters: Vec<Filter>,
    /// Where orders and revenue come from.
    pub sales: Sales,
    /// Whether refunds are taken off the revenue of the orders that they belong to.
    pub is_net_of_refunds: bool,
    /// Most rows of the answer.
    pub limit: u32,
}

/// A sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// Shows, as platforms count them.
    Impressions,
    /// Clicks, as platforms count them.
    Clicks,
    /// Micros of the question's currency.
    Cost,
    /// Millionths of conversions, as platforms count them.
    PlatformConversions,
    /// Orders that were not cancelled.
    Orders,
    /// Micros of the question's currency: orders, and won deals without an order.
    Revenue,
    /// People whose first order ever is in the range.
    NewCustomers,
    /// `lead` events and new deals.
    Leads,
}

/// What sums are split by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// Milliseconds UTC at which the hour begins in the project's time zone. What is counted by the day has no hours.
    Hour,
    /// Civil day.
    Day,
    /// The Monday that the week begins with.
    Week,
    /// The first day of the month.
    Month,
    /// The platform.
    Source,
    /// The account at the platform.
    Account,
    /// The platform's id of the campaign.
    Campaign,
    /// The latest name of the campaign; a renamed campaign is one row.
    CampaignName,
    /// The latest name of the campaign, cleaned.
    CampaignKey,
    /// The platform's id of the ad group.
    AdGroup,
    /// The platform's id of the ad.
    Ad,
    /// The name of the ad.
    AdName,
}

/// Rows whose `dimension` is one of `values`, or is none of them.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Not one of time.
    pub dimension: Dimension,
    /// Compared character by character; an empty one stands for rows that have none.
    pub values: Vec<String>,
    /// Rows with other values instead.
    pub is_excluding: bool,
}

/// Where orders and revenue come from: one source per number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sales {
    /// The project's shops.
    Orders,
    /// `purchase` events of a project that has no shop connected.
    Purchases,
}

/// One cell that a row is told by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// Spend that platforms do not split this finely: the account's total less the sum of its parts, or facts without a value here.
    None,
    /// A day as a number, or milliseconds of an hour.
    Number(i64),
    /// An id or a name.
    Text(String),
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SumsRow {
    /// One for each dimension of the question.
    pub keys: Vec<Key>,
    /// One for each measure; none where its source cannot be split like this.
    pub sums: Vec<Option<i128>>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sums {
    /// Ordered by their keys. A row whose sums are all 0 is left out, but for the one row of a question that splits by nothing.
    pub rows: Vec<SumsRow>,
    /// Over all rows, those beyond the limit included.
    pub totals: Vec<Option<i128>>,
    /// Whether there were more rows than the limit.
    pub is_cut: bool,
    /// Facts with an amount in a currency that has no rate on or before their day; they are missing from sums of money.
    pub unconverted: u64,
}

/// Which facts a measure is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Family {
    Spend,
    Sales,
    Leads,
}

impl Measure {
    pub(crate) fn family(self) -> Family {
        match self {
            Self::Impressions | Self::Clicks | Self::Cost | Self::PlatformConversions => Family::Spend,
            Self::Orders | Self::Revenue | Self::NewCustomers => Family::Sales,
            Self::Leads => Family::Leads,
        }
    }
}

impl Dimension {
    pub(crate) fn is_time(self) -> bool {
        matches!(self, Self::Hour | Self::Day | Self::Week | Self::Month)
    }

    /// The level of spend that knows it.
    pub(crate) fn level(self) -> i32 {
        match self {
            Self::Campaign | Self::CampaignName | Self::CampaignKey => 1,
            Self::AdGroup => 2,
            Self::Ad | Self::AdName => 3,
            _ => 0,
        }
    }
}

impl Filter {
    fn faults(&self, pointer: &str) -> Vec<FieldError> {
        let mut faults = Vec::new();
        if self.dimension.is_time() {
            faults.push(FieldError::new(pointer, "unsupported", "days are chosen by date_from and date_to"));
        }
        if !(1..=MAX_FILTER_VALUES).contains(&self.values.len()) {
            faults.push(FieldError::new(format!("{pointer}/values"), "length", format!("from 1 to {MAX_FILTER_VALUES}")));
        }
        faults
    }
}

impl Question {
    /// Refuses what cannot be answered, naming each field.
    ///
    /// # Errors
    /// [`Code::InvalidRequest`].
    pub fn check(&self) -> Result<()> {
        let mut faults = Vec::new();
        let (first, last) = self.days;
        if !(1..=MAX_DAYS).contains(&first.count_through(last)) {
            faults.push(FieldError::new("/date_to", "range", format!("from 1 to {MAX_DAYS} days, date_to included")));
        }
        if self.measures.is_empty() {
            faults.push(FieldError::new("/metrics", "required", "at least one"));
        }
        let is_split_by_spend = self.group_by.iter().chain(self.filters.iter().map(|filter| &filter.dimension)).any(|it| !it.is_time());
        if is_split_by_spend && self.measures.iter().any(|measure| measure.family() != Family::Spend) {
            let message = "orders, revenue, new customers and leads are told to sources, campaigns and ads by attribution";
            faults.push(FieldError::new("/group_by", "unsupported", message));
        }
        if self.group_by.iter().collect::<BTreeSet<_>>().len() < self.group_by.len() {
            faults.push(FieldError::new("/group_by", "duplicate", "each dimension once"));
        }
        faults.extend(self.filters.iter().enumerate().flat_map(|(place, filter)| filter.faults(&format!("/filters/{place}"))));
        unless_faulty((), faults)
    }

    /// Whether it is split by the hour.
    pub(crate) fn has_hours(&self) -> bool {
        self.group_by.contains(&Dimension::Hour)
    }

    /// Milliseconds UTC of the first instant of the range, and of the first one after it.
    ///
    /// # Errors
    /// [`Code::InvalidRequest`] for days that no calendar has.
    pub(crate) fn instants(&self) -> Result<(i64, i64)> {
        Ok((midnight_ms(self.days.0, &self.time_zone)?, midnight_ms(Day(self.days.1.0.saturating_add(1)), &self.time_zone)?))
    }
}

/// Where the day begins: its midnight, or the first instant of it where clocks skip midnight.
fn midnight_ms(day: Day, time_zone: &TimeZone) -> Result<i64> {
    let refused = || Error::new(Code::InvalidRequest, "the days are beyond the calendar");
    let date =
        jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().try_days(day.0).map_err(|_| refused())?).map_err(|_| refused())?;
    Ok(time_zone.to_zoned(date.to_datetime(jiff::civil::Time::midnight())).map_err(|_| refused())?.timestamp().as_millisecond())
}
