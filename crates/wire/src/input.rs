//! Extractors for everything a request brings: ids in paths, query parameters, JSON bodies. Each refuses with a problem
//! document that names what is wrong.

mod query;

use std::{convert::Infallible, time::Duration};

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, FromRequestParts, RawPathParams, Request},
    http::{header, request::Parts},
};
use barker_domain::{
    AdId, AdvertiserId, ApiKeyId, CampaignId, ClientId, Code, CreativeId, Error, FieldError, FileId, InvitationId, JobId, PostingId,
    ProjectId, Result, SessionId, UserId, file::FileName,
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::Value;
use uuid::Uuid;

use crate::problem::Problem;
pub use query::Query;

/// An id that stands in the path under a name of its own.
pub trait PathId: From<Uuid> {
    /// The name of the path parameter.
    const NAME: &'static str;
}

impl PathId for ClientId {
    const NAME: &'static str = "clientId";
}

impl PathId for AdvertiserId {
    const NAME: &'static str = "advertiserId";
}

impl PathId for CampaignId {
    const NAME: &'static str = "campaignId";
}

impl PathId for ProjectId {
    const NAME: &'static str = "projectId";
}

impl PathId for UserId {
    const NAME: &'static str = "userId";
}

impl PathId for SessionId {
    const NAME: &'static str = "sessionId";
}

impl PathId for ApiKeyId {
    const NAME: &'static str = "keyId";
}

impl PathId for InvitationId {
    const NAME: &'static str = "invitationId";
}

impl PathId for JobId {
    const NAME: &'static str = "jobId";
}

impl PathId for FileId {
    const NAME: &'static str = "fileId";
}

impl PathId for AdId {
    const NAME: &'static str = "adId";
}

impl PathId for CreativeId {
    const NAME: &'static str = "creativeId";
}

impl PathId for PostingId {
    const NAME: &'static str = "transactionId";
}

/// The id of an ad in the ad contract: that of its campaign, whichever of the campaign's ads it was.
#[derive(Debug, Clone, Copy)]
pub struct AnyAdOf(pub CampaignId);

impl From<Uuid> for AnyAdOf {
    fn from(uuid: Uuid) -> Self {
        Self(CampaignId(uuid))
    }
}

impl PathId for AnyAdOf {
    const NAME: &'static str = "adId";
}

/// A dashboard's id.
#[derive(Debug, Clone, Copy)]
pub struct DashboardId(pub Uuid);

/// The id of a link to a dashboard.
#[derive(Debug, Clone, Copy)]
pub struct LinkId(pub Uuid);

/// A saved report's id.
#[derive(Debug, Clone, Copy)]
pub struct SavedReportId(pub Uuid);

/// A webhook's id.
#[derive(Debug, Clone, Copy)]
pub struct WebhookId(pub Uuid);

/// The id of a message to a webhook.
#[derive(Debug, Clone, Copy)]
pub struct DeliveryId(pub Uuid);

macro_rules! path_ids {
    ($($id:ident $name:literal)+) => {$(
        impl From<Uuid> for $id {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl PathId for $id {
            const NAME: &'static str = $name;
        }
    )+};
}

path_ids! {
    DashboardId "dashboardId"
    LinkId "linkId"
    SavedReportId "savedReportId"
    WebhookId "webhookId"
    DeliveryId "deliveryId"
}

/// An id from the path.
#[derive(Debug, Clone, Copy)]
pub struct InPath<T>(pub T);

impl<T: PathId, S: Send + Sync> FromRequestParts<S> for InPath<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let not_an_id = || Error::invalid(vec![FieldError::new(format!("/{}", T::NAME), "format", "must be a UUID")]);
        let path = RawPathParams::from_request_parts(parts, state).await.map_err(|_| not_an_id())?;
        let text = path.iter().find(|(name, _)| *name == T::NAME).map_or("", |(_, value)| value);
        let id = Uuid::parse_str(text).map_err(|_| not_an_id())?;
        Ok(Self(id.into()))
    }
}

/// What stands in the path under the name `token`; empty where it is no text, which leads nowhere.
#[derive(Debug, Clone)]
pub struct TokenInPath(pub String);

impl<S: Send + Sync> FromRequestParts<S> for TokenInPath {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let path = RawPathParams::from_request_parts(parts, state).await.ok();
        let token = path.iter().flatten().find(|(name, _)| *name == "token").map(|(_, value)| value.to_owned());
        Ok(Self(token.unwrap_or_default()))
    }
}

/// What a file is called in the path, under the name `name`.
#[derive(Debug, Clone, Copy)]
pub struct FileNameInPath(pub FileName);

impl<S: Send + Sync> FromRequestParts<S> for FileNameInPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let missing = || Error::of(Code::FileNotFound);
        let path = RawPathParams::from_request_parts(parts, state).await.map_err(|_| missing())?;
        let name = path.iter().find(|(name, _)| *name == "name").and_then(|(_, text)| FileName::parse(text));
        Ok(Self(name.ok_or_else(missing)?))
    }
}

