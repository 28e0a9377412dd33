//! A key that seals.

use std::sync::Arc;

use barker_domain::{Code, Error, Result};
use base64::{Engine, engine::general_purpose::STANDARD};
use ring::{
    aead::{AES_256_GCM, LessSafeKey, UnboundKey},
    digest::{SHA256, digest},
};

use crate::secret::{hex, random};

/// Bytes of a key.
const KEY_BYTES: usize = 32;
/// Bytes of the digest that name a key.
const ID_BYTES: usize = 8;

/// A key, ready to seal and to open.
#[derive(Clone)]
pub(crate) struct SealingKey {
    /// What sealed values name it by: made from the key, so that the same key has the same name wherever it is kept.
    pub(crate) id: String,
    /// When it was made, RFC 3339; empty when nobody knows.
    pub(crate) made_at: String,
    bytes: [u8; KEY_BYTES],
    pub(super) key: Arc<LessSafeKey>,
}

/// A key never gets into a log.
impl std::fmt::Debug for SealingKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SealingKey").field("id", &self.id).finish_non_exhaustive()
    }
}

impl SealingKey {
    /// A new one.
    ///
    /// # Errors
    /// [`Code::Internal`] when the system has no random bytes.
    pub(crate) fn generate(made_at: String) -> Result<Self> {
        Self::new(random()?, made_at)
    }

    /// One that was written down; `None` when it is none.
    pub(crate) fn read(text: &str, made_at: String) -> Option<Self> {
        let bytes = STANDARD.decode(text).ok()?;
        Self::new(bytes.try_into().ok()?, made_at).ok()
    }

    /// To be written down.
    pub(crate) fn to_text(&self) -> String {
        STANDARD.encode(self.bytes)
    }

    fn new(bytes: [u8; KEY_BYTES], made_at: String) -> Result<Self> {
        let named = [b"barker sealing key\0".as_slice(), &bytes].concat();
        let id = hex(&digest(&SHA256, &named).as_ref()[..ID_BYTES]);
        let unfit = |_| Error::new(Code::Internal, "a key of 32 bytes is none");
        let key = UnboundKey::new(&AES_256_GCM, &bytes).map_err(unfit)?;
        Ok(Self { id, made_at, bytes, key: Arc::new(LessSafeKey::new(key)) })
    }
}
