//! Errors as callers see them: RFC 9457 problem documents. The one place where a code becomes a status.

use std::{fmt::Write, time::Duration};

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use barker_domain::{Code, Error};
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

/// When a request that met a busy or unreachable database may be sent again, unless the error knows better.
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// How to say who sends a request (RFC 6750).
const CHALLENGE: HeaderValue = HeaderValue::from_static("Bearer realm=\"barker\"");
/// Most fields named in one answer; a bulk of thousands need not be told a thousand times.
const MAX_FIELDS: usize = 100;

/// An error on its way out.
#[derive(Debug)]
pub struct Problem(pub Error);

impl<E: Into<Error>> From<E> for Problem {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

/// What went wrong: an RFC 9457 problem document.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem, example = json!({
    "type": "urn:barker:problem:invalid-request", "title": "A field of the request is missing or not allowed.", "status": 400,
    "code": "invalid-request", "detail": "/age: must be 0 to 130",
    "errors": [{"pointer": "/age", "code": "range", "message": "must be 0 to 130"}]
}))]
pub struct ProblemDocument {
    /// Names the kind of problem.
    #[serde(rename = "type")]
    kind: String,
    /// The kind of problem in one sentence.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// A stable word to branch on.
    code: &'static str,
    /// What happened this time.
    detail: String,
    /// The fields at fault, at most 100 of them; absent when no field is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ProblemField>,
}

/// One field that was refused.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemField {
    /// A JSON pointer into the body, or `/name` of a path or query parameter.
    pointer: String,
    /// A stable word for the reason.
    code: &'static str,
    /// What is wrong and what is expected.
    message: String,
}

/// What any operation that asks who sends the request may answer instead of its success.
#[derive(IntoResponses)]
pub enum Refusals {
    /// The request is not valid; `errors` names the fields.
    #[response(status = 400, content_type = "application/problem+json")]
    Invalid(ProblemDocument),
    /// The request does not say, or not rightly, who sends it.
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthorized(ProblemDocument),
    /// Whoever sends it may not do that.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(ProblemDocument),
    /// What the request names does not exist, or there is nothing to show.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(ProblemDocument),
    /// The body did not arrive in time.
    #[response(status = 408, content_type = "application/problem+json")]
    Late(ProblemDocument),
    /// More requests have come than the limit allows; try again after `Retry-After`.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(ProblemDocument),
    /// The server has more work than it accepts, or its database does not answer; try again after `Retry-After`.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(ProblemDocument),
}

/// What a change with `If-Match` may answer besides.
#[derive(IntoResponses)]
pub enum VersionRefusals {
    /// Somebody has changed it since the version in `If-Match`.
    #[response(status = 412, content_type = "application/problem+json")]
    Outdated(ProblemDocument),
}

/// What any change to people and projects may answer instead of its success.
#[derive(IntoResponses)]
pub enum ChangeRefusals {
    /// The request is not valid; `errors` names the fields.
    #[response(status = 400, content_type = "application/problem+json")]
    Invalid(ProblemDocument),
    /// The request does not say, or not rightly, who sends it.
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthorized(ProblemDocument),
    /// Whoever sends it may not do that.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(ProblemDocument),
    /// What the request names does not exist.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(ProblemDocument),
    /// The body did not arrive in time.
    #[response(status = 408, content_type = "application/problem+json")]
    Late(ProblemDocument),
    /// How things stand, it cannot be done; `code` says why.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(ProblemDocument),
    /// The body is too long.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(ProblemDocument),
    /// More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(ProblemDocument),
    /// The server has more work than it accepts, or its database does not answer; try again after `Retry-After`.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(ProblemDocument),
}

