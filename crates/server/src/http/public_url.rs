//! Where people reach the server: what links and cookies depend on.

use std::{convert::Infallible, sync::Arc};

use axum::{extract::FromRequestParts, http::request::Parts};
use barker_domain::file::FileName;

use super::{ServerSettings, ServerState};

/// The address of the server as people know it.
#[derive(Clone)]
pub struct PublicUrl(Arc<ServerSettings>);

impl PublicUrl {
    /// The address, without a slash at the end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0.public_url
    }

    /// Where the file of that name is loaded.
    #[must_use]
    pub fn of_file(&self, name: FileName) -> String {
        format!("{}/files/{name}", self.as_str())
    }

    /// The link with that token.
    #[must_use]
    pub fn of_link(&self, token: &str) -> String {
        format!("{}/c/{token}", self.as_str())
    }

    /// Whether nobody on the way can read what is sent.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.0.is_https()
    }
}

impl FromRequestParts<ServerState> for PublicUrl {
    type Rejection = Infallible;

    async fn from_request_parts(_parts: &mut Parts, state: &ServerState) -> Result<Self, Infallible> {
        Ok(Self(Arc::clone(&state.settings)))
    }
}
