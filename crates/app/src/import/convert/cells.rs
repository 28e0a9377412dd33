//! Cells of a row, read as what they are to be.

use barker_domain::{
    Day, Micros,
    day::civil_day,
    decimal::{self, DecimalMark},
    money::NotMicros,
    text,
};
use jiff::tz::TimeZone;

use super::{
    super::{
        RejectCode, date,
        table::Row,
        totals::{begins_with_totals, tells_totals},
    },
    Conversion, Read, Wrong,
};
use crate::event;

/// How far ahead days of rates are known: over the longest holidays.
const DAYS_AHEAD: i32 = 14;

impl Conversion {
    /// Refuses what is longer than ids and texts of events may be.
    pub(super) fn refuse_long(&self, row: &Row) -> Read<()> {
        let long = self.kind.fields().iter().find(|field| {
            let text = self.cell(row, field.name);
            text.len() > longest(field.name) && text.chars().count() > longest(field.name)
        });
        let Some(field) = long else { return Ok(()) };
        Err((field.name, RejectCode::Length, format!("must have at most {} characters", longest(field.name))))
    }

    /// Whether the row adds up others: it says so, and has no date of its own.
    pub(super) fn is_of_totals(&self, row: &Row) -> bool {
        let date = self.mapping.said(&row.cells, self.kind.dated_by());
        (date.is_empty() || is_dash(date) || tells_totals(date)) && begins_with_totals(&row.cells)
    }

    pub(super) fn cell<'a>(&'a self, row: &'a Row, field: &str) -> &'a str {
        self.mapping.cell(&row.cells, field)
    }

    pub(super) fn text(&self, row: &Row, field: &str) -> String {
        self.cell(row, field).to_owned()
    }

    pub(super) fn text_or(&self, row: &Row, field: &str, default: &str) -> String {
        let text = self.cell(row, field);
        if text.is_empty() { default.to_owned() } else { text.to_owned() }
    }

    pub(super) fn needed(&self, row: &Row, field: &'static str) -> Read<String> {
        let text = self.cell(row, field);
        if text.is_empty() { Err(empty(field)) } else { Ok(text.to_owned()) }
    }

    pub(super) fn instant(&self, row: &Row, field: &'static str) -> Read<i64> {
        let text = self.cell(row, field);
        if text.is_empty() {
            return Err(empty(field));
        }
        let wrong = || (field, RejectCode::DateTime, format!("{text:?} is no date and time"));
        let at_ms = date::instant_ms(text, &self.time_zone, self.order).ok_or_else(wrong)?;
        if at_ms < event::OLDEST_MS { Err(out_of_time(field)) } else { Ok(at_ms) }
    }

    /// When something happened: not before there were shops on the net, and not tomorrow.
    pub(super) fn past(&self, row: &Row, field: &'static str) -> Read<i64> {
        let at_ms = self.instant(row, field)?;
        if at_ms > self.newest_ms { Err(out_of_time(field)) } else { Ok(at_ms) }
    }

    pub(super) fn instant_or(&self, row: &Row, field: &'static str, default: i64) -> Read<i64> {
        if self.cell(row, field).is_empty() { Ok(default) } else { self.instant(row, field) }
    }

    pub(super) fn day(&self, row: &Row) -> Read<Day> {
        let text = self.cell(row, "day");
        if text.is_empty() {
            return Err(empty("day"));
        }
        let day = date::day(text, self.order).ok_or_else(|| ("day", RejectCode::Date, format!("{text:?} is no date")))?;
        let bounds = [event::OLDEST_MS, self.newest_ms].map(|at_ms| civil_day(at_ms, &TimeZone::UTC));
        if day < bounds[0] || day > bounds[1].plus(DAYS_AHEAD) { Err(out_of_time("day")) } else { Ok(day) }
    }

    pub(super) fn money(&self, row: &Row, field: &'static str) -> Read<Option<Micros>> {
        let text = self.cell(row, field);
        if text.is_empty() || is_dash(text) {
            return Ok(None);
        }
        let micros = self.decimal(text, decimal::millionths).map_err(|wrong| no_number((field, text), wrong, "six"))?;
        Ok(Some(Micros(micros)))
    }

