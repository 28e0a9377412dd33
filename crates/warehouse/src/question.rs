//! What can be asked for sums, and what is answered. Typed throughout: no text of a caller ever becomes SQL.
//!
//! Sums only: ratios are made of sums by whoever asks. Orders, revenue, new customers and leads are split by the touch
//! that each is credited to.

use std::collections::BTreeSet;

use barker_domain::{Code, Day, Error, FieldError, ProjectId, Result, error::unless_faulty};
use jiff::tz::TimeZone;

/// Most days that a question spans: ten years.
pub const MAX_DAYS: u64 = 3_660;
/// Most values that one filter compares with.
pub const MAX_FILTER_VALUES: usize = 1_000;
/// Longest time between a touch and what is credited to it.
pub const MAX_LOOKBACK_DAYS: u32 = 365;
/// Most bytes of an attribute's or event type's name.
pub const MAX_NAME_BYTES: usize = 256;

/// Sums of facts in a range of days, split by dimensions.
#[derive(Debug, Clone)]
pub struct Question {
    /// Whose facts; no other project's are read.
    pub project_id: ProjectId,
    /// First and last civil day, both included: of the platform for spend, of `time_zone` for what happened at an instant.
    pub days: (Day, Day),
    /// Of these days only what happened from the first instant on and before the second, in milliseconds UTC. What is counted by
    /// the day has no instants, and is null.
    pub between_ms: Option<(i64, i64)>,
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
    /// Types of events that are conversions; none: orders are.
    pub conversion_events: Vec<String>,
    /// Which touch an order, a new customer or a lead is credited to.
    pub attribution: Attribution,
    /// Most rows of the answer.
    pub limit: u32,
}

/// Which touches of a person a conversion is credited to: a click or the start of a session that has a channel, not an impression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Attribution {
    /// Which of several.
    pub model: Model,
    /// A touch longer ago is not looked at; up to [`MAX_LOOKBACK_DAYS`], a day being 24 hours.
    pub lookback_days: u32,
    /// The day that a credited conversion is counted on.
    pub dated_by: DatedBy,
}

/// Which of a person's touches within the lookback are credited with a conversion.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Model {
    /// The last one whose channel is not `direct`.
    #[default]
    LastNonDirect,
    /// The last one.
    LastTouch,
    /// The first one.
    FirstTouch,
    /// All of them, to equal parts; what is left over by dividing goes to the earliest ones, a millionth each.
    Linear,
}

/// The day that a credited conversion is counted on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DatedBy {
    /// Its own.
    #[default]
    Conversion,
    /// The touch's; a conversion without one keeps its own.
    Touch,
}

/// A sum.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// Shows, as platforms count them.
    Impressions,
    /// Clicks, as platforms count them.
    Clicks,
    /// Micros of the question's currency.
    Cost,
    /// Millionths of conversions, as platforms count them.
    PlatformConversions,
    /// Millionths of orders that were not cancelled: a touch may be credited with a part of one.
    Orders,
    /// Micros of the question's currency: orders, and won deals without an order.
    Revenue,
    /// Millionths of people whose first order ever is in the range.
    NewCustomers,
    /// Revenue to this day of the people whose first order ever is in the range, in micros of the question's currency.
    LifetimeRevenue,
    /// Millionths of events of the question's `conversion_events`, else of orders.
    Conversions,
    /// Millionths of `lead` events and new deals.
    Leads,
    /// Different people with an event in the range, exactly. Someone may stand in several rows, so that rows do not add up to
    /// the total, which is exact as well.
    People,
    /// `session_start` events.
    Sessions,
    /// Events of this type.
    Events(String),
}

/// What sums are split by. Conversions go by the touch that they are credited to, events by themselves.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    /// By the rules of channels: of a touch or an event, and of a campaign's spend.
    Channel,
    /// The platform where there is one, else what a touch or an event says.
    SourceType,
    /// Barker's own advertiser: the account of spend whose source is `barker`.
    Advertiser,
    /// Kind of device, of a touch or an event.
    Device,
    /// ISO 3166, of a touch or an event.
    Country,
    /// An attribute of a touch or an event.
    Attribute(String),
}

/// The source of Barker's own campaigns; its accounts are advertisers.
pub const OWN_SOURCE: &str = "barker";

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
    /// Spend that platforms do not split this finely: the account's total less the sum of its parts; conversions that no touch
    /// is credited with; or facts without a value here.
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
    /// Facts with an amount in a currency that has no rate on or before their day, each once; they are missing from sums of money.
    pub unconverted: u64,
}

