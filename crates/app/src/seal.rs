//! Sealing: columns whose values only this installation reads, with AES-256-GCM. A value is bound to its table, column and
//! row, so that it opens nowhere else.
//!
//! To seal one more column: a line in `SEALED_COLUMNS` (`store/src/sealed.rs`); [`Keyring::sealer`] and [`Sealer::seal`]
//! where it is written, the sealer held until that is done; [`Keyring::open`] where it is read.

mod envelope;
mod key;
mod source;

pub mod care;

use std::{path::PathBuf, sync::Arc};

use arc_swap::ArcSwap;
use barker_domain::{Code, Error, Result};
use barker_store::{SealedColumn, SealedValue, Store};
use secrecy::SecretString;
use tokio::sync::{RwLock, RwLockReadGuard};
use uuid::Uuid;

use envelope::Spot;
pub(crate) use key::SealingKey;

/// Values that are sealed anew in one transaction.
const SEALED_TOGETHER: u64 = 100;

/// Where the keys are.
#[derive(Debug, Clone)]
pub enum KeySource {
    /// In a file, made at the first start.
    File(PathBuf),
    /// In the configuration: 32 bytes each in base64, between commas, the one that seals first.
    Given(SecretString),
}

/// The keys of this installation.
#[derive(Debug)]
pub struct Keyring {
    /// The one that seals first.
    keys: ArcSwap<Vec<SealingKey>>,
    source: KeySource,
    /// Held for reading by whoever seals until that is written, and for writing by whoever changes the keys.
    sealing: RwLock<()>,
}

/// The turn to seal. A key is not given up while somebody holds one.
pub(crate) struct Sealer<'k> {
    key: SealingKey,
    _turn: RwLockReadGuard<'k, ()>,
}

impl Sealer<'_> {
    /// The text to be stored in that column of that row.
    ///
    /// # Errors
    /// [`Code::Internal`] when the system has no random bytes.
    pub(crate) fn seal(&self, column: &SealedColumn, row: &[Uuid], secret: &[u8]) -> Result<String> {
        envelope::seal(&self.key, &Spot { column, row }, secret)
    }
}

impl Keyring {
    /// Whether the keys are there, without changing anything; nobody knows before the schema is up to date.
    ///
    /// # Errors
    /// As [`Keyring::open_all`].
    pub(crate) async fn check(store: &Store, source: &KeySource) -> Result<()> {
        let keys = source::read(source)?;
        if !store.schema_state().await?.pending.is_empty() {
            return Ok(());
        }
        match (find_foreign(store, keys.as_deref().unwrap_or_default()).await?, keys) {
            (None, _) => Ok(()),
            (Some(foreign), Some(_)) => Err(source::lacking(source, &foreign)),
            (Some(_), None) => Err(source::missing(source)),
        }
    }

    /// The keys that seal the values of that store. A file that is not there is made, unless something is sealed already.
    /// What is not sealed yet is.
    ///
    /// # Errors
    /// [`Code::Misconfigured`] when a key is missing, naming it, and saying what to do.
    pub(crate) async fn open_all(store: &Store, source: KeySource, now_ms: i64) -> Result<Self> {
        let keys = match source::read(&source)? {
            Some(keys) => keys,
            None if find_foreign(store, &[]).await?.is_none() => source::make(&source, now_ms)?,
            None => return Err(source::missing(&source)),
        };
        if let Some(foreign) = find_foreign(store, &keys).await? {
            return Err(source::lacking(&source, &foreign));
        }
        let keyring = Self { keys: ArcSwap::from_pointee(keys), source, sealing: RwLock::default() };
        keyring.seal_anew(store).await?;
        Ok(keyring)
    }

    /// The turn to seal, with the present key.
    pub(crate) async fn sealer(&self) -> Sealer<'_> {
        let turn = self.sealing.read().await;
        Sealer { key: self.current(), _turn: turn }
    }

    /// What was sealed into that column of that row.
    ///
    /// # Errors
    /// [`Code::Internal`] when it was not: it was sealed with a key that is not here, for another place, or changed.
    pub(crate) fn open(&self, column: &SealedColumn, row: &[Uuid], sealed: &str) -> Result<Vec<u8>> {
        envelope::open(&self.keys.load(), &Spot { column, row }, sealed)
    }

    fn current(&self) -> SealingKey {
        // Sources answer at least one key.
        self.keys.load()[0].clone()
    }

    /// Seals everything with the present key that is sealed with another, or not at all; a portion at a time, so that it
    /// can be broken off anywhere and done again. Answers how many values that were.
    async fn seal_anew(&self, store: &Store) -> Result<u64> {
        let (current, mut count) = (self.current(), 0);
        for column in barker_store::SEALED_COLUMNS {
            loop {
                let others = store.list_sealed_but(column, &[envelope::beginning(&current)], SEALED_TOGETHER).await?;
                if others.is_empty() {
                    break;
                }
                let changes = others.into_iter().map(|value| self.change(column, value, &current)).collect::<Result<Vec<_>>>()?;
                count += changes.len() as u64;
                let exchange = store.write((Arc::new(changes), column), |transaction, (changes, column)| {
                    Box::pin(async move {
                        for (former, text) in changes.iter() {
                            transaction.replace_sealed(column, former, text).await?;
                        }
                        Ok(())
                    })
                });
                exchange.await?;
            }
        }
        Ok(count)
    }

    fn change(&self, column: &SealedColumn, value: SealedValue, key: &SealingKey) -> Result<(SealedValue, String)> {
        let spot = Spot { column, row: &value.row };
        let secret = if envelope::is_sealed(&value.text) {
            envelope::open(&self.keys.load(), &spot, &value.text)?
        } else {
            value.text.clone().into_bytes()
        };
        let text = envelope::seal(key, &spot, &secret)?;
        Ok((value, text))
    }
}

/// The id of a key that something is sealed with and that is not among these; `None` when there is none.
async fn find_foreign(store: &Store, keys: &[SealingKey]) -> Result<Option<String>> {
    for column in barker_store::SEALED_COLUMNS {
        let mut known: Vec<_> = keys.iter().map(envelope::beginning).collect();
        loop {
            // What is not sealed yet is passed over by knowing it.
            let Some(value) = store.list_sealed_but(column, &known, 1).await?.pop() else { break };
            match envelope::key_id(&value.text) {
                Some(id) => return Ok(Some(id.to_owned())),
                None => known.push(value.text),
            }
        }
    }
    Ok(None)
}

fn fault(message: impl Into<String>) -> Error {
    Error::new(Code::Misconfigured, message)
}
