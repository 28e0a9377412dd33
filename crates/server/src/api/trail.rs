//! The trail: of a project for its owners, of everything for administrators.

mod export;

use axum::{body::Body, http::Uri, response::Response};
use barker_app::trail;
use barker_domain::{
    Error, FieldError, ProjectId, Result,
    page::Listed,
    trail::{Action, Actor, Entry},
};
use barker_store::TrailFilter;
use futures::StreamExt;
use serde::Serialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use self::export::Format;
use super::instant;
use crate::http::{
    input::Query,
    paging::{PagedJson, WantedPage, page},
    permission::{Administrator, Member, Owner, Person},
    problem::{Problem, Refusals},
};

/// What breaks a stream off: its caller sees an incomplete answer.
type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// One line of the audit log.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d", "occurred_at": "2026-11-21T08:15:00.123Z", "project_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e",
    "actor": "user", "user_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5f", "key_id": null, "action": "member.changed",
    "subject_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c60", "before": {"role": "viewer"}, "after": {"role": "marketer"}, "address": "192.0.2.7",
    "request_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c61"
}))]
pub(super) struct TrailLine {
    /// The line.
    id: Uuid,
    /// When it happened.
    occurred_at: String,
    /// The project it happened in; `null`: in none.
    project_id: Option<Uuid>,
    /// Who did it: `user`, `key`, `system` (Barker itself, or its operator at the command line) or `anonymous`.
    actor: &'static str,
    /// Which user.
    user_id: Option<Uuid>,
    /// Which key.
    key_id: Option<Uuid>,
    /// What happened: what it is about, a dot, what happened to it.
    action: &'static str,
    /// The id of what it happened to.
    subject_id: Option<Uuid>,
    /// How it was before.
    #[schema(value_type = Option<Object>)]
    before: Option<Value>,
    /// How it is afterwards, or how many were stored.
    #[schema(value_type = Option<Object>)]
    after: Option<Value>,
    /// From which address.
    address: Option<String>,
    /// In which request.
    request_id: Option<String>,
}

impl From<&Entry> for TrailLine {
    fn from(entry: &Entry) -> Self {
        let (user_id, key_id) = match entry.origin.actor {
            Actor::User(id) => (Some(id.0), None),
            Actor::Key(id) => (None, Some(id.0)),
            Actor::Anonymous | Actor::System => (None, None),
        };
        Self {
            id: entry.id.0,
            occurred_at: instant(entry.occurred_at_ms),
            project_id: entry.event.project_id.map(Uuid::from),
            actor: entry.origin.actor.kind(),
            user_id,
            key_id,
            action: entry.event.action.as_str(),
            subject_id: entry.event.subject_id,
            before: entry.event.before.clone(),
            after: entry.event.after.clone(),
            address: entry.origin.address.map(|address| address.to_string()),
            request_id: entry.origin.request_id.clone(),
        }
    }
}

/// Which lines are wanted; what is left out restricts nothing.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "documentation; queries are read by hand")]
struct WantedLines {
    /// Only what this user did.
    #[param(example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5f")]
    user_id: Option<Uuid>,
    /// Only what was done with this key.
    #[param(example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c60")]
    key_id: Option<Uuid>,
    /// Only this action (`member.changed`), or every action on this (`member`).
    #[param(example = "member")]
    action: Option<String>,
    /// Only what happened to this.
    #[param(example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c61")]
    subject_id: Option<Uuid>,
    /// Only from this instant on.
    #[param(format = DateTime, example = "2026-11-01T00:00:00Z")]
    from: Option<String>,
    /// Only before this instant.
    #[param(format = DateTime, example = "2026-12-01T00:00:00Z")]
    before: Option<String>,
}

/// As what they are written.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "documentation; queries are read by hand")]
struct WantedFormat {
    /// `csv`, as when it is absent, or `ndjson`: a JSON object on each line.
    #[param(pattern = "^(csv|ndjson)$", example = "csv")]
    format: Option<String>,
}

/// Whose lines: of one project, or of all.
struct Scope {
    person: Person,
    project_id: Option<ProjectId>,
}

/// The audit log of a project
///
/// Newest first. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/audit", operation_id = "listProjectTrail", tag = "Trail", security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        WantedLines,
        WantedPage,
    ),
    responses((status = 200, body = Vec<TrailLine>, description = "A page of lines.",
        headers(("X-Total-Count" = u64, description = "Rows in the whole list."), ("Link" = String, description = "RFC 8288: next and prev."))),
        Refusals))]
pub(super) async fn list_of_project(member: Member<Owner>, query: Query, uri: Uri) -> Result<PagedJson<TrailLine>, Problem> {
    listed(&Scope { person: member.person, project_id: Some(member.project_id) }, &query, uri).await
}

