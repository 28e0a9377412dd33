//! Tags of what is also stored in bulk, without anybody looking at what was there: a digest of the content, where other things count
//! their versions.

use barker_domain::{Code, Error, Result};
use serde_json::Value;

use crate::secret::Digest;

/// Hexadecimal digits of a tag: two contents of one thing never meet in 64 bits.
const DIGITS: usize = 16;

/// The tag of this content: another content has another one.
pub(crate) fn tag_of_content(content: &Value) -> String {
    Digest::of(content.to_string().as_bytes()).to_hex().chars().take(DIGITS).collect()
}

/// Refuses a change by somebody who has seen something else.
pub(crate) fn refuse_outdated(seen: Option<&str>, present: &str) -> Result<()> {
    let is_present = seen.is_none_or(|seen| seen == present);
    if is_present { Ok(()) } else { Err(Error::of(Code::VersionConflict)) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_tag_is_of_its_content() {
        let tag = tag_of_content(&json!({"name": "Smart Inc", "is_archived": false}));
        assert_eq!(tag.len(), DIGITS);
        assert_eq!(tag, tag_of_content(&json!({"is_archived": false, "name": "Smart Inc"})), "whatever the order of its fields");
        assert_ne!(tag, tag_of_content(&json!({"name": "Smart Inc", "is_archived": true})));
        assert!(refuse_outdated(None, &tag).is_ok() && refuse_outdated(Some(&tag), &tag).is_ok());
        assert_eq!(refuse_outdated(Some("0"), &tag).unwrap_err().code, Code::VersionConflict);
    }
}
