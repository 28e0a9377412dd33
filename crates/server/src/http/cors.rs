//! Which pages of other origins may call the API from a browser: those that configuration lists, and none without it.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method, header};
use barker_domain::{Code, Error, Result};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::origin::REQUEST_ID;

/// How long a browser may remember what it was allowed.
const MAX_AGE: Duration = Duration::from_mins(10);

/// Origins that may call. The default is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CorsOrigins {
    /// Whoever asks, but without cookies.
    is_open: bool,
    listed: Vec<HeaderValue>,
}

impl CorsOrigins {
    /// Reads a list like `https://shop.example, https://console.example`, or `*`.
    ///
    /// # Errors
    /// [`Code::Misconfigured`] naming what is not an origin.
    pub fn read(list: &str) -> Result<Self> {
        let texts: Vec<_> = list.split([',', ' ']).map(str::trim).filter(|text| !text.is_empty()).collect();
        let is_open = texts == ["*"];
        let listed = if is_open { Vec::new() } else { texts.into_iter().map(origin).collect::<Result<_>>()? };
        Ok(Self { is_open, listed })
    }

    /// The layer that answers preflights and marks answers; `None` when nobody may call.
    pub(super) fn layer(&self) -> Option<CorsLayer> {
        let layer = CorsLayer::new()
            .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
            .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, header::IF_MATCH, REQUEST_ID])
            .expose_headers(exposed())
            .max_age(MAX_AGE);
        match (self.is_open, self.listed.as_slice()) {
            (true, _) => Some(layer.allow_origin(tower_http::cors::Any)),
            (false, []) => None,
            (false, listed) => Some(layer.allow_origin(AllowOrigin::list(listed.iter().cloned())).allow_credentials(true)),
        }
    }
}

/// What scripts may read of an answer, besides what they always may.
fn exposed() -> [HeaderName; 8] {
    let ours = ["x-total-count", "ratelimit", "ratelimit-policy"].map(HeaderName::from_static);
    let [total, limit, policy] = ours;
    [total, limit, policy, header::LINK, header::RETRY_AFTER, header::ETAG, header::CONTENT_DISPOSITION, REQUEST_ID]
}

/// Scheme, host and port, as browsers send them: no path, no slash at the end.
fn origin(text: &str) -> Result<HeaderValue> {
    let refuse = || {
        let message = format!("server.cors_origins must list origins like https://shop.example, or be \"*\" alone; {text:?} is none");
        Error::new(Code::Misconfigured, message)
    };
    let authority = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).ok_or_else(refuse)?;
    let is_host = !authority.is_empty() && !authority.contains(['/', '?', '#', '@', '*']) && authority == authority.to_ascii_lowercase();
    if is_host { HeaderValue::try_from(text).map_err(|_| refuse()) } else { Err(refuse()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_origins_is_read_and_what_is_none_is_named() {
        assert_eq!(CorsOrigins::read("").unwrap(), CorsOrigins::default());
        assert!(CorsOrigins::read("*").unwrap().is_open);
        let listed = CorsOrigins::read("https://a.example, http://localhost:5173").unwrap().listed;
        assert_eq!(listed, ["https://a.example", "http://localhost:5173"]);
        for wrong in ["a.example", "https://", "https://a.example/", "https://*.example", "https://a.example, *", "https://A.example"] {
            let error = CorsOrigins::read(wrong).unwrap_err();
            assert!(error.detail.contains("server.cors_origins"), "{wrong}: {error}");
        }
    }
}
