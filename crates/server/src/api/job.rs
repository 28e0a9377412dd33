//! Jobs: of a project for its members, of everything for administrators. What a job was given is never shown.

use axum::{Json, http::Uri};
use barker_app::job::{self, Reach};
use barker_domain::{
    Error, FieldError, JobId, ProjectId, Result,
    job::{Job as Record, State},
    membership::Role,
    page::Listed,
};
use barker_store::JobFilter;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::instant;
use crate::http::{
    input::{InPath, Query},
    paging::{PagedJson, WantedPage, page},
    permission::{Administrator, Marketer, Member, Person, Viewer},
    problem::{ChangeRefusals, Problem, Refusals},
};

/// A piece of work in the background.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "job_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d", "kind": "invitation.mail", "project_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e",
    "key": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5f", "user_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c60", "state": "waiting", "attempts": 1,
    "max_attempts": 14, "error": "service-unavailable: the mail server does not answer", "progress": {"done": 0, "total": null, "message": ""},
    "is_cancel_asked": false, "created_at": "2026-11-21T08:15:00Z", "due_at": "2026-11-21T08:15:05Z", "started_at": "2026-11-21T08:15:00Z",
    "finished_at": null
}))]
#[expect(clippy::struct_field_names, reason = "the names of the API")]
pub(super) struct Job {
    /// The job.
    job_id: Uuid,
    /// What it does: what it is about, a dot, what it does.
    kind: String,
    /// For which project; `null`: for none.
    project_id: Option<Uuid>,
    /// One active job of its kind at a time has this key.
    key: Option<String>,
    /// Who asked for it; `null`: Barker itself.
    user_id: Option<Uuid>,
    /// `waiting`, `running`, `done`, `dead` (it has failed for good) or `cancelled`.
    state: &'static str,
    /// How often it was begun.
    attempts: i32,
    /// How often it is tried in all.
    max_attempts: i32,
    /// What went wrong last.
    error: Option<String>,
    /// How far it is.
    progress: Progress,
    /// Whether somebody wants it to end.
    is_cancel_asked: bool,
    /// When it was asked for.
    created_at: String,
    /// From when on it may run.
    due_at: String,
    /// When it was last begun.
    started_at: Option<String>,
    /// When it was over.
    finished_at: Option<String>,
}

/// How far a job is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobProgress, example = json!({"done": 1200, "total": 5000, "message": "reading rows"}))]
pub(super) struct Progress {
    /// How much is done, in whatever the job counts.
    done: i64,
    /// Of how much; `null`: it does not know.
    total: Option<i64>,
    /// In words; may be empty.
    message: String,
}

impl From<&Record> for Job {
    fn from(job: &Record) -> Self {
        Self {
            job_id: job.id.0,
            kind: job.kind.clone(),
            project_id: job.project_id.map(Uuid::from),
            key: job.key.clone(),
            user_id: job.user_id.map(Uuid::from),
            state: job.state.as_str(),
            attempts: job.attempts,
            max_attempts: job.max_attempts,
            error: job.error.clone(),
            progress: Progress { done: job.progress.done, total: job.progress.total, message: job.progress.message.clone() },
            is_cancel_asked: job.is_cancel_asked,
            created_at: instant(job.created_at_ms),
            due_at: instant(job.due_at_ms),
            started_at: job.started_at_ms.map(instant),
            finished_at: job.finished_at_ms.map(instant),
        }
    }
}

/// List jobs
///
/// Of every project and of none, newest first. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
#[utoipa::path(get, path = "/api/v1/jobs", operation_id = "listJobs", tag = "Jobs", security(("session" = [])),
    params(
        ("project_id" = Option<Uuid>, Query, description = "Only those of this project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e"),
        ("state" = Option<String>, Query, pattern = "^(waiting|running|done|dead|cancelled)$", description = "Only those in this state.", example = "dead"),
        ("kind" = Option<String>, Query, description = "Only those of this kind.", example = "invitation.mail"),
        ("from" = Option<String>, Query, format = "date-time", description = "Only those asked for from this instant on.", example = "2026-11-01T00:00:00Z"),
        ("before" = Option<String>, Query, format = "date-time", description = "Only those asked for before this instant.", example = "2026-12-01T00:00:00Z"),
        WantedPage,
    ),
    responses((status = 200, body = Vec<Job>, description = "A page of jobs.",
        headers(("X-Total-Count" = u64, description = "Rows in the whole list."), ("Link" = String, description = "RFC 8288: next and prev."))),
        Refusals))]
pub(super) async fn list(Administrator(person): Administrator, query: Query, uri: Uri) -> Result<PagedJson<Job>, Problem> {
    let project_id = query.parsed::<Uuid>("project_id", "a UUID")?.map(ProjectId);
    listed(&person, (Reach::Installation, JobFilter { project_id, ..filter(&query)? }), &query, uri).await
}

