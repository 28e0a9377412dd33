//! Days and instants as exports write them.

use barker_domain::{Day, day::civil_day};
use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
    tz::TimeZone,
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
    if text.len() >= 10 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let number: i64 = text.parse().ok()?;
        return Some(if text.len() == 10 { number * 1_000 } else { number }).filter(|_| matches!(text.len(), 10 | 13));
    }
    // What databases write: an offset of hours alone.
    if let Some(instant) = text
        .rfind(['+', '-'])
        .filter(|place| *place > 10 && text.len() == place + 3)
        .and_then(|_| format!("{text}:00").replacen(' ', "T", 1).parse::<Timestamp>().ok())
    {
        return Some(instant.as_millisecond());
    }
    let civil = date_time(text, order)?;
    Some(time_zone.to_ambiguous_timestamp(civil).compatible().ok()?.as_millisecond())
}

/// A civil day.
pub(super) fn day(text: &str, order: DateOrder) -> Option<Day> {
    let date = date_time(text, order)?.date();
    let midnight = date.to_datetime(Time::midnight());
    Some(civil_day(TimeZone::UTC.to_ambiguous_timestamp(midnight).compatible().ok()?.as_millisecond(), &TimeZone::UTC))
}

fn date_time(text: &str, order: DateOrder) -> Option<DateTime> {
    let (date, time) = text.split_once(['T', ' ']).unwrap_or((text, ""));
    let date = date_of(date, order)?;
    let time = time.trim().trim_end_matches('Z');
    if time.is_empty() {
        return Some(date.to_datetime(Time::midnight()));
    }
    let mut parts = time.splitn(3, ':');
    let (hour, minute) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let (second, fraction) = parts
        .next()
        .unwrap_or("0")
        .split_once('.')
        .unwrap_or((time.rsplit_once(':').filter(|_| time.matches(':').count() == 2).map_or("0", |(_, second)| second), "0"));
    let nanosecond = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    Time::new(hour, minute, second.parse().ok()?, nanosecond).ok().map(|time| date.to_datetime(time))
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
        for text in ["", "yesterday", "2026-13-01", "31.02.2026", "2026-11-21 25:00", "12345", "1.1.26"] {
            assert_eq!(instant_ms(text, &moscow, DateOrder::DayFirst), None, "{text}");
        }
    }

    #[test]
    fn days_are_days_whatever_the_time_zone() {
        for text in ["2026-11-21", "21.11.2026", "20261121", "2026/11/21", "2026-11-21 00:00:00", "2026-11-21T23:59:59Z"] {
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
