//! Settings that tests begin with.

use std::{sync::Arc, time::Duration};

use barker_app::{PasswordCost, ProjectHandle, Settings, seal::KeySource};
use barker_domain::{
    installation::{Registration, Settings as InstallationSettings},
    project::Ranking,
};
use barker_server::http::{CorsOrigins, Limits, ServerSettings, listener::ListenerSettings};
use barker_store::Claim;

use super::BODY_LIMIT_BYTES;

/// As an operator has them, with little memory.
pub(crate) fn settings() -> Settings {
    let claim = Claim { holder: "a test".to_owned(), by_force: false };
    Settings {
        overshoot_percent: 0,
        audience_bytes: 10_000_000,
        commit_queue: 4_096,
        link_life_ms: 24 * 60 * 60 * 1_000,
        webhook_look_interval: Duration::from_millis(500),
        report_lifetime: Duration::from_mins(15),
        outbox_retention_ms: 0,
        impression_retention_days: None,
        event_retention_days: None,
        installation: installation(Registration::Open),
        password_cost: PasswordCost { memory_kib: 8, iterations: 1, at_once: 2 },
        jobs: barker_app::job::Settings::default(),
        keys: KeySource::Given("dGhpcyBpcyBhIHNlYWxpbmcga2V5IG9mIDMyIGJ5dGU=".into()),
        claim,
    }
}

/// What an operator has configured about the whole installation.
pub(crate) fn installation(registration: Registration) -> InstallationSettings {
    InstallationSettings { registration, default_ranking: Ranking::ExpectedProfit, default_currency: "RUB".to_owned() }
}

/// Patient, and without TLS.
pub(crate) fn listener_settings() -> ListenerSettings {
    ListenerSettings {
        max_connections: 10_000,
        header_timeout: Duration::from_secs(20),
        idle_timeout: Duration::from_mins(1),
        certificates: None,
    }
}

/// As an operator has them behind a gateway, without limits.
pub(crate) fn server_settings(open_project: Option<Arc<ProjectHandle>>) -> ServerSettings {
    ServerSettings {
        open_project,
        public_url: "https://ads.example.com".to_owned(),
        forwarded_hops: 0,
        body_limit_bytes: BODY_LIMIT_BYTES,
        request_timeout: Duration::from_secs(20),
        body_timeout: Duration::from_secs(10),
        limits: Limits::default(),
        cors_origins: CorsOrigins::default(),
    }
}
