//! The section `[cache]`: where short-lived values and rate limits live. Its keys are explained in `config/default.toml`.

use std::time::Duration;

use barker_infra::{CacheSettings, RedisSettings};
use secrecy::SecretString;
use serde::Deserialize;

use super::BYTES_PER_MEGABYTE;

/// Where short-lived values live.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cache {
    pub home: Home,
    pub memory_megabytes: u64,
    pub redis_url: SecretString,
    pub key_prefix: String,
    pub redis_timeout_ms: u64,
}

/// One of the two homes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Home {
    /// This process.
    Memory,
    /// Redis.
    Redis,
}

impl Cache {
    pub(super) fn settings(&self) -> CacheSettings {
        match self.home {
            Home::Memory => CacheSettings::InProcess { max_bytes: self.memory_megabytes.saturating_mul(BYTES_PER_MEGABYTE) },
            Home::Redis => CacheSettings::Redis(RedisSettings {
                url: self.redis_url.clone(),
                key_prefix: self.key_prefix.clone(),
                timeout: Duration::from_millis(self.redis_timeout_ms),
            }),
        }
    }
}
