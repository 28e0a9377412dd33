//! A cache in this process, bounded in bytes.

use std::time::{Duration, Instant};

use bytes::Bytes;
use moka::{Expiry, policy::EvictionPolicy, sync::Cache};

/// What an entry takes besides its name and its value: the cache's own books, measured at about this much.
const ENTRY_BYTES: usize = 250;

#[derive(Debug, Clone)]
pub(super) struct InProcess {
    entries: Cache<Key, Entry>,
    max_bytes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    namespace: &'static str,
    name: Box<str>,
}

#[derive(Debug, Clone)]
struct Entry {
    value: Bytes,
    gone_at: Option<Instant>,
}

impl InProcess {
    pub(super) fn new(max_bytes: u64) -> Self {
        let weight = |key: &Key, entry: &Entry| u32::try_from(key.name.len() + entry.value.len() + ENTRY_BYTES).unwrap_or(u32::MAX);
        let entries = Cache::builder()
            .max_capacity(max_bytes)
            .weigher(weight)
            .expire_after(AsTold)
            // A value that was just put in is more likely to be asked for than an old favourite: most are asked for once.
            .eviction_policy(EvictionPolicy::lru())
            .build();
        Self { entries, max_bytes }
    }

    pub(super) fn max_bytes(&self) -> u64 {
        self.max_bytes
    }

    pub(super) fn get(&self, namespace: &'static str, name: &str) -> Option<Bytes> {
        self.entries.get(&Key::new(namespace, name)).and_then(Entry::still_there)
    }

    pub(super) fn set(&self, namespace: &'static str, name: &str, (value, time_to_live): (Bytes, Duration)) {
        // A time beyond the clock's end is for ever.
        let gone_at = Instant::now().checked_add(time_to_live);
        // The value may be a window into a buffer that is far larger, and would keep all of it.
        let value = Bytes::copy_from_slice(&value);
        self.entries.insert(Key::new(namespace, name), Entry { value, gone_at });
    }

    pub(super) fn take(&self, namespace: &'static str, name: &str) -> Option<Bytes> {
        self.entries.remove(&Key::new(namespace, name)).and_then(Entry::still_there)
    }
}

impl Key {
    fn new(namespace: &'static str, name: &str) -> Self {
        Self { namespace, name: name.into() }
    }
}

impl Entry {
    fn still_there(self) -> Option<Bytes> {
        self.gone_at.is_none_or(|gone_at| Instant::now() < gone_at).then_some(self.value)
    }
}

/// Each entry says itself how long it lives, and says so anew each time it is written.
struct AsTold;

impl Expiry<Key, Entry> for AsTold {
    fn expire_after_create(&self, _: &Key, entry: &Entry, _: Instant) -> Option<Duration> {
        entry.gone_at.map(|gone_at| gone_at.saturating_duration_since(Instant::now()))
    }

    fn expire_after_update(&self, key: &Key, entry: &Entry, updated_at: Instant, _: Option<Duration>) -> Option<Duration> {
        self.expire_after_create(key, entry, updated_at)
    }
}
