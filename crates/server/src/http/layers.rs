//! What surrounds every request: an id, a time limit, a line in the log, header fields that every answer has, and an answer
//! even when a handler panics.
//!
//! The log names the route, never the path: paths and queries hold people's identifiers.

use std::{
    any::Any,
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    http::HeaderValue,
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use barker_domain::{Code, Error};
use tower_http::catch_panic::CatchPanicLayer;
use tracing::Instrument;
use uuid::Uuid;

use super::{ServerState, origin::REQUEST_ID, problem::Problem, rate_limit::Told, security_headers, timings, traces};

/// Where files come that take longer than requests do.
const UPLOADS: [&str; 2] = ["/api/v1/projects/{projectId}/imports", "/api/v1/projects/{projectId}/files"];
/// Longest time for such a file.
const UPLOAD_TIMEOUT: Duration = Duration::from_mins(15);
/// Longest id a caller may bring for its request.
const MAX_REQUEST_ID_CHARS: usize = 64;

pub(super) fn around(router: Router<ServerState>, state: &ServerState) -> Router<ServerState> {
    let router = router.layer(CatchPanicLayer::custom(answer_after_panic));
    let router = match state.settings.cors_origins.layer() {
        Some(cors) => router.layer(cors),
        None => router,
    };
    router.layer(middleware::from_fn_with_state(state.clone(), observe))
}

async fn observe(State(state): State<ServerState>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let method = request.method().clone();
    let request_id = request_id(&request);
    request.headers_mut().insert(REQUEST_ID, request_id.clone());
    let route = route.as_ref().map_or("unmatched", MatchedPath::as_str);
    let span = traces::begin(timings::known(&method), route, (request.headers(), &request_id));
    let told = Told::default();
    request.extensions_mut().insert(told.clone());
    let mut response = match tokio::time::timeout(time_for(route, &state), next.run(request)).instrument(span.clone()).await {
        Ok(response) => response,
        Err(_elapsed) => Problem(Error::new(Code::Busy, "the request took too long")).into_response(),
    };
    traces::end(&span, response.status());
    let seconds = started.elapsed().as_secs_f64();
    timings::record(&method, route, response.status(), seconds);
    let status = response.status().as_u16();
    tracing::debug!(%method, route, status, seconds, request_id = request_id.to_str().unwrap_or(""), "request");
    response.headers_mut().insert(REQUEST_ID, request_id);
    security_headers::add(response.headers_mut(), route, state.settings.is_https());
    told.tell(&mut response);
    response
}

/// Files may take longer to arrive.
fn time_for(route: &str, state: &ServerState) -> Duration {
    if UPLOADS.contains(&route) { UPLOAD_TIMEOUT } else { state.settings.request_timeout }
}

/// The caller's id for the request if it brings a sane one, else a new one.
fn request_id(request: &Request) -> HeaderValue {
    let is_sane = |id: &&HeaderValue| {
        id.len() <= MAX_REQUEST_ID_CHARS && !id.is_empty() && id.as_bytes().iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
    };
    let brought = request.headers().get(REQUEST_ID).filter(is_sane).cloned();
    brought.unwrap_or_else(|| HeaderValue::try_from(Uuid::now_v7().to_string()).unwrap_or_else(|_| HeaderValue::from_static("none")))
}

fn answer_after_panic(_panic: Box<dyn Any + Send + 'static>) -> Response {
    // The panic hook has logged where and why.
    Problem(Error::of(Code::Internal)).into_response()
}
