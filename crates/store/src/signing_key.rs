//! Keys that access tokens are signed with: one is in use, former ones are accepted until their tokens have ended.

use barker_domain::{Result, SigningKeyId};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::{
    Store, Transaction,
    entity::signing_key::{ActiveModel, Column, Entity, Model},
    error::failed,
};

/// A key. Its secret is 256 bits in hexadecimal, sealed where it is stored.
#[derive(Clone)]
pub struct SigningKey {
    /// What tokens name it by.
    pub id: SigningKeyId,
    /// What signs.
    pub secret: String,
    /// Milliseconds UTC.
    pub created_at_ms: i64,
    /// When another took its place; `None`: it is in use.
    pub retired_at_ms: Option<i64>,
}

/// The secret never gets into a log.
impl std::fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SigningKey").field("id", &self.id).field("retired_at_ms", &self.retired_at_ms).finish_non_exhaustive()
    }
}

impl Store {
    /// Every key, the newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_signing_keys(&self) -> Result<Vec<SigningKey>> {
        let rows = Entity::find().order_by_desc(Column::CreatedAtMs).order_by_desc(Column::Id).all(&self.reader).await;
        Ok(rows.map_err(failed("read the signing keys"))?.into_iter().map(SigningKey::from).collect())
    }
}

impl Transaction {
    /// Puts a new key in the place of whichever is in use, and forgets those that were retired before `forgotten_ms`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn replace_signing_key(&self, key: &SigningKey, forgotten_ms: i64) -> Result<()> {
        let forget = Entity::delete_many().filter(Column::RetiredAtMs.lt(forgotten_ms));
        forget.exec(&self.inner).await.map_err(failed("forget old signing keys"))?;
        let retire =
            Entity::update_many().col_expr(Column::RetiredAtMs, Some(key.created_at_ms).into()).filter(Column::RetiredAtMs.is_null());
        retire.exec(&self.inner).await.map_err(failed("retire the signing key"))?;
        let row = ActiveModel {
            id: Set(key.id.0),
            secret: Set(key.secret.clone()),
            created_at_ms: Set(key.created_at_ms),
            retired_at_ms: Set(key.retired_at_ms),
        };
        Entity::insert(row).exec_without_returning(&self.inner).await.map(drop).map_err(failed("store the signing key"))
    }
}

impl From<Model> for SigningKey {
    fn from(row: Model) -> Self {
        Self { id: SigningKeyId(row.id), secret: row.secret, created_at_ms: row.created_at_ms, retired_at_ms: row.retired_at_ms }
    }
}
