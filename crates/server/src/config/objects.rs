//! The section `[objects]`: where images, raw payloads and exports live. Its keys are explained in `config/default.toml`.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use barker_infra::object_storage::{S3Settings, Settings};
use secrecy::SecretString;
use serde::Deserialize;

/// Where objects live.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Objects {
    pub home: Home,
    pub folder: PathBuf,
    pub s3: S3,
}

/// One of the two homes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Home {
    /// A folder.
    Folder,
    /// S3, or whatever speaks its protocol.
    S3,
}

/// The bucket of home `s3`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct S3 {
    pub bucket: String,
    pub region: String,
    pub endpoint: String,
    pub access_key_id: String,
    pub secret_access_key: SecretString,
    pub timeout_seconds: u64,
}

impl Objects {
    pub(super) fn settings(&self, data_dir: &Path) -> Settings {
        match self.home {
            Home::Folder if self.folder.as_os_str().is_empty() => Settings::Folder(data_dir.join("objects")),
            Home::Folder => Settings::Folder(self.folder.clone()),
            Home::S3 => {
                let S3 { bucket, region, endpoint, access_key_id, secret_access_key, timeout_seconds } = self.s3.clone();
                let timeout = Duration::from_secs(timeout_seconds);
                Settings::S3(S3Settings { bucket, region, endpoint, access_key_id, secret_access_key, timeout })
            }
        }
    }
}
