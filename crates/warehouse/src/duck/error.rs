//! What DuckDB says, in Barker's words.

use barker_domain::{Code, Error};

/// The file or the disk.
pub(super) fn unavailable(error: duckdb::Error) -> Error {
    Error::new(Code::StorageUnavailable, "the warehouse cannot be opened or written").caused_by(error)
}

/// A statement of ours.
pub(super) fn failed(error: duckdb::Error) -> Error {
    let text = error.to_string();
    if text.contains("Out of Memory Error") {
        return Error::new(Code::Busy, "the question needs more memory than the warehouse may use; ask for fewer days or groups")
            .caused_by(error);
    }
    if text.contains("INTERRUPT") {
        return too_slow();
    }
    Error::new(Code::Internal, "the warehouse refused a statement").caused_by(error)
}

/// Nothing is answered any more.
pub(super) fn closing() -> Error {
    Error::new(Code::StorageUnavailable, "the warehouse is closing")
}

/// A question that took too long, or that nobody waits for any more.
pub(super) fn too_slow() -> Error {
    Error::new(Code::Busy, "the question took longer than questions may; ask for fewer days or groups")
}
