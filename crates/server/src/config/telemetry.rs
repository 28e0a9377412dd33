//! The section `[telemetry]`: where traces go. Its keys are explained in `config/default.toml`.

use std::collections::HashMap;

use axum::http::{HeaderName, HeaderValue};
use barker_domain::{Code, Error, Result};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::is_web_address;
use crate::telemetry::TraceSettings;

/// Where a collector takes spans in (OTLP over HTTP).
const PATH: &str = "/v1/traces";

/// Where traces go.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    pub endpoint: String,
    pub service_name: String,
    pub sample_ratio: f64,
    pub headers: SecretString,
}

impl Telemetry {
    /// Where traces go; `None`: nowhere.
    ///
    /// # Errors
    /// [`Code::Misconfigured`] naming the key.
    pub fn settings(&self) -> Result<Option<TraceSettings>> {
        let misconfigured = |message: &str| Err(Error::new(Code::Misconfigured, message));
        if !is_web_address(&self.endpoint) {
            return misconfigured("telemetry.endpoint must begin with http:// or https://, or be empty");
        }
        if !(0.0..=1.0).contains(&self.sample_ratio) {
            return misconfigured("telemetry.sample_ratio must be 0 to 1");
        }
        let Some(headers) = self.headers() else {
            return misconfigured("telemetry.headers must be header fields like name=value, with commas between them");
        };
        if self.endpoint.is_empty() {
            return Ok(None);
        }
        if self.service_name.is_empty() {
            return misconfigured("telemetry.service_name must not be empty");
        }
        let url = format!("{}{PATH}", self.endpoint.trim_end_matches('/'));
        Ok(Some(TraceSettings { url, service_name: self.service_name.clone(), sample_ratio: self.sample_ratio, headers }))
    }

    /// The header fields, unless one of them cannot be one.
    fn headers(&self) -> Option<HashMap<String, SecretString>> {
        let pairs = self.headers.expose_secret().split(',').map(str::trim).filter(|pair| !pair.is_empty());
        let read = |pair: &str| {
            let (name, value) = pair.split_once('=')?;
            let (name, value) = (name.trim(), value.trim());
            let is_field = HeaderName::from_bytes(name.as_bytes()).is_ok() && HeaderValue::from_str(value).is_ok();
            is_field.then(|| (name.to_owned(), value.into()))
        };
        pairs.map(read).collect()
    }
}
