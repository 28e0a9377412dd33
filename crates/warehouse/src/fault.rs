//! What is said when a question cannot be answered, whichever the engine.

use barker_domain::{Code, Error};

use crate::sql::MAX_GROUPS;

/// A question that took too long, or that nobody waits for any more.
pub(crate) fn too_slow() -> Error {
    Error::new(Code::Busy, "the question took longer than questions may; ask for fewer days or groups")
}

/// Even with what it may spill.
pub(crate) fn too_much_memory() -> Error {
    Error::new(Code::Busy, "the question needs more memory than the warehouse may use; ask for fewer days or groups")
}

pub(crate) fn too_many_rows() -> Error {
    Error::new(Code::InvalidRequest, format!("the answer has more than {MAX_GROUPS} rows; ask for fewer days or groups"))
}

pub(crate) fn too_many_waiting() -> Error {
    Error::new(Code::Busy, "more rows wait to be written than are accepted")
}

pub(crate) fn closing() -> Error {
    Error::new(Code::StorageUnavailable, "the warehouse is closing")
}

/// A commit that was laid out on the word of one that failed.
pub(crate) fn unfounded() -> Error {
    Error::new(Code::StorageUnavailable, "the commit before this one failed")
}

/// The error once more, for another of those whom it concerns.
pub(crate) fn repeated(error: &Error) -> Error {
    Error::new(error.code, error.detail.clone())
}

/// A row that is not what its table's columns say: a fault of this crate.
pub(crate) fn misfit(table: &str) -> Error {
    Error::new(Code::Internal, format!("a row does not fit the columns of {table}"))
}

pub(crate) fn newer(present: i32, last: i32) -> Error {
    Error::new(Code::Misconfigured, format!("the warehouse has schema {present}, this Barker knows {last}: a newer one wrote it"))
}
