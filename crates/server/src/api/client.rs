//! Clients of a project, as its members see them and its owner erases them.

use axum::{
    Json,
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use barker_app::client;
use barker_domain::{ClientId, Result, client::Client as Record, client::Gender, page::Listed};
use barker_store::{ClientFilter, ClientSort};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{ad::tag, desk_of, project_of};
use crate::{
    contract::{self, Client, merge_patch},
    http::{
        fields::{Fields, read_object},
        input::{IfMatchTag, InPath, JsonBody, Query},
        paging::{PagedJson, WantedPage, page},
        permission::{Marketer, Member, Owner},
        problem::{ChangeRefusals, Problem, ProblemDocument, Refusals, VersionRefusals},
    },
};

const GENDERS: [(&str, Gender); 2] = [("MALE", Gender::Male), ("FEMALE", Gender::Female)];

/// A new client.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"login": "anna", "age": 30, "location": "Moscow", "gender": "FEMALE"}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct NewClient {
    /// Yours, if you have one; nobody else's.
    client_id: Option<Uuid>,
    /// The person's name in your system.
    #[schema(
        min_length = 1,
        max_length = 255,
        pattern = "[^\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]"
    )]
    login: String,
    /// Full years.
    #[schema(minimum = 0, maximum = 130)]
    age: i32,
    /// City, region or district; targeting compares it to the letter.
    #[schema(
        min_length = 1,
        max_length = 255,
        pattern = "[^\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]"
    )]
    location: String,
    /// Gender.
    gender: contract::Gender,
}

/// What to change about a client. What is absent stays.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"age": 31, "location": "Kazan"}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct ClientPatch {
    /// The person's name in your system.
    #[schema(min_length = 1, max_length = 255, nullable = false)]
    login: Option<String>,
    /// Full years.
    #[schema(minimum = 0, maximum = 130, nullable = false)]
    age: Option<i32>,
    /// City, region or district.
    #[schema(min_length = 1, max_length = 255, nullable = false)]
    location: Option<String>,
    /// `MALE` or `FEMALE`.
    #[schema(pattern = "^(MALE|FEMALE)$", nullable = false)]
    gender: Option<String>,
}

