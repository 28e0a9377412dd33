//! API keys: made, listed and revoked in their project; all that work are read at the start.

use barker_domain::{
    ApiKeyId, ProjectId, Result, UserId,
    api_key::{ApiKey, NewApiKey, Scopes},
    page::{Listed, Page},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    Store, Transaction,
    entity::api_key::{ActiveModel, Column, Entity, Model},
    error::failed,
    tenant::{InProject, InProjectMut},
};

/// A key that works, with what it is recognised by.
#[derive(Debug, Clone)]
pub struct WorkingKey {
    /// Where it works.
    pub project_id: ProjectId,
    /// The key.
    pub key: ApiKey,
    /// SHA-256 of its secret, in hexadecimal.
    pub key_hash: String,
}

impl Store {
    /// Every key of every project that is neither revoked nor expired.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_working_keys(&self, now_ms: i64) -> Result<Vec<WorkingKey>> {
        let rows = Entity::find().filter(is_working(now_ms)).all(&self.reader).await.map_err(failed("read the keys"))?;
        let working = |row: Model| WorkingKey { project_id: ProjectId(row.project_id), key_hash: row.key_hash.clone(), key: row.into() };
        Ok(rows.into_iter().map(working).collect())
    }
}

impl Transaction {
    /// Writes down when keys were last used.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn update_last_uses(&self, uses: &[(ProjectId, ApiKeyId, i64)]) -> Result<()> {
        for (project_id, id, last_used_at_ms) in uses {
            let update = Entity::update_many()
                .col_expr(Column::LastUsedAtMs, Some(*last_used_at_ms).into())
                .filter(Column::ProjectId.eq(project_id.0))
                .filter(Column::Id.eq(id.0));
            update.exec(&self.inner).await.map_err(failed("write down when keys were used"))?;
        }
        Ok(())
    }
}

impl InProject<'_> {
    /// The key with that id, whether it works or not.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_api_key(&self, id: ApiKeyId) -> Result<Option<ApiKey>> {
        let row = self.api_keys().filter(Column::Id.eq(id.0)).one(&self.executor).await.map_err(failed("find the key"))?;
        Ok(row.map(ApiKey::from))
    }

    /// A page of keys, newest first, the revoked ones too.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_api_keys(&self, page: Page) -> Result<Listed<ApiKey>> {
        let total = self.api_keys().count(&self.executor).await.map_err(failed("count the keys"))?;
        let newest_first = self.api_keys().order_by_desc(Column::CreatedAtMs).order_by_desc(Column::Id);
        let rows = newest_first.offset(page.offset()).limit(page.size).all(&self.executor).await.map_err(failed("list the keys"))?;
        Ok(Listed { rows: rows.into_iter().map(ApiKey::from).collect(), total })
    }

    /// How many keys of the project work.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn count_working_keys(&self, now_ms: i64) -> Result<u64> {
        self.api_keys().filter(is_working(now_ms)).count(&self.executor).await.map_err(failed("count the keys"))
    }

    fn api_keys(&self) -> Select<Entity> {
        Entity::find().filter(Column::ProjectId.eq(self.project_id.0))
    }
}

impl InProjectMut<'_> {
    /// Stores a new key.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn insert_api_key(&self, key: &ApiKey, key_hash: String) -> Result<()> {
        let scopes = key.terms.scopes;
        let row = ActiveModel {
            project_id: Set(self.project_id.0),
            id: Set(key.id.0),
            name: Set(key.terms.name.clone()),
            prefix: Set(key.prefix.clone()),
            key_hash: Set(key_hash),
            may_serve: Set(scopes.serve),
            may_manage: Set(scopes.manage),
            may_read: Set(scopes.read),
            user_id: Set(key.created_by.map(Into::into)),
            created_at_ms: Set(key.created_at_ms),
            expires_at_ms: Set(key.terms.expires_at_ms),
            last_used_at_ms: Set(key.last_used_at_ms),
            revoked_at_ms: Set(key.revoked_at_ms),
        };
        Entity::insert(row).exec_without_returning(&self.executor).await.map(drop).map_err(failed("store the key"))
    }

    /// Revokes a key for good.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn revoke_api_key(&self, id: ApiKeyId, now_ms: i64) -> Result<()> {
        let revoke = Entity::update_many()
            .col_expr(Column::RevokedAtMs, Some(now_ms).into())
            .filter(Column::ProjectId.eq(self.project_id.0))
            .filter(Column::Id.eq(id.0));
        revoke.exec(&self.executor).await.map(drop).map_err(failed("revoke the key"))
    }
}

fn is_working(now_ms: i64) -> Expr {
    let has_time = Expr::col(Column::ExpiresAtMs).is_null().or(Expr::col(Column::ExpiresAtMs).gt(now_ms));
    Expr::col(Column::RevokedAtMs).is_null().and(has_time)
}

impl From<Model> for ApiKey {
    fn from(row: Model) -> Self {
        let scopes = Scopes { serve: row.may_serve, manage: row.may_manage, read: row.may_read };
        Self {
            id: ApiKeyId(row.id),
            terms: NewApiKey { name: row.name, scopes, expires_at_ms: row.expires_at_ms },
            prefix: row.prefix,
            created_by: row.user_id.map(UserId),
            created_at_ms: row.created_at_ms,
            last_used_at_ms: row.last_used_at_ms,
            revoked_at_ms: row.revoked_at_ms,
        }
    }
}
