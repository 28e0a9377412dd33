//! When: ranges of days, windows up to now, and what a range is compared with.
//!
//! A window of days is whole civil days, the one that it ends on included; a window of an hour is sixty minutes. Decision 61 says why,
//! and how days of two periods are set side by side.

use barker_domain::{Day, Error, FieldError, Result};
use barker_warehouse::question::Dimension;
use jiff::{Span, Timestamp, ToSpan, civil::Date, tz::TimeZone};

const HOUR_MS: i64 = 3_600_000;
const MINUTE_MS: i64 = 60_000;
const DAYS_OF_WEEK: i32 = 7;
/// Comparing with the year before by weeks takes the same weekdays.
const DAYS_OF_52_WEEKS: i32 = 364;
const MONTHS_OF_YEAR: i32 = 12;

/// What a request says about time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// From a day to another; none: today.
    Days(Day, Option<Day>),
    /// That long, up to some end; none: now.
    Window(Window, Option<Until>),
}

/// How long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// Sixty minutes.
    Hour,
    /// So many civil days.
    Days(i32),
}

/// What a window ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// The end of that day.
    Day(Day),
    /// That instant, in milliseconds UTC.
    Instant(i64),
}

/// What a range is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// As long, and just before.
    PreviousPeriod,
    /// The same days a year before.
    PreviousYear,
}

/// Days, and what part of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// First and last, both included.
    pub days: (Day, Day),
    /// From that instant on and before that one.
    pub between_ms: Option<(i64, i64)>,
}

/// How far two ranges are apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shift {
    Milliseconds(i64),
    Days(i32),
    Months(i32),
}

/// Now, in a project.
#[derive(Debug, Clone)]
pub(super) struct Present {
    pub(super) now_ms: i64,
    pub(super) today: Day,
    pub(super) time_zone: TimeZone,
}

