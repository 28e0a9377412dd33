//! Objects: images, raw payloads, exports. In a folder, or in S3 and whatever speaks its protocol.
//!
//! An object is written whole or not at all, and is bytes under a key (`key.rs`), whose ending says what they are. How
//! large one may be, and who may see it, is for those above.

mod failure;
mod home;
mod key;
mod upload;

use std::{ops::Range, sync::Arc};

use barker_domain::{Code, Error, Result};
use bytes::Bytes;
use futures::{
    Stream, StreamExt, TryStreamExt,
    stream::{self, BoxStream},
};
use object_store::{Error as StoreError, GetOptions, GetResult, ObjectMeta, ObjectStore, ObjectStoreExt, PutOptions, path::Path};
use uuid::Uuid;

use failure::Failing;
use home::Home;
pub use home::{S3Settings, Settings};
pub use key::{Folder, Key};

/// Keeps objects. Clones share them.
#[derive(Debug, Clone)]
pub struct ObjectStorage {
    home: Arc<Home>,
}

/// What is known of an object without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Its key.
    pub key: Key,
    /// Its length.
    pub size_bytes: u64,
    /// Another one for other bytes, in the form of the header `ETag`, quotes included.
    pub etag: String,
    /// When it was written, in milliseconds UTC.
    pub modified_ms: i64,
}

/// An object that is being read.
pub struct Object {
    /// What is known of the whole object.
    pub head: Head,
    /// Which bytes of it come.
    pub range: Range<u64>,
    body: BoxStream<'static, Result<Bytes>>,
}

impl std::fmt::Debug for Object {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Object").field("head", &self.head).field("range", &self.range).finish_non_exhaustive()
    }
}

impl Object {
    /// The bytes, as they come.
    #[must_use]
    pub fn into_stream(self) -> BoxStream<'static, Result<Bytes>> {
        self.body
    }

    /// All of the bytes at once. Whoever asks knows from the head or the range that they fit into memory.
    ///
    /// # Errors
    /// [`Code::ServiceUnavailable`] when the storage stops in the middle.
    pub async fn into_bytes(self) -> Result<Bytes> {
        let parts: Vec<Bytes> = self.body.try_collect().await?;
        Ok(if let [whole] = parts.as_slice() { whole.clone() } else { parts.concat().into() })
    }
}

/// Every function fails with [`Code::ServiceUnavailable`] when the storage does not answer, after some tries of its own,
/// and with [`Code::Misconfigured`] when it does not let us in.
impl ObjectStorage {
    /// Reads the settings; nothing is reached or made yet.
    ///
    /// # Errors
    /// [`Code::Misconfigured`], naming the setting.
    pub fn open(settings: &Settings) -> Result<Self> {
        Ok(Self { home: Arc::new(Home::open(settings)?) })
    }

    /// Writes an object, in place of the one before.
    ///
    /// # Errors
    /// See above.
    pub async fn put(&self, key: &Key, bytes: Bytes) -> Result<()> {
        let options = PutOptions { attributes: self.home.attributes(key), ..PutOptions::default() };
        let put = self.home.store()?.put_opts(&key.path(), bytes.into(), options).await;
        put.map(drop).map_err(|error| self.failed("write", error))
    }

    /// Writes an object of any length from a stream, in place of the one before, and answers its length. What was there
    /// before stays until the end of the stream; an error in the stream ends it and leaves nothing.
    ///
    /// # Errors
    /// The stream's own; see above.
    pub async fn put_stream(&self, key: &Key, stream: impl Stream<Item = Result<Bytes>> + Send) -> Result<u64> {
        upload::put(&self.home, key, stream).await
    }

    /// The object, if there is one.
    ///
    /// # Errors
    /// See above.
    pub async fn find(&self, key: &Key) -> Result<Option<Object>> {
        self.get(key, GetOptions::default()).await
    }

    /// Some bytes of the object, if there is one. A range that reaches beyond its end stops there.
    ///
    /// # Errors
    /// [`Code::InvalidRequest`] for a range that is empty or begins behind the end; see above.
    pub async fn find_range(&self, key: &Key, range: Range<u64>) -> Result<Option<Object>> {
        let Some(head) = self.find_head(key).await? else { return Ok(None) };
        let range = range.start..range.end.min(head.size_bytes);
        if range.is_empty() {
            return Err(Error::new(Code::InvalidRequest, format!("the object has {} bytes", head.size_bytes)));
        }
        self.get(key, GetOptions { range: Some(range.into()), ..GetOptions::default() }).await
    }

