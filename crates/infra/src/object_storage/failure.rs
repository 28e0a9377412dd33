//! What a failing storage means to those above: try again, mend a setting, or a fault of ours.

use barker_domain::{Code, Error};
use object_store::Error as StoreError;

/// What was being done, and where.
pub(super) struct Failing<'a> {
    pub(super) place: &'a str,
    pub(super) doing: &'static str,
}

impl Failing<'_> {
    pub(super) fn because(self, error: StoreError) -> Error {
        let Self { place, doing } = self;
        match &error {
            StoreError::PermissionDenied { .. } | StoreError::Unauthenticated { .. } => {
                let detail = format!("{place} does not let us {doing} objects; see access_key_id and secret_access_key in [objects.s3]");
                Error::new(Code::Misconfigured, detail)
            }
            // An object that is not there is answered as such before; what is missing here is what should hold it.
            StoreError::NotFound { .. } => Error::new(Code::Misconfigured, format!("{place} does not exist; see [objects]")),
            StoreError::NotSupported { .. } | StoreError::NotImplemented { .. } | StoreError::InvalidPath { .. } => {
                Error::new(Code::Internal, format!("{place} cannot {doing} such an object"))
            }
            _ => Error::new(Code::ServiceUnavailable, format!("{place} does not {doing} objects now")),
        }
        .caused_by(error)
    }
}
