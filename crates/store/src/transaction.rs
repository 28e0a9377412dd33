//! The only door to a transaction. It commits when the work succeeds and leaves no trace when it does not.

use std::{future::Future, pin::Pin, time::Duration};

use barker_domain::{ProjectId, Result};
use sea_orm::{DatabaseTransaction, DbErr, SqliteTransactionMode, TransactionOptions, TransactionTrait};

use crate::{
    Store,
    error::{failed, lost_against_another_writer},
    tenant::InProjectMut,
};

/// How often work is done again when other writers got in its way.
const MAX_ATTEMPTS: u32 = 5;
/// Pause before the second attempt; it doubles with every further one.
const FIRST_PAUSE: Duration = Duration::from_millis(5);

/// Work inside a transaction. It may run several times, so it must not change anything but the database.
pub type Work<'t, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 't>>;

/// An open transaction.
#[derive(Debug)]
pub struct Transaction {
    pub(crate) inner: DatabaseTransaction,
}

impl Transaction {
    /// A project's rows, to read and to write.
    #[must_use]
    pub fn in_project(&self, project_id: ProjectId) -> InProjectMut<'_> {
        InProjectMut::new(project_id, &self.inner)
    }
}

impl Store {
    /// Does the work with what it is given in one transaction, again when it lost against another writer, and commits.
    ///
    /// # Errors
    /// Whatever the work answers, in which case nothing was written; and the database's own failures.
    pub async fn write<T, G, F>(&self, given: G, work: F) -> Result<T>
    where
        G: Clone + Send + Sync,
        F: for<'t> Fn(&'t Transaction, G) -> Work<'t, T> + Send + Sync,
    {
        let mut pause = FIRST_PAUSE;
        for _ in 1..MAX_ATTEMPTS {
            match self.attempt(given.clone(), &work).await {
                Err(error) if lost_against_another_writer(&error) => tokio::time::sleep(pause).await,
                answered => return answered,
            }
            pause *= 2;
        }
        self.attempt(given, &work).await
    }

    async fn attempt<T, G, F>(&self, given: G, work: &F) -> Result<T>
    where
        F: for<'t> Fn(&'t Transaction, G) -> Work<'t, T>,
    {
        let transaction = self.begin().await?;
        let answer = match self.owner.confirm(&transaction.inner).await {
            Ok(()) => work(&transaction, given).await,
            Err(error) => Err(error),
        };
        if answer.is_err() {
            // A connection that cannot even roll back is closed by the pool, which rolls back as well.
            let _ignored: Result<(), DbErr> = transaction.inner.rollback().await;
            return answer;
        }
        transaction.inner.commit().await.map_err(failed("commit"))?;
        answer
    }

    pub(crate) async fn begin(&self) -> Result<Transaction> {
        // IMMEDIATE: a SQLite transaction that starts as a reader cannot always become a writer later.
        let options =
            TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..TransactionOptions::default() };
        let inner = self.writer.begin_with_options(options).await.map_err(failed("begin a transaction"))?;
        Ok(Transaction { inner })
    }
}
