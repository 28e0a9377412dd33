//! An advertiser: a business that pays for campaigns.

use crate::{AdvertiserId, FieldError, text};

/// A business that pays for campaigns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advertiser {
    /// Brought by the caller, unique within the project.
    pub id: AdvertiserId,
    /// Shown to people; need not be unique.
    pub name: String,
}

/// An advertiser as it is kept: with what the people who work with it have decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAdvertiser {
    /// The advertiser.
    pub advertiser: Advertiser,
    /// Whether it is put away: it has no campaign that is in use, and gets none.
    pub is_archived: bool,
    /// Milliseconds UTC.
    pub created_at_ms: i64,
}

impl Advertiser {
    /// Every field that breaks a rule, with pointers relative to the advertiser.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        text::fault("/name", &self.name, text::MAX_NAME_CHARS).into_iter().collect()
    }
}
