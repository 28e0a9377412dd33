//! The one error of Barker, and the one append-only table of its codes.
//!
//! A code is part of the API: callers branch on it, so a line is added here and never renamed or removed.
//! Which HTTP status a code has is the server's business.

use std::{fmt, time::Duration};

/// What every fallible function of the lower rooms returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

type Source = Box<dyn std::error::Error + Send + Sync>;

macro_rules! codes {
    ($($name:ident $text:literal $meaning:literal)+) => {
        /// Why a request was not carried out.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {$(#[doc = $meaning] $name,)+}

        impl Code {
            /// Every code there is, in the order they were added.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The code as callers see it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {$(Self::$name => $text,)+}
            }

            /// The code in one sentence, the title of its problem document.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self {$(Self::$name => $meaning,)+}
            }
        }
    };
}

codes! {
    InvalidRequest "invalid-request" "A field of the request is missing or not allowed."
    MalformedJson "malformed-json" "The body is not JSON."
    BodyTooLarge "body-too-large" "The body is longer than the server accepts."
    Unauthorized "unauthorized" "The request does not say, or not rightly, who sends it."
    RouteNotFound "route-not-found" "There is nothing at this address."
    MethodNotAllowed "method-not-allowed" "This address does not answer that method."
    ClientNotFound "client-not-found" "There is no such client."
    AdvertiserNotFound "advertiser-not-found" "There is no such advertiser."
    CampaignNotFound "campaign-not-found" "There is no such campaign."
    NoAd "no-ad" "There is nothing to show to this client now."
    TimeIsReal "time-is-real" "A live project has real time; only a sandbox can be moved."
    Busy "busy" "The server has more work than it accepts; try again shortly."
    StorageUnavailable "storage-unavailable" "The database does not answer; try again shortly."
    Misconfigured "misconfigured" "The installation is not set up for this."
    Internal "internal" "The server failed; the fault is recorded in its log."
    TakenOver "taken-over" "Another server has taken this database over; this one is ending."
    ServiceUnavailable "service-unavailable" "A service behind this server does not answer; try again shortly."
    MailRefused "mail-refused" "The mail cannot be delivered as it is, however often it is sent."
    Forbidden "forbidden" "Whoever sends this request may not do that."
    SignInFailed "sign-in-failed" "The e-mail or the password is not right."
    TooManyAttempts "too-many-attempts" "Too many attempts have failed; try again later."
    AccountBlocked "account-blocked" "An administrator has blocked this account."
    RegistrationClosed "registration-closed" "Nobody can register here without an invitation."
    EmailTaken "email-taken" "There is an account with this e-mail."
    UserNotFound "user-not-found" "There is no such user."
    SessionNotFound "session-not-found" "There is no such session."
    ProjectNotFound "project-not-found" "There is no such project."
    ProjectArchived "project-archived" "The project is archived; restore it first."
    CurrencyInUse "currency-in-use" "Money has been spent in the project's currency, which can no longer change."
    MemberNotFound "member-not-found" "The project has no such member."
    LastOwner "last-owner" "A project keeps at least one owner, and an installation one administrator."
    KeyNotFound "key-not-found" "The project has no such key."
    TooMany "too-many" "There are as many of these as there may be."
    InvitationNotFound "invitation-not-found" "The project has no such invitation."
    LinkInvalid "link-invalid" "The link is not valid: it is used, withdrawn or too old."
    JobNotFound "job-not-found" "There is no such job."
    JobState "job-state" "The job is not in a state in which that can be done."
    JobCancelled "job-cancelled" "The job was cancelled before it was done."
    TooManyRequests "too-many-requests" "More requests have come than the limit allows; try again after Retry-After."
    BodyTimeout "body-timeout" "The body of the request did not arrive in time."
    DashboardNotFound "dashboard-not-found" "The project has no such dashboard."
    SavedReportNotFound "saved-report-not-found" "The project has no such saved report."
    ShareNotFound "share-not-found" "The dashboard has no such link."
    VersionConflict "version-conflict" "It has been changed since; read it again."
    NotASandbox "not-a-sandbox" "Only the clients of a sandbox can be played."
    WebhookNotFound "webhook-not-found" "The project has no such webhook."
    DeliveryNotFound "delivery-not-found" "The webhook was sent no such message."
    IdempotencyConflict "idempotency-conflict" "Something else was asked for under this Idempotency-Key."
    OverCreditLimit "over-credit-limit" "The balance would go below what the account's credit limit allows."
    AdNotFound "ad-not-found" "There is no such ad."
    CreativeNotFound "creative-not-found" "There is no such creative."
    CreativeInUse "creative-in-use" "An ad that is not archived shows this creative."
    FileNotFound "file-not-found" "There is no such file."
    FileInUse "file-in-use" "A creative shows this file."
    RangeNotSatisfiable "range-not-satisfiable" "The file ends before the bytes that are asked for."
    AdLinkNotFound "ad-link-not-found" "This link was not made here, or leads nowhere any more."
    AdvertiserInUse "advertiser-in-use" "A campaign of this advertiser is not archived."
    AdvertiserArchived "advertiser-archived" "The advertiser is archived: it has no campaign that is in use, and gets none."
    TransactionNotFound "transaction-not-found" "There is no such transaction."
    SharedNotFound "shared-not-found" "By this link there is nothing to see: it was revoked, or never made."
}