/// List clients of a project
///
/// The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/clients", operation_id = "listProjectClients", tag = "Clients", security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("gender" = Option<String>, Query, pattern = "^(MALE|FEMALE)$", description = "Only those of this gender.", example = "FEMALE"),
        ("location" = Option<String>, Query, description = "Only those who are exactly there.", example = "Moscow"),
        ("age_from" = Option<i32>, Query, description = "Only those of this age and older.", example = 25),
        ("age_to" = Option<i32>, Query, description = "Only those of this age and younger.", example = 40),
        ("search" = Option<String>, Query, description = "Only those whose login contains this, to the letter.", example = "anna"),
        ("sort" = Option<String>, Query, pattern = "^(id|login|age)$", description = "By id (as when it is absent), by login, or the youngest first.", example = "login"),
        WantedPage,
    ),
    responses((status = 200, body = Vec<Client>, description = "A page of clients.",
        headers(("X-Total-Count" = u64, description = "Rows in the whole list."), ("Link" = String, description = "RFC 8288: next and prev."))), Refusals,
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", description = "The project is archived.")))]
pub(super) async fn list(member: Member<Marketer>, query: Query, uri: Uri) -> Result<PagedJson<Client>, Problem> {
    let page = page(&query)?;
    let filter = ClientFilter {
        gender: query.choice("gender", &GENDERS)?,
        location: query.exactly("location")?,
        age_from: query.parsed("age_from", "an integer")?,
        age_to: query.parsed("age_to", "an integer")?,
        search: query.search()?,
    };
    let sort = query.choice("sort", &ClientSort::ALL.map(|sort| (sort.as_str(), sort)))?.unwrap_or_default();
    let project = project_of(&member).await?;
    let Listed { rows, total } = client::list(&member.person.app, &project, &filter, (sort, page)).await?;
    Ok(PagedJson { listed: Listed { rows: rows.iter().map(Client::from).collect(), total }, page, uri })
}

/// Create a client
///
/// Many at once, made or changed, are taken by `POST /clients/bulk`.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/clients", operation_id = "createProjectClient", tag = "Clients",
    security(("session" = [])), params(("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    request_body = NewClient, responses((status = 201, body = Client, description = "The new client, with their `ETag`."), ChangeRefusals))]
pub(super) async fn create(member: Member<Marketer>, JsonBody(body): JsonBody) -> Result<(StatusCode, Response), Problem> {
    let new = read_object(&body, |fields| {
        fields.refuse_others(&["client_id", "login", "age", "location", "gender"]);
        let id = fields.optional("client_id", Fields::id);
        read_told(fields, id.unwrap_or_else(ClientId::generate))
    })?;
    Ok((StatusCode::CREATED, tagged(&client::create(&desk_of(member).await?, new).await?)))
}

/// Get a client of a project
///
/// The tag of what is told of them stands in `ETag`.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/clients/{clientId}", operation_id = "getProjectClient", tag = "Clients",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("clientId" = Uuid, Path, description = "The client.", example = "425495af-f78e-4cff-a808-e8f1a1973ff2"),
    ),
    responses((status = 200, body = Client, description = "The client."), Refusals,
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", description = "The project is archived.")))]
pub(super) async fn get(member: Member<Marketer>, InPath(id): InPath<ClientId>) -> Result<Response, Problem> {
    let project = project_of(&member).await?;
    Ok(tagged(&client::get(&member.person.app, &project, id).await?))
}

/// Change a client
///
/// RFC 7386 merge: what is absent stays. The next ad is chosen for who they are then. With `If-Match`, only while they are still what
/// that tag was of; else 412.
#[utoipa::path(patch, path = "/api/v1/projects/{projectId}/clients/{clientId}", operation_id = "changeProjectClient", tag = "Clients",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("clientId" = Uuid, Path, description = "The client.", example = "425495af-f78e-4cff-a808-e8f1a1973ff2"),
    ),
    request_body = ClientPatch,
    responses((status = 200, body = Client, description = "The client as they are now, with their `ETag`."), ChangeRefusals, VersionRefusals))]
pub(super) async fn change(
    member: Member<Marketer>,
    InPath(id): InPath<ClientId>,
    IfMatchTag(tag): IfMatchTag,
    JsonBody(patch): JsonBody,
) -> Result<Response, Problem> {
    let edit = move |present: &Record| merged(present, &patch);
    Ok(tagged(&client::change(&desk_of(member).await?, (id, tag), edit).await?))
}

/// Erase a client
///
/// Their profile, scores, impressions and clicks are deleted; counters, spend and statistics stay, without them. It cannot be
/// taken back. A client who was erased before is not found.
#[utoipa::path(delete, path = "/api/v1/projects/{projectId}/clients/{clientId}", operation_id = "eraseClientOfProject", tag = "Projects",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("clientId" = Uuid, Path, description = "The client.", example = "425495af-f78e-4cff-a808-e8f1a1973ff2"),
    ),
    responses((status = 204, description = "Erased."), ChangeRefusals))]
pub(super) async fn erase(member: Member<Owner>, InPath(id): InPath<ClientId>) -> Result<StatusCode, Problem> {
    client::erase(&desk_of(member).await?, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn merged(present: &Record, patch: &Value) -> Result<Record> {
    let mut merged = json!({"login": present.login, "age": present.age, "location": present.location, "gender": present.gender});
    merge_patch(&mut merged, patch);
    read_object(&merged, |fields| {
        fields.refuse_others(&["login", "age", "location", "gender"]);
        read_told(fields, present.id)
    })
}

/// What is told of a client; faults stay with `fields`.
fn read_told(fields: &mut Fields<'_>, id: ClientId) -> Option<Record> {
    let (login, age) = (fields.text("login"), fields.integer("age"));
    let (location, gender) = (fields.text("location"), fields.choice("gender", &GENDERS));
    Some(Record { id, login: login?, age: age?, location: location?, gender: gender? })
}

fn tagged(client: &Record) -> Response {
    ([(header::ETAG, tag(client::tag_of(client)))], Json(Client::from(client))).into_response()
}
