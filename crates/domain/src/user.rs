//! A user: a person who logs in. People who see ads are clients.

use crate::{Email, FieldError, UserId, text};

/// The languages Barker writes to people in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Locale {
    /// English.
    #[default]
    En,
    /// Russian.
    Ru,
}

impl Locale {
    /// Every language there is.
    pub const ALL: [Self; 2] = [Self::En, Self::Ru];

    /// Its code (ISO 639-1).
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ru => "ru",
        }
    }

    /// The language with that code.
    #[must_use]
    pub fn named(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|locale| locale.as_str() == code)
    }
}

/// A person who logs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Made by Barker.
    pub id: UserId,
    /// Where they are reached; no two users share one.
    pub email: Email,
    /// What they are called; may be empty.
    pub name: String,
    /// The language of their mails.
    pub locale: Locale,
    /// Whether they run the installation: every project, every user.
    pub is_administrator: bool,
    /// When an administrator shut them out; `None`: they are not.
    pub blocked_at_ms: Option<i64>,
    /// Milliseconds UTC.
    pub created_at_ms: i64,
}

impl User {
    /// Every field that breaks a rule, with pointers relative to the user.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let named = !self.name.is_empty();
        named.then(|| text::fault("/name", &self.name, text::MAX_NAME_CHARS)).flatten().into_iter().collect()
    }

    /// Whether they are shut out.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        self.blocked_at_ms.is_some()
    }
}
