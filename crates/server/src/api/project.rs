//! Projects.

use axum::{
    Json,
    http::{StatusCode, Uri},
};
use barker_app::project::{self, NewProject, ProjectChange, SettingsChange};
use barker_domain::{
    membership::Role,
    page::Listed,
    project::{AttributionModel, Ranking, Timekeeping},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::instant;
use crate::http::{
    fields::{Fields, read_object},
    input::{JsonBody, Query},
    paging::{PagedJson, WantedPage, page},
    permission::{Member, Owner, Person, Viewer},
    problem::{ChangeRefusals, Problem, Refusals},
};

/// A tenant.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "project_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d", "name": "Plush", "currency": "RUB", "time_zone": "Europe/Moscow", "is_sandbox": false,
    "settings": {"ranking": "expected_profit", "is_moderated": false, "attribution_model": "last_click", "attribution_window_days": 30},
    "role": "owner", "is_archived": false, "created_at": "2026-11-21T08:15:00Z"
}))]
#[expect(clippy::struct_field_names, reason = "the names of the API")]
pub(super) struct Project {
    /// The project.
    project_id: Uuid,
    /// What people call it.
    name: String,
    /// Of all its money: ISO 4217.
    currency: String,
    /// Of its days; `null` for a sandbox, whose day is set by hand.
    time_zone: Option<String>,
    /// Whether its day is set by hand.
    is_sandbox: bool,
    /// What its owners decide.
    settings: Settings,
    /// What you may do in it, as `owner`, `marketer` or `viewer`; an administrator may everything.
    role: Option<&'static str>,
    /// Whether it was put away.
    is_archived: bool,
    /// When it was made.
    created_at: String,
}

/// What the owners of a project decide.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"ranking": "expected_profit", "is_moderated": false, "attribution_model": "last_click", "attribution_window_days": 30}))]
pub(super) struct Settings {
    /// How ads are ranked: `expected_profit` or `blend`.
    ranking: &'static str,
    /// Whether titles and texts of ads are moderated.
    is_moderated: bool,
    /// Which touch a conversion is credited to by default: `last_click`, `first_click` or `linear`.
    attribution_model: &'static str,
    /// How many days after a touch a conversion is still credited to it by default.
    attribution_window_days: i32,
}

/// What to change about a project's settings; what is absent stays, or is the default of a new one.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"ranking": "blend"}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct SettingsPatch {
    /// How ads are ranked: `expected_profit` or `blend`. Absent from a new project: the installation's default.
    #[schema(pattern = "^(expected_profit|blend)$", nullable = false)]
    ranking: Option<String>,
    /// Whether titles and texts of ads are moderated; they are not by default.
    #[schema(nullable = false)]
    is_moderated: Option<bool>,
    /// Which touch a conversion is credited to: `last_click` (the default), `first_click` or `linear`.
    #[schema(pattern = "^(first_click|last_click|linear)$", nullable = false)]
    attribution_model: Option<String>,
    /// How many days after a touch a conversion is still credited to it; 30 by default.
    #[schema(minimum = 1, maximum = 365, nullable = false)]
    attribution_window_days: Option<i32>,
}

/// A new project.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"name": "Plush", "currency": "RUB", "time_zone": "Europe/Moscow", "settings": {"ranking": "blend"}}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct ProjectCreate {
    /// What people call it.
    #[schema(min_length = 1, max_length = 255)]
    name: String,
    /// Of all its money: ISO 4217. Absent: the installation's default.
    #[schema(pattern = "^[A-Z]{3}$", nullable = false)]
    currency: Option<String>,
    /// IANA name. Absent: a sandbox, whose day is set by hand.
    #[schema(nullable = false)]
    time_zone: Option<String>,
    /// What you decide about it.
    #[schema(nullable = false)]
    settings: Option<SettingsPatch>,
}

/// What to change about a project; what is absent stays.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"name": "Plush & Co.", "settings": {"is_moderated": true}}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct ProjectPatch {
    /// What people call it.
    #[schema(min_length = 1, max_length = 255, nullable = false)]
    name: Option<String>,
    /// Only while nothing was spent.
    #[schema(pattern = "^[A-Z]{3}$", nullable = false)]
    currency: Option<String>,
    /// IANA name; a sandbox has none.
    #[schema(nullable = false)]
    time_zone: Option<String>,
    /// What its owners decide.
    #[schema(nullable = false)]
    settings: Option<SettingsPatch>,
}

impl Project {
    /// The project, for somebody with that role in it.
    pub(super) fn seen_as(role: Option<Role>, project: &barker_domain::project::Project) -> Self {
        let time_zone = match &project.timekeeping {
            Timekeeping::Live { time_zone } => time_zone.iana_name().map(str::to_owned),
            Timekeeping::Sandbox { .. } => None,
        };
        let settings = project.settings;
        Self {
            project_id: project.id.0,
            name: project.name.clone(),
            currency: project.currency.clone(),
            time_zone,
            is_sandbox: project.timekeeping.is_sandbox(),
            settings: Settings {
                ranking: settings.ranking.as_str(),
                is_moderated: settings.is_moderated,
                attribution_model: settings.attribution_model.as_str(),
                attribution_window_days: settings.attribution_window_days,
            },
            role: role.map(Role::as_str),
            is_archived: project.archived_at_ms.is_some(),
            created_at: instant(project.created_at_ms),
        }
    }
}

