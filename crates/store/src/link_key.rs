//! Keys that links of ads are signed with: the newest signs, all are accepted.

use barker_domain::Result;
use sea_orm::{ActiveValue::Set, EntityTrait, QueryOrder};
use uuid::Uuid;

use crate::{
    Store, Transaction,
    entity::link_key::{ActiveModel, Column, Entity},
    error::failed,
};

/// A key. Its secret is 256 bits in hexadecimal, sealed where it is stored.
#[derive(Clone)]
pub struct LinkKey {
    /// Made by Barker.
    pub id: Uuid,
    /// What signs.
    pub secret: String,
    /// Milliseconds UTC.
    pub created_at_ms: i64,
}

/// The secret never gets into a log.
impl std::fmt::Debug for LinkKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("LinkKey").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Store {
    /// Every key, the newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_link_keys(&self) -> Result<Vec<LinkKey>> {
        let rows = Entity::find().order_by_desc(Column::Id).all(&self.reader).await.map_err(failed("read the keys of links"))?;
        Ok(rows.into_iter().map(|row| LinkKey { id: row.id, secret: row.secret, created_at_ms: row.created_at_ms }).collect())
    }
}

impl Transaction {
    /// Stores a new key.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn insert_link_key(&self, key: &LinkKey) -> Result<()> {
        let row = ActiveModel { id: Set(key.id), secret: Set(key.secret.clone()), created_at_ms: Set(key.created_at_ms) };
        Entity::insert(row).exec_without_returning(&self.inner).await.map(drop).map_err(failed("store the key of links"))
    }
}
