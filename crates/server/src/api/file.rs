//! Images of a project, for its ads to show. What visitors load is in `site`.

use axum::{
    Json,
    body::{Body, Bytes},
    http::{HeaderMap, StatusCode, Uri, header},
};
use barker_app::file::{self, Upload};
use barker_domain::{
    Code, Error, FieldError, FileId, Result,
    file::{File as Stored, MAX_BYTES},
    page::Listed,
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::instant;
use crate::http::{
    PublicUrl,
    input::{InPath, Query, RawBody},
    paging::{PagedJson, WantedPage, page},
    permission::{Marketer, Member, Viewer},
    problem::{ChangeRefusals, Problem, Refusals},
};

/// An image that is kept.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "file_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d", "image_url": "https://ads.example.com/files/0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d.png",
    "content_type": "image/png", "width": 1200, "height": 628, "bytes": 183_402, "created_by": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e",
    "created_at": "2026-11-21T08:15:00Z"
}))]
#[expect(clippy::struct_field_names, reason = "the names of the API")]
pub(super) struct File {
    /// The file.
    file_id: Uuid,
    /// Where anybody loads it; below the server's `public_url`.
    image_url: String,
    /// `image/jpeg` or `image/png`: what it is, whatever its sender called it.
    content_type: &'static str,
    /// Pixels from left to right.
    width: i32,
    /// Pixels from top to bottom.
    height: i32,
    /// How long it is.
    bytes: i32,
    /// The user who uploaded it first.
    created_by: Option<Uuid>,
    /// When that was.
    created_at: String,
}

impl File {
    fn at(url: &PublicUrl, file: &Stored) -> Self {
        Self {
            file_id: file.id.0,
            image_url: url.of_file(file.name()),
            content_type: file.image.kind.content_type(),
            width: file.image.width,
            height: file.image.height,
            bytes: file.bytes,
            created_by: file.created_by.map(Uuid::from),
            created_at: instant(file.created_at_ms),
        }
    }
}

/// List files
///
/// Newest first. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/files", operation_id = "listFiles", tag = "Files", security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        WantedPage,
    ),
    responses((status = 200, body = Vec<File>, description = "A page of files.",
        headers(("X-Total-Count" = u64, description = "Rows in the whole list."), ("Link" = String, description = "RFC 8288: next and prev."))),
        Refusals))]
pub(super) async fn list(member: Member<Viewer>, url: PublicUrl, query: Query, uri: Uri) -> Result<PagedJson<File>, Problem> {
    let page = page(&query)?;
    let Listed { rows, total } = file::list(&member.person.app, member.project_id, page).await?;
    Ok(PagedJson { listed: Listed { rows: rows.iter().map(|file| File::at(&url, file)).collect(), total }, page, uri })
}

/// Upload an image
///
/// JPEG or PNG, told by its content, as the body: at most 5 MiB, and 4096 x 4096 pixels. The same bytes once more are the
/// same file.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/files", operation_id = "uploadFile", tag = "Files", security(("session" = [])),
    params(("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The image.", example = "(bytes)"),
    responses((status = 201, body = File, description = "The new file."), (status = 200, body = File, description = "The file with these bytes that is there already."),
        ChangeRefusals))]
pub(super) async fn store(
    member: Member<Marketer>,
    url: PublicUrl,
    headers: HeaderMap,
    RawBody(body): RawBody,
) -> Result<(StatusCode, Json<File>), Problem> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let upload = Upload { bytes: read(body).await?, content_type };
    let (file, is_new) = file::store(&member.person.app, member.project_id, upload, &member.person.origin).await?;
    Ok((if is_new { StatusCode::CREATED } else { StatusCode::OK }, Json(File::at(&url, &file))))
}

/// Get a file
///
/// What is known of it; `image_url` is where its bytes are.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/files/{fileId}", operation_id = "getFile", tag = "Files", security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("fileId" = Uuid, Path, description = "The file.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e"),
    ),
    responses((status = 200, body = File, description = "The file."), Refusals))]
pub(super) async fn get(member: Member<Viewer>, url: PublicUrl, InPath(id): InPath<FileId>) -> Result<Json<File>, Problem> {
    let file = file::get(&member.person.app, member.project_id, id).await?;
    Ok(Json(File::at(&url, &file)))
}

/// Delete a file
///
/// For good, unless a creative shows it (409 with the code `file-in-use`). Browsers that have loaded it keep it.
#[utoipa::path(delete, path = "/api/v1/projects/{projectId}/files/{fileId}", operation_id = "deleteFile", tag = "Files", security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("fileId" = Uuid, Path, description = "The file.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e"),
    ),
    responses((status = 204, description = "Deleted."), ChangeRefusals))]
pub(super) async fn delete(member: Member<Marketer>, InPath(id): InPath<FileId>) -> Result<StatusCode, Problem> {
    file::delete(&member.person.app, (member.project_id, id), &member.person.origin).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// All of an image: it may be longer than other bodies, and take longer to arrive.
async fn read(body: Body) -> Result<Bytes> {
    let refuse = |error: Box<dyn std::error::Error + Send + Sync>| {
        if error.is::<LengthLimitError>() {
            let fault = FieldError::new("/file", "length", format!("must be at most {MAX_BYTES} bytes long"));
            return Error::of(Code::BodyTooLarge).about(fault);
        }
        Error::new(Code::InvalidRequest, "the body broke off")
    };
    Limited::new(body, MAX_BYTES).collect().await.map(http_body_util::Collected::to_bytes).map_err(refuse)
}
