//! What is said when Barker and the model do not agree.

use std::fmt::Debug;

use barker_domain::{Code, Error};

/// What Barker did and what it should have done.
pub(crate) type Disagreement = String;

/// What the model expects: an answer, or a refusal with one of these codes. There are several where the contract does
/// not say which of two faults of one request is told.
pub(crate) type Expected<T> = Result<T, Vec<Code>>;

/// Whether Barker answers what the model expects.
#[expect(clippy::needless_pass_by_value, reason = "an answer is compared and nothing else")]
pub(crate) fn agree<T: PartialEq + Debug>(found: Result<T, Error>, expected: &Expected<T>) -> Result<(), Disagreement> {
    let agrees = match (&found, expected) {
        (Ok(found), Ok(expected)) => found == expected,
        (Err(error), Err(codes)) => codes.contains(&error.code),
        _ => false,
    };
    unless(!agrees, || format!("Barker answers {found:?}, the model {expected:?}"))
}

/// `Err` with the words when something is wrong.
pub(crate) fn unless(is_wrong: bool, words: impl FnOnce() -> String) -> Result<(), Disagreement> {
    if is_wrong { Err(words()) } else { Ok(()) }
}