impl Window {
    /// Every window there is, by its name.
    pub const ALL: [(&'static str, Self); 4] = [("1h", Self::Hour), ("1d", Self::Days(1)), ("7d", Self::Days(7)), ("30d", Self::Days(30))];
}

impl Comparison {
    /// Every comparison there is, by its name.
    pub const ALL: [(&'static str, Self); 2] = [("previous_period", Self::PreviousPeriod), ("previous_year", Self::PreviousYear)];
}

impl Period {
    pub(super) fn resolve(self, present: &Present) -> Result<Range> {
        let days = |first, last| Range { days: (first, last), between_ms: None };
        let range = match self {
            Self::Days(first, last) => days(first, last.unwrap_or(present.today)),
            Self::Window(Window::Days(count), until) => {
                let last = match until {
                    None => present.today,
                    Some(Until::Day(day)) => day,
                    Some(Until::Instant(at_ms)) => barker_domain::day::civil_day(at_ms, &present.time_zone),
                };
                days(last.plus(1 - count), last)
            }
            Self::Window(Window::Hour, until) => {
                let end_ms = match until {
                    // To the minute: equal questions of one minute are one.
                    None => present.now_ms - present.now_ms.rem_euclid(MINUTE_MS) + MINUTE_MS,
                    Some(Until::Day(day)) => midnight_ms(day.plus(1), &present.time_zone)?,
                    Some(Until::Instant(at_ms)) => at_ms,
                };
                hours(end_ms - HOUR_MS, end_ms, &present.time_zone)
            }
        };
        if range.days.0 > range.days.1 {
            return Err(Error::invalid(vec![FieldError::new("/date_to", "order", "must not be before date_from")]));
        }
        Ok(range)
    }
}

/// The range between two instants.
fn hours(from_ms: i64, to_ms: i64, time_zone: &TimeZone) -> Range {
    let day = |at_ms| barker_domain::day::civil_day(at_ms, time_zone);
    Range { days: (day(from_ms), day(to_ms - 1)), between_ms: Some((from_ms, to_ms)) }
}

/// Milliseconds UTC at which a day begins.
pub(super) fn midnight_ms(day: Day, time_zone: &TimeZone) -> Result<i64> {
    let begun = time_zone.to_zoned(day.date().at(0, 0, 0, 0));
    begun
        .map(|begun| begun.timestamp().as_millisecond())
        .map_err(|_| Error::invalid(vec![FieldError::new("/date_to", "range", "is beyond the calendar")]))
}

impl Range {
    /// What this range is compared with, and how far that is away.
    pub(super) fn before(self, comparison: Comparison, group_by: &[Dimension], time_zone: &TimeZone) -> Result<(Self, Shift)> {
        let shift = self.shift(comparison, group_by);
        let back = match (shift, self.between_ms) {
            (Shift::Milliseconds(length_ms), Some((from_ms, to_ms))) => hours(from_ms - length_ms, to_ms - length_ms, time_zone),
            (_, Some((from_ms, to_ms))) => {
                let (from_ms, to_ms) = (shift.back_instant(from_ms, time_zone)?, shift.back_instant(to_ms, time_zone)?);
                hours(from_ms, to_ms, time_zone)
            }
            (Shift::Months(_), None) if comparison == Comparison::PreviousPeriod && self.is_whole_months() => {
                Self { days: (shift.back(self.days.0), self.days.0.plus(-1)), between_ms: None }
            }
            _ => Self { days: (shift.back(self.days.0), shift.back(self.days.1)), between_ms: None },
        };
        Ok((back, shift))
    }

    fn shift(self, comparison: Comparison, group_by: &[Dimension]) -> Shift {
        let (has_weeks, has_months) = (group_by.contains(&Dimension::Week), group_by.contains(&Dimension::Month));
        let length = i32::try_from(self.days.0.count_through(self.days.1)).unwrap_or(i32::MAX);
        match (comparison, self.between_ms) {
            (Comparison::PreviousYear, _) if has_weeks && !has_months => Shift::Days(DAYS_OF_52_WEEKS),
            (Comparison::PreviousYear, _) => Shift::Months(MONTHS_OF_YEAR),
            (Comparison::PreviousPeriod, Some((from_ms, to_ms))) => Shift::Milliseconds(to_ms - from_ms),
            (Comparison::PreviousPeriod, None) if has_months || (self.is_whole_months() && !has_weeks) => Shift::Months(self.months()),
            (Comparison::PreviousPeriod, None) if has_weeks => Shift::Days((length + DAYS_OF_WEEK - 1) / DAYS_OF_WEEK * DAYS_OF_WEEK),
            (Comparison::PreviousPeriod, None) => Shift::Days(length),
        }
    }

    fn is_whole_months(self) -> bool {
        self.days.0.date().day() == 1 && self.days.1.plus(1).date().day() == 1
    }

    /// The fewest months by which the range must move to be over before it begins.
    fn months(self) -> i32 {
        let (first, end) = (self.days.0.date(), self.days.1.plus(1).date());
        let months = (i32::from(end.year()) - i32::from(first.year())) * MONTHS_OF_YEAR + i32::from(end.month()) - i32::from(first.month());
        if end.day() > first.day() { months + 1 } else { months.max(1) }
    }
}

impl Shift {
    fn moved(self, date: Date, direction: i32) -> Date {
        let span = match self {
            Self::Milliseconds(_) => Span::new(),
            Self::Days(days) => Span::new().try_days(days * direction).unwrap_or_default(),
            Self::Months(months) => Span::new().try_months(months * direction).unwrap_or_default(),
        };
        date.checked_add(span).unwrap_or(date)
    }

    fn back(self, day: Day) -> Day {
        Day::from(self.moved(day.date(), -1))
    }

    fn back_instant(self, at_ms: i64, time_zone: &TimeZone) -> Result<i64> {
        let refused = |_| Error::invalid(vec![FieldError::new("/date_to", "range", "is beyond the calendar")]);
        self.moved_instant(at_ms, -1, time_zone).map_err(refused)
    }

    fn moved_instant(self, at_ms: i64, direction: i32, time_zone: &TimeZone) -> Result<i64, jiff::Error> {
        if let Self::Milliseconds(distance_ms) = self {
            return Ok(at_ms.saturating_add(distance_ms * i64::from(direction)));
        }
        let civil = time_zone.to_datetime(Timestamp::from_millisecond(at_ms)?);
        let moved = self.moved(civil.date(), direction).to_datetime(civil.time());
        Ok(time_zone.to_zoned(moved)?.timestamp().as_millisecond())
    }

    /// Where a row of the earlier range stands in the later one.
    pub(super) fn forward(self, dimension: &Dimension, number: i64, time_zone: &TimeZone) -> i64 {
        if *dimension == Dimension::Hour {
            return self.moved_instant(number, 1, time_zone).unwrap_or(number);
        }
        let moved = self.moved(Day(i32::try_from(number).unwrap_or_default()).date(), 1);
        i64::from(begin_of(dimension, Day::from(moved)).0)
    }
}

/// The first day of the week or month that a day is in; the day itself otherwise.
fn begin_of(dimension: &Dimension, day: Day) -> Day {
    let date = day.date();
    match dimension {
        Dimension::Week => day.plus(-i32::from(date.weekday().to_monday_zero_offset())),
        Dimension::Month => Day::from(date.first_of_month()),
        _ => day,
    }
}

/// Every bucket of the range, as rows are told by it: a chart has no holes.
pub(super) fn buckets(dimension: &Dimension, range: Range, time_zone: &TimeZone, max: usize) -> Result<Vec<i64>> {
    let (first, last) = range.days;
    let mut buckets = Vec::new();
    if *dimension == Dimension::Hour {
        let (start_ms, end_ms) = match range.between_ms {
            Some(instants) => instants,
            None => (midnight_ms(first, time_zone)?, midnight_ms(last.plus(1), time_zone)?),
        };
        let offset_ms = offset_ms(start_ms, time_zone);
        let mut at_ms = start_ms - (start_ms + offset_ms).rem_euclid(HOUR_MS);
        while at_ms < end_ms && buckets.len() < max {
            buckets.push(at_ms);
            at_ms += HOUR_MS;
        }
        return Ok(buckets);
    }
    let mut day = begin_of(dimension, first);
    while day <= last && buckets.len() < max {
        buckets.push(i64::from(day.0));
        day = match dimension {
            Dimension::Week => day.plus(DAYS_OF_WEEK),
            Dimension::Month => Day::from(day.date().checked_add(1.month()).unwrap_or(Date::MAX)),
            _ => day.plus(1),
        };
    }
    Ok(buckets)
}

fn offset_ms(at_ms: i64, time_zone: &TimeZone) -> i64 {
    i64::from(time_zone.to_offset(Timestamp::from_millisecond(at_ms).unwrap_or_default()).seconds()) * 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn range(first: &str, last: &str) -> Range {
        Range { days: (day(first), day(last)), between_ms: None }
    }

    fn before(first: &str, last: &str, comparison: Comparison, group_by: &[Dimension]) -> (String, String) {
        let (range, _) = range(first, last).before(comparison, group_by, &TimeZone::UTC).unwrap();
        (range.days.0.date().to_string(), range.days.1.date().to_string())
    }

    #[test]
    fn a_window_is_that_long_up_to_its_end() {
        let time_zone = TimeZone::get("Europe/Moscow").unwrap();
        let now_ms = "2026-11-21T10:00:30Z".parse::<Timestamp>().unwrap().as_millisecond();
        let present = Present { now_ms, today: day("2026-11-21"), time_zone };
        let days = |period: Period| period.resolve(&present).map(|range| range.days);
        assert_eq!(days(Period::Window(Window::Days(7), None)).unwrap(), (day("2026-11-15"), day("2026-11-21")));
        assert_eq!(
            days(Period::Window(Window::Days(1), Some(Until::Day(day("2026-11-01"))))).unwrap(),
            (day("2026-11-01"), day("2026-11-01"))
        );
        let hour = Period::Window(Window::Hour, None).resolve(&present).unwrap();
        assert_eq!(hour.days, (day("2026-11-21"), day("2026-11-21")));
        let (from_ms, to_ms) = hour.between_ms.unwrap();
        assert_eq!((to_ms - from_ms, (from_ms..to_ms).contains(&now_ms)), (HOUR_MS, true));
        let night =
            Period::Window(Window::Hour, Some(Until::Instant("2026-11-20T21:30:00Z".parse::<Timestamp>().unwrap().as_millisecond())));
        assert_eq!(
            night.resolve(&present).unwrap().days,
            (day("2026-11-20"), day("2026-11-21")),
            "the hour has a midnight of Moscow in it"
        );
        assert!(days(Period::Days(day("2026-11-22"), None)).is_err());
    }

    #[test]
    fn the_period_before_is_as_long_and_ends_where_this_one_begins() {
        use Comparison::{PreviousPeriod, PreviousYear};
        let text = |first: &str, last: &str| (first.to_owned(), last.to_owned());
        for (first, last, comparison, group_by, expected) in [
            ("2026-11-15", "2026-11-21", PreviousPeriod, &[][..], text("2026-11-08", "2026-11-14")),
            ("2026-03-01", "2026-03-31", PreviousPeriod, &[], text("2026-02-01", "2026-02-28")),
            ("2026-02-01", "2026-02-28", PreviousPeriod, &[Dimension::Day], text("2026-01-01", "2026-01-31")),
            ("2026-01-01", "2026-03-31", PreviousPeriod, &[], text("2025-10-01", "2025-12-31")),
            ("2026-03-10", "2026-04-09", PreviousPeriod, &[Dimension::Month], text("2026-02-10", "2026-03-09")),
            ("2026-11-12", "2026-11-21", PreviousPeriod, &[Dimension::Week], text("2026-10-29", "2026-11-07")),
            ("2026-11-01", "2026-11-21", PreviousYear, &[], text("2025-11-01", "2025-11-21")),
            ("2024-02-29", "2024-02-29", PreviousYear, &[], text("2023-02-28", "2023-02-28")),
            ("2026-11-16", "2026-11-22", PreviousYear, &[Dimension::Week], text("2025-11-17", "2025-11-23")),
        ] {
            assert_eq!(before(first, last, comparison, group_by), expected, "{first} to {last} {comparison:?} {group_by:?}");
        }
    }

    #[test]
    fn rows_of_both_periods_stand_side_by_side() {
        let utc = &TimeZone::UTC;
        let (_, shift) = range("2026-11-15", "2026-11-21").before(Comparison::PreviousPeriod, &[], utc).unwrap();
        assert_eq!(shift.forward(&Dimension::Day, i64::from(day("2026-11-08").0), utc), i64::from(day("2026-11-15").0));
        let (_, shift) = range("2026-03-01", "2026-03-31").before(Comparison::PreviousYear, &[Dimension::Month], utc).unwrap();
        assert_eq!(shift.forward(&Dimension::Month, i64::from(day("2025-03-01").0), utc), i64::from(day("2026-03-01").0));
    }

    #[test]
    fn a_chart_has_every_bucket_of_its_range() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let count = |dimension, first, last| buckets(&dimension, range(first, last), &berlin, 10_000).unwrap().len();
        assert_eq!(count(Dimension::Day, "2026-02-01", "2026-03-01"), 29);
        assert_eq!(count(Dimension::Week, "2026-11-15", "2026-11-16"), 2);
        assert_eq!(count(Dimension::Month, "2025-12-31", "2026-02-01"), 3);
        assert_eq!(count(Dimension::Hour, "2026-10-25", "2026-10-25"), 25, "the day on which clocks are set back");
        assert_eq!(buckets(&Dimension::Day, range("2026-01-01", "2026-12-31"), &berlin, 10).unwrap().len(), 10);
    }

    proptest::proptest! {
        #[test]
        fn the_period_before_never_overlaps_and_is_never_empty(first in 0_i32..40_000, length in 1_i32..800, by in 0_usize..4) {
            let group_by = [vec![], vec![Dimension::Day], vec![Dimension::Week], vec![Dimension::Month]][by].clone();
            let range = Range { days: (Day(first), Day(first + length - 1)), between_ms: None };
            let (before, _) = range.before(Comparison::PreviousPeriod, &group_by, &TimeZone::UTC).unwrap();
            proptest::prop_assert!(before.days.1 < range.days.0, "{:?} overlaps {:?}", before, range);
            proptest::prop_assert!(before.days.0 <= before.days.1);
        }
    }
}
