//! Ownership: one server at a time decides what a database's campaigns may deliver.
//!
//! Two mechanisms, for two questions. A *lock* that dies with its holder tells a newcomer whether somebody is there. A
//! *fencing token*, read and locked by every transaction that writes, makes sure that whoever was replaced can write
//! nothing more, however late its commit arrives. Safety rests on the token alone.

pub(crate) mod lock;

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use barker_domain::{Code, Error, Result};
use sea_orm::{ColumnTrait, DatabaseConnection, DatabaseTransaction, EntityTrait, ExprTrait, QueryFilter, QuerySelect, sea_query::Expr};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

use crate::{
    Store,
    entity::database_owner::{Column, Entity, Model},
    error::failed,
};
use lock::Lock;

/// The table's one row.
const THE_ROW: i32 = 1;
/// The token of a store that never claimed anything: its writes are not fenced. Tools and tests use it.
const NO_TOKEN: i64 = 0;
/// The token of a store that gave its claim up: it can write nothing more.
const RELEASED: i64 = -1;

/// How often, and how long between, a process that does not own the database looks whether its owner has migrated it.
const PREPARE_ATTEMPTS: u32 = 120;
const PREPARE_PAUSE: Duration = Duration::from_millis(500);
/// The holder of a database that nobody serves.
pub(crate) const NOBODY: &str = "nobody";
/// The holder of a database that a copy is being loaded into: what is there is not everything.
pub(crate) const UNFINISHED_COPY: &str = "an unfinished restore";

/// What this process knows of its ownership.
#[derive(Debug, Clone)]
pub(crate) struct Owner {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    url: SecretString,
    token: AtomicI64,
    lock: Mutex<Option<Lock>>,
}

/// Who claims the database, and how insistently.
#[derive(Debug, Clone, Default)]
pub struct Claim {
    /// Who it is, for people: shown to whoever comes second.
    pub holder: String,
    /// Take the database from a server that seems to be alive; it can write nothing afterwards.
    pub by_force: bool,
}

impl Owner {
    pub(crate) fn new(url: SecretString) -> Self {
        Self { inner: Arc::new(Inner { url, token: AtomicI64::new(NO_TOKEN), lock: Mutex::default() }) }
    }

    /// Lets whoever comes next have the database at once.
    pub(crate) async fn release(&self) {
        if self.token() == NO_TOKEN {
            return;
        }
        self.inner.token.store(RELEASED, Ordering::SeqCst);
        if let Some(lock) = self.inner.lock.lock().await.take() {
            lock.release().await;
        }
    }

    pub(crate) fn url(&self) -> &str {
        self.inner.url.expose_secret()
    }

    fn token(&self) -> i64 {
        self.inner.token.load(Ordering::SeqCst)
    }

    /// Waits for everyone else's transactions, and fails unless this process still owns the database. Both hold until the
    /// transaction ends: on every database writes happen one after the other, and facts reach the outbox in commit order.
    pub(crate) async fn confirm(&self, transaction: &DatabaseTransaction) -> Result<()> {
        // Not `one`: its `LIMIT` is a value, for each of which SQLite plans the statement anew.
        let rows = Entity::find_by_id(THE_ROW).lock_exclusive().all(transaction).await.map_err(failed("confirm the ownership"))?;
        match self.token() {
            NO_TOKEN => Ok(()),
            token if rows.first().is_some_and(|row| row.fencing_token == token) => Ok(()),
            _ => Err(Error::of(Code::TakenOver)),
        }
    }
}

impl Store {
    /// Makes this process the one that serves the database, and brings the schema up to date. From here on its writes
    /// fail once another has taken over.
    ///
    /// # Errors
    /// [`Code::Misconfigured`] when another process serves it, saying which; when the database does not answer.
    pub async fn claim(&self, claim: &Claim, now_ms: i64) -> Result<()> {
        let mut held = self.owner.inner.lock.lock().await;
        *held = Lock::acquire(self.owner.inner.url.expose_secret()).await?;
        if held.is_none() && !claim.by_force {
            return Err(occupied(&self.current_owner().await?));
        }
        self.migrate().await?;
        if self.current_owner().await?.holder == UNFINISHED_COPY {
            let message = "a backup was being restored into this database and did not get to its end; run `barker restore` again";
            return Err(Error::new(Code::Misconfigured, message));
        }
        self.raise_token(claim, now_ms).await
    }

