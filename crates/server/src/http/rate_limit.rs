//! How often somebody may come: a limit for each key, each user and each address, told in the header fields `RateLimit`
//! and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10) and refused with 429.
//!
//! A request counts once, for the one it comes from: its key, its user, or its address when it does not say who sends it
//! or not rightly. The extractors of [`super::permission`] ask; the outermost layer tells.

use std::{
    fmt::{Display, Write},
    net::IpAddr,
    num::NonZeroU32,
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::http::{HeaderName, HeaderValue, Response, request::Parts};
use barker_app::App;
use barker_domain::{ApiKeyId, Code, Error, Result, UserId, attempt::network};
use barker_infra::rate_limit::{Decision, Policy};

use super::problem::whole_seconds;

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// So many requests a second, of which so many may come at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Requests a second; 0 for no limit.
    pub per_second: u32,
    /// Requests at once after a rest; at least one.
    pub burst: u32,
}

/// The limits of everybody. The default has none.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    key: Option<Arc<Rule>>,
    user: Option<Arc<Rule>>,
    address: Option<Arc<Rule>>,
    sandbox: Option<Arc<Rule>>,
}

/// A limit, with the header field that tells it.
#[derive(Debug)]
struct Rule {
    name: &'static str,
    policy: Policy,
    header: HeaderValue,
}

/// Whom a request counts for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sender {
    Key(ApiKeyId),
    User(UserId),
    /// Of somebody who does not say who they are, or not rightly.
    Address(Option<IpAddr>),
    /// Of somebody who uses the open sandbox.
    Sandbox(Option<IpAddr>),
}

/// What the limit said to a request, on its way to the outermost layer.
#[derive(Debug, Clone, Default)]
pub(super) struct Told(Arc<OnceLock<(Arc<Rule>, Decision)>>);

impl Limits {
    /// Limits of these sizes: for each key, each user, each address without a login, each address in the open sandbox.
    #[must_use]
    pub fn new(key: Allowance, user: Allowance, address: Allowance, sandbox: Allowance) -> Self {
        Self {
            key: Rule::new("key", key),
            user: Rule::new("user", user),
            address: Rule::new("address", address),
            sandbox: Rule::new("sandbox", sandbox),
        }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// [`Code::TooManyRequests`], with the time to wait.
    pub(super) async fn count(&self, app: &App, parts: &Parts, sender: Sender) -> Result<()> {
        let rule = match sender {
            Sender::Key(_) => &self.key,
            Sender::User(_) => &self.user,
            Sender::Address(_) => &self.address,
            Sender::Sandbox(_) => &self.sandbox,
        };
        let Some(rule) = rule else { return Ok(()) };
        let name = match sender {
            Sender::Key(id) => name_of(rule, id.0),
            Sender::User(id) => name_of(rule, id.0),
            Sender::Address(Some(address)) | Sender::Sandbox(Some(address)) => name_of(rule, network(address)),
            // Not over a socket: a test that calls the router.
            Sender::Address(None) | Sender::Sandbox(None) => return Ok(()),
        };
        let decision = app.rate_limiter().take(&name, &rule.policy).await;
        if let Some(Told(told)) = parts.extensions.get::<Told>() {
            // A request that is counted twice (its token is wrong) tells what it heard first.
            let _first = told.set((Arc::clone(rule), decision));
        }
        if decision.is_allowed {
            return Ok(());
        }
        metrics::counter!("barker_rate_limited_total", "limit" => rule.name).increment(1);
        Err(Error::of(Code::TooManyRequests).retry_after(decision.retry_after.unwrap_or_default()))
    }
}

impl Rule {
    fn new(name: &'static str, allowance: Allowance) -> Option<Arc<Self>> {
        let limit = NonZeroU32::new(allowance.per_second)?;
        let burst = NonZeroU32::new(allowance.burst).unwrap_or(NonZeroU32::MIN);
        // What may come at once, and how long it takes until it may again.
        let window = burst.get().div_ceil(limit.get());
        let header = HeaderValue::try_from(format!("\"{name}\";q={burst};w={window}")).ok()?;
        Some(Arc::new(Self { name, policy: Policy { limit, period: Duration::from_secs(1), burst }, header }))
    }
}

impl Told {
    /// Adds the header fields, if the request was counted.
    pub(super) fn tell<B>(&self, response: &mut Response<B>) {
        let Some((rule, decision)) = self.0.get() else { return };
        let seconds = whole_seconds(decision.reset_after);
        let mut text = String::with_capacity(40);
        // Writing to a String cannot fail.
        let _written = write!(text, "\"{}\";r={};t={seconds}", rule.name, decision.remaining);
        if let Ok(value) = HeaderValue::try_from(text) {
            response.headers_mut().insert(RATE_LIMIT, value);
            response.headers_mut().insert(RATE_LIMIT_POLICY, rule.header.clone());
        }
    }
}

fn name_of(rule: &Rule, id: impl Display) -> String {
    format!("{}:{id}", rule.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_tells_what_may_come_at_once_and_when_it_may_again() {
        let header = |per_second, burst| Rule::new("key", Allowance { per_second, burst }).map(|rule| rule.header.clone());
        assert_eq!(header(2_000, 4_000).unwrap(), "\"key\";q=4000;w=2");
        assert_eq!(header(3, 4).unwrap(), "\"key\";q=4;w=2");
        assert_eq!(header(1, 0).unwrap(), "\"key\";q=1;w=1");
        assert!(header(0, 100).is_none());
    }
}
