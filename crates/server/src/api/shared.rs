//! Dashboards that anybody may look at who has a link: what they are and what they show, and nothing else of the project.

use axum::Json;
use barker_app::sheet::{self, Override};
use barker_domain::sheet::SheetKind;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::sheet::{SheetAnswers, answers as answers_of};
use crate::http::{
    input::{Query, TokenInPath},
    permission::Visitor,
    problem::{Problem, Refusals},
};

/// A dashboard as visitors see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "name": "Overview", "version": 3,
    "content": {"period": {"window": "30d"}, "widgets": [{"id": "romi", "kind": "number", "title": "ROMI", "query": {"metrics": "romi"}}]}
}))]
pub(super) struct SharedDashboard {
    /// What people call it.
    name: String,
    /// Grows with every change.
    version: i32,
    /// Its period, filters and widgets.
    #[schema(value_type = Object)]
    content: Value,
}

/// Look at a shared dashboard
///
/// By the token of a link, without a login.
#[utoipa::path(get, path = "/api/v1/shared/{token}", operation_id = "getSharedDashboard", tag = "Dashboards",
    params(("token" = String, Path, description = "The link's token.", example = "q0bF6mC0qVQm3yX5t1Jm3d1r0m3Q0yq7uGZ8f2a9c1E")),
    responses((status = 200, body = SharedDashboard, description = "The dashboard."), Refusals))]
pub(super) async fn get(visitor: Visitor, TokenInPath(token): TokenInPath, query: Query) -> Result<Json<SharedDashboard>, Problem> {
    query.refuse_others(&[])?;
    let (_, sheet) = sheet::find_shared(&visitor.app, &token).await?;
    Ok(Json(SharedDashboard { name: sheet.terms.name, version: sheet.version, content: sheet.terms.content }))
}

/// Get what a shared dashboard shows
///
/// As its makers set it up; nothing can be asked for instead, and there are no parameters.
#[utoipa::path(get, path = "/api/v1/shared/{token}/data", operation_id = "getSharedDashboardData", tag = "Dashboards",
    params(("token" = String, Path, description = "The link's token.", example = "q0bF6mC0qVQm3yX5t1Jm3d1r0m3Q0yq7uGZ8f2a9c1E")),
    responses((status = 200, body = SheetAnswers, description = "A report or a problem for each widget."), Refusals))]
pub(super) async fn answers(visitor: Visitor, TokenInPath(token): TokenInPath, query: Query) -> Result<Json<SheetAnswers>, Problem> {
    query.refuse_others(&[])?;
    let (project_id, sheet) = sheet::find_shared(&visitor.app, &token).await?;
    Ok(answers_of(sheet::answer(&visitor.app, project_id, (SheetKind::Dashboard, &sheet), &Override::default()).await))
}
