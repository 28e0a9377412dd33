//! What a process without the role `api` answers: whether it is alive, ready, and how it is doing.

use axum::{Router, extract::State, http::header, response::IntoResponse, routing::get};
use barker_app::job::Outpost;
use barker_domain::{Code, Error};
use metrics_exporter_prometheus::PrometheusHandle;
use std::sync::Arc;

use super::{health::health, problem::Problem};

/// The surface of an outpost.
pub fn outpost_router(outpost: Arc<Outpost>, metrics: PrometheusHandle) -> Router {
    let ready = async |State(outpost): State<Arc<Outpost>>| -> Result<_, Problem> {
        outpost.workshop().store().ping().await?;
        Ok(health().await)
    };
    let metrics = async move || ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics.render()).into_response();
    Router::new()
        .route("/health", get(health))
        .route("/ready", get(ready))
        .route("/metrics", get(metrics))
        .fallback(async || Problem(Error::of(Code::RouteNotFound)))
        .with_state(outpost)
}
