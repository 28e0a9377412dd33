//! What a password may be: long enough to be worth hashing, and none that is guessed first. Nothing about how it is
//! composed, after NIST SP 800-63B, 3.1.1.2.

use crate::{Email, FieldError};

/// Fewest characters.
pub const MIN_CHARS: usize = 10;
/// Most characters: longer ones are no safer, and hashing them costs.
pub const MAX_CHARS: usize = 128;

/// Passwords of sufficient length that head every published list of leaked ones, in lower case.
const GUESSED_FIRST: [&str; 16] = [
    "0123456789",
    "0987654321",
    "1111111111",
    "1234567890",
    "1234567891",
    "12345678910",
    "123456789a",
    "123qweasdzxc",
    "1q2w3e4r5t",
    "1qaz2wsx3edc",
    "administrator",
    "password12",
    "password123",
    "q1w2e3r4t5",
    "qwerty12345",
    "qwertyuiop",
];

/// Why this cannot be the password of the user with that e-mail, if it cannot.
#[must_use]
pub fn fault(pointer: &str, password: &str, email: &Email) -> Option<FieldError> {
    let chars = password.chars().count();
    if !(MIN_CHARS..=MAX_CHARS).contains(&chars) {
        return Some(FieldError::new(pointer, "length", format!("must be {MIN_CHARS} to {MAX_CHARS} characters long")));
    }
    let folded = password.to_lowercase();
    if folded == email.folded() || folded == email.local_part() {
        return Some(FieldError::new(pointer, "guessable", "must not be the e-mail"));
    }
    let mut characters = folded.chars();
    let first = characters.next();
    if GUESSED_FIRST.contains(&folded.as_str()) || characters.all(|character| Some(character) == first) {
        return Some(FieldError::new(pointer, "guessable", "is one of those that are guessed first"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_and_composition_does_not() {
        let email = Email::parse("/email", "anna.petrova@example.com").unwrap();
        let fault = |password: &str| fault("/password", password, &email).map(|fault| fault.code);
        for good in ["correct horse", "десять бук", &"ы".repeat(127).replacen('ы', "a", 1)] {
            assert_eq!(fault(good), None, "{good}");
        }
        for short_or_long in ["", "123456789", "девять бу", &"ab".repeat(65)] {
            assert_eq!(fault(short_or_long), Some("length"), "{short_or_long}");
        }
        for guessable in ["Anna.Petrova@Example.com", "anna.petrova", "PASSWORD123", "aaaaaaaaaaaa"] {
            assert_eq!(fault(guessable), Some("guessable"), "{guessable}");
        }
    }

    #[test]
    fn every_listed_password_is_long_enough_to_matter() {
        assert!(GUESSED_FIRST.iter().all(|password| password.len() >= MIN_CHARS && password.to_lowercase() == **password));
    }
}
