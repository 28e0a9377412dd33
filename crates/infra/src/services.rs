//! All services together, as the application is given them.

use std::path::Path;

use barker_domain::{Result, clock::SharedClock};

use crate::{
    cache::Cache,
    courier::{self, Courier},
    job_queue::{self, JobQueue},
    mail::{self, Mailer},
    object_storage::{self, ObjectStorage},
    rate_limit::RateLimiter,
    redis::{Redis, RedisSettings},
};

/// Memory of a cache that nobody has thought about.
const CACHE_BYTES: u64 = 64_000_000;

/// How to reach every service.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Mail.
    pub mail: mail::Settings,
    /// The cache and the rate limits.
    pub cache: CacheSettings,
    /// Objects.
    pub objects: object_storage::Settings,
    /// The queue of jobs.
    pub jobs: job_queue::Settings,
    /// Messages to webhooks.
    pub courier: courier::Settings,
}

/// Where short-lived values and rate limits live.
#[derive(Debug, Clone)]
pub enum CacheSettings {
    /// In this process.
    InProcess {
        /// Most bytes of values.
        max_bytes: u64,
    },
    /// In Redis, for all processes that share it.
    Redis(RedisSettings),
}

impl Settings {
    /// Everything inside the process, with its files below `folder`: nothing to install, nothing to reach.
    #[must_use]
    pub fn embedded(folder: &Path) -> Self {
        Self {
            mail: mail::Settings::in_folder(folder.join("mail")),
            cache: CacheSettings::InProcess { max_bytes: CACHE_BYTES },
            objects: object_storage::Settings::Folder(folder.join("objects")),
            jobs: job_queue::Settings::Sqlite(folder.join("jobs.db")),
            courier: courier::Settings::default(),
        }
    }
}

/// The services as the settings have them.
#[derive(Debug)]
pub struct Services {
    /// Sends mail.
    pub mailer: Mailer,
    /// Keeps short-lived values.
    pub cache: Cache,
    /// Keeps rate limits.
    pub rate_limiter: RateLimiter,
    /// Keeps objects.
    pub objects: ObjectStorage,
    /// Says which jobs are due.
    pub jobs: JobQueue,
    /// Carries messages to webhooks.
    pub courier: Courier,
}

impl Services {
    /// Everything inside the process, with its files below `folder`.
    ///
    /// # Errors
    /// None that settings could cause.
    pub fn embedded(folder: &Path, clock: &SharedClock) -> Result<Self> {
        Self::open(&Settings::embedded(folder), clock)
    }

    /// Reads the settings; nothing is reached yet. Needs a runtime around it, for what the connections do in the
    /// background.
    ///
    /// # Errors
    /// [`barker_domain::Code::Misconfigured`], naming the setting.
    pub fn open(settings: &Settings, clock: &SharedClock) -> Result<Self> {
        let (cache, rate_limiter) = match &settings.cache {
            CacheSettings::InProcess { max_bytes } => (Cache::in_process(*max_bytes), RateLimiter::in_process()),
            CacheSettings::Redis(redis) => {
                let redis = Redis::open(redis)?;
                (Cache::in_redis(redis.clone()), RateLimiter::in_redis(redis))
            }
        };
        Ok(Self {
            mailer: Mailer::open(&settings.mail, clock)?,
            cache,
            rate_limiter,
            objects: ObjectStorage::open(&settings.objects)?,
            jobs: JobQueue::open(&settings.jobs)?,
            courier: Courier::new(settings.courier),
        })
    }
}
