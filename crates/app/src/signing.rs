//! The keys that sign access tokens: made at the first start, replaced every month, forgotten when their tokens are over.

use std::time::Duration;

use barker_domain::{
    Code, Error, Result, SigningKeyId,
    membership::Role,
    session::ACCESS_TOKEN_LIFE_MS,
    trail::{Action, Entry, Event, Origin},
};
use barker_store::{SIGNING_KEYS, SigningKey, Store};
use serde::{Deserialize, Serialize};

use crate::{
    App,
    job::{Job, Place, Shift, Terms},
    seal::Keyring,
    secret::new_hex,
};

/// How long a key signs, in milliseconds.
const REPLACED_AFTER_MS: i64 = 30 * 24 * 60 * 60 * 1_000;

/// The keys whose tokens are accepted at `now_ms`, the one that signs first. Makes one when there is none, or it is old.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn keys(store: &Store, keyring: &Keyring, now_ms: i64) -> Result<Vec<SigningKey>> {
    let keys = store.list_signing_keys().await?;
    let is_current = |key: &SigningKey| key.retired_at_ms.is_none() && now_ms - key.created_at_ms < REPLACED_AFTER_MS;
    let keys = if keys.first().is_some_and(is_current) {
        keys
    } else {
        replace(store, keyring, now_ms).await?;
        store.list_signing_keys().await?
    };
    let is_accepted = |key: &SigningKey| key.retired_at_ms.is_none_or(|retired_at_ms| now_ms < retired_at_ms + ACCESS_TOKEN_LIFE_MS);
    keys.into_iter().filter(is_accepted).map(|key| opened(keyring, &key)).collect()
}

fn opened(keyring: &Keyring, key: &SigningKey) -> Result<SigningKey> {
    let secret = keyring.open(&SIGNING_KEYS, &[key.id.0], &key.secret)?;
    let secret = String::from_utf8(secret).map_err(|_| Error::new(Code::Internal, "a signing key is no text"))?;
    Ok(SigningKey { secret, ..key.clone() })
}

async fn replace(store: &Store, keyring: &Keyring, now_ms: i64) -> Result<()> {
    let (id, sealer) = (SigningKeyId::generate(), keyring.sealer().await);
    let secret = sealer.seal(&SIGNING_KEYS, &[id.0], new_hex()?.as_bytes())?;
    let key = SigningKey { id, secret, created_at_ms: now_ms, retired_at_ms: None };
    let entry = Entry::now(Event::new(Action::SigningKeyCreated).about(key.id), Origin::system(), now_ms);
    let insert = store.write((key, entry), |transaction, (key, entry)| {
        Box::pin(async move {
            transaction.replace_signing_key(&key, entry.occurred_at_ms - ACCESS_TOKEN_LIFE_MS).await?;
            transaction.record(&entry).await
        })
    });
    insert.await
}

impl App {
    /// Reads the keys anew, after replacing the one that signs when it is old.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn renew_signing_keys(&self) -> Result<()> {
        let keys = keys(&self.inner.store, &self.inner.keyring, self.now_ms()).await?;
        self.inner.access_tokens.use_keys(&keys)
    }
}

/// Replaces the keys that sign when they are old, those of links as well. Where the keys are in memory: in the process that owns the database.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RenewSigningKeys {}

impl Job for RenewSigningKeys {
    const TERMS: Terms =
        Terms { name: "signing_keys.renew", place: Place::Owner, max_attempts: 3, timeout: Duration::from_mins(1), role: Role::Owner };

    async fn run(self, shift: Shift) -> Result<()> {
        let app = shift.app()?;
        app.renew_signing_keys().await?;
        app.renew_link_keys().await
    }
}
