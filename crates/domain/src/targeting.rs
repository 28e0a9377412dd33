//! Whom a campaign may be shown to.

use serde::{Deserialize, Serialize};

use crate::{
    FieldError,
    client::{Client, Gender},
    text,
};

/// The audience's gender as a campaign states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Audience {
    /// Men only.
    Male,
    /// Women only.
    Female,
    /// Anyone; the same as stating nothing, and kept as it was stated.
    All,
}

impl Audience {
    /// The one gender this audience has, if it is restricted.
    #[must_use]
    pub fn only(self) -> Option<Gender> {
        match self {
            Self::Male => Some(Gender::Male),
            Self::Female => Some(Gender::Female),
            Self::All => None,
        }
    }
}

/// Restrictions that all must hold; an absent one restricts nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Targeting {
    /// Gender.
    pub gender: Option<Audience>,
    /// Youngest age, inclusive.
    pub age_from: Option<i32>,
    /// Oldest age, inclusive.
    pub age_to: Option<i32>,
    /// Location, equal to the letter.
    pub location: Option<String>,
}

impl Targeting {
    /// Whether the client belongs to the audience. The definition that every index must agree with.
    #[must_use]
    pub fn matches(&self, client: &Client) -> bool {
        let gender_fits = self.only_gender().is_none_or(|gender| gender == client.gender);
        let location_fits = self.location.as_ref().is_none_or(|location| *location == client.location);
        gender_fits && location_fits && self.includes_age(client.age)
    }

    /// Whether a client of this age belongs to the audience.
    #[must_use]
    pub fn includes_age(&self, age: i32) -> bool {
        self.age_from.is_none_or(|from| from <= age) && self.age_to.is_none_or(|to| age <= to)
    }

    /// The one gender that fits, if gender is restricted.
    #[must_use]
    pub fn only_gender(&self) -> Option<Gender> {
        self.gender.and_then(Audience::only)
    }

    /// Every field that breaks a rule, with pointers relative to the targeting.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        for (pointer, age) in [("/age_from", self.age_from), ("/age_to", self.age_to)] {
            if age.is_some_and(|age| age < 0) {
                faults.push(FieldError::new(pointer, "range", format!("must be 0 to {}", i32::MAX)));
            }
        }
        if let (Some(from), Some(to)) = (self.age_from, self.age_to)
            && from > to
        {
            faults.push(FieldError::new("/age_to", "order", "must not be below age_from"));
        }
        if let Some(location) = &self.location {
            faults.extend(text::fault("/location", location, text::MAX_NAME_CHARS));
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ClientId;

    fn woman_of_30_in_moscow() -> Client {
        Client { id: ClientId::generate(), login: "anna".into(), age: 30, location: "Moscow".into(), gender: Gender::Female }
    }

    #[test]
    fn an_absent_restriction_restricts_nothing() {
        assert!(Targeting::default().matches(&woman_of_30_in_moscow()));
        assert!(Targeting { gender: Some(Audience::All), ..Targeting::default() }.matches(&woman_of_30_in_moscow()));
    }

    #[test]
    fn ages_are_inclusive_at_both_ends() {
        let targeting = |from, to| Targeting { age_from: from, age_to: to, ..Targeting::default() };
        assert!(targeting(Some(30), Some(30)).matches(&woman_of_30_in_moscow()));
        assert!(!targeting(Some(31), None).matches(&woman_of_30_in_moscow()));
        assert!(!targeting(None, Some(29)).matches(&woman_of_30_in_moscow()));
    }

    #[test]
    fn a_location_is_compared_to_the_letter() {
        let targeting = |location: &str| Targeting { location: Some(location.into()), ..Targeting::default() };
        assert!(targeting("Moscow").matches(&woman_of_30_in_moscow()));
        for other in ["moscow", "Moscow ", "Mos", "Москва"] {
            assert!(!targeting(other).matches(&woman_of_30_in_moscow()), "{other}");
        }
    }
}
