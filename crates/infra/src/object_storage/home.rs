//! The two homes of objects.

use std::{
    fs, io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
    time::Duration,
};

use barker_domain::{Code, Error, Result};
use object_store::{
    Attribute, Attributes, BackoffConfig, ClientOptions, ObjectStore, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder},
    local::LocalFileSystem,
};
use secrecy::{ExposeSecret, SecretString};

use super::Key;

/// Only the owner looks into the folder.
const PRIVATE: u32 = 0o700;
/// Tries of one request after the first, for answers that ask for it and for connections that break.
const MAX_RETRIES: usize = 3;
/// The first pause between two tries; each is twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const MAX_PAUSE: Duration = Duration::from_secs(2);

/// Where objects live.
#[derive(Debug, Clone)]
pub enum Settings {
    /// In a folder, made when it is missing.
    Folder(PathBuf),
    /// In S3, or whatever speaks its protocol.
    S3(S3Settings),
}

/// How to reach S3.
#[derive(Debug, Clone)]
pub struct S3Settings {
    /// It exists already.
    pub bucket: String,
    /// Of the bucket; servers other than Amazon's often take any.
    pub region: String,
    /// `https://minio.internal:9000`; empty: Amazon's own.
    pub endpoint: String,
    /// Who we are. Empty: as Amazon's tools find it, from the environment or the machine's role.
    pub access_key_id: String,
    /// Of that key.
    pub secret_access_key: SecretString,
    /// For each sign of life: connecting, an answer, the next bytes of a body.
    pub timeout: Duration,
}

pub(super) enum Home {
    /// Opened by whoever comes first, because that makes it.
    Folder {
        path: PathBuf,
        place: String,
        opened: OnceLock<Arc<LocalFileSystem>>,
    },
    S3 {
        store: Arc<AmazonS3>,
        place: String,
    },
}

/// The client of S3 would show its keys.
impl std::fmt::Debug for Home {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Home").field(&self.place()).finish()
    }
}

impl Home {
    pub(super) fn open(settings: &Settings) -> Result<Self> {
        match settings {
            Settings::Folder(path) => {
                Ok(Self::Folder { path: path.clone(), place: format!("the folder {}", path.display()), opened: OnceLock::new() })
            }
            Settings::S3(settings) => {
                let store = s3(settings)?;
                Ok(Self::S3 { store: Arc::new(store), place: format!("the bucket {}", settings.bucket) })
            }
        }
    }

    /// Where it is, for people.
    pub(super) fn place(&self) -> &str {
        match self {
            Self::Folder { place, .. } | Self::S3 { place, .. } => place,
        }
    }

    pub(super) fn store(&self) -> Result<Arc<dyn ObjectStore>> {
        match self {
            Self::S3 { store, .. } => Ok(Arc::clone(store) as _),
            Self::Folder { path, place, opened } => {
                if let Some(store) = opened.get() {
                    return Ok(Arc::clone(store) as _);
                }
                let unusable = |error: io::Error| Error::new(Code::Misconfigured, format!("cannot use {place}")).caused_by(error);
                let store = folder(path).map_err(unusable)?;
                Ok(Arc::clone(opened.get_or_init(|| Arc::new(store))) as _)
            }
        }
    }

    /// What S3 is told about an object, for those who read it there. A folder has no place for it, and needs none.
    pub(super) fn attributes(&self, key: &Key) -> Attributes {
        match self {
            Self::Folder { .. } => Attributes::new(),
            Self::S3 { .. } => [(Attribute::ContentType, key.content_type())].into_iter().collect(),
        }
    }
}

fn folder(path: &Path) -> io::Result<LocalFileSystem> {
    fs::DirBuilder::new().recursive(true).mode(PRIVATE).create(path)?;
    // Whoever is told that an object is written finds it after a power cut, as in S3.
    LocalFileSystem::new_with_prefix(path).map(|store| store.with_fsync(true)).map_err(io::Error::other)
}

fn s3(settings: &S3Settings) -> Result<AmazonS3> {
    if settings.bucket.is_empty() {
        return Err(Error::new(Code::Misconfigured, "objects.s3.bucket is empty"));
    }
    let is_named = !settings.access_key_id.is_empty();
    let mut builder = if is_named { AmazonS3Builder::new() } else { AmazonS3Builder::from_env() };
    builder = builder
        .with_bucket_name(&settings.bucket)
        .with_region(&settings.region)
        .with_allow_http(settings.endpoint.starts_with("http://"))
        .with_client_options(client_options(settings))
        .with_retry(retries(settings));
    if is_named {
        builder = builder.with_access_key_id(&settings.access_key_id).with_secret_access_key(settings.secret_access_key.expose_secret());
    }
    if !settings.endpoint.is_empty() {
        builder = builder.with_endpoint(&settings.endpoint);
    }
    builder.build().map_err(|error| Error::new(Code::Misconfigured, "[objects.s3] does not describe a bucket").caused_by(error))
}

/// No limit for a whole request: an object may be large and its reader slow, as long as something moves.
fn client_options(settings: &S3Settings) -> ClientOptions {
    ClientOptions::new()
        .with_connect_timeout(settings.timeout)
        .with_read_timeout(settings.timeout)
        .with_timeout_disabled()
        .with_allow_http(settings.endpoint.starts_with("http://"))
}

fn retries(settings: &S3Settings) -> RetryConfig {
    let backoff = BackoffConfig { init_backoff: FIRST_PAUSE, max_backoff: MAX_PAUSE, base: 2.0 };
    RetryConfig { backoff, max_retries: MAX_RETRIES, retry_timeout: settings.timeout * 2 }
}