/// Get a job
#[utoipa::path(get, path = "/api/v1/jobs/{jobId}", operation_id = "getJob", tag = "Jobs", security(("session" = [])),
    params(("jobId" = Uuid, Path, description = "The job.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    responses((status = 200, body = Job, description = "The job."), Refusals))]
pub(super) async fn get(Administrator(person): Administrator, InPath(id): InPath<JobId>) -> Result<Json<Job>, Problem> {
    Ok(Json(Job::from(&job::get(&person.app, Reach::Installation, id).await?)))
}

/// Retry a job
///
/// One that is dead or cancelled begins anew, with all its attempts.
#[utoipa::path(post, path = "/api/v1/jobs/{jobId}/retry", operation_id = "retryJob", tag = "Jobs", security(("session" = [])),
    params(("jobId" = Uuid, Path, description = "The job.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    responses((status = 200, body = Job, description = "The job as it is now."), ChangeRefusals))]
pub(super) async fn retry(Administrator(person): Administrator, InPath(id): InPath<JobId>) -> Result<Json<Job>, Problem> {
    Ok(Json(Job::from(&job::retry(&person.app, Reach::Installation, id, &person.origin).await?)))
}

/// Cancel a job
///
/// One that waits never runs. One that runs is asked to end; until it has, `is_cancel_asked` says so.
#[utoipa::path(post, path = "/api/v1/jobs/{jobId}/cancel", operation_id = "cancelJob", tag = "Jobs", security(("session" = [])),
    params(("jobId" = Uuid, Path, description = "The job.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    responses((status = 200, body = Job, description = "The job as it is now."), ChangeRefusals))]
pub(super) async fn cancel(Administrator(person): Administrator, InPath(id): InPath<JobId>) -> Result<Json<Job>, Problem> {
    Ok(Json(Job::from(&job::cancel(&person.app, Reach::Installation, id, &person.origin).await?)))
}

/// List the jobs of a project
///
/// Those that concern your role, newest first. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/jobs", operation_id = "listProjectJobs", tag = "Jobs", security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e"),
        ("state" = Option<String>, Query, pattern = "^(waiting|running|done|dead|cancelled)$", description = "Only those in this state.", example = "dead"),
        ("kind" = Option<String>, Query, description = "Only those of this kind.", example = "invitation.mail"),
        ("from" = Option<String>, Query, format = "date-time", description = "Only those asked for from this instant on.", example = "2026-11-01T00:00:00Z"),
        ("before" = Option<String>, Query, format = "date-time", description = "Only those asked for before this instant.", example = "2026-12-01T00:00:00Z"),
        WantedPage,
    ),
    responses((status = 200, body = Vec<Job>, description = "A page of jobs.",
        headers(("X-Total-Count" = u64, description = "Rows in the whole list."), ("Link" = String, description = "RFC 8288: next and prev."))),
        Refusals))]
pub(super) async fn list_of_project(member: Member<Viewer>, query: Query, uri: Uri) -> Result<PagedJson<Job>, Problem> {
    listed(&member.person, (reach(&member), filter(&query)?), &query, uri).await
}

/// Get a job of a project
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/jobs/{jobId}", operation_id = "getProjectJob", tag = "Jobs", security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e"),
        ("jobId" = Uuid, Path, description = "The job.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
    ),
    responses((status = 200, body = Job, description = "The job."), Refusals))]
pub(super) async fn get_of_project(member: Member<Viewer>, InPath(id): InPath<JobId>) -> Result<Json<Job>, Problem> {
    Ok(Json(Job::from(&job::get(&member.person.app, reach(&member), id).await?)))
}

/// Retry a job of a project
///
/// One that is dead or cancelled begins anew, with all its attempts.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/jobs/{jobId}/retry", operation_id = "retryProjectJob", tag = "Jobs", security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e"),
        ("jobId" = Uuid, Path, description = "The job.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
    ),
    responses((status = 200, body = Job, description = "The job as it is now."), ChangeRefusals))]
pub(super) async fn retry_of_project(member: Member<Marketer>, InPath(id): InPath<JobId>) -> Result<Json<Job>, Problem> {
    Ok(Json(Job::from(&job::retry(&member.person.app, reach(&member), id, &member.person.origin).await?)))
}

/// Cancel a job of a project
///
/// One that waits never runs. One that runs is asked to end; until it has, `is_cancel_asked` says so.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/jobs/{jobId}/cancel", operation_id = "cancelProjectJob", tag = "Jobs", security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e"),
        ("jobId" = Uuid, Path, description = "The job.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
    ),
    responses((status = 200, body = Job, description = "The job as it is now."), ChangeRefusals))]
pub(super) async fn cancel_of_project(member: Member<Marketer>, InPath(id): InPath<JobId>) -> Result<Json<Job>, Problem> {
    Ok(Json(Job::from(&job::cancel(&member.person.app, reach(&member), id, &member.person.origin).await?)))
}

async fn listed(person: &Person, (reach, filter): (Reach, JobFilter), query: &Query, uri: Uri) -> Result<PagedJson<Job>, Problem> {
    let page = page(query)?;
    let Listed { rows, total } = job::list(&person.app, reach, filter, page).await?;
    Ok(PagedJson { listed: Listed { rows: rows.iter().map(Job::from).collect(), total }, page, uri })
}

/// What a member of a project reaches.
pub(super) fn reach<R>(member: &Member<R>) -> Reach {
    let role = member.person.signed_in.standing.role_in(member.project_id).unwrap_or(Role::Viewer);
    Reach::Project(member.project_id, role)
}

fn filter(query: &Query) -> Result<JobFilter> {
    let read = |name: &str| {
        let known = State::ALL.map(State::as_str).join(", ");
        State::named(name).ok_or_else(|| Error::invalid(vec![FieldError::new("/state", "enum", format!("must be one of {known}"))]))
    };
    Ok(JobFilter {
        project_id: None,
        state: query.text("state").map(read).transpose()?,
        kinds: query.text("kind").map(|kind| vec![kind.to_owned()]),
        from_ms: query.instant("from")?,
        before_ms: query.instant("before")?,
    })
}
