//! Days and instants as exports write them.

use barker_domain::{Day, day::civil_day};
use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
    tz::{Offset, TimeZone},
};

/// In which order a date with slashes tells its day and its month.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum DateOrder {
    /// As in 31/12/2026.
    #[default]
    DayFirst,
    /// As in 12/31/2026.
    MonthFirst,
}

impl DateOrder {
    /// What these dates are written in, as far as they have to be looked at; the default where nothing tells.
    pub(super) fn guess<T: AsRef<str>>(dates: impl IntoIterator<Item = T>, default: Self) -> Self {
        for date in dates {
            let date = date.as_ref();
            let mut numbers = date.split(['/', ' ']).map(|part| part.parse::<u32>().unwrap_or_default());
            match (numbers.next(), numbers.next()) {
                (Some(13..=31), Some(1..)) if date.contains('/') => return Self::DayFirst,
                (Some(1..), Some(13..=31)) if date.contains('/') => return Self::MonthFirst,
                _ => (),
            }
        }
        default
    }
}

/// An instant in milliseconds UTC. A text without an offset is told in that time zone.
pub(super) fn instant_ms(text: &str, time_zone: &TimeZone, order: DateOrder) -> Option<i64> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant.as_millisecond());
    }
    epoch_ms(text).or_else(|| civil_ms(text, time_zone, order))
}

/// Seconds or milliseconds since 1970.
fn epoch_ms(text: &str) -> Option<i64> {
    let number: i64 = text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    match text.len() {
        10 => Some(number * 1_000),
        13 => Some(number),
        _ => None,
    }
}

fn civil_ms(text: &str, time_zone: &TimeZone, order: DateOrder) -> Option<i64> {
    let (civil, offset) = split_offset(text).map_or((text, None), |(civil, offset)| (civil, Some(offset)));
    let civil = date_time(civil, order)?;
    let instant = match offset {
        Some(offset) => offset.to_timestamp(civil),
        None => time_zone.to_ambiguous_timestamp(civil).compatible(),
    };
    Some(instant.ok()?.as_millisecond())
}

/// A civil day; where an instant is told, the day that stands there.
pub(super) fn day(text: &str, order: DateOrder) -> Option<Day> {
    let date = date_time(split_offset(text).map_or(text, |(civil, _)| civil), order)?.date();
    let midnight = date.to_datetime(Time::midnight());
    Some(civil_day(TimeZone::UTC.to_ambiguous_timestamp(midnight).compatible().ok()?.as_millisecond(), &TimeZone::UTC))
}

/// The offset after a time of day, as shops and databases write it: `Z`, ` UTC`, `+03`, ` -0500`, `+03:00`.
fn split_offset(text: &str) -> Option<(&str, Offset)> {
    if let Some(civil) = ["Z", "UTC", "GMT"].iter().find_map(|name| text.strip_suffix(name)) {
        return Some((civil.trim_end(), Offset::UTC));
    }
    // Before a time of day stand dashes, too.
    let place = text.rfind(['+', '-']).filter(|place| text[..*place].contains(':'))?;
    let digits: String = text[place + 1..].chars().filter(|c| *c != ':').collect();
    let is_offset = matches!(digits.len(), 2 | 4) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let (hours, minutes) = (digits.get(..2)?.parse::<i32>().ok()?, digits.get(2..4).unwrap_or("0").parse::<i32>().ok()?);
    let sign = if text[place..].starts_with('-') { -1 } else { 1 };
    let offset = Offset::from_seconds(sign * (hours * 3_600 + minutes * 60)).ok().filter(|_| is_offset)?;
    Some((text[..place].trim_end(), offset))
}

fn date_time(text: &str, order: DateOrder) -> Option<DateTime> {
    let (date, time) = text.split_once(['T', ' ']).unwrap_or((text, ""));
    let date = date_of(date.trim_end_matches(','), order)?;
    if time.is_empty() {
        return Some(date.to_datetime(Time::midnight()));
    }
    let (time, half) = split_half(time.trim());
    let mut parts = time.splitn(3, ':');
    let (hour, minute) = (hour_of(parts.next()?, half)?, parts.next()?.parse().ok()?);
    let (second, fraction) = parts
        .next()
        .unwrap_or("0")
        .split_once('.')
        .unwrap_or((time.rsplit_once(':').filter(|_| time.matches(':').count() == 2).map_or("0", |(_, second)| second), "0"));
    let nanosecond = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    Time::new(hour, minute, second.parse().ok()?, nanosecond).ok().map(|time| date.to_datetime(time))
}

/// Whether it is a time of the first or of the second half of the day, where that is said.
fn split_half(time: &str) -> (&str, Option<bool>) {
    let cut =
        |name: &str| time.len().checked_sub(name.len()).filter(|at| time.get(*at..).is_some_and(|end| end.eq_ignore_ascii_case(name)));
    match (cut("AM"), cut("PM")) {
        (Some(at), _) => (time[..at].trim_end(), Some(false)),
        (_, Some(at)) => (time[..at].trim_end(), Some(true)),
        _ => (time, None),
    }
}

