//! Jobs: the record of work in the background. Which worker has a job, and that it has ended once, is decided here, by
//! updates that take effect only when the row is still as it was.
//!
//! Jobs of a project and of none stand in one table; whoever asks for a project's says so in the filter.

mod life;
mod schedule;

use barker_domain::{
    Code, Error, JobId, ProjectId, Result, UserId,
    job::{Job, NewJob, Progress, State},
    page::{Listed, Page},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use crate::{
    Store, Transaction,
    entity::job::{ActiveModel, Column, Entity, Model},
    error::{failed, unreadable},
};

pub use life::{Hold, PRUNED_JOBS_TOGETHER};

/// Which jobs are asked for; what is `None` restricts nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// Only those of this project.
    pub project_id: Option<ProjectId>,
    /// Only those in this state.
    pub state: Option<State>,
    /// Only those of these kinds.
    pub kinds: Option<Vec<String>>,
    /// Only those asked for from this instant on, in milliseconds UTC.
    pub from_ms: Option<i64>,
    /// Only those asked for before this instant.
    pub before_ms: Option<i64>,
}

/// What came of asking for a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enqueued {
    /// The job; one that was there already has the same key.
    pub id: JobId,
    /// Whether it is a new one.
    pub is_new: bool,
}

/// A job whose ticket should be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueJob {
    /// The job.
    pub id: JobId,
    /// What it does.
    pub kind: String,
}

/// How much there is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JobsInNumbers {
    /// Jobs that wait, due or not.
    pub waiting: u64,
    /// Jobs that a worker has.
    pub running: u64,
    /// Jobs that have failed for good.
    pub dead: u64,
    /// Since when the oldest job that is due has been due.
    pub oldest_due_at_ms: Option<i64>,
}

impl Store {
    /// A page of jobs, newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_jobs(&self, filter: &JobFilter, page: Page) -> Result<Listed<Job>> {
        let total = matching(filter).count(&self.reader).await.map_err(failed("count jobs"))?;
        let newest_first = matching(filter).order_by_desc(Column::CreatedAtMs).order_by_desc(Column::Id);
        let rows = newest_first.offset(page.offset()).limit(page.size).all(&self.reader).await.map_err(failed("list jobs"))?;
        Ok(Listed { rows: rows.into_iter().map(Job::try_from).collect::<Result<_>>()?, total })
    }

    /// A job.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_job(&self, id: JobId) -> Result<Option<Job>> {
        let row = Entity::find_by_id(id.0).one(&self.reader).await.map_err(failed("find the job"))?;
        row.map(Job::try_from).transpose()
    }

    /// Jobs that are due, the longest due first: those without a ticket, or those whose ticket is older than that.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_due_jobs(&self, now_ms: i64, older_than_ms: Option<i64>, limit: u64) -> Result<Vec<DueJob>> {
        let ticket = match older_than_ms {
            Some(older_than_ms) => Column::DispatchedAtMs.lt(older_than_ms),
            None => Column::DispatchedAtMs.is_null(),
        };
        let due = Entity::find()
            .select_only()
            .columns([Column::Id, Column::Kind])
            .filter(Column::State.eq(State::Waiting.as_str()))
            .filter(Column::DueAtMs.lte(now_ms))
            .filter(ticket)
            .order_by_asc(Column::DueAtMs)
            .order_by_asc(Column::Id)
            .limit(limit);
        let rows = due.into_tuple::<(Uuid, String)>().all(&self.reader).await.map_err(failed("list due jobs"))?;
        Ok(rows.into_iter().map(|(id, kind)| DueJob { id: JobId(id), kind }).collect())
    }

    /// Jobs whose worker has not been heard of since its lease ended.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_orphaned_jobs(&self, now_ms: i64, limit: u64) -> Result<Vec<Job>> {
        let orphaned =
            Entity::find().filter(Column::State.eq(State::Running.as_str())).filter(Column::LeaseEndsAtMs.lt(now_ms)).limit(limit);
        let rows = orphaned.all(&self.reader).await.map_err(failed("list orphaned jobs"))?;
        rows.into_iter().map(Job::try_from).collect()
    }

    /// How much there is to do.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn count_jobs(&self, now_ms: i64) -> Result<JobsInNumbers> {
        let count = async |state: State| {
            let of_state = Entity::find().filter(Column::State.eq(state.as_str()));
            of_state.count(&self.reader).await.map_err(failed("count jobs"))
        };
        let waiting = Entity::find().select_only().column(Column::DueAtMs).filter(Column::State.eq(State::Waiting.as_str()));
        let oldest = waiting.filter(Column::DueAtMs.lte(now_ms)).order_by_asc(Column::DueAtMs).into_tuple::<i64>().one(&self.reader).await;
        Ok(JobsInNumbers {
            waiting: count(State::Waiting).await?,
            running: count(State::Running).await?,
            dead: count(State::Dead).await?,
            oldest_due_at_ms: oldest.map_err(failed("find the oldest job"))?,
        })
    }
}

