//! The installation as a whole, for administrators.

use axum::{Json, http::Uri};
use barker_app::project;
use barker_domain::page::Listed;
use serde::Serialize;
use utoipa::ToSchema;

use super::project::Project;
use crate::http::{
    PublicUrl,
    input::Query,
    paging::{PagedJson, page},
    permission::Administrator,
    problem::{Problem, Refusals},
};

/// How the installation does, and what its operator has decided. Settings are changed in the configuration.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "version": "0.1.0", "public_url": "https://ads.example.com", "database": "SQLite", "database_answers": true,
    "open_projects": 3, "registration": "invite", "overshoot_percent": 0
}))]
pub(super) struct Installation {
    /// Barker's version.
    version: &'static str,
    /// Where people reach it.
    public_url: String,
    /// The kind of database.
    database: &'static str,
    /// Whether the database answers.
    database_answers: bool,
    /// Projects that are in use.
    open_projects: usize,
    /// Who may register: `open`, `invite` or `closed`.
    registration: &'static str,
    /// By how many percent campaigns may pass their limits.
    overshoot_percent: u8,
}

/// How does the installation do?
#[utoipa::path(get, path = "/api/v1/installation", operation_id = "getInstallation", tag = "Administration", security(("session" = [])),
    responses((status = 200, body = Installation, description = "Its health and its settings."), Refusals))]
pub(super) async fn get(Administrator(person): Administrator, public_url: PublicUrl) -> Json<Installation> {
    let app = &person.app;
    Json(Installation {
        version: env!("CARGO_PKG_VERSION"),
        public_url: public_url.as_str().to_owned(),
        database: app.store().backend_name(),
        database_answers: app.store().ping().await.is_ok(),
        open_projects: app.list_projects().await.iter().filter(|project| !project.is_archived()).count(),
        registration: app.settings().registration.as_str(),
        overshoot_percent: app.settings().overshoot_percent,
    })
}

/// List all projects
///
/// Of everybody, newest first, archived ones too. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
#[utoipa::path(get, path = "/api/v1/installation/projects", operation_id = "listAllProjects", tag = "Administration", security(("session" = [])),
    params(
        ("size" = Option<u64>, Query, minimum = 1, maximum = 1000, description = "Rows on a page; 50 when absent.", example = 50),
        ("page" = Option<u64>, Query, minimum = 1, maximum = 1_000_000_000, description = "Which page, from 1.", example = 1),
    ),
    responses((status = 200, body = Vec<Project>, description = "A page of projects.",
        headers(("X-Total-Count" = u64, description = "Rows in the whole list."), ("Link" = String, description = "RFC 8288: next and prev."))),
        Refusals))]
pub(super) async fn projects(Administrator(person): Administrator, query: Query, uri: Uri) -> Result<PagedJson<Project>, Problem> {
    let page = page(&query)?;
    let Listed { rows, total } = project::list(&person.app, None, page).await?;
    Ok(PagedJson { listed: Listed { rows: rows.iter().map(Project::from).collect(), total }, page, uri })
}