    /// Brings the schema up to date for a process that does not own the database, or waits until whoever owns it has.
    ///
    /// # Errors
    /// [`Code::Misconfigured`] when neither happens; when the database does not answer.
    pub async fn prepare(&self) -> Result<()> {
        for _ in 0..PREPARE_ATTEMPTS {
            // An error here is a database without any table yet.
            if self.schema_state().await.is_ok_and(|state| state.pending.is_empty()) {
                return Ok(());
            }
            if let Some(lock) = Lock::try_acquire(self.owner.url()).await? {
                let migrated = self.migrate().await;
                lock.release().await;
                return migrated;
            }
            tokio::time::sleep(PREPARE_PAUSE).await;
        }
        Err(Error::new(
            Code::Misconfigured,
            "the server that owns the database is of another version: its schema is not the one this one knows",
        ))
    }

    /// Waits until nothing that this process began to write before can still be committed. What is stored after that
    /// is what will stay.
    ///
    /// # Errors
    /// [`Code::TakenOver`]; when the database does not answer.
    pub async fn settle(&self) -> Result<()> {
        // Every transaction holds the owner's row from its first statement to its end, also when its connection broke in
        // between: whoever gets hold of the row knows that it has ended.
        self.write((), |_, ()| Box::pin(async { Ok(()) })).await
    }

    /// Takes the lock again if it was lost with its connection, and makes sure that nobody has taken over meanwhile.
    ///
    /// # Errors
    /// [`Code::TakenOver`]; when the database does not answer.
    pub async fn keep_claim(&self) -> Result<()> {
        let mut held = self.owner.inner.lock.lock().await;
        let is_held = match held.as_ref() {
            Some(lock) => lock.is_held().await,
            None => false,
        };
        if !is_held {
            *held = Lock::try_acquire(self.owner.inner.url.expose_secret()).await?;
        }
        let current = self.current_owner().await?;
        if current.fencing_token == self.owner.token() { Ok(()) } else { Err(Error::of(Code::TakenOver)) }
    }

    async fn current_owner(&self) -> Result<Model> {
        let row = Entity::find_by_id(THE_ROW).one(&self.reader).await.map_err(failed("read who owns the database"))?;
        row.ok_or_else(lost_row)
    }

    /// Raises the token, which waits for every transaction that has confirmed the former one.
    async fn raise_token(&self, claim: &Claim, now_ms: i64) -> Result<()> {
        let begun = self.begin().await?;
        let failed = failed("claim the database");
        let raised = Entity::update_many()
            .col_expr(Column::FencingToken, Expr::col(Column::FencingToken).add(1))
            .col_expr(Column::Holder, claim.holder.clone().into())
            .col_expr(Column::ClaimedAtMs, now_ms.into())
            .filter(Column::Id.eq(THE_ROW));
        raised.exec(&begun.inner).await.map_err(&failed)?;
        let row = Entity::find_by_id(THE_ROW).one(&begun.inner).await.map_err(&failed)?.ok_or_else(lost_row)?;
        begun.inner.commit().await.map_err(failed)?;
        self.owner.inner.token.store(row.fencing_token, Ordering::SeqCst);
        Ok(())
    }
}

/// Who holds the database, as its row says.
pub(crate) async fn holder(connection: &DatabaseConnection) -> Result<String> {
    let row = Entity::find_by_id(THE_ROW).one(connection).await.map_err(failed("read who owns the database"))?;
    row.map(|row| row.holder).ok_or_else(lost_row)
}

/// Lets the row say who holds the database.
pub(crate) async fn set_holder(connection: &DatabaseConnection, holder: &str) -> Result<()> {
    let set = Entity::update_many().col_expr(Column::Holder, holder.into()).filter(Column::Id.eq(THE_ROW));
    set.exec(connection).await.map(drop).map_err(failed("say who owns the database"))
}

fn lost_row() -> Error {
    Error::new(Code::Internal, "the table database_owner has lost its row")
}

fn occupied(owner: &Model) -> Error {
    let since = jiff::Timestamp::from_millisecond(owner.claimed_at_ms).map(|since| since.to_string()).unwrap_or_default();
    Error::new(
        Code::Misconfigured,
        format!(
            "{} serves this database already, since {since}. One server at a time may: stop it first, or give this one a database of \
             its own. If it is gone for good and its host cannot say so, --take-over locks it out",
            owner.holder
        ),
    )
}