impl Transaction {
    /// Adds a job, unless one of its kind with its key is active: then that one is answered.
    ///
    /// # Errors
    /// [`Code::InvalidRequest`] for what is too long; when the database does not answer.
    pub async fn enqueue_job(&self, new: NewJob, now_ms: i64) -> Result<Enqueued> {
        let new = new.checked()?;
        let active_key = new.key.as_ref().map(|key| active_key(new.kind, key));
        if let Some(active_key) = &active_key
            && let Some(row) = self.find_active_job(active_key).await?
        {
            return Ok(Enqueued { id: row, is_new: false });
        }
        let id = JobId::generate();
        let row = ActiveModel {
            id: Set(id.0),
            kind: Set(new.kind.to_owned()),
            project_id: Set(new.project_id.map(Uuid::from)),
            job_key: Set(new.key),
            active_key: Set(active_key),
            user_id: Set(new.user_id.map(Uuid::from)),
            state: Set(State::Waiting.as_str().to_owned()),
            attempts: Set(0),
            max_attempts: Set(new.max_attempts),
            payload: Set(new.payload),
            error: Set(None),
            progress_done: Set(0),
            progress_total: Set(None),
            progress_message: Set(String::new()),
            is_cancel_asked: Set(false),
            created_at_ms: Set(now_ms),
            due_at_ms: Set(new.due_at_ms.unwrap_or(now_ms)),
            dispatched_at_ms: Set(None),
            started_at_ms: Set(None),
            finished_at_ms: Set(None),
            worker: Set(None),
            lease_ends_at_ms: Set(None),
        };
        Entity::insert(row).exec_without_returning(&self.inner).await.map_err(failed("store the job"))?;
        Ok(Enqueued { id, is_new: true })
    }

    /// A job, as this transaction sees it.
    ///
    /// # Errors
    /// [`Code::JobNotFound`]; when the database does not answer.
    pub async fn get_job(&self, id: JobId) -> Result<Job> {
        let row = Entity::find_by_id(id.0).one(&self.inner).await.map_err(failed("find the job"))?;
        row.ok_or_else(|| Error::of(Code::JobNotFound))?.try_into()
    }

    /// Whether the lease of a job's worker has ended.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn has_lease_ended(&self, id: JobId, now_ms: i64) -> Result<bool> {
        let ended = Entity::find_by_id(id.0).filter(Column::LeaseEndsAtMs.lt(now_ms)).one(&self.inner).await;
        Ok(ended.map_err(failed("read the job's lease"))?.is_some())
    }

    async fn find_active_job(&self, active_key: &str) -> Result<Option<JobId>> {
        let row = Entity::find().filter(Column::ActiveKey.eq(active_key)).one(&self.inner).await;
        Ok(row.map_err(failed("find the job"))?.map(|row| JobId(row.id)))
    }
}

/// What only one active job has.
fn active_key(kind: &str, key: &str) -> String {
    format!("{kind}:{key}")
}

fn matching(filter: &JobFilter) -> Select<Entity> {
    let mut matching = Entity::find();
    if let Some(project_id) = filter.project_id {
        matching = matching.filter(Column::ProjectId.eq(project_id.0));
    }
    if let Some(state) = filter.state {
        matching = matching.filter(Column::State.eq(state.as_str()));
    }
    if let Some(kinds) = &filter.kinds {
        matching = matching.filter(Column::Kind.is_in(kinds.iter().map(String::as_str)));
    }
    if let Some(from_ms) = filter.from_ms {
        matching = matching.filter(Column::CreatedAtMs.gte(from_ms));
    }
    if let Some(before_ms) = filter.before_ms {
        matching = matching.filter(Column::CreatedAtMs.lt(before_ms));
    }
    matching
}

impl TryFrom<Model> for Job {
    type Error = Error;

    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            id: JobId(row.id),
            kind: row.kind,
            project_id: row.project_id.map(ProjectId),
            key: row.job_key,
            user_id: row.user_id.map(UserId),
            state: State::named(&row.state).ok_or_else(|| unreadable("jobs", "state"))?,
            attempts: row.attempts,
            max_attempts: row.max_attempts,
            payload: row.payload,
            error: row.error,
            progress: Progress { done: row.progress_done, total: row.progress_total, message: row.progress_message },
            is_cancel_asked: row.is_cancel_asked,
            created_at_ms: row.created_at_ms,
            due_at_ms: row.due_at_ms,
            started_at_ms: row.started_at_ms,
            finished_at_ms: row.finished_at_ms,
            worker: row.worker,
        })
    }
}
