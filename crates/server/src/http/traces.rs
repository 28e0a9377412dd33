//! The span of a request: what it asked for and what it was answered, never who asked.

use axum::http::{HeaderMap, HeaderValue, StatusCode};
use barker_app::span;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry_http::HeaderExtractor;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::{Span, field::Empty};
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The span of a request, below its caller's when it names one in `traceparent` (W3C Trace Context).
pub(super) fn begin(method: &str, route: &str, (headers, request_id): (&HeaderMap, &HeaderValue)) -> Span {
    let span = tracing::info_span!(
        target: span::TARGET,
        "request",
        otel.name = format!("{method} {route}"),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
        request.id = request_id.to_str().unwrap_or(""),
    );
    if !span.is_disabled() {
        let parent = TraceContextPropagator::new().extract(&HeaderExtractor(headers));
        // The layer is there, or the span were disabled.
        let _set = span.set_parent(parent);
    }
    span
}

/// What it was answered.
pub(super) fn end(span: &Span, status: StatusCode) {
    span.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
}
