//! Creatives of a project, for its members: what ads say and where they lead.

use axum::{
    Json,
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use barker_app::{
    creative::{self, CreativeChange},
    statistics,
};
use barker_domain::{
    CreativeId,
    creative::{Content, Creative, Picture},
    page::Listed,
};
use barker_store::{CreativeFilter, CreativeSort};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    ad::{given, read_content, read_content_change, tag},
    campaign::Statistics,
    desk_of, empty_days, instant, project_of,
};
use crate::http::{
    PublicUrl,
    fields::{Fields, read_object},
    input::{IfMatch, InPath, JsonBody, Query},
    paging::{PagedJson, WantedPage, page},
    permission::{Marketer, Member, Viewer},
    problem::{ChangeRefusals, Problem, ProblemDocument, Refusals, VersionRefusals},
};

/// Whether it is put away, by the names of the API.
const STATUSES: [(&str, bool); 2] = [("active", false), ("archived", true)];

/// What ads say and where they lead.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "creative_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d", "title": "Plush bears", "text": "Softer than yesterday's",
    "landing_url": "https://example.com/bears", "image_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e",
    "image_url": "https://ads.example.com/files/0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e.png", "status": "active", "version": 1, "created_at": "2026-11-21T08:15:00Z"
}))]
pub(super) struct CreativeShown {
    /// The creative; the one that was made with a campaign has the campaign's id.
    creative_id: Uuid,
    /// The title.
    title: String,
    /// The text.
    text: String,
    /// The landing page; `null`: a click leads nowhere.
    landing_url: Option<String>,
    /// The image, one of the project's files; `null`: words alone.
    image_id: Option<Uuid>,
    /// Where anybody loads the image.
    image_url: Option<String>,
    /// `active`, or `archived`: no ad takes it any more.
    status: &'static str,
    /// Grows with every change; the `ETag` of the answer.
    version: i32,
    /// When it was made.
    created_at: String,
}

/// What a new creative says and where it leads.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"title": "Plush foxes", "text": "Redder than yesterday's", "landing_url": "https://example.com/foxes"}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct CreativeWords {
    /// The title.
    #[schema(
        min_length = 1,
        max_length = 1_000,
        pattern = "[^\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]"
    )]
    title: String,
    /// The text.
    #[schema(
        min_length = 1,
        max_length = 10_000,
        pattern = "[^\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]"
    )]
    text: String,
    /// The landing page, `http` or `https`, without a name or password in it.
    #[schema(max_length = 2_000, pattern = "^[Hh][Tt][Tt][Pp][Ss]?://")]
    landing_url: Option<String>,
    /// The image, one of the project's files; `null`: words alone.
    image_id: Option<Uuid>,
}

/// What to change of what a creative says. What is absent stays.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"title": "Plush wolves", "landing_url": null}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct CreativeWordsChange {
    /// The title.
    #[schema(min_length = 1, max_length = 1_000, nullable = false)]
    title: Option<String>,
    /// The text.
    #[schema(min_length = 1, max_length = 10_000, nullable = false)]
    text: Option<String>,
    /// The landing page; `null`: a click leads nowhere.
    #[schema(max_length = 2_000, pattern = "^[Hh][Tt][Tt][Pp][Ss]?://")]
    landing_url: Option<String>,
    /// The image, one of the project's files; `null`: words alone.
    image_id: Option<Uuid>,
}

/// What to change about a creative. What is absent stays.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"title": "Plush wolves", "landing_url": null, "status": "active"}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct CreativeShownChange {
    /// The title.
    #[schema(min_length = 1, max_length = 1_000, nullable = false)]
    title: Option<String>,
    /// The text.
    #[schema(min_length = 1, max_length = 10_000, nullable = false)]
    text: Option<String>,
    /// The landing page; `null`: a click leads nowhere.
    #[schema(max_length = 2_000, pattern = "^[Hh][Tt][Tt][Pp][Ss]?://")]
    landing_url: Option<String>,
    /// The image, one of the project's files; `null`: words alone.
    image_id: Option<Uuid>,
    /// `archived` puts it away, which it must not be while an ad that is not archived shows it; `active` takes it out again.
    #[schema(pattern = "^(active|archived)$", nullable = false)]
    status: Option<String>,
}

impl CreativeShown {
    pub(super) fn at(url: &PublicUrl, creative: &Creative) -> Self {
        let Content { title, text, landing_url, image } = creative.content.clone();
        Self {
            creative_id: creative.id.0,
            title,
            text,
            landing_url,
            image_id: image.map(|image| image.id().0),
            image_url: image.and_then(Picture::kept).map(|name| url.of_file(name)),
            status: STATUSES[usize::from(creative.is_archived)].0,
            version: creative.version,
            created_at: instant(creative.created_at_ms),
        }
    }
}