    /// What is known of the object, if there is one.
    ///
    /// # Errors
    /// See above.
    pub async fn find_head(&self, key: &Key) -> Result<Option<Head>> {
        let found = self.home.store()?.head(&key.path()).await;
        found.map(|meta| head(key.clone(), &meta)).map(Some).or_else(|error| self.absent("look at", error))
    }

    /// Removes the object, if there is one.
    ///
    /// # Errors
    /// See above.
    pub async fn delete(&self, key: &Key) -> Result<()> {
        match self.home.store()?.delete(&key.path()).await {
            Ok(()) | Err(StoreError::NotFound { .. }) => Ok(()),
            Err(error) => Err(self.failed("delete", error)),
        }
    }

    /// Every object in the folder and in those below it, in no particular order. What is in the storage and not ours,
    /// by its key, is left out.
    pub fn list(&self, folder: &Folder) -> BoxStream<'static, Result<Head>> {
        let store = match self.home.store() {
            Ok(store) => store,
            Err(error) => return stream::once(async { Err(error) }).boxed(),
        };
        let listing = store.list(Some(&folder.path()));
        let this = self.clone();
        let heads = listing.filter_map(move |found| {
            let this = this.clone();
            async move {
                match found {
                    Ok(meta) => Key::parse(meta.location.as_ref()).map(|key| Ok(head(key, &meta))),
                    // A folder that was never made holds nothing.
                    Err(StoreError::NotFound { .. }) => None,
                    Err(error) => Some(Err(this.not_listed(error).await)),
                }
            }
        });
        heads.boxed()
    }

    /// Writes an object, reads it and removes it.
    ///
    /// # Errors
    /// See above.
    pub async fn probe(&self) -> Result<String> {
        let unreadable = || Error::new(Code::ServiceUnavailable, format!("{} does not give back what it took", self.home.place()));
        let key = Key::parse(&format!("probe/{}.txt", Uuid::now_v7())).ok_or_else(unreadable)?;
        self.put(&key, Bytes::from_static(b"ok")).await?;
        let read = self.find(&key).await?.ok_or_else(unreadable)?.into_bytes().await?;
        self.delete(&key).await?;
        if read == "ok" { Ok(self.home.place().to_owned()) } else { Err(unreadable()) }
    }

    async fn get(&self, key: &Key, options: GetOptions) -> Result<Option<Object>> {
        let found = self.home.store()?.get_opts(&key.path(), options).await;
        found.map(|found| Some(self.object(key, found))).or_else(|error| self.absent("read", error))
    }

    fn object(&self, key: &Key, found: GetResult) -> Object {
        let (head, range) = (head(key.clone(), &found.meta), found.range.clone());
        let this = self.clone();
        let body = found.into_stream().map_err(move |error| this.failed("read", error)).boxed();
        Object { head, range, body }
    }

    /// The library keeps to itself what S3 has answered to a list. Whoever is not let in may not look at an object either.
    async fn not_listed(&self, error: StoreError) -> Error {
        let Ok(store) = self.home.store() else { return self.failed("list", error) };
        match store.head(&Path::from("probe/list.txt")).await {
            Err(denied @ (StoreError::PermissionDenied { .. } | StoreError::Unauthenticated { .. })) => self.failed("list", denied),
            _ => self.failed("list", error),
        }
    }

    fn absent<T>(&self, doing: &'static str, error: StoreError) -> Result<Option<T>> {
        if matches!(error, StoreError::NotFound { .. }) { Ok(None) } else { Err(self.failed(doing, error)) }
    }

    fn failed(&self, doing: &'static str, error: StoreError) -> Error {
        Failing { place: self.home.place(), doing }.because(error)
    }
}

fn head(key: Key, meta: &ObjectMeta) -> Head {
    let etag = meta.e_tag.clone().unwrap_or_default();
    Head { key, size_bytes: meta.size, etag, modified_ms: meta.last_modified.timestamp_millis() }
}
