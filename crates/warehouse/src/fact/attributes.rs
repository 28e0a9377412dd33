//! Whether attributes can be asked for later: a JSON object whose values are texts.

use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

/// Without keeping any of it.
pub(super) fn are_texts(json: &str) -> bool {
    let mut reading = serde_json::Deserializer::from_str(json);
    reading.deserialize_map(Texts).is_ok() && reading.end().is_ok()
}

struct Texts;

struct Text;

impl<'de> Visitor<'de> for Texts {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object of texts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while entries.next_key::<IgnoredAny>()?.is_some() {
            entries.next_value::<Text>()?;
        }
        Ok(())
    }
}

impl<'de> serde::Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Self)
    }
}

impl Visitor<'_> for Text {
    type Value = Self;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a text")
    }

    fn visit_str<E>(self, _text: &str) -> Result<Self, E> {
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_of_texts_are_taken_and_nothing_else() {
        for json in ["{}", r#"{"plan": "pro"}"#, r#" {"a": "x", "\u0062": "\"й\""} "#] {
            assert!(are_texts(json), "{json}");
        }
        for json in ["", "[]", "1", r#"{"a": 1}"#, r#"{"a": null}"#, r#"{"a": {"b": "c"}}"#, r#"{"a": "b"} x"#, r#"{"a": "\ud800"}"#, "{"] {
            assert!(!are_texts(json), "{json}");
        }
    }
}
