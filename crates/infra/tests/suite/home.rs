//! Services with their cache in either home, each test with keys of its own.

use std::{path::Path, sync::Arc, time::Duration};

use barker_infra::{CacheSettings, RedisSettings, Services, Settings};
use barker_testkit::{ManualClock, REDIS_URL};
use tokio::time::Instant;
use uuid::Uuid;

/// How long something may take that is not immediate.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(5);

/// Where the cache and the rate limits live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Home {
    InProcess,
    Redis,
}

impl Home {
    pub(crate) fn open(self) -> Services {
        match self {
            Self::InProcess => open(CacheSettings::InProcess { max_bytes: 10_000_000 }),
            Self::Redis => {
                let url = std::env::var(REDIS_URL).unwrap_or_else(|_| panic!("{REDIS_URL} is not set: run the tests through scripts/test"));
                in_redis(&url, &prefix())
            }
        }
    }
}

/// Keys of nobody else.
pub(crate) fn prefix() -> String {
    format!("test-{}", Uuid::now_v7().simple())
}

/// Patient enough for a busy machine.
pub(crate) fn in_redis(url: &str, prefix: &str) -> Services {
    in_redis_within(PATIENCE, url, prefix)
}

/// With this much patience for Redis.
pub(crate) fn in_redis_within(timeout: Duration, url: &str, prefix: &str) -> Services {
    open(CacheSettings::Redis(RedisSettings { url: url.into(), key_prefix: prefix.to_owned(), timeout }))
}

fn open(cache: CacheSettings) -> Services {
    let settings = Settings { cache, ..Settings::embedded(Path::new("unused")) };
    Services::open(&settings, &(Arc::new(ManualClock::default()) as _)).unwrap()
}

/// Waits for what comes true by itself after a while.
pub(crate) async fn eventually(mut is_true: impl AsyncFnMut() -> bool) {
    let start = Instant::now();
    while !is_true().await {
        assert!(start.elapsed() < PATIENCE, "it has not come true");
        tokio::time::sleep(PAUSE).await;
    }
}
