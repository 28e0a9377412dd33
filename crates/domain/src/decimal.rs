//! Decimals as people and programs write them, read to whole millionths without a float in between.

use crate::money::NotMicros;

/// Digits after the point that a whole number of millionths has.
const PLACES: usize = 6;
/// Digits after the point that a whole number of billionths has.
const PLACES_OF_BILLIONTHS: usize = 9;
/// Digits of a double that mean what somebody wrote; those after them are what is left of other bits.
const DIGITS_OF_DOUBLE: usize = 15;

/// What stands between whole and fraction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum DecimalMark {
    /// As in 1,234.50.
    #[default]
    Point,
    /// As in 1 234,50.
    Comma,
}

impl DecimalMark {
    /// The character.
    #[must_use]
    pub fn as_char(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }

    /// What these numbers are written with: the mark that stands last in a number that has both, or once and not before
    /// exactly three digits. A point where nothing tells. Numbers are looked at until one of them tells.
    pub fn guess<T: AsRef<str>>(numbers: impl IntoIterator<Item = T>) -> Self {
        let mut is_comma = None;
        for number in numbers {
            let number = number.as_ref();
            let last = |mark| number.rfind(mark).map(|place| (place, number.matches(mark).count(), digits_after(number, place)));
            match (last('.'), last(',')) {
                (Some((point, ..)), Some((comma, ..))) => return if comma > point { Self::Comma } else { Self::Point },
                (Some((_, 1, digits)), None) if digits != 3 => return Self::Point,
                (None, Some((_, 1, digits))) if digits != 3 => return Self::Comma,
                // A comma before three digits is a decimal one only when nothing else says so; a point is more often decimal.
                (Some((_, count, _)), None) => is_comma = is_comma.or(Some(count > 1)),
                (None, Some((_, count, _))) => is_comma = is_comma.or(Some(count == 1 && number.starts_with('0'))),
                (None, None) => (),
            }
        }
        if is_comma == Some(true) { Self::Comma } else { Self::Point }
    }
}

fn digits_after(number: &str, place: usize) -> usize {
    number[place + 1..].chars().take_while(char::is_ascii_digit).count()
}

/// Reads a decimal: blanks and apostrophes between digits, a sign, and the name or sign of a currency around it are fine.
///
/// # Errors
/// [`NotMicros::OutOfRange`] for what is no number or does not fit, [`NotMicros::TooPrecise`] for a seventh decimal.
pub fn millionths(text: &str, mark: DecimalMark) -> Result<i64, NotMicros> {
    scaled(text, mark, PLACES)
}

/// The same to whole billionths.
///
/// # Errors
/// As for [`millionths`]; [`NotMicros::TooPrecise`] for a tenth decimal.
pub fn billionths(text: &str, mark: DecimalMark) -> Result<i64, NotMicros> {
    scaled(text, mark, PLACES_OF_BILLIONTHS)
}

/// What a program wrote as a double, as the decimal that it stands for: 0.30000000000000004 is 0.3, and 1e-5 is 0.00001. None
/// for what somebody may have written digit by digit.
#[must_use]
pub fn of_double(text: &str) -> Option<String> {
    let is_scientific = text.contains(['e', 'E']);
    if !is_scientific && text.bytes().filter(u8::is_ascii_digit).count() <= DIGITS_OF_DOUBLE {
        return None;
    }
    let value = text.parse::<f64>().ok().filter(|value| value.is_finite())?;
    let rounded: f64 = format!("{value:.*e}", DIGITS_OF_DOUBLE - 1).parse().ok()?;
    Some(rounded.to_string())
}

fn scaled(text: &str, mark: DecimalMark, places: usize) -> Result<i64, NotMicros> {
    let is_around = |c: char| !c.is_ascii_digit() && !matches!(c, '-' | '+' | '.' | ',' | '\u{2212}' | '(' | ')');
    let trimmed = text.trim_matches(is_around).trim_end_matches('.').trim_matches(is_around);
    let (is_negative, digits) = match trimmed.strip_prefix('(').and_then(|inside| inside.strip_suffix(')')) {
        // As accountants write it.
        Some(inside) => (true, inside),
        None => match trimmed.strip_prefix(['-', '\u{2212}']) {
            Some(rest) => (true, rest),
            None => (false, trimmed.strip_prefix('+').unwrap_or(trimmed)),
        },
    };
    let (whole, fraction) = digits.split_once(mark.as_char()).unwrap_or((digits, ""));
    let fraction = fraction.trim_end_matches('0');
    if !fraction.chars().all(|c| c.is_ascii_digit()) || !digits.contains(|c: char| c.is_ascii_digit()) {
        return Err(NotMicros::OutOfRange);
    }
    if fraction.len() > places {
        return Err(NotMicros::TooPrecise);
    }
    let mut value: i64 = 0;
    for digit in grouped(whole, mark)?.chars().chain(format!("{fraction:0<places$}").chars()) {
        let digit = i64::from(digit.to_digit(10).ok_or(NotMicros::OutOfRange)?);
        let added = value.checked_mul(10).and_then(|value| if is_negative { value.checked_sub(digit) } else { value.checked_add(digit) });
        value = added.ok_or(NotMicros::OutOfRange)?;
    }
    Ok(value)
}