/// Twelve comes before one.
fn hour_of(text: &str, half: Option<bool>) -> Option<i8> {
    let hour: i8 = text.parse().ok()?;
    match half {
        None => Some(hour),
        Some(is_second) => (1..=12).contains(&hour).then_some(hour % 12 + if is_second { 12 } else { 0 }),
    }
}

fn date_of(text: &str, order: DateOrder) -> Option<Date> {
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Date::new(text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?).ok();
    }
    let mark = ['-', '.', '/'].into_iter().find(|mark| text.contains(*mark))?;
    let parts: Vec<&str> = text.split(mark).collect();
    let [first, second, third] = parts.as_slice() else { return None };
    let number = |text: &str| text.parse::<i8>().ok();
    if first.len() == 4 {
        return Date::new(first.parse().ok()?, number(second)?, number(third)?).ok();
    }
    if third.len() != 4 {
        return None;
    }
    let is_month_first = mark == '/' && order == DateOrder::MonthFirst;
    let (day, month) = if is_month_first { (second, first) } else { (first, second) };
    Date::new(third.parse().ok()?, number(month)?, number(day)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_of_every_habit_are_read() {
        let moscow = TimeZone::get("Europe/Moscow").unwrap();
        let expected = "2026-11-21T08:15:30Z".parse::<Timestamp>().unwrap().as_millisecond();
        for text in [
            "2026-11-21T08:15:30Z",
            "2026-11-21T11:15:30+03:00",
            "2026-11-21 08:15:30+00",
            "2026-11-21 03:15:30 -0500",
            "2026-11-21 11:15:30.000 +03:00",
            "2026-11-21T11:15:30+0300",
            "2026-11-21 08:15:30 UTC",
            "21.11.2026 08:15:30Z",
            "21.11.2026 13:45:30 +05:30",
            "21/11/2026 11:15:30 AM",
            "21.11.2026, 11:15:30",
            "2026-11-21 11:15:30",
            "21.11.2026 11:15:30",
            "21/11/2026 11:15:30",
            "20261121 11:15:30",
            "1795248930",
            "1795248930000",
        ] {
            assert_eq!(instant_ms(text, &moscow, DateOrder::DayFirst), Some(expected), "{text}");
        }
        assert_eq!(instant_ms("2026-11-21 11:15", &moscow, DateOrder::DayFirst), Some(expected - 30_000));
        assert_eq!(instant_ms("11/21/2026 11:15:30.25", &moscow, DateOrder::MonthFirst), Some(expected + 250));
        let evening = instant_ms("21.11.2026 23:15:30", &moscow, DateOrder::DayFirst);
        assert_eq!(instant_ms("11/21/2026 11:15:30 pm", &moscow, DateOrder::MonthFirst), evening);
        let midnight = instant_ms("21.11.2026", &moscow, DateOrder::DayFirst);
        assert!(midnight.is_some() && instant_ms("21.11.2026 12:00 AM", &moscow, DateOrder::DayFirst) == midnight);
    }

    #[test]
    fn what_is_no_instant_is_not_guessed() {
        let unclear = ["2026-11-21 13:15 PM", "2026-11-21 08:15 +3", "2026-11-21 08:15 +99:00", "2026-11-21 08:15 MSK"];
        let no_dates = ["", "yesterday", "2026-13-01", "31.02.2026", "2026-11-21 25:00", "12345", "1.1.26", "2026-11-21-05", "+05", "Z"];
        for text in unclear.iter().chain(&no_dates) {
            assert_eq!(instant_ms(text, &TimeZone::UTC, DateOrder::DayFirst), None, "{text}");
        }
    }

    #[test]
    fn days_are_days_whatever_the_time_zone() {
        for text in [
            "2026-11-21",
            "21.11.2026",
            "20261121",
            "2026/11/21",
            "2026-11-21 00:00:00",
            "2026-11-21T23:59:59Z",
            "2026-11-21 00:00:00+00",
            "2026-11-21 23:00 -0500",
        ] {
            assert_eq!(day(text, DateOrder::DayFirst), Some(Day(20_778)), "{text}");
        }
    }

    #[test]
    fn a_column_tells_which_comes_first() {
        let guess = |dates: &[&str]| DateOrder::guess(dates.iter().copied(), DateOrder::DayFirst);
        assert_eq!(guess(&["01/02/2026", "01/13/2026"]), DateOrder::MonthFirst);
        assert_eq!(guess(&["01/02/2026", "13/01/2026"]), DateOrder::DayFirst);
        assert_eq!(DateOrder::guess(["01/02/2026"], DateOrder::MonthFirst), DateOrder::MonthFirst);
    }
}