/// One field that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Where the field stands: a JSON pointer into the body, or `/name` of a path or query parameter.
    pub pointer: String,
    /// A stable word for the reason: `required`, `type`, `range`, `length`, `format`, `enum`, `order`, `frozen`, ...
    pub code: &'static str,
    /// What is wrong and what is expected, for people.
    pub message: String,
}

impl FieldError {
    /// An error about the field at `pointer` (`/age`, `/targeting/gender`).
    pub fn new(pointer: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code, message: message.into() }
    }

    /// The same error about a field that stands below `prefix` (`/3` for the fourth item of an array).
    #[must_use]
    pub fn below(mut self, prefix: &str) -> Self {
        self.pointer.insert_str(0, prefix);
        self
    }
}

/// Something that could not be done, ready to be shown to whoever asked.
#[derive(Debug)]
pub struct Error {
    /// The line of the table.
    pub code: Code,
    /// What happened this time; never holds secrets or people's identifiers.
    pub detail: String,
    /// The fields at fault, when it was the request's.
    pub fields: Vec<FieldError>,
    /// How long to wait before the same is tried again, when somebody has said so.
    pub retry_after: Option<Duration>,
    source: Option<Source>,
}

impl Error {
    /// An error with its detail for people.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), fields: Vec::new(), retry_after: None, source: None }
    }

    /// An error that says no more than its code does.
    #[must_use]
    pub fn of(code: Code) -> Self {
        Self::new(code, code.meaning())
    }

    /// A refused request, with every field at fault.
    #[must_use]
    pub fn invalid(fields: Vec<FieldError>) -> Self {
        let detail = match fields.as_slice() {
            [only] => format!("{}: {}", only.pointer, only.message),
            several => format!("{} fields are not valid; see errors", several.len()),
        };
        Self { fields, ..Self::new(Code::InvalidRequest, detail) }
    }

    /// The same error, naming a field that it is about.
    #[must_use]
    pub fn about(mut self, field: FieldError) -> Self {
        self.detail = format!("{}: {}", field.pointer, field.message);
        self.fields.push(field);
        self
    }

    /// The same error, with what caused it; the cause goes to the log and never to callers.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Source>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The same error, for a caller who should wait this long before trying again.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Whether the same request may well succeed when it is sent again.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        matches!(self.code, Code::Busy | Code::StorageUnavailable | Code::ServiceUnavailable)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.code.as_str(), self.detail)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// `Ok(value)` when no field is at fault, otherwise the refusal that names them all.
///
/// # Errors
/// [`Code::InvalidRequest`] with `fields`, when there are any.
pub fn unless_faulty<T>(value: T, fields: Vec<FieldError>) -> Result<T> {
    if fields.is_empty() { Ok(value) } else { Err(Error::invalid(fields)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_speak_in_kebab_case() {
        let mut texts: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert!(texts.iter().all(|text| text.chars().all(|c| c.is_ascii_lowercase() || c == '-')));
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), Code::ALL.len());
    }

    #[test]
    fn a_single_fault_is_told_in_the_detail() {
        let error = Error::invalid(vec![FieldError::new("/age", "range", "must be 0 to 130").below("/7")]);
        assert_eq!(error.to_string(), "invalid-request: /7/age: must be 0 to 130");
    }
}