/// Which facts a measure is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Family {
    Spend,
    Sales,
    Lifetime,
    Conversions,
    Leads,
    Events,
    People,
}

impl Default for Attribution {
    fn default() -> Self {
        Self { model: Model::default(), lookback_days: 30, dated_by: DatedBy::default() }
    }
}

impl Measure {
    pub(crate) fn family(&self) -> Family {
        match self {
            Self::Impressions | Self::Clicks | Self::Cost | Self::PlatformConversions => Family::Spend,
            Self::Orders | Self::Revenue | Self::NewCustomers => Family::Sales,
            Self::LifetimeRevenue => Family::Lifetime,
            Self::Conversions => Family::Conversions,
            Self::Leads => Family::Leads,
            Self::Sessions | Self::Events(_) => Family::Events,
            Self::People => Family::People,
        }
    }
}

impl Dimension {
    pub(crate) fn is_time(&self) -> bool {
        matches!(self, Self::Hour | Self::Day | Self::Week | Self::Month)
    }

    fn is_misnamed(&self) -> bool {
        matches!(self, Self::Attribute(name) if !(1..=MAX_NAME_BYTES).contains(&name.len()))
    }

    /// The level of spend that knows it.
    pub(crate) fn level(&self) -> i32 {
        match self {
            Self::Campaign | Self::CampaignName | Self::CampaignKey | Self::Channel => 1,
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
        if self.dimension.is_misnamed() {
            faults.push(FieldError::new(pointer, "length", format!("attributes' names have from 1 to {MAX_NAME_BYTES} bytes")));
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
        if self.conversion_events.len() > MAX_FILTER_VALUES {
            faults.push(FieldError::new("/conversion_events", "length", format!("at most {MAX_FILTER_VALUES}")));
        }
        if self.between_ms.is_some_and(|(from, to)| from >= to) {
            faults.push(FieldError::new("/window", "range", "ends before it begins"));
        }
        if self.attribution.lookback_days > MAX_LOOKBACK_DAYS {
            faults.push(FieldError::new("/attribution/lookback_days", "range", format!("at most {MAX_LOOKBACK_DAYS}")));
        }
        let has_long_names =
            self.measures.iter().any(|it| matches!(it, Measure::Events(name) if !(1..=MAX_NAME_BYTES).contains(&name.len())));
        if has_long_names {
            faults.push(FieldError::new("/metrics", "length", format!("types of events have from 1 to {MAX_NAME_BYTES} bytes")));
        }
        if self.group_by.iter().any(Dimension::is_misnamed) {
            faults.push(FieldError::new("/group_by", "length", format!("attributes' names have from 1 to {MAX_NAME_BYTES} bytes")));
        }
        if self.group_by.iter().collect::<BTreeSet<_>>().len() < self.group_by.len() {
            faults.push(FieldError::new("/group_by", "duplicate", "each dimension once"));
        }
        faults.extend(self.filters.iter().enumerate().flat_map(|(place, filter)| filter.faults(&format!("/filters/{place}"))));
        unless_faulty((), faults)
    }

    /// Which facts the measure is counted in here.
    pub(crate) fn family_of(&self, measure: &Measure) -> Family {
        match measure.family() {
            Family::Conversions if self.conversion_events.is_empty() => Family::Sales,
            family => family,
        }
    }

    /// Whether it asks for parts of days, which what is counted by the day does not have.
    pub(crate) fn has_parts_of_days(&self) -> bool {
        self.between_ms.is_some() || self.group_by.contains(&Dimension::Hour)
    }

    /// Milliseconds UTC of the first instant that is asked for, and of the first one after the last.
    ///
    /// # Errors
    /// [`Code::InvalidRequest`] for days that no calendar has.
    pub(crate) fn instants(&self) -> Result<(i64, i64)> {
        let (start, end) =
            (midnight_ms(self.days.0, &self.time_zone)?, midnight_ms(Day(self.days.1.0.saturating_add(1)), &self.time_zone)?);
        Ok(self.between_ms.map_or((start, end), |(from, to)| (start.max(from), end.min(to))))
    }
}

/// Where the day begins: its midnight, or the first instant of it where clocks skip midnight.
fn midnight_ms(day: Day, time_zone: &TimeZone) -> Result<i64> {
    let refused = || Error::new(Code::InvalidRequest, "the days are beyond the calendar");
    let date =
        jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().try_days(day.0).map_err(|_| refused())?).map_err(|_| refused())?;
    Ok(time_zone.to_zoned(date.to_datetime(jiff::civil::Time::midnight())).map_err(|_| refused())?.timestamp().as_millisecond())
}
