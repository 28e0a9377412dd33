//! The section `[limits]`: how often whom may come. Its keys are explained in `config/default.toml`.

use serde::Deserialize;

use crate::http::{Allowance, Limits};

/// Requests a second and at once, for each.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitKeys {
    pub key_per_second: u32,
    pub key_burst: u32,
    pub user_per_second: u32,
    pub user_burst: u32,
    pub address_per_second: u32,
    pub address_burst: u32,
    pub sandbox_per_second: u32,
    pub sandbox_burst: u32,
}

impl LimitKeys {
    /// The limits as the server keeps them.
    #[must_use]
    pub fn limits(self) -> Limits {
        let allowance = |per_second, burst| Allowance { per_second, burst };
        Limits::new(
            allowance(self.key_per_second, self.key_burst),
            allowance(self.user_per_second, self.user_burst),
            allowance(self.address_per_second, self.address_burst),
            allowance(self.sandbox_per_second, self.sandbox_burst),
        )
    }
}