    /// A rate in billionths.
    pub(super) fn rate_of(&self, row: &Row) -> Read<i64> {
        let text = self.cell(row, "value");
        if text.is_empty() {
            return Err(empty("value"));
        }
        self.decimal(text, decimal::billionths).map_err(|wrong| no_number(("value", text), wrong, "nine"))
    }

    /// As it stands there; what cannot be read so may be a program's double.
    fn decimal(&self, text: &str, read: impl Fn(&str, DecimalMark) -> Result<i64, NotMicros>) -> Result<i64, NotMicros> {
        let of_double = |wrong| read(&decimal::of_double(text).ok_or(wrong)?, DecimalMark::Point);
        read(text, self.mark).or_else(of_double)
    }

    pub(super) fn money_or(&self, row: &Row, field: &'static str, default: Micros) -> Read<Micros> {
        Ok(self.money(row, field)?.unwrap_or(default))
    }

    /// A dash says that there was none; nothing at all is not known to be that.
    pub(super) fn cost(&self, row: &Row) -> Read<Micros> {
        if self.cell(row, "cost").is_empty() { Err(empty("cost")) } else { self.money_or(row, "cost", Micros::ZERO) }
    }

    pub(super) fn count(&self, row: &Row, field: &'static str) -> Read<i64> {
        let micros = self.money_or(row, field, Micros::ZERO)?.0;
        if micros < 0 {
            return Err((field, RejectCode::Negative, "must not be less than 0".to_owned()));
        }
        if micros % 1_000_000 == 0 {
            Ok(micros / 1_000_000)
        } else {
            Err((field, RejectCode::WholeNumber, "is no whole number".to_owned()))
        }
    }

    pub(super) fn currency(&self, row: &Row) -> Read<String> {
        let text = self.text_or(row, "currency", &self.currency);
        let code = match text.to_lowercase().trim_end_matches('.') {
            "₽" | "руб" | "рубль" | "р" | "rur" => "RUB".to_owned(),
            "$" => "USD".to_owned(),
            "€" => "EUR".to_owned(),
            other => other.to_uppercase(),
        };
        match text::currency_fault("", &code) {
            Some(_) => Err(("currency", RejectCode::Currency, format!("{text:?} is no ISO 4217 code"))),
            None => Ok(code),
        }
    }

    pub(super) fn click_id(&self, row: &Row) -> (String, String) {
        let found = event::CLICK_IDS.into_iter().find(|name| !self.cell(row, name).is_empty());
        let alone = found.map(|name| (name.to_owned(), self.text(row, name)));
        alone.or_else(|| self.click_id_within(row)).unwrap_or_default()
    }

    pub(super) fn field_named(&self, pointer: &str) -> &'static str {
        let name = pointer.rsplit('/').next().unwrap_or_default();
        self.kind.fields().iter().find(|field| field.name == name).map_or("", |field| field.name)
    }
}

/// What reports of platforms write where there is nothing to tell.
fn is_dash(text: &str) -> bool {
    matches!(text, "-" | "--" | "\u{2013}" | "\u{2014}")
}

fn longest(field: &str) -> usize {
    if field.ends_with("_id") || field.ends_with("_key") { event::MAX_ID_CHARS } else { event::MAX_TEXT_CHARS }
}

fn out_of_time(field: &'static str) -> Wrong {
    (field, RejectCode::TimeRange, "is before 2000-01-01 or too far ahead".to_owned())
}

fn no_number((field, text): (&'static str, &str), wrong: NotMicros, places: &str) -> Wrong {
    match wrong {
        NotMicros::TooPrecise => (field, RejectCode::Decimals, format!("{text:?} has more than {places} decimals")),
        NotMicros::OutOfRange => (field, RejectCode::Number, format!("{text:?} is no number, or too large")),
    }
}

pub(super) fn empty(field: &'static str) -> Wrong {
    (field, RejectCode::Required, "is empty".to_owned())
}
