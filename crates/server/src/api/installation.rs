//! The installation as a whole, for administrators.

pub(super) mod settings;

use axum::{Json, http::Uri};
use barker_app::{
    health::{self, Part},
    project,
};
use barker_domain::page::Listed;
use serde::Serialize;
use utoipa::ToSchema;

use super::project::Project;
use crate::http::{
    PublicUrl,
    input::Query,
    paging::{PagedJson, WantedPage, page},
    permission::Administrator,
    problem::{Problem, Refusals},
};

/// How the installation does, and what holds for it.
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
        registration: app.installation().settings.registration.as_str(),
        overshoot_percent: app.settings().overshoot_percent,
    })
}

/// A part of the installation, as it was found a moment ago.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"part": "mail", "is_in_order": true, "found": "mail.example.com:587 lets us in", "took_ms": 42}))]
pub(super) struct PartHealth {
    /// `database`, `owner` (whether this server owns it), `outbox`, `warehouse`, `mail`, `cache` or `objects`.
    part: &'static str,
    /// Whether it does its work.
    is_in_order: bool,
    /// What was found, for people.
    found: String,
    /// How long it took to find out, in milliseconds.
    took_ms: u64,
}

impl From<Part> for PartHealth {
    fn from(part: Part) -> Self {
        let took_ms = u64::try_from(part.took.as_millis()).unwrap_or(u64::MAX);
        Self { part: part.name, is_in_order: part.is_in_order, found: part.found, took_ms }
    }
}

/// How does each part do?
///
/// Asks every part now, for at most 5 seconds: the database, whether this server owns it, how far the outbox is behind, the
/// warehouse, and the services for mail, cache and objects, which log in, or write and remove a small value. No mail is sent. 200 whatever is found.
#[utoipa::path(get, path = "/api/v1/installation/health", operation_id = "getInstallationHealth", tag = "Administration", security(("session" = [])),
    responses((status = 200, body = Vec<PartHealth>, description = "Every part."), Refusals))]
pub(super) async fn health(Administrator(person): Administrator) -> Json<Vec<PartHealth>> {
    Json(health::examine(&person.app).await.into_iter().map(PartHealth::from).collect())
}

/// List all projects
///
/// Of everybody, newest first, archived ones too. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
#[utoipa::path(get, path = "/api/v1/installation/projects", operation_id = "listAllProjects", tag = "Administration", security(("session" = [])),
    params(
        WantedPage,
    ),
    responses((status = 200, body = Vec<Project>, description = "A page of projects.",
        headers(("X-Total-Count" = u64, description = "Rows in the whole list."), ("Link" = String, description = "RFC 8288: next and prev."))),
        Refusals))]
pub(super) async fn projects(Administrator(person): Administrator, query: Query, uri: Uri) -> Result<PagedJson<Project>, Problem> {
    let page = page(&query)?;
    let Listed { rows, total } = project::list(&person.app, None, page).await?;
    let standing = &person.signed_in.standing;
    let rows = rows.iter().map(|project| Project::seen_as(standing.role_in(project.id), project)).collect();
    Ok(PagedJson { listed: Listed { rows, total }, page, uri })
}
