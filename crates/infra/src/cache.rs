//! Short-lived values under names: in this process, or in Redis, where several processes share them.
//!
//! Whatever stands here may be gone at any time. Who cannot live without it belongs in the store.

mod in_process;

use std::time::Duration;

use barker_domain::{Code, Error, Result};
use bytes::Bytes;
use redis::AsyncCommands;

use crate::redis::Redis;
use in_process::InProcess;

/// Longest name of a value; names are ids and digests.
const MAX_KEY_BYTES: usize = 512;
/// Longest value; what is longer belongs into object storage.
const MAX_VALUE_BYTES: usize = 1024 * 1024;

/// Short-lived values. Clones share them.
#[derive(Debug, Clone)]
pub struct Cache {
    home: Home,
}

#[derive(Debug, Clone)]
enum Home {
    InProcess(InProcess),
    Redis(Redis),
}

/// The values of one kind. Kinds do not see each other.
#[derive(Debug, Clone)]
pub struct Namespace {
    cache: Cache,
    name: &'static str,
}

impl Cache {
    /// One in this process, of at most so many bytes; what was not used for longest goes first.
    #[must_use]
    pub fn in_process(max_bytes: u64) -> Self {
        Self { home: Home::InProcess(InProcess::new(max_bytes)) }
    }

    pub(crate) fn in_redis(redis: Redis) -> Self {
        Self { home: Home::Redis(redis) }
    }

    /// The values of one kind, like `reset-token`. A colon would let two kinds meet.
    #[must_use]
    pub fn namespace(&self, name: &'static str) -> Namespace {
        debug_assert!(!name.contains(':'), "{name} holds a colon");
        Namespace { cache: self.clone(), name }
    }

    /// Puts a value in and takes it out again.
    ///
    /// # Errors
    /// [`Code::ServiceUnavailable`] or [`Code::Misconfigured`], saying what does not work.
    pub async fn probe(&self) -> Result<String> {
        let probe = self.namespace("probe");
        let name = uuid::Uuid::now_v7().to_string();
        probe.set(&name, Bytes::from_static(b"ok"), Duration::from_secs(1)).await?;
        let is_there = probe.take(&name).await?.is_some();
        match &self.home {
            Home::InProcess(cache) => Ok(format!("in this process, up to {} MB", cache.max_bytes() / 1_000_000)),
            Home::Redis(redis) if is_there => Ok(format!("Redis at {}", redis.place())),
            Home::Redis(redis) => {
                Err(Error::new(Code::Misconfigured, format!("Redis at {} forgets at once; see its maxmemory", redis.place())))
            }
        }
    }
}

impl Namespace {
    /// The value, if it is still there.
    ///
    /// # Errors
    /// [`Code::ServiceUnavailable`] when Redis does not answer. Often that is as good as nothing being there.
    pub async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        match &self.cache.home {
            Home::InProcess(cache) => Ok(cache.get(self.name, key)),
            Home::Redis(redis) => {
                let key = redis.key(self.name, key);
                redis.run(async move |mut connection| connection.get(key).await).await.map(owned)
            }
        }
    }

    /// Keeps the value for that long, in place of the one before.
    ///
    /// # Errors
    /// [`Code::Internal`] for a name or a value that is too long; [`Code::ServiceUnavailable`].
    pub async fn set(&self, key: &str, value: Bytes, time_to_live: Duration) -> Result<()> {
        if key.len() > MAX_KEY_BYTES || value.len() > MAX_VALUE_BYTES {
            return Err(Error::new(Code::Internal, format!("{} holds a name or a value that is too long for the cache", self.name)));
        }
        match &self.cache.home {
            Home::InProcess(cache) => cache.set(self.name, key, (value, time_to_live)),
            Home::Redis(redis) => {
                let key = redis.key(self.name, key);
                let milliseconds = u64::try_from(time_to_live.as_millis()).unwrap_or(u64::MAX).clamp(1, MAX_MILLISECONDS);
                let set =
                    async move |mut connection: redis::aio::ConnectionManager| connection.pset_ex(key, &value[..], milliseconds).await;
                redis.run::<()>(set).await?;
            }
        }
        Ok(())
    }

    /// Forgets the value.
    ///
    /// # Errors
    /// [`Code::ServiceUnavailable`].
    pub async fn delete(&self, key: &str) -> Result<()> {
        self.take(key).await.map(drop)
    }

    /// The value, which nobody else gets any more: of several who ask at the same time, one is given it.
    ///
    /// # Errors
    /// [`Code::ServiceUnavailable`]. Then it may be gone all the same.
    pub async fn take(&self, key: &str) -> Result<Option<Bytes>> {
        match &self.cache.home {
            Home::InProcess(cache) => Ok(cache.take(self.name, key)),
            Home::Redis(redis) => {
                let key = redis.key(self.name, key);
                redis.run(async move |mut connection| connection.get_del(key).await).await.map(owned)
            }
        }
    }
}

/// Redis refuses times that overflow its own clock; a year is for ever.
const MAX_MILLISECONDS: u64 = 366 * 24 * 3_600_000;

fn owned(value: Option<Vec<u8>>) -> Option<Bytes> {
    value.map(Bytes::from)
}
