//! The plan of a campaign: what people decide about it beyond the terms that the ad contract knows.

use crate::{FieldError, campaign::Status, text};

/// What is decided about a campaign beyond its terms. The default is what a campaign of the ad contract has: it is active, and
/// nothing else holds it back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// What people call it; `None`: by the title of its ad.
    pub name: Option<String>,
    /// What its owner wants of it.
    pub status: Status,
}

impl Plan {
    /// Every field that breaks a rule, whatever was before.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        self.name.as_deref().and_then(|name| text::fault("/name", name, text::MAX_NAME_CHARS)).into_iter().collect()
    }

    /// Every field that breaks a rule for a new campaign: it begins as a draft, or active.
    #[must_use]
    pub fn faults_as_new(&self) -> Vec<FieldError> {
        let mut faults = self.faults();
        if !matches!(self.status, Status::Draft | Status::Active) {
            faults.push(FieldError::new("/status", "state", "a new campaign is draft or active"));
        }
        faults
    }

    /// The plan of a copy: a draft, by another name.
    #[must_use]
    pub fn copied(&self) -> Self {
        const MARK: &str = " (2)";
        let copied = |name: &String| name.chars().take(text::MAX_NAME_CHARS - MARK.len()).chain(MARK.chars()).collect();
        Self { name: self.name.as_ref().map(copied), status: Status::Draft }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_a_draft_whose_name_still_fits() {
        let original = Plan { name: Some("ы".repeat(255)), status: Status::Archived };
        let copy = original.copied();
        assert_eq!((copy.status, copy.faults()), (Status::Draft, vec![]));
        assert!(copy.name.unwrap().ends_with("ы (2)"));
        assert_eq!(Plan::default().copied().name, None);
    }

    #[test]
    fn a_name_is_not_blank() {
        assert_eq!(Plan { name: Some(" ".into()), ..Plan::default() }.faults()[0].pointer, "/name");
    }
}
