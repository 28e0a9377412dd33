//! Imports that were asked for: how far each is, what became of it.

use axum::http::Uri;
use barker_app::import::{self, Import as Asked};
use barker_domain::page::Listed;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    api::{instant, job::reach},
    http::{
        input::Query,
        paging::{PagedJson, WantedPage, page},
        permission::{Marketer, Member},
        problem::{Problem, Refusals},
    },
};

/// A file that was imported, is, or will be.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "job_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d", "kind": "orders", "file_name": "shop.csv", "user_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c60",
    "state": "running", "is_cancel_asked": false, "error": null, "bytes_done": 1_048_576, "bytes_total": 4_194_304, "rows": 5_000, "taken": null,
    "duplicates": null, "rejected": 3, "totals": null, "rows_per_second": 2_500, "seconds_left": 6, "created_at": "2026-11-21T08:15:00Z",
    "started_at": "2026-11-21T08:15:01Z", "finished_at": null
}))]
pub(in crate::api) struct Import {
    /// The job that does it: to be cancelled and retried as a job.
    job_id: Uuid,
    /// What the file holds: `events`, `orders`, `refunds`, `deals`, `spend` or `rates`.
    kind: String,
    /// What it is called; may be empty.
    file_name: String,
    /// Who asked for it.
    user_id: Option<Uuid>,
    /// `waiting`, `running`, `done`, `dead` (it has failed for good) or `cancelled`.
    state: &'static str,
    /// Whether somebody wants it to end.
    is_cancel_asked: bool,
    /// What went wrong last.
    error: Option<String>,
    /// Bytes that have been read: of one that runs.
    bytes_done: Option<i64>,
    /// Bytes that there are: of one that runs.
    bytes_total: Option<i64>,
    /// Rows so far.
    rows: Option<u64>,
    /// Rows that are kept, or were known already: of one that is done.
    taken: Option<u64>,
    /// Events among them that were known already: of one that is done.
    duplicates: Option<u64>,
    /// Rows that were rejected.
    rejected: Option<u64>,
    /// Rows of totals, which were passed over: of one that is done and had some.
    totals: Option<u64>,
    /// Rows in a second: of one that runs.
    rows_per_second: Option<u64>,
    /// How long it takes still, in seconds: of one that runs.
    seconds_left: Option<u64>,
    /// When it was asked for.
    created_at: String,
    /// When it was last begun.
    started_at: Option<String>,
    /// When it was over.
    finished_at: Option<String>,
}

impl From<Asked> for Import {
    fn from(Asked { kind, file_name, tally, job }: Asked) -> Self {
        // Of one that is done, the job counts rows.
        let bytes = tally.seconds_left.map(|_| job.progress.done);
        Self {
            job_id: job.id.0,
            kind,
            file_name,
            user_id: job.user_id.map(Uuid::from),
            state: job.state.as_str(),
            is_cancel_asked: job.is_cancel_asked,
            error: job.error,
            bytes_done: bytes,
            bytes_total: bytes.and(job.progress.total),
            rows: tally.rows,
            taken: tally.taken,
            duplicates: tally.duplicates,
            rejected: tally.rejected,
            totals: tally.totals,
            rows_per_second: tally.rows_per_second,
            seconds_left: tally.seconds_left,
            created_at: instant(job.created_at_ms),
            started_at: job.started_at_ms.map(instant),
            finished_at: job.finished_at_ms.map(instant),
        }
    }
}

/// List imports
///
/// Newest first, of the days that jobs are kept for. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/imports", operation_id = "listImports", tag = "Data", security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        WantedPage,
    ),
    responses((status = 200, body = Vec<Import>, description = "A page of imports.",
        headers(("X-Total-Count" = u64, description = "Rows in the whole list."), ("Link" = String, description = "RFC 8288: next and prev."))),
        Refusals))]
pub(in crate::api) async fn list(member: Member<Marketer>, query: Query, uri: Uri) -> Result<PagedJson<Import>, Problem> {
    let page = page(&query)?;
    let Listed { rows, total } = import::list(&member.person.app, reach(&member), page).await?;
    Ok(PagedJson { listed: Listed { rows: rows.into_iter().map(Import::from).collect(), total }, page, uri })
}
