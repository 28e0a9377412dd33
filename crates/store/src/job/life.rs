//! A job's life: waiting, taken, kept, ended. Each step takes effect once, whoever else tries the same.

use barker_domain::{
    JobId, Result,
    job::{Job, Progress, State},
};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, UpdateMany, sea_query::Expr};
use uuid::Uuid;

use super::active_key;
use crate::{
    Store, Transaction,
    entity::job::{Column, Entity},
    error::failed,
};

/// Jobs that are deleted in one transaction: commits wait for it.
pub const PRUNED_JOBS_TOGETHER: u64 = 500;

/// A job in a worker's hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold {
    /// The job.
    pub id: JobId,
    /// Who has it, or wants it.
    pub worker: Uuid,
}

impl Transaction {
    /// Gives a job that is due to a worker, until its lease ends. `None` when it is not to be had: another has it, it is
    /// over, or not due.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn claim_job(&self, hold: Hold, (now_ms, lease_ends_at_ms): (i64, i64)) -> Result<Option<Job>> {
        let claim = of(hold.id, State::Waiting)
            .filter(Column::DueAtMs.lte(now_ms))
            .col_expr(Column::State, State::Running.as_str().into())
            .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
            .col_expr(Column::Worker, Some(hold.worker).into())
            .col_expr(Column::StartedAtMs, Some(now_ms).into())
            .col_expr(Column::LeaseEndsAtMs, Some(lease_ends_at_ms).into());
        if self.took_effect(claim, "claim the job").await? { self.get_job(hold.id).await.map(Some) } else { Ok(None) }
    }

    /// Keeps a job for its worker, and notes how far it is. `false` when the worker has lost it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn keep_job(&self, hold: Hold, lease_ends_at_ms: i64, progress: Option<Progress>) -> Result<bool> {
        let mut keep = held(hold).col_expr(Column::LeaseEndsAtMs, Some(lease_ends_at_ms).into());
        if let Some(progress) = progress {
            keep = with_progress(keep, progress);
        }
        self.took_effect(keep, "keep the job").await
    }

    /// Ends a job: it is done. What it was given is forgotten. `false` when the worker has lost it: then whatever this
    /// transaction does must not take place.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn complete_job(&self, hold: Hold, now_ms: i64, progress: Option<Progress>) -> Result<bool> {
        let mut complete = over(held(hold), State::Done, now_ms)
            .col_expr(Column::Error, Option::<String>::None.into())
            .col_expr(Column::Payload, "".into());
        if let Some(progress) = progress {
            complete = with_progress(complete, progress);
        }
        self.took_effect(complete, "complete the job").await
    }

    /// Lets a job wait again, after a failure or because its worker ends. A worker that ends did not try it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn release_job(&self, hold: Hold, due_at_ms: i64, error: Option<String>) -> Result<bool> {
        let mut release = free(held(hold))
            .col_expr(Column::State, State::Waiting.as_str().into())
            .col_expr(Column::DueAtMs, due_at_ms.into())
            .col_expr(Column::DispatchedAtMs, Option::<i64>::None.into());
        release = match error {
            Some(error) => release.col_expr(Column::Error, Some(error).into()),
            None => release.col_expr(Column::Attempts, Expr::col(Column::Attempts).sub(1)),
        };
        self.took_effect(release, "release the job").await
    }

    /// Ends a job that a worker has: dead or cancelled.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn bury_job(&self, hold: Hold, (state, now_ms): (State, i64), error: Option<String>) -> Result<bool> {
        let mut bury = over(held(hold), state, now_ms);
        if let Some(error) = error {
            bury = bury.col_expr(Column::Error, Some(error).into());
        }
        self.took_effect(bury, "end the job").await
    }

    /// Ends a job that waits: nobody wants it any more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn cancel_waiting_job(&self, id: JobId, now_ms: i64) -> Result<bool> {
        let cancel = over(of(id, State::Waiting), State::Cancelled, now_ms).col_expr(Column::IsCancelAsked, true.into());
        self.took_effect(cancel, "cancel the job").await
    }

    /// Asks the worker of a job to end it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn ask_to_cancel_job(&self, id: JobId) -> Result<bool> {
        let ask = of(id, State::Running).col_expr(Column::IsCancelAsked, true.into());
        self.took_effect(ask, "cancel the job").await
    }

    /// Lets a job that is dead or cancelled begin anew. `false` when it is neither, or another with its key is active.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn revive_job(&self, job: &Job, now_ms: i64) -> Result<bool> {
        let key = job.key.as_ref().map(|key| active_key(&job.kind, key));
        if let Some(key) = &key
            && self.find_active_job(key).await?.is_some()
        {
            return Ok(false);
        }
        let revive = free(Entity::update_many())
            .filter(Column::Id.eq(job.id.0))
            .filter(Column::State.is_in([State::Dead.as_str(), State::Cancelled.as_str()]))
            .col_expr(Column::State, State::Waiting.as_str().into())
            .col_expr(Column::ActiveKey, key.into())
            .col_expr(Column::Attempts, 0.into())
            .col_expr(Column::IsCancelAsked, false.into())
            .col_expr(Column::DueAtMs, now_ms.into())
            .col_expr(Column::DispatchedAtMs, Option::<i64>::None.into())
            .col_expr(Column::FinishedAtMs, Option::<i64>::None.into());
        self.took_effect(revive, "revive the job").await
    }

    /// Notes that tickets of these jobs were written, as they were due at that time: one that a worker has tried meanwhile, and
    /// that waits for its next time, has none for that.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn note_dispatch(&self, ids: &[JobId], now_ms: i64) -> Result<()> {
        let note = Entity::update_many()
            .col_expr(Column::DispatchedAtMs, Some(now_ms).into())
            .filter(Column::Id.is_in(ids.iter().map(|id| id.0)))
            .filter(Column::State.eq(State::Waiting.as_str()))
            .filter(Column::DueAtMs.lte(now_ms));
        note.exec(&self.inner).await.map(drop).map_err(failed("note tickets"))
    }

    /// Forgets which tickets were written: the queue has lost them, or may have.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn forget_dispatches(&self) -> Result<()> {
        let forget = Entity::update_many()
            .col_expr(Column::DispatchedAtMs, Option::<i64>::None.into())
            .filter(Column::State.eq(State::Waiting.as_str()))
            .filter(Column::DispatchedAtMs.is_not_null());
        forget.exec(&self.inner).await.map(drop).map_err(failed("forget tickets"))
    }

    async fn took_effect(&self, update: UpdateMany<Entity>, doing: &'static str) -> Result<bool> {
        update.exec(&self.inner).await.map(|updated| updated.rows_affected == 1).map_err(failed(doing))
    }
}