/// What stands in `If-Match`; `None` without it, or where anything will do. What is no text is an empty one.
fn wanted_tag(parts: &Parts) -> Option<&str> {
    let tag = parts.headers.get(header::IF_MATCH)?.to_str().unwrap_or_default().trim();
    (tag != "*").then_some(tag)
}

fn inside_quotes(tag: &str) -> Option<&str> {
    tag.strip_prefix('"')?.strip_suffix('"')
}

/// The version that `If-Match` names, as an `ETag` of ours.
#[derive(Debug, Clone, Copy)]
pub struct IfMatch(pub Option<i32>);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let Some(tag) = wanted_tag(parts) else { return Ok(Self(None)) };
        let version = inside_quotes(tag).and_then(|version| version.parse().ok());
        let refused = || Error::invalid(vec![FieldError::new("/If-Match", "format", "must be the ETag of an answer, like \"3\", or *")]);
        Ok(Self(Some(version.ok_or_else(refused)?)))
    }
}

/// The tag in `If-Match`, of what has no version; `None` without the header or with `*`.
#[derive(Debug, Clone)]
pub struct IfMatchTag(pub Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for IfMatchTag {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let Some(tag) = wanted_tag(parts) else { return Ok(Self(None)) };
        let tag = inside_quotes(tag).filter(|tag| !tag.is_empty());
        let refused = || Error::invalid(vec![FieldError::new("/If-Match", "format", "must be the ETag of an answer, or *")]);
        Ok(Self(Some(tag.ok_or_else(refused)?.to_owned())))
    }
}

/// What the caller calls a request, so that sending it again changes nothing. It must be there.
#[derive(Debug, Clone)]
pub struct IdempotencyKey(pub String);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let refused = |code, message| Error::invalid(vec![FieldError::new("/Idempotency-Key", code, message)]);
        let missing = || refused("required", "is required: a name of yours for this request, so that sending it again changes nothing");
        let key = parts.headers.get("idempotency-key").ok_or_else(missing)?;
        let key = key.to_str().map_err(|_| refused("format", "must be printable characters"))?;
        Ok(Self(key.to_owned()))
    }
}

/// How much of a body is read, and for how long: what a router's state knows.
pub trait BodyBounds {
    /// Longest body, in bytes.
    fn longest_bytes(&self) -> usize;
    /// Longest time it may take to arrive.
    fn longest_time(&self) -> Duration;
}

/// A JSON body, whatever its content type says.
#[derive(Debug)]
pub struct JsonBody(pub Value);

/// A JSON body that may be missing altogether.
#[derive(Debug)]
pub struct OptionalJsonBody(pub Option<Value>);

impl JsonBody {
    /// The body, once all of its bytes are here.
    ///
    /// # Errors
    /// [`Code::MalformedJson`].
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let malformed = |error| Error::new(Code::MalformedJson, format!("the body is not JSON: {error}"));
        serde_json::from_slice(bytes).map(Self).map_err(malformed)
    }
}

impl OptionalJsonBody {
    /// The body, once all of its bytes are here. Nothing but white space is no body.
    ///
    /// # Errors
    /// [`Code::MalformedJson`].
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self(None));
        }
        JsonBody::parse(bytes).map(|JsonBody(body)| Self(Some(body)))
    }
}

impl<S: BodyBounds + Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        Ok(Self::parse(&read_body(request.into_body(), state).await?)?)
    }
}

impl<S: BodyBounds + Send + Sync> FromRequest<S> for OptionalJsonBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        Ok(Self::parse(&read_body(request.into_body(), state).await?)?)
    }
}

/// A body of any bytes, read whole.
#[derive(Debug, Clone)]
pub struct BodyBytes(pub Bytes);

impl<S: BodyBounds + Send + Sync> FromRequest<S> for BodyBytes {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        Ok(Self(read_body(request.into_body(), state).await?))
    }
}

/// A body that is read as it comes, however long it is: whoever takes it sets the limit.
#[derive(Debug)]
pub struct RawBody(pub Body);

impl<S: Send + Sync> FromRequest<S> for RawBody {
    type Rejection = Infallible;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Infallible> {
        Ok(Self(request.into_body()))
    }
}

async fn read_body(body: Body, bounds: &impl BodyBounds) -> Result<Bytes> {
    let limit_bytes = bounds.longest_bytes();
    let refuse = |error: Box<dyn std::error::Error + Send + Sync>| {
        if error.is::<LengthLimitError>() {
            return Error::new(Code::BodyTooLarge, format!("the body must not be longer than {limit_bytes} bytes"));
        }
        Error::new(Code::MalformedJson, "the body broke off")
    };
    let bytes = tokio::time::timeout(bounds.longest_time(), Limited::new(body, limit_bytes).collect()).await;
    let bytes = bytes.map_err(|_elapsed| Error::of(Code::BodyTimeout))?;
    bytes.map(http_body_util::Collected::to_bytes).map_err(refuse)
}
