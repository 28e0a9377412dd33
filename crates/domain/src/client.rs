//! A client: a person who sees ads.

use serde::{Deserialize, Serialize};

use crate::{ClientId, FieldError, text};

/// The oldest age that can be told.
pub const MAX_AGE: i32 = 130;

/// A client's gender, as the ad contract knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Gender {
    /// Men.
    Male,
    /// Women.
    Female,
}

impl Gender {
    /// The genders, in the order of their codes.
    pub const ALL: [Self; 2] = [Self::Male, Self::Female];
}

/// A person who sees ads, with what targeting may ask about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Brought by the caller, unique within the project.
    pub id: ClientId,
    /// The person's name in the caller's system; never logged.
    pub login: String,
    /// Full years, 0 to [`MAX_AGE`].
    pub age: i32,
    /// City, region or district, compared to the letter.
    pub location: String,
    /// Gender.
    pub gender: Gender,
}

impl Client {
    /// Every field that breaks a rule, with pointers relative to the client.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        faults_of(Some(&self.login), Some(self.age), Some(&self.location))
    }
}

/// The same of a client of whom not everything is there.
#[must_use]
pub fn faults_of(login: Option<&str>, age: Option<i32>, location: Option<&str>) -> Vec<FieldError> {
    let of_text = |pointer, text: Option<&str>| text.and_then(|text| text::fault(pointer, text, text::MAX_NAME_CHARS));
    let is_unfit = |age: &i32| !(0..=MAX_AGE).contains(age);
    let of_age = age.filter(is_unfit).map(|_| FieldError::new("/age", "range", format!("must be 0 to {MAX_AGE}")));
    [of_text("/login", login), of_age, of_text("/location", location)].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_broken_rule_is_named_at_once() {
        let client = Client { id: ClientId::generate(), login: String::new(), age: 131, location: " ".into(), gender: Gender::Male };
        let pointers: Vec<_> = client.faults().into_iter().map(|fault| fault.pointer).collect();
        assert_eq!(pointers, ["/login", "/age", "/location"]);
        assert_eq!(faults_of(None, Some(-1), None).len(), 1, "what is not there is no fault here");
    }
}
