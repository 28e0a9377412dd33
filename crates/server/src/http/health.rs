//! Is it alive, is it ready, and how is it doing: for load balancers, orchestrators and Prometheus.

use axum::{Json, extract::State, http::header, response::IntoResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    ServerState,
    problem::{Problem, ProblemDocument},
};

/// A sign of life.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"status": "ok", "version": "0.1.0"}))]
pub(super) struct Health {
    /// Always `ok`: otherwise there is no answer, or a problem.
    status: &'static str,
    /// Barker's version.
    version: &'static str,
}

const OK: Health = Health { status: "ok", version: env!("CARGO_PKG_VERSION") };

/// Alive?
///
/// Answers as long as the process runs, whatever the database does.
#[utoipa::path(get, path = "/health", tag = "Operation", responses((status = 200, body = Health, description = "Alive.")))]
pub(super) async fn health() -> Json<Health> {
    Json(OK)
}

/// Ready?
///
/// Asks the database. A load balancer sends no traffic while this is not 200.
#[utoipa::path(get, path = "/ready", tag = "Operation", responses(
    (status = 200, body = Health, description = "The database answers."),
    (status = 503, body = ProblemDocument, content_type = "application/problem+json", description = "It does not."),
))]
pub(super) async fn ready(State(state): State<ServerState>) -> Result<Json<Health>, Problem> {
    state.app.store().ping().await?;
    Ok(Json(OK))
}

/// Metrics
///
/// Counters and timings in Prometheus' text format.
#[utoipa::path(get, path = "/metrics", tag = "Operation", responses(
    (status = 200, body = String, content_type = "text/plain", description = "Prometheus text format, version 0.0.4.",
     example = "barker_decisions_total{outcome=\"new\"} 42\n"),
))]
pub(super) async fn metrics(State(state): State<ServerState>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], state.metrics.render())
}