/// The digits of a whole number, without what stands between groups of three.
fn grouped(whole: &str, mark: DecimalMark) -> Result<String, NotMicros> {
    let other = if mark == DecimalMark::Point { ',' } else { '.' };
    let is_between = |c: char| c == other || c == '\'' || c == '\u{2019}' || c.is_whitespace();
    let groups: Vec<_> = whole.trim().split(is_between).collect();
    let are_threes = groups.iter().skip(1).all(|group| group.len() == 3);
    let is_right = !groups[0].is_empty() && are_threes && groups.iter().all(|group| group.chars().all(|c| c.is_ascii_digit()));
    // ".5" and ",5" are written, too.
    if groups == [""] && whole.is_empty() {
        return Ok(String::new());
    }
    if is_right { Ok(groups.concat()) } else { Err(NotMicros::OutOfRange) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_of_every_habit_are_exact() {
        let cases = [
            ("1 234,56 \u{20bd}", DecimalMark::Comma, 1_234_560_000),
            ("1\u{a0}234\u{202f}567,89", DecimalMark::Comma, 1_234_567_890_000),
            ("1.234,5", DecimalMark::Comma, 1_234_500_000),
            ("$1,234.50", DecimalMark::Point, 1_234_500_000),
            ("1'234.5 CHF", DecimalMark::Point, 1_234_500_000),
            ("-0.000001", DecimalMark::Point, -1),
            ("\u{2212}7", DecimalMark::Point, -7_000_000),
            ("(12.5)", DecimalMark::Point, -12_500_000),
            (".5", DecimalMark::Point, 500_000),
            ("12.", DecimalMark::Point, 12_000_000),
            ("12 руб.", DecimalMark::Point, 12_000_000),
            ("0.1000000", DecimalMark::Point, 100_000),
            ("9223372036854.775807", DecimalMark::Point, i64::MAX),
            ("-9223372036854.775808", DecimalMark::Point, i64::MIN),
        ];
        for (text, mark, expected) in cases {
            assert_eq!(millionths(text, mark), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_decimal_is_refused() {
        for text in ["", " ", "abc", "1.2.3", "1,23.4", "12,34", "--1", "1e5", "1-2", "9223372036854.775808", "1 23"] {
            assert_eq!(millionths(text, DecimalMark::Point), Err(NotMicros::OutOfRange), "{text}");
        }
        assert_eq!(millionths("0.0000001", DecimalMark::Point), Err(NotMicros::TooPrecise));
    }

    #[test]
    fn billionths_have_three_more_decimals() {
        assert_eq!(billionths("0,0051234", DecimalMark::Comma), Ok(5_123_400));
        assert_eq!(billionths("90.1234", DecimalMark::Point), Ok(90_123_400_000));
        assert_eq!(billionths("0.0000000001", DecimalMark::Point), Err(NotMicros::TooPrecise));
        assert_eq!(billionths("9223372036.854775808", DecimalMark::Point), Err(NotMicros::OutOfRange));
    }

    #[test]
    fn doubles_stand_for_the_decimals_that_they_were_made_of() {
        for (text, expected) in [
            ("0.30000000000000004", Some("0.3")),
            ("19.990000000000002", Some("19.99")),
            ("-1234.5600000000001", Some("-1234.56")),
            ("1e-05", Some("0.00001")),
            ("1e+20", Some("100000000000000000000")),
            ("0.1234567", None),
            ("1234567.891", None),
            ("", None),
            ("1e", None),
            ("1 234 567 890 123 456", None),
        ] {
            assert_eq!(of_double(text).as_deref(), expected, "{text}");
        }
        assert_eq!(of_double("0.123456789012345678").as_deref(), Some("0.123456789012346"), "and not fewer digits than it has");
    }

    #[test]
    fn a_column_tells_what_its_numbers_are_written_with() {
        let cases: [(&[&str], _); 7] = [
            (&["1 234", "0,5"], DecimalMark::Comma),
            (&["1,234", "12,50"], DecimalMark::Comma),
            (&["1.234", "1.234,5"], DecimalMark::Comma),
            (&["1,234", "5"], DecimalMark::Point),
            (&["1,234.5"], DecimalMark::Point),
            (&["1.234.567"], DecimalMark::Comma),
            (&[], DecimalMark::Point),
        ];
        for (numbers, expected) in cases {
            assert_eq!(DecimalMark::guess(numbers.iter().copied()), expected, "{numbers:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_amount_is_read_back(value in proptest::num::i64::ANY) {
            let (sign, size) = (if value < 0 { "-" } else { "" }, value.unsigned_abs());
            for mark in [DecimalMark::Point, DecimalMark::Comma] {
                let text = format!("{sign}{}{}{:06}", size / 1_000_000, mark.as_char(), size % 1_000_000);
                proptest::prop_assert_eq!(millionths(&text, mark), Ok(value));
            }
        }
    }
}