/// List creatives of a project
///
/// The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/creatives", operation_id = "listProjectCreatives", tag = "Ads",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("status" = Option<String>, Query, pattern = "^(active|archived)$", description = "`active`, as when it is absent, or `archived`.", example = "active"),
        ("search" = Option<String>, Query, description = "Only those whose title or text contains this, in any case.", example = "bear"),
        ("sort" = Option<String>, Query, pattern = "^(created|title)$", description = "Newest first (as when it is absent), or by title.", example = "title"),
        WantedPage,
    ),
    responses((status = 200, body = Vec<CreativeShown>, description = "A page of creatives.",
        headers(("X-Total-Count" = u64, description = "Rows in the whole list."), ("Link" = String, description = "RFC 8288: next and prev."))), Refusals,
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", description = "The project is archived.")))]
pub(super) async fn list(member: Member<Viewer>, url: PublicUrl, query: Query, uri: Uri) -> Result<PagedJson<CreativeShown>, Problem> {
    let page = page(&query)?;
    let is_archived = query.choice("status", &STATUSES)?.unwrap_or_default();
    let search = query.search()?;
    let sort = query.choice("sort", &CreativeSort::ALL.map(|sort| (sort.as_str(), sort)))?.unwrap_or_default();
    let project = project_of(&member).await?;
    let filter = CreativeFilter { is_archived, search };
    let Listed { rows, total } = creative::list(&member.person.app, &project, &filter, (sort, page)).await?;
    Ok(PagedJson { listed: Listed { rows: rows.iter().map(|creative| CreativeShown::at(&url, creative)).collect(), total }, page, uri })
}

/// Create a creative
///
/// No ad shows it yet.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/creatives", operation_id = "createProjectCreative", tag = "Ads",
    security(("session" = [])), params(("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    request_body = CreativeWords, responses((status = 201, body = CreativeShown, description = "The new creative, with its `ETag`."), ChangeRefusals))]
pub(super) async fn create(member: Member<Marketer>, url: PublicUrl, JsonBody(body): JsonBody) -> Result<(StatusCode, Response), Problem> {
    let content = read_object(&body, read_content)?;
    Ok((StatusCode::CREATED, tagged(&url, &creative::create(&desk_of(member).await?, content).await?)))
}

/// Get a creative
///
/// Its version stands in `ETag`.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/creatives/{creativeId}", operation_id = "getProjectCreative", tag = "Ads",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("creativeId" = Uuid, Path, description = "The creative.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
    ),
    responses((status = 200, body = CreativeShown, description = "The creative."), Refusals,
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", description = "The project is archived.")))]
pub(super) async fn get(member: Member<Viewer>, url: PublicUrl, InPath(id): InPath<CreativeId>) -> Result<Response, Problem> {
    let project = project_of(&member).await?;
    Ok(tagged(&url, &creative::get(&member.person.app, &project, id).await?))
}

/// Change a creative
///
/// RFC 7386 merge: what is absent stays. Every ad that shows it shows the change. It is archived while no ad that is not archived shows
/// it; else 409. With `If-Match`, only while it is still that version; else 412.
#[utoipa::path(patch, path = "/api/v1/projects/{projectId}/creatives/{creativeId}", operation_id = "changeProjectCreative", tag = "Ads",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("creativeId" = Uuid, Path, description = "The creative.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
    ),
    request_body = CreativeShownChange,
    responses((status = 200, body = CreativeShown, description = "The creative as it is now, with its `ETag`."), ChangeRefusals, VersionRefusals))]
pub(super) async fn change(
    (member, url): (Member<Marketer>, PublicUrl),
    InPath(id): InPath<CreativeId>,
    IfMatch(version): IfMatch,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    let read = |fields: &mut Fields<'_>, present: &Content| {
        fields.refuse_others(&["title", "text", "landing_url", "image_id", "status"]);
        let is_archived = given(fields, "status", |fields, name| fields.choice(name, &STATUSES));
        Some(CreativeChange { content: Some(read_content_change(fields, present)), is_archived })
    };
    let edit = move |present: &Creative| read_object(&body, |fields| read(fields, &present.content));
    Ok(tagged(&url, &creative::change(&desk_of(member).await?, (id, version), edit).await?))
}

/// What a creative delivered
///
/// The ads that show it now, together; in total and by day.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/creatives/{creativeId}/statistics", operation_id = "getProjectCreativeStatistics",
    tag = "Statistics", security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("creativeId" = Uuid, Path, description = "The creative.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("fill" = Option<String>, Query, pattern = "^(zero|none)$", description = "`none` leaves days without events out; `zero`, as when it is absent, lists them.", example = "none"),
    ),
    responses((status = 200, body = Statistics, description = "What they delivered and spent."), Refusals,
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", description = "The project is archived.")))]
pub(super) async fn statistics(member: Member<Viewer>, InPath(id): InPath<CreativeId>, query: Query) -> Result<Json<Statistics>, Problem> {
    let empty_days = empty_days(&query)?;
    let (app, project) = (&member.person.app, project_of(&member).await?);
    let total = statistics::of_creative(app, &project, id).await?;
    let days = statistics::of_creative_by_day(app, &project, id, empty_days).await?;
    Ok(Json(Statistics::of(&total, &days, &project.project())))
}

fn tagged(url: &PublicUrl, creative: &Creative) -> Response {
    ([(header::ETAG, tag(creative.version))], Json(CreativeShown::at(url, creative))).into_response()
}
