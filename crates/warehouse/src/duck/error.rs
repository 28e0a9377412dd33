//! What DuckDB says, in Barker's words.

use barker_domain::{Code, Error};

use crate::fault;

/// The file or the disk.
pub(super) fn unavailable(error: duckdb::Error) -> Error {
    Error::new(Code::StorageUnavailable, "the warehouse cannot be opened or written").caused_by(error)
}

/// A statement of ours.
pub(super) fn failed(error: duckdb::Error) -> Error {
    let text = error.to_string();
    if text.contains("Out of Memory Error") {
        return fault::too_much_memory().caused_by(error);
    }
    if text.contains("INTERRUPT") {
        return fault::too_slow();
    }
    Error::new(Code::Internal, "the warehouse refused a statement").caused_by(error)
}
