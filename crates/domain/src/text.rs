//! What text a caller may bring: not empty, not endless, and storable by every database.

use crate::FieldError;

/// Longest login, name, location, in characters: what an indexed column of every database holds.
pub const MAX_NAME_CHARS: usize = 255;
/// Longest title of an ad, in characters.
pub const MAX_TITLE_CHARS: usize = 1_000;
/// Longest text of an ad, in characters.
pub const MAX_BODY_CHARS: usize = 10_000;

/// Checks a text that must be there: not blank, at most `max_chars` characters, no NUL (`PostgreSQL` keeps none).
#[must_use]
pub fn fault(pointer: &str, text: &str, max_chars: usize) -> Option<FieldError> {
    if text.trim().is_empty() {
        return Some(FieldError::new(pointer, "length", "must not be empty"));
    }
    if text.contains('\0') {
        return Some(FieldError::new(pointer, "format", "must not contain the NUL character"));
    }
    if text.chars().nth(max_chars).is_some() {
        return Some(FieldError::new(pointer, "length", format!("must be at most {max_chars} characters long")));
    }
    None
}

/// Checks the code of a currency. Which ones there are changes; how they look does not.
#[must_use]
pub fn currency_fault(pointer: &str, code: &str) -> Option<FieldError> {
    let is_code = code.len() == 3 && code.bytes().all(|letter| letter.is_ascii_uppercase());
    (!is_code).then(|| FieldError::new(pointer, "format", "must be an ISO 4217 code of three capital letters, like RUB"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_endless_and_unstorable_texts_are_refused() {
        assert_eq!(fault("/name", "Кафе «Пушкинъ»", 255), None);
        assert_eq!(fault("/name", &"ы".repeat(255), 255), None);
        for (text, code) in [("", "length"), (" \t", "length"), ("a\0b", "format"), (&"ы".repeat(256), "length")] {
            assert_eq!(fault("/name", text, 255).map(|fault| fault.code), Some(code));
        }
    }
}
