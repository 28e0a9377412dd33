//! The section `[webhooks]`: how messages reach webhooks. Its keys are explained in `config/default.toml`.

use std::time::Duration;

use barker_infra::courier::Settings;
use serde::Deserialize;

/// How messages reach webhooks.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhooks {
    pub timeout_seconds: u64,
    pub allow_private_addresses: bool,
}

impl Webhooks {
    pub(super) fn settings(&self) -> Settings {
        Settings { timeout: Duration::from_secs(self.timeout_seconds), allows_private_addresses: self.allow_private_addresses }
    }
}
