//! What operators do about keys: look at them, exchange them, give lost ones up.

use barker_domain::{
    Result,
    trail::{Action, Entry, Event, Origin},
};
use barker_store::{SEALED_COLUMNS, Store};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{KeySource, SealingKey, envelope, fault, source};
use crate::App;

/// A key, as operators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedKey {
    /// What sealed values name it by.
    pub id: String,
    /// When it was made, RFC 3339; empty when nobody knows.
    pub made_at: String,
    /// Whether it seals; the others only open.
    pub is_current: bool,
    /// How many values are sealed with it.
    pub values: u64,
}

/// What came of an exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rotated {
    /// The key that seals now.
    pub id: String,
    /// How many values were sealed anew.
    pub values: u64,
    /// Keys that nothing needs any more.
    pub given_up: Vec<String>,
    /// Whether they are gone: keys in the configuration are the operator's to take out.
    pub is_in_file: bool,
}

/// The keys, the one that seals first.
///
/// # Errors
/// When the database does not answer.
pub async fn list(app: &App) -> Result<Vec<ListedKey>> {
    let keys = app.inner.keyring.keys.load_full();
    let mut listed = Vec::with_capacity(keys.len());
    for (place, key) in keys.iter().enumerate() {
        let values = count_values(&app.inner.store, key).await?;
        listed.push(ListedKey { id: key.id.clone(), made_at: key.made_at.clone(), is_current: place == 0, values });
    }
    Ok(listed)
}

async fn count_values(store: &Store, key: &SealingKey) -> Result<u64> {
    let mut values = 0;
    for column in SEALED_COLUMNS {
        values += store.count_sealed_with(column, &envelope::beginning(key)).await?;
    }
    Ok(values)
}

/// Makes a new key, seals everything with it, and gives the former ones up. Keys of the configuration are not made here:
/// everything is sealed with the first of them.
///
/// It may be broken off anywhere and done again: former keys stay until nothing is sealed with them.
///
/// # Errors
/// [`barker_domain::Code::InvalidRequest`] during a backup; when the database or the disk fails.
pub async fn rotate(app: &App) -> Result<Rotated> {
    let _alone = app.take_care_alone()?;
    let keyring = &app.inner.keyring;
    let is_in_file = matches!(keyring.source, KeySource::File(_));
    if let KeySource::File(path) = &keyring.source {
        let new = SealingKey::generate(source::instant(app.now_ms()))?;
        let mut keys = vec![new.clone()];
        keys.extend(keyring.keys.load().iter().cloned());
        // On disk before anything is sealed with it.
        source::write(path, &keys)?;
        note(app, Event::new(Action::SealingKeyCreated).to(json!({"key": new.id}))).await?;
        // Whoever is sealing with the former key comes to an end first, and is found below.
        let _nobody_seals = keyring.sealing.write().await;
        keyring.keys.store(std::sync::Arc::new(keys));
    }
    let values = keyring.seal_anew(&app.inner.store).await?;
    let given_up = give_up(app).await?;
    let id = keyring.current().id;
    note(app, Event::new(Action::SealingKeyRotated).to(json!({"key": id, "values": values, "given_up": given_up}))).await?;
    Ok(Rotated { id, values, given_up, is_in_file })
}

/// Drops keys that nothing is sealed with; answers which.
async fn give_up(app: &App) -> Result<Vec<String>> {
    let (keyring, store) = (&app.inner.keyring, &app.inner.store);
    let (mut kept, mut given_up) = (Vec::new(), Vec::new());
    for (place, key) in keyring.keys.load_full().iter().enumerate() {
        if place == 0 || count_values(store, key).await? > 0 { kept.push(key.clone()) } else { given_up.push(key.id.clone()) }
    }
    if let KeySource::File(path) = &keyring.source {
        source::write(path, &kept)?;
        keyring.keys.store(std::sync::Arc::new(kept));
    }
    Ok(given_up)
}

async fn note(app: &App, event: Event) -> Result<()> {
    let entry = Entry::now(event, Origin::system(), app.now_ms());
    app.inner.store.write(entry, |transaction, entry| Box::pin(async move { transaction.record(&entry).await })).await
}

/// Gives up everything that is sealed with keys that are not there any more; answers how many values that were. No server
/// runs meanwhile.
///
/// # Errors
/// When the database does not answer.
pub async fn forget(store: &Store, source: &KeySource, now_ms: i64) -> Result<u64> {
    let keys = super::source::read(source)?.unwrap_or_default();
    let (known, mut count) = (keys.iter().map(envelope::beginning).collect::<Vec<_>>(), 0);
    for column in SEALED_COLUMNS {
        let lost = store.list_sealed_but(column, &known, u64::from(u32::MAX)).await?;
        let lost: Vec<_> = lost.into_iter().filter(|value| envelope::is_sealed(&value.text)).collect();
        if lost.is_empty() {
            continue;
        }
        count += lost.len() as u64;
        let event = Event::new(Action::SealingKeyForgotten)
            .to(json!({"column": format!("{}.{}", column.table, column.column), "values": lost.len()}));
        let entry = Entry::now(event, Origin::system(), now_ms);
        let delete = store.write((std::sync::Arc::new(lost), column, entry), |transaction, (lost, column, entry)| {
            Box::pin(async move {
                for value in lost.iter() {
                    transaction.delete_sealed(column, value).await?;
                }
                transaction.record(&entry).await
            })
        });
        delete.await?;
    }
    if count == 0 { Err(fault("nothing is sealed with a key that is lost")) } else { Ok(count) }
}
