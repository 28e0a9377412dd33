//! Users: made, found by id or e-mail, listed newest first and searched.

use barker_domain::{
    Email, Result, UserId,
    page::{Listed, Page},
    text::MAX_NAME_CHARS,
    user::{Locale, User},
};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::{
    Store, Transaction,
    entity::user::{ActiveModel, Column, Entity, Model},
    error::{failed, unreadable},
    search::{containing, folded},
};

/// A user and how they prove who they are.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The user.
    pub user: User,
    /// Their password, as argon2id keeps it.
    pub password_hash: String,
}

impl Store {
    /// The user with that id.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_user(&self, id: UserId) -> Result<Option<User>> {
        find(&self.reader, id).await
    }

    /// The user with that id, with their password.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_credentials(&self, id: UserId) -> Result<Option<Credentials>> {
        let row = Entity::find_by_id(id.0).one(&self.reader).await.map_err(failed("find the user"))?;
        row.map(Credentials::try_from).transpose()
    }

    /// The user with that e-mail, with their password.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_credentials_by_email(&self, email: &Email) -> Result<Option<Credentials>> {
        let row = Entity::find().filter(Column::EmailFolded.eq(email.folded())).one(&self.reader).await;
        row.map_err(failed("find the user"))?.map(Credentials::try_from).transpose()
    }

    /// Whether anybody has an account.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn has_users(&self) -> Result<bool> {
        has_any(&self.reader).await
    }

    /// A page of users, newest first; with `search`, those whose e-mail or name contains it in any case.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_users(&self, page: Page, search: Option<&str>) -> Result<Listed<User>> {
        let mut matching = Entity::find();
        if let Some(search) = search {
            if search.chars().nth(MAX_NAME_CHARS).is_some() {
                return Ok(Listed { rows: Vec::new(), total: 0 });
            }
            let by_email = Column::EmailFolded.like(containing(&search.to_lowercase()));
            let by_name = Column::NameFolded.like(containing(&folded(search)));
            matching = matching.filter(Condition::any().add(by_email).add(by_name));
        }
        let total = matching.clone().count(&self.reader).await.map_err(failed("count the users"))?;
        let newest_first = matching.order_by_desc(Column::CreatedAtMs).order_by_desc(Column::Id);
        let rows = newest_first.offset(page.offset()).limit(page.size).all(&self.reader).await.map_err(failed("list the users"))?;
        Ok(Listed { rows: rows.into_iter().map(User::try_from).collect::<Result<_>>()?, total })
    }
}

impl Transaction {
    /// The user with that id.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_user(&self, id: UserId) -> Result<Option<User>> {
        find(&self.inner, id).await
    }

    /// The user with that e-mail.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_user_by_email(&self, email: &Email) -> Result<Option<User>> {
        let row = Entity::find().filter(Column::EmailFolded.eq(email.folded())).one(&self.inner).await;
        row.map_err(failed("find the user"))?.map(User::try_from).transpose()
    }

    /// Whether anybody has an account.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn has_users(&self) -> Result<bool> {
        has_any(&self.inner).await
    }

    /// How many administrators may log in.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn count_administrators(&self) -> Result<u64> {
        let acting = Entity::find().filter(Column::IsAdministrator.eq(true)).filter(Column::BlockedAtMs.is_null());
        acting.count(&self.inner).await.map_err(failed("count the administrators"))
    }

    /// Makes a user.
    ///
    /// # Errors
    /// When the e-mail is taken or the database does not answer.
    pub async fn insert_user(&self, user: &User, password_hash: String) -> Result<()> {
        let row = ActiveModel { password_hash: Set(password_hash), ..ActiveModel::from(user) };
        Entity::insert(row).exec_without_returning(&self.inner).await.map(drop).map_err(failed("make the user"))
    }

    /// Stores a user who exists; the password stays.
    ///
    /// # Errors
    /// When they do not exist, or the database does not answer.
    pub async fn update_user(&self, user: &User) -> Result<()> {
        let row = ActiveModel::from(user);
        let update = Entity::update_many().set(row).filter(Column::Id.eq(user.id.0));
        update.exec(&self.inner).await.map(drop).map_err(failed("store the user"))
    }

    /// Sets a user's password.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn update_password(&self, id: UserId, password_hash: String) -> Result<()> {
        let update = Entity::update_many().col_expr(Column::PasswordHash, password_hash.into()).filter(Column::Id.eq(id.0));
        update.exec(&self.inner).await.map(drop).map_err(failed("set the password"))
    }
}

async fn find(executor: &impl ConnectionTrait, id: UserId) -> Result<Option<User>> {
    let row = Entity::find_by_id(id.0).one(executor).await.map_err(failed("find the user"))?;
    row.map(User::try_from).transpose()
}

async fn has_any(executor: &impl ConnectionTrait) -> Result<bool> {
    let some = Entity::find().select_only().column(Column::Id).limit(1).into_tuple::<uuid::Uuid>().one(executor).await;
    some.map(|row| row.is_some()).map_err(failed("count the users"))
}

/// Everything but the password.
impl From<&User> for ActiveModel {
    fn from(user: &User) -> Self {
        Self {
            id: Set(user.id.0),
            email: Set(user.email.as_str().to_owned()),
            email_folded: Set(user.email.folded().to_owned()),
            name: Set(user.name.clone()),
            name_folded: Set(folded(&user.name)),
            locale: Set(user.locale.as_str().to_owned()),
            password_hash: NotSet,
            is_administrator: Set(user.is_administrator),
            blocked_at_ms: Set(user.blocked_at_ms),
            created_at_ms: Set(user.created_at_ms),
        }
    }
}

impl TryFrom<Model> for User {
    type Error = barker_domain::Error;

    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            id: UserId(row.id),
            email: Email::parse("", &row.email).map_err(|_| unreadable("users", "email"))?,
            name: row.name,
            locale: Locale::named(&row.locale).ok_or_else(|| unreadable("users", "locale"))?,
            is_administrator: row.is_administrator,
            blocked_at_ms: row.blocked_at_ms,
            created_at_ms: row.created_at_ms,
        })
    }
}

impl TryFrom<Model> for Credentials {
    type Error = barker_domain::Error;

    fn try_from(row: Model) -> Result<Self> {
        let password_hash = row.password_hash.clone();
        Ok(Self { user: User::try_from(row)?, password_hash })
    }
}
