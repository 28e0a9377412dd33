//! Civil days and hours of instants, without the engines' time zones: the few changes of the clock within a range are
//! worked out here, so that both engines and Barker itself agree on them, whatever tables of zones they carry.

use jiff::{Timestamp, tz::TimeZone};

use super::Dialect;

const DAY_MS: i64 = 86_400_000;
const HOUR_MS: i64 = 3_600_000;
/// Added before dividing and taken off after it, so that instants before 1970 are not rounded up.
const BIAS_DAYS: i64 = 1_000_000;
/// Most changes of the clock that are looked at: two a year, ten years, and some that governments make.
const MAX_CHANGES: usize = 64;

/// How far local clocks are ahead of UTC in a range of instants.
#[derive(Debug)]
pub(crate) struct LocalTime {
    /// Before the first change, in milliseconds.
    first_offset_ms: i64,
    /// Instant of each change and the offset from then on.
    changes: Vec<(i64, i64)>,
}

impl LocalTime {
    /// For instants from `start_ms` to `end_ms`; those outside of it get the offset of the nearest end.
    pub(crate) fn new(time_zone: &TimeZone, start_ms: i64, end_ms: i64) -> Self {
        let offset_ms = |at: Timestamp| i64::from(time_zone.to_offset(at).seconds()) * 1_000;
        let start = Timestamp::from_millisecond(start_ms).unwrap_or(Timestamp::MIN);
        let changes = time_zone.following(start).map(|change| change.timestamp()).take_while(|at| at.as_millisecond() < end_ms);
        let changes = changes.take(MAX_CHANGES).map(|at| (at.as_millisecond(), offset_ms(at))).collect();
        Self { first_offset_ms: offset_ms(start), changes }
    }

    /// Whether local clocks are ahead of UTC by whole hours, and change when one begins.
    pub(crate) fn changes_on_the_hour(&self) -> bool {
        let is_whole = |ms: i64| ms % HOUR_MS == 0;
        is_whole(self.first_offset_ms) && self.changes.iter().all(|(at, offset)| is_whole(*at) && is_whole(*offset))
    }

    fn offset(&self, instant: &str) -> String {
        let Some((_, last)) = self.changes.last() else { return format!("({})", self.first_offset_ms) };
        let before = std::iter::once(self.first_offset_ms).chain(self.changes.iter().map(|(_, offset)| *offset));
        let cases: Vec<_> =
            self.changes.iter().zip(before).map(|((at, _), offset)| format!("WHEN {instant} < {at} THEN {offset}")).collect();
        format!("(CASE {} ELSE {last} END)", cases.join(" "))
    }

    /// The civil day, as a number.
    pub(crate) fn day(&self, dialect: Dialect, instant: &str) -> String {
        let biased = format!("({instant} + {} + {})", self.offset(instant), BIAS_DAYS * DAY_MS);
        format!("({} - {BIAS_DAYS})", dialect.divide(&biased, &DAY_MS.to_string()))
    }

    /// The Monday that the week of the civil day begins with, as a number.
    pub(crate) fn week(&self, dialect: Dialect, instant: &str) -> String {
        // 1970-01-01 was a Thursday, three days after a Monday.
        let biased = format!("({} + 3 + {})", self.day(dialect, instant), BIAS_DAYS / 7 * 7);
        format!("({} * 7 - 3 - {})", dialect.divide(&biased, "7"), BIAS_DAYS / 7 * 7)
    }

    /// Milliseconds UTC at which the civil hour began.
    pub(crate) fn hour(&self, instant: &str) -> String {
        format!("({instant} - ({instant} + {} + {}) % {HOUR_MS})", self.offset(instant), BIAS_DAYS * DAY_MS)
    }
}
