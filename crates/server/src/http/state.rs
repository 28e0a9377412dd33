//! What all requests share. Only this room opens it: everybody else is handed what their permission covers, by the
//! extractors of [`super::permission`].

use std::{sync::Arc, time::Duration};

use barker_app::{App, ProjectHandle};
use barker_wire::input::BodyBounds;
use metrics_exporter_prometheus::PrometheusHandle;

use super::{cors::CorsOrigins, rate_limit::Limits};

/// How the server answers.
#[derive(Clone)]
pub struct ServerSettings {
    /// The sandbox that the ad API speaks to when a request brings no key.
    pub open_project: Option<Arc<ProjectHandle>>,
    /// Where people reach the server, without a slash at the end.
    pub public_url: String,
    /// Proxies in front of the server that say whom they speak for.
    pub forwarded_hops: usize,
    /// Longest request body, in bytes.
    pub body_limit_bytes: usize,
    /// Longest time a request may take.
    pub request_timeout: Duration,
    /// Longest time the body of a request may take to arrive.
    pub body_timeout: Duration,
    /// How often whom may come.
    pub limits: Limits,
    /// Whose pages may call.
    pub cors_origins: CorsOrigins,
}

impl ServerSettings {
    /// Whether nobody on the way can read what is sent.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

/// Shared by all requests.
#[derive(Clone)]
pub struct ServerState {
    pub(super) app: App,
    pub(super) settings: Arc<ServerSettings>,
    pub(super) metrics: PrometheusHandle,
}

impl ServerState {
    /// The state of a server that serves this application.
    #[must_use]
    pub fn new(app: App, settings: ServerSettings, metrics: PrometheusHandle) -> Self {
        Self { app, settings: Arc::new(settings), metrics }
    }
}

impl BodyBounds for ServerState {
    fn longest_bytes(&self) -> usize {
        self.settings.body_limit_bytes
    }

    fn longest_time(&self) -> Duration {
        self.settings.body_timeout
    }
}