/// List my projects
///
/// Where you are a member, newest first, archived ones too. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
#[utoipa::path(get, path = "/api/v1/projects", operation_id = "listProjects", tag = "Projects", security(("session" = [])),
    params(
        WantedPage,
    ),
    responses((status = 200, body = Vec<Project>, description = "A page of projects.",
        headers(("X-Total-Count" = u64, description = "Rows in the whole list."), ("Link" = String, description = "RFC 8288: next and prev."))),
        Refusals))]
pub(super) async fn list(person: Person, query: Query, uri: Uri) -> Result<PagedJson<Project>, Problem> {
    let page = page(&query)?;
    let standing = &person.signed_in.standing;
    let Listed { rows, total } = project::list(&person.app, Some(&standing.projects()), page).await?;
    let rows = rows.iter().map(|project| Project::seen_as(standing.role_in(project.id), project)).collect();
    Ok(PagedJson { listed: Listed { rows, total }, page, uri })
}

/// Create a project
///
/// You become its owner. What you do not say is the installation's default.
#[utoipa::path(post, path = "/api/v1/projects", operation_id = "createProject", tag = "Projects", security(("session" = [])),
    request_body = ProjectCreate, responses((status = 201, body = Project, description = "The new project."), ChangeRefusals))]
pub(super) async fn create(person: Person, JsonBody(body): JsonBody) -> Result<(StatusCode, Json<Project>), Problem> {
    let new = read_object(&body, |fields| {
        let (name, currency) = (fields.text("name"), fields.optional("currency", Fields::text));
        let time_zone = fields.optional("time_zone", Fields::time_zone);
        let settings = read_settings(fields);
        Some(NewProject { name: name?, currency, time_zone, settings })
    })?;
    let project = project::create(&person.app, new, &person.signed_in.standing, &person.origin).await?;
    Ok((StatusCode::CREATED, Json(Project::seen_as(Some(Role::Owner), &project))))
}

/// Get a project
#[utoipa::path(get, path = "/api/v1/projects/{projectId}", operation_id = "getProject", tag = "Projects", security(("session" = [])),
    params(("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    responses((status = 200, body = Project, description = "The project."), Refusals))]
pub(super) async fn get(member: Member<Viewer>) -> Result<Json<Project>, Problem> {
    let project = project::get(&member.person.app, member.project_id).await?;
    Ok(Json(Project::seen_as(member.person.signed_in.standing.role_in(project.id), &project)))
}

/// Change a project
///
/// The currency only while nothing was spent. Another ranking holds from the next ad on.
#[utoipa::path(patch, path = "/api/v1/projects/{projectId}", operation_id = "changeProject", tag = "Projects", security(("session" = [])),
    params(("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    request_body = ProjectPatch, responses((status = 200, body = Project, description = "The project as it is now."), ChangeRefusals))]
pub(super) async fn change(member: Member<Owner>, JsonBody(body): JsonBody) -> Result<Json<Project>, Problem> {
    let change = read_object(&body, |fields| {
        let (name, currency) = (fields.optional("name", Fields::text), fields.optional("currency", Fields::text));
        let time_zone = fields.optional("time_zone", Fields::time_zone);
        Some(ProjectChange { name, currency, time_zone, settings: read_settings(fields), is_archived: None })
    })?;
    changed(member, change).await
}

/// Archive a project
///
/// Its ads are shown no more, its keys open nothing, nothing in it can be changed. Everything stays, and it can be restored.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/archive", operation_id = "archiveProject", tag = "Projects", security(("session" = [])),
    params(("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    responses((status = 200, body = Project, description = "The project as it is now."), ChangeRefusals))]
pub(super) async fn archive(member: Member<Owner>) -> Result<Json<Project>, Problem> {
    changed(member, ProjectChange { is_archived: Some(true), ..ProjectChange::default() }).await
}

/// Restore a project
///
/// It goes on where it was archived.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/restore", operation_id = "restoreProject", tag = "Projects", security(("session" = [])),
    params(("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    responses((status = 200, body = Project, description = "The project as it is now."), ChangeRefusals))]
pub(super) async fn restore(member: Member<Owner>) -> Result<Json<Project>, Problem> {
    changed(member, ProjectChange { is_archived: Some(false), ..ProjectChange::default() }).await
}

async fn changed(member: Member<Owner>, change: ProjectChange) -> Result<Json<Project>, Problem> {
    let role = member.person.signed_in.standing.role_in(member.project_id);
    let project = project::change(&member.person.app, member.project_id, change, member.person.origin).await?;
    Ok(Json(Project::seen_as(role, &project)))
}

/// Reads what of the settings changes.
fn read_settings(fields: &mut Fields<'_>) -> SettingsChange {
    let read = |fields: &mut Fields<'_>| {
        let ranking = fields.optional("ranking", |fields, name| fields.choice(name, &Ranking::ALL.map(|it| (it.as_str(), it))));
        let models = AttributionModel::ALL.map(|it| (it.as_str(), it));
        Some(SettingsChange {
            ranking,
            is_moderated: fields.optional("is_moderated", Fields::boolean),
            attribution_model: fields.optional("attribution_model", |fields, name| fields.choice(name, &models)),
            attribution_window_days: fields.optional("attribution_window_days", Fields::integer),
        })
    };
    fields.optional_object("settings", read).unwrap_or_default()
}
