//! The keys of a JSON object, without its values: a file of millions of lines is looked through for them before it is read.

use std::fmt;

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, IgnoredAny, MapAccess, Visitor},
};

/// Adds the keys that are not known yet, in the order that they come in.
///
/// # Errors
/// When the line is no JSON object; the keys before the fault are added.
pub(super) fn note(line: &[u8], keys: &mut Vec<String>) -> serde_json::Result<()> {
    let mut reader = serde_json::Deserializer::from_slice(line);
    Keys(keys).deserialize(&mut reader)?;
    reader.end()
}

struct Keys<'k>(&'k mut Vec<String>);

impl<'de> DeserializeSeed<'de> for Keys<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Keys<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        while object.next_key_seed(Key(&mut *self.0))?.is_some() {
            object.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}

struct Key<'k>(&'k mut Vec<String>);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<(), E> {
        if !self.0.iter().any(|known| known == key) {
            self.0.push(key.to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_taken_down_once_in_their_order() {
        let mut keys = Vec::new();
        note(br#"{"b": {"inner": 1}, "a": [1, 2], "b": null}"#, &mut keys).unwrap();
        note("{\"a\": 1, \"ключ \\\"\": 2}".as_bytes(), &mut keys).unwrap();
        assert_eq!(keys, ["b", "a", "ключ \""]);
        for broken in ["7", "[]", "{", "{} {}", ""] {
            assert!(note(broken.as_bytes(), &mut keys).is_err(), "{broken}");
        }
    }
}
