//! The section `[server.tls]`: the server's own certificate. Its keys are explained in `config/default.toml`.

use std::path::PathBuf;

use serde::Deserialize;

use crate::http::listener::TlsFiles;

/// Where the certificate is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    pub certificate_file: PathBuf,
    pub key_file: PathBuf,
}

impl Tls {
    /// A certificate is of no use without its key.
    pub(super) fn is_whole(&self) -> bool {
        self.certificate_file.as_os_str().is_empty() == self.key_file.as_os_str().is_empty()
    }

    /// The files; `None` for no TLS.
    pub(super) fn files(&self) -> Option<TlsFiles> {
        let is_set = !self.certificate_file.as_os_str().is_empty();
        is_set.then(|| TlsFiles { certificate: self.certificate_file.clone(), key: self.key_file.clone() })
    }
}