fn status(code: Code) -> StatusCode {
    match code {
        Code::InvalidRequest | Code::MalformedJson | Code::LinkInvalid => StatusCode::BAD_REQUEST,
        Code::Unauthorized | Code::SignInFailed => StatusCode::UNAUTHORIZED,
        Code::Forbidden | Code::AccountBlocked | Code::RegistrationClosed => StatusCode::FORBIDDEN,
        Code::RouteNotFound
        | Code::ClientNotFound
        | Code::AdvertiserNotFound
        | Code::CampaignNotFound
        | Code::AdNotFound
        | Code::CreativeNotFound
        | Code::TransactionNotFound
        | Code::NoAd
        | Code::UserNotFound
        | Code::SessionNotFound
        | Code::ProjectNotFound
        | Code::MemberNotFound
        | Code::KeyNotFound
        | Code::InvitationNotFound
        | Code::JobNotFound
        | Code::DashboardNotFound
        | Code::SavedReportNotFound
        | Code::ShareNotFound
        | Code::WebhookNotFound
        | Code::DeliveryNotFound
        | Code::FileNotFound
        | Code::SharedNotFound
        | Code::AdLinkNotFound => StatusCode::NOT_FOUND,
        Code::VersionConflict => StatusCode::PRECONDITION_FAILED,
        Code::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Code::TimeIsReal
        | Code::IdempotencyConflict
        | Code::CreativeInUse
        | Code::AdvertiserInUse
        | Code::AdvertiserArchived
        | Code::OverCreditLimit
        | Code::NotASandbox
        | Code::EmailTaken
        | Code::ProjectArchived
        | Code::CurrencyInUse
        | Code::LastOwner
        | Code::TooMany
        | Code::JobState
        | Code::FileInUse
        | Code::JobCancelled => StatusCode::CONFLICT,
        Code::BodyTimeout => StatusCode::REQUEST_TIMEOUT,
        Code::TooManyAttempts | Code::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
        Code::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::RangeNotSatisfiable => StatusCode::RANGE_NOT_SATISFIABLE,
        Code::MailRefused => StatusCode::UNPROCESSABLE_ENTITY,
        Code::Busy | Code::StorageUnavailable | Code::TakenOver | Code::ServiceUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::Misconfigured | Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl Problem {
    /// The status and the document, for an answer that holds several. The fault is logged, as ever.
    pub fn told(self) -> (u16, ProblemDocument) {
        let Self(error) = self;
        let status = status(error.code);
        if status.is_server_error() {
            log(&error);
        }
        let document = ProblemDocument {
            kind: format!("urn:barker:problem:{}", error.code.as_str()),
            title: error.code.meaning(),
            status: status.as_u16(),
            code: error.code.as_str(),
            detail: error.detail,
            errors: error.fields.into_iter().take(MAX_FIELDS).map(ProblemField::from).collect(),
        };
        (status.as_u16(), document)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = status(self.0.code);
        let retry_after = self.0.retry_after.or((status == StatusCode::SERVICE_UNAVAILABLE).then_some(RETRY_AFTER));
        let (_, document) = self.told();
        let mut response = (status, Json(document)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(wait) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(whole_seconds(wait)));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, CHALLENGE);
        }
        response
    }
}

impl From<barker_domain::FieldError> for ProblemField {
    fn from(field: barker_domain::FieldError) -> Self {
        Self { pointer: field.pointer, code: field.code, message: field.message }
    }
}

/// Rounded up: whoever comes a little later is welcome, whoever comes too early is not.
#[must_use]
pub fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

/// Once, here at the boundary. Refusing work under load is no fault; everything else is.
#[expect(clippy::cognitive_complexity, reason = "the logging macros count as branches")]
fn log(error: &Error) {
    if error.is_temporary() {
        tracing::warn!(code = error.code.as_str(), causes = causes(error), "a request was turned away");
    } else {
        tracing::error!(code = error.code.as_str(), detail = error.detail, causes = causes(error), "a request failed");
    }
}

/// Every cause below the error, outermost first. For the log only.
fn causes(error: &Error) -> String {
    let mut chain = String::new();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        // Writing to a String cannot fail.
        let _written = write!(chain, "{}{error}", if chain.is_empty() { "" } else { ": " });
        cause = error.source();
    }
    chain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_faults_of_ours_and_of_the_database_are_server_errors() {
        let server_errors: Vec<_> = Code::ALL.iter().filter(|code| status(**code).is_server_error()).map(|code| code.as_str()).collect();
        assert_eq!(server_errors, ["busy", "storage-unavailable", "misconfigured", "internal", "taken-over", "service-unavailable"]);
    }

    #[test]
    fn a_caller_is_told_to_wait_as_long_as_the_error_says() {
        let told = |error: Error| Problem(error).into_response().headers()[header::RETRY_AFTER].clone();
        assert_eq!(told(Error::of(Code::Busy)), "1");
        assert_eq!(told(Error::of(Code::ServiceUnavailable).retry_after(Duration::from_millis(4_200))), "5");
    }
}
