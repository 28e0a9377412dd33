//! Sessions and their refresh tokens: started, renewed, ended, listed, and forgotten when they are over.

use barker_domain::{
    Result, SessionId, UserId,
    session::{REFRESH_TOKEN_LIFE_MS, RefreshToken, Session},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Select,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    Store, Transaction,
    entity::{
        refresh_token,
        session::{ActiveModel, Column, Entity, Model},
    },
    error::failed,
};

impl Store {
    /// A user's sessions that still open something, the one used last first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_live_sessions(&self, user_id: UserId, now_ms: i64) -> Result<Vec<Session>> {
        list_live(&self.reader, user_id, now_ms).await
    }
}

impl Transaction {
    /// A user's sessions that still open something, the one used last first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_live_sessions(&self, user_id: UserId, now_ms: i64) -> Result<Vec<Session>> {
        list_live(&self.inner, user_id, now_ms).await
    }

    /// Stores a new session.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn insert_session(&self, session: &Session) -> Result<()> {
        let row = ActiveModel {
            id: Set(session.id.0),
            user_id: Set(session.user_id.0),
            created_at_ms: Set(session.created_at_ms),
            refreshed_at_ms: Set(session.refreshed_at_ms),
            expires_at_ms: Set(session.expires_at_ms),
            ended_at_ms: Set(session.ended_at_ms),
            address: Set(session.address.clone()),
            agent: Set(session.agent.clone()),
        };
        Entity::insert(row).exec_without_returning(&self.inner).await.map(drop).map_err(failed("start the session"))
    }

    /// Stores a new refresh token.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn insert_refresh_token(&self, token: &RefreshToken) -> Result<()> {
        let row = refresh_token::ActiveModel {
            session_id: Set(token.session_id.0),
            generation: Set(token.generation),
            token_hash: Set(token.token_hash.clone()),
            successor_salt: Set(token.successor_salt.clone()),
            issued_at_ms: Set(token.issued_at_ms),
            replaced_at_ms: Set(token.replaced_at_ms),
        };
        let insert = refresh_token::Entity::insert(row).exec_without_returning(&self.inner);
        insert.await.map(drop).map_err(failed("store the refresh token"))
    }

    /// The refresh token with that digest, and its session.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_refresh_token(&self, token_hash: &str) -> Result<Option<(RefreshToken, Session)>> {
        let of_hash = refresh_token::Entity::find().filter(refresh_token::Column::TokenHash.eq(token_hash));
        let Some(token) = of_hash.one(&self.inner).await.map_err(failed("find the refresh token"))? else { return Ok(None) };
        let session = Entity::find_by_id(token.session_id).one(&self.inner).await.map_err(failed("find the session"))?;
        Ok(session.map(|session| (RefreshToken::from(token), Session::from(session))))
    }

    /// The refresh tokens of a session from a generation on, in order.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_refresh_tokens_from(&self, session_id: SessionId, generation: i32) -> Result<Vec<RefreshToken>> {
        use refresh_token::Column as Token;
        let successors = refresh_token::Entity::find()
            .filter(Token::SessionId.eq(session_id.0))
            .filter(Token::Generation.gte(generation))
            .order_by_asc(Token::Generation);
        let rows = successors.all(&self.inner).await.map_err(failed("list the refresh tokens"))?;
        Ok(rows.into_iter().map(RefreshToken::from).collect())
    }

    /// Puts the successor in the token's place, and prolongs the session.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn replace_refresh_token(&self, token: &RefreshToken, successor: &RefreshToken) -> Result<()> {
        use refresh_token::Column as Token;
        let now_ms = successor.issued_at_ms;
        let replace = refresh_token::Entity::update_many()
            .col_expr(Token::ReplacedAtMs, Some(now_ms).into())
            .filter(Token::SessionId.eq(token.session_id.0))
            .filter(Token::Generation.eq(token.generation));
        replace.exec(&self.inner).await.map_err(failed("replace the refresh token"))?;
        self.insert_refresh_token(successor).await?;
        let prolong = Entity::update_many()
            .col_expr(Column::RefreshedAtMs, now_ms.into())
            .col_expr(Column::ExpiresAtMs, (now_ms + REFRESH_TOKEN_LIFE_MS).into())
            .filter(Column::Id.eq(token.session_id.0));
        prolong.exec(&self.inner).await.map(drop).map_err(failed("prolong the session"))
    }

    /// Ends these sessions, as far as they have not ended.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn end_sessions(&self, ids: &[SessionId], now_ms: i64) -> Result<()> {
        let end = Entity::update_many()
            .col_expr(Column::EndedAtMs, Some(now_ms).into())
            .filter(Column::Id.is_in(ids.iter().map(|id| id.0)))
            .filter(Column::EndedAtMs.is_null());
        end.exec(&self.inner).await.map(drop).map_err(failed("end the sessions"))
    }

    /// Forgets sessions and refresh tokens that would be over by themselves.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn prune_sessions(&self, now_ms: i64) -> Result<()> {
        use refresh_token::Column as Token;
        let tokens = refresh_token::Entity::delete_many().filter(Token::IssuedAtMs.lte(now_ms - REFRESH_TOKEN_LIFE_MS));
        tokens.exec(&self.inner).await.map_err(failed("forget old refresh tokens"))?;
        // What expired has no token that was issued since.
        let sessions = Entity::delete_many().filter(Column::ExpiresAtMs.lte(now_ms));
        sessions.exec(&self.inner).await.map(drop).map_err(failed("forget old sessions"))
    }
}

async fn list_live(executor: &impl ConnectionTrait, user_id: UserId, now_ms: i64) -> Result<Vec<Session>> {
    let live = live(user_id, now_ms).order_by_desc(Column::RefreshedAtMs).order_by_desc(Column::Id);
    let rows = live.all(executor).await.map_err(failed("list the sessions"))?;
    Ok(rows.into_iter().map(Session::from).collect())
}

fn live(user_id: UserId, now_ms: i64) -> Select<Entity> {
    let is_live = Expr::col(Column::EndedAtMs).is_null().and(Expr::col(Column::ExpiresAtMs).gt(now_ms));
    Entity::find().filter(Column::UserId.eq(user_id.0)).filter(is_live)
}

impl From<Model> for Session {
    fn from(row: Model) -> Self {
        Self {
            id: SessionId(row.id),
            user_id: UserId(row.user_id),
            created_at_ms: row.created_at_ms,
            refreshed_at_ms: row.refreshed_at_ms,
            expires_at_ms: row.expires_at_ms,
            ended_at_ms: row.ended_at_ms,
            address: row.address,
            agent: row.agent,
        }
    }
}

impl From<refresh_token::Model> for RefreshToken {
    fn from(row: refresh_token::Model) -> Self {
        Self {
            session_id: SessionId(row.session_id),
            generation: row.generation,
            token_hash: row.token_hash,
            successor_salt: row.successor_salt,
            issued_at_ms: row.issued_at_ms,
            replaced_at_ms: row.replaced_at_ms,
        }
    }
}
