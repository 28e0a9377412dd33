//! An e-mail address: where a user is reached, and what they log in with.

use crate::FieldError;

/// Longest address, in characters: what SMTP can carry (RFC 5321, 4.5.3.1).
pub const MAX_CHARS: usize = 254;
/// Longest part before the `@`, in characters (RFC 5321, 4.5.3.1).
const MAX_LOCAL_CHARS: usize = 64;

/// An address, as it was written and as it is compared. Whether somebody reads mail there, only a mail can tell.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Email {
    written: String,
    folded: String,
}

impl Email {
    /// Reads an address; blanks around it do not count.
    ///
    /// # Errors
    /// A fault at `pointer` that says what an address looks like.
    pub fn parse(pointer: &str, text: &str) -> Result<Self, FieldError> {
        let written = text.trim();
        let folded = written.to_lowercase();
        if [written, folded.as_str()].iter().any(|text| text.chars().nth(MAX_CHARS).is_some()) {
            return Err(FieldError::new(pointer, "length", format!("must be at most {MAX_CHARS} characters long")));
        }
        if !is_address(written) {
            return Err(FieldError::new(pointer, "format", "must be an e-mail address, like anna@example.com"));
        }
        Ok(Self { written: written.to_owned(), folded })
    }

    /// As it was written, for showing and for mail.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// In lower case: two addresses are one when these are equal.
    #[must_use]
    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// The part before the `@`, in lower case.
    #[must_use]
    pub fn local_part(&self) -> &str {
        self.folded.split_once('@').map_or("", |(local, _)| local)
    }
}

fn is_address(text: &str) -> bool {
    let Some((local, host)) = text.split_once('@') else { return false };
    let is_plain =
        text.chars().all(|character| !character.is_whitespace() && !character.is_control() && !"<>()[]\\,;:\"".contains(character));
    let is_host = host.split('.').all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
    is_plain && is_host && !host.contains('@') && !local.is_empty() && local.chars().nth(MAX_LOCAL_CHARS).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_one_in_any_case_and_with_any_blanks_around() {
        let anna = Email::parse("/email", " Anna@Example.com\n").unwrap();
        assert_eq!((anna.as_str(), anna.folded(), anna.local_part()), ("Anna@Example.com", "anna@example.com", "anna"));
        assert_eq!(Email::parse("/email", "АННА@пример.рф").unwrap().folded(), "анна@пример.рф");
    }

    #[test]
    fn what_no_mail_could_reach_is_refused() {
        let long = format!("{}@example.com", "a".repeat(65));
        for text in
            ["", "anna", "@example.com", "anna@", "a b@example.com", "a@b@c", "a@.com", "a@b..c", "a@-b.c", "a\0@b.c", "<a@b.c>", &long]
        {
            assert_eq!(Email::parse("/email", text).unwrap_err().code, "format", "{text:?}");
        }
        assert_eq!(Email::parse("/email", &format!("a@{}", "b".repeat(253))).unwrap_err().code, "length");
    }
}