/// Export the audit log of a project
///
/// Every line that fits, newest first. The export leaves a line itself.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/audit/export", operation_id = "exportProjectTrail", tag = "Trail", security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        WantedLines,
        WantedFormat,
    ),
    responses((status = 200, description = "All lines, streamed.", content(
        (String = "text/csv", example = "id,occurred_at,project_id,actor,user_id,key_id,action,subject_id,before,after,address,request_id\n"),
        (String = "application/x-ndjson", example = "{\"action\": \"member.changed\"}\n"))),
        Refusals))]
pub(super) async fn export_of_project(member: Member<Owner>, query: Query) -> Result<Response, Problem> {
    exported(&Scope { person: member.person, project_id: Some(member.project_id) }, &query).await
}

/// The audit log of the installation
///
/// Of every project and of none, newest first. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
#[utoipa::path(get, path = "/api/v1/audit", operation_id = "listTrail", tag = "Trail", security(("session" = [])),
    params(
        ("project_id" = Option<Uuid>, Query, description = "Only what happened in this project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e"),
        WantedLines,
        WantedPage,
    ),
    responses((status = 200, body = Vec<TrailLine>, description = "A page of lines.",
        headers(("X-Total-Count" = u64, description = "Rows in the whole list."), ("Link" = String, description = "RFC 8288: next and prev."))),
        Refusals))]
pub(super) async fn list(Administrator(person): Administrator, query: Query, uri: Uri) -> Result<PagedJson<TrailLine>, Problem> {
    listed(&Scope { person, project_id: project_in(&query)? }, &query, uri).await
}

/// Export the audit log of the installation
///
/// Every line that fits, newest first. The export leaves a line itself.
#[utoipa::path(get, path = "/api/v1/audit/export", operation_id = "exportTrail", tag = "Trail", security(("session" = [])),
    params(
        ("project_id" = Option<Uuid>, Query, description = "Only what happened in this project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e"),
        WantedLines,
        WantedFormat,
    ),
    responses((status = 200, description = "All lines, streamed.", content(
        (String = "text/csv", example = "id,occurred_at,project_id,actor,user_id,key_id,action,subject_id,before,after,address,request_id\n"),
        (String = "application/x-ndjson", example = "{\"action\": \"member.changed\"}\n"))),
        Refusals))]
pub(super) async fn export(Administrator(person): Administrator, query: Query) -> Result<Response, Problem> {
    exported(&Scope { person, project_id: project_in(&query)? }, &query).await
}

async fn listed(scope: &Scope, query: &Query, uri: Uri) -> Result<PagedJson<TrailLine>, Problem> {
    let (filter, page) = (read_filter(scope, query)?, page(query)?);
    let Listed { rows, total } = trail::list(&scope.person.app, &filter, page).await?;
    Ok(PagedJson { listed: Listed { rows: rows.iter().map(TrailLine::from).collect(), total }, page, uri })
}

async fn exported(scope: &Scope, query: &Query) -> Result<Response, Problem> {
    let (filter, format) = (read_filter(scope, query)?, Format::read(query)?);
    let lines = trail::export(&scope.person.app, filter, &scope.person.origin).await?;
    let opening = futures::stream::once(async move { Ok::<_, BoxError>(format.opening()) });
    let rendered =
        lines.map(move |entries| entries.map_err(BoxError::from).and_then(|entries| format.render(&entries).map_err(BoxError::from)));
    Ok(format.answer(Body::from_stream(opening.chain(rendered))))
}

fn project_in(query: &Query) -> Result<Option<ProjectId>> {
    Ok(query.parsed::<Uuid>("project_id", "a UUID")?.map(ProjectId))
}

fn read_filter(scope: &Scope, query: &Query) -> Result<TrailFilter> {
    let id = |name| query.parsed::<Uuid>(name, "a UUID");
    let action = query.text("action").map(str::to_owned);
    let is_known = |wanted: &String| Action::ALL.iter().any(|action| action.as_str() == wanted || action.noun() == wanted);
    if action.as_ref().is_some_and(|action| !is_known(action)) {
        let known: Vec<_> = Action::ALL.iter().map(|action| action.as_str()).collect();
        let message = format!("must be one of {}, or what stands before the dot", known.join(", "));
        return Err(Error::invalid(vec![FieldError::new("/action", "enum", message)]));
    }
    Ok(TrailFilter {
        project_id: scope.project_id,
        user_id: id("user_id")?.map(Into::into),
        key_id: id("key_id")?.map(Into::into),
        action,
        subject_id: id("subject_id")?,
        from_ms: query.instant("from")?,
        before_ms: query.instant("before")?,
    })
}