impl Store {
    /// Deletes jobs that were over before then, at most [`PRUNED_JOBS_TOGETHER`] of them. Answers how many there were.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn prune_jobs(&self, finished_before_ms: i64) -> Result<u64> {
        let old = Entity::find().select_only().column(Column::Id).filter(Column::FinishedAtMs.lt(finished_before_ms));
        let old = old.order_by_asc(Column::FinishedAtMs).limit(PRUNED_JOBS_TOGETHER).into_tuple::<Uuid>().all(&self.reader).await;
        let old = old.map_err(failed("prune jobs"))?;
        if old.is_empty() {
            return Ok(0);
        }
        let delete = self.write(old, |transaction, old| {
            Box::pin(async move {
                // Whoever was revived meanwhile stays.
                let delete = Entity::delete_many().filter(Column::Id.is_in(old)).filter(Column::FinishedAtMs.is_not_null());
                delete.exec(&transaction.inner).await.map(|deleted| deleted.rows_affected).map_err(failed("prune jobs"))
            })
        });
        delete.await
    }
}

fn of(id: JobId, state: State) -> UpdateMany<Entity> {
    Entity::update_many().filter(Column::Id.eq(id.0)).filter(Column::State.eq(state.as_str()))
}

/// The job, as long as that worker has it.
fn held(hold: Hold) -> UpdateMany<Entity> {
    of(hold.id, State::Running).filter(Column::Worker.eq(hold.worker))
}

/// No worker has it any more.
fn free(job: UpdateMany<Entity>) -> UpdateMany<Entity> {
    job.col_expr(Column::Worker, Option::<Uuid>::None.into()).col_expr(Column::LeaseEndsAtMs, Option::<i64>::None.into())
}

/// It will do nothing more; another may have its key.
fn over(job: UpdateMany<Entity>, state: State, now_ms: i64) -> UpdateMany<Entity> {
    free(job)
        .col_expr(Column::State, state.as_str().into())
        .col_expr(Column::ActiveKey, Option::<String>::None.into())
        .col_expr(Column::FinishedAtMs, Some(now_ms).into())
}

fn with_progress(job: UpdateMany<Entity>, progress: Progress) -> UpdateMany<Entity> {
    let progress = progress.bounded();
    job.col_expr(Column::ProgressDone, progress.done.into())
        .col_expr(Column::ProgressTotal, progress.total.into())
        .col_expr(Column::ProgressMessage, progress.message.into())
}
