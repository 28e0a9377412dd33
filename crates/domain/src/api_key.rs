//! An API key: how programs act in one project, within its scopes.

use crate::{ApiKeyId, FieldError, UserId, text};

/// Most keys of a project that are neither revoked nor expired.
pub const MAX_PER_PROJECT: u64 = 100;

/// What a key is for. None of them includes another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Asks for ads and reports clicks.
    Serve,
    /// Changes whatever can be changed.
    Manage,
    /// Reads everything, statistics too.
    Read,
}

impl Scope {
    /// Every scope there is.
    pub const ALL: [Self; 3] = [Self::Serve, Self::Manage, Self::Read];

    /// Its name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Serve => "serve",
            Self::Manage => "manage",
            Self::Read => "read",
        }
    }

    /// The scope of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }
}

/// The scopes of a key: at least one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scopes {
    /// Whether it may [`Scope::Serve`].
    pub serve: bool,
    /// Whether it may [`Scope::Manage`].
    pub manage: bool,
    /// Whether it may [`Scope::Read`].
    pub read: bool,
}

impl Scopes {
    /// Whether this is one of them.
    #[must_use]
    pub fn include(self, scope: Scope) -> bool {
        match scope {
            Scope::Serve => self.serve,
            Scope::Manage => self.manage,
            Scope::Read => self.read,
        }
    }

    /// The scopes, in the order of [`Scope::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.include(*scope))
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        let mut all = Self::default();
        for scope in scopes {
            match scope {
                Scope::Serve => all.serve = true,
                Scope::Manage => all.manage = true,
                Scope::Read => all.read = true,
            }
        }
        all
    }
}

/// What somebody decides about a new key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewApiKey {
    /// What it is for, in people's words.
    pub name: String,
    /// What it may do.
    pub scopes: Scopes,
    /// When it stops working, in milliseconds UTC; `None`: never.
    pub expires_at_ms: Option<i64>,
}

impl NewApiKey {
    /// Every field that breaks a rule, with pointers relative to the key.
    #[must_use]
    pub fn faults(&self, now_ms: i64) -> Vec<FieldError> {
        let mut faults = Vec::new();
        faults.extend(text::fault("/name", &self.name, text::MAX_NAME_CHARS));
        if self.scopes == Scopes::default() {
            faults.push(FieldError::new("/scopes", "length", "must hold at least one scope"));
        }
        if self.expires_at_ms.is_some_and(|expires_at_ms| expires_at_ms <= now_ms) {
            faults.push(FieldError::new("/expires_at", "range", "must be in the future"));
        }
        faults
    }
}

/// A key, as it is known once it was shown: its beginning only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Made by Barker, unique within the project.
    pub id: ApiKeyId,
    /// What was decided about it.
    pub terms: NewApiKey,
    /// Its first characters, by which people tell keys apart.
    pub prefix: String,
    /// Who made it; `None`: the operator, at the command line.
    pub created_by: Option<UserId>,
    /// Milliseconds UTC.
    pub created_at_ms: i64,
    /// When it was last used, as far as that is written down: up to a minute late.
    pub last_used_at_ms: Option<i64>,
    /// When it was revoked; `None`: it was not.
    pub revoked_at_ms: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_include_themselves_and_nothing_else() {
        let scopes: Scopes = [Scope::Read, Scope::Serve].into_iter().collect();
        assert_eq!(scopes.iter().collect::<Vec<_>>(), [Scope::Serve, Scope::Read]);
        assert!(!scopes.include(Scope::Manage));
    }

    #[test]
    fn a_key_without_name_and_scopes_that_has_expired_is_refused_three_times() {
        let key = NewApiKey { name: " ".into(), scopes: Scopes::default(), expires_at_ms: Some(5) };
        let pointers: Vec<_> = key.faults(5).into_iter().map(|fault| fault.pointer).collect();
        assert_eq!(pointers, ["/name", "/scopes", "/expires_at"]);
    }
}
