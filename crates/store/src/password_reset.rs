//! Links to set a new password: made, used up, forgotten.

use barker_domain::{Result, UserId, session::RESET_LIFE_MS};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    Transaction,
    entity::password_reset::{ActiveModel, Column, Entity},
    error::failed,
};

impl Transaction {
    /// Stores a new link.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn insert_password_reset(&self, user_id: UserId, token_hash: String, now_ms: i64) -> Result<()> {
        let row = ActiveModel { token_hash: Set(token_hash), user_id: Set(user_id.0), created_at_ms: Set(now_ms) };
        Entity::insert(row).exec_without_returning(&self.inner).await.map(drop).map_err(failed("store the link"))
    }

    /// Whose password the link with that digest sets, if it is still good.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_password_reset(&self, token_hash: &str, now_ms: i64) -> Result<Option<UserId>> {
        let good = Entity::find_by_id(token_hash).filter(Column::CreatedAtMs.gt(now_ms - RESET_LIFE_MS));
        let row = good.one(&self.inner).await.map_err(failed("find the link"))?;
        Ok(row.map(|row| UserId(row.user_id)))
    }

    /// Forgets every link of a user: once a password is set, no other link sets another.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn delete_password_resets_of(&self, user_id: UserId) -> Result<()> {
        let delete = Entity::delete_many().filter(Column::UserId.eq(user_id.0));
        delete.exec(&self.inner).await.map(drop).map_err(failed("forget the links"))
    }

    /// Forgets links that are over.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn prune_password_resets(&self, now_ms: i64) -> Result<()> {
        let over = Entity::delete_many().filter(Column::CreatedAtMs.lte(now_ms - RESET_LIFE_MS));
        over.exec(&self.inner).await.map(drop).map_err(failed("forget the links"))
    }
}
