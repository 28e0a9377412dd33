//! What handlers are given: the application, and the project that a request is allowed to act in.

use std::{sync::Arc, time::Duration};

use axum::{extract::FromRequestParts, http::request::Parts};
use barker_app::{App, ProjectHandle};
use barker_domain::{Code, Error};
use metrics_exporter_prometheus::PrometheusHandle;

use super::problem::Problem;

/// Shared by all requests.
#[derive(Clone)]
pub struct ServerState {
    /// The application.
    pub app: App,
    /// The sandbox that the ad API speaks to when a request brings no key.
    pub open_project: Option<Arc<ProjectHandle>>,
    /// Longest request body, in bytes.
    pub body_limit_bytes: usize,
    /// Longest time a request may take.
    pub request_timeout: Duration,
    /// Renders `GET /metrics`.
    pub metrics: PrometheusHandle,
}

/// The application in the project this request may act in. Extracting it is the authorisation: there is no other way
/// for a handler to reach a project.
pub struct Site {
    /// The application.
    pub app: App,
    /// The project.
    pub project: Arc<ProjectHandle>,
}

impl FromRequestParts<ServerState> for Site {
    type Rejection = Problem;

    async fn from_request_parts(_parts: &mut Parts, state: &ServerState) -> Result<Self, Problem> {
        let closed = || Error::new(Code::Unauthorized, "no project is open to requests without a key; start with --sandbox to open one");
        let project = state.open_project.as_ref().map(Arc::clone).ok_or_else(closed)?;
        Ok(Self { app: state.app.clone(), project })
    }
}
