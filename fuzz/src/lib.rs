//! What the fuzz targets have in common: how an input becomes JSON, how a shape comes back from its answer, and what a
//! refusal must look like. The targets themselves stand in `fuzz_targets`.

use std::collections::HashSet;

use axum::{body::to_bytes, http::StatusCode, response::IntoResponse};
use barker_domain::{Code, Error, FieldError};
use barker_wire::{
    input::{JsonBody, OptionalJsonBody},
    problem::Problem,
};
use futures::executor::block_on;
use serde::Serialize;
use serde_json::Value;

/// The input as a handler sees it, or `None` when it is not JSON, which must then be said without naming a field.
#[must_use]
pub fn body(data: &[u8]) -> Option<Value> {
    match JsonBody::parse(data) {
        Ok(JsonBody(body)) => Some(body),
        Err(error) => {
            assert!(error.code == Code::MalformedJson && error.fields.is_empty(), "{error}");
            let is_blank = data.iter().all(u8::is_ascii_whitespace);
            assert_eq!(matches!(OptionalJsonBody::parse(data), Ok(OptionalJsonBody(None))), is_blank, "no body is a body for some");
            None
        }
    }
}

/// The shape as a caller who sends back what was answered would send it.
pub fn echoed(shape: &impl Serialize) -> Value {
    let text = serde_json::to_vec(shape).expect("answers can be written");
    let JsonBody(body) = JsonBody::parse(&text).expect("answers are JSON");
    body
}

/// A refusal names its fields, once each for a reason, and every field is one that `sent` has or should have had.
pub fn assert_names_fields(error: Error, sent: &Value) {
    assert_eq!(error.code, Code::InvalidRequest, "{error}");
    assert!(!error.fields.is_empty(), "a refusal of a body names a field: {error}");
    for field in &error.fields {
        assert!(stands_in(sent, field), "{field:?} is not in {sent}");
    }
    assert_is_a_problem(error);
}

/// The refusal as callers get it: 400, complete, every field at most once for the same reason.
pub fn assert_is_a_problem(error: Error) {
    let named: HashSet<_> = error.fields.iter().map(|field| (field.pointer.clone(), field.code)).collect();
    assert_eq!(named.len(), error.fields.len(), "{:?}", error.fields);
    assert!(error.fields.iter().all(|field| !field.message.is_empty()), "{:?}", error.fields);
    let shown = error.fields.len().min(100);
    let response = Problem(error).into_response();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let bytes = block_on(to_bytes(response.into_body(), usize::MAX)).expect("a body in memory");
    let problem: Value = serde_json::from_slice(&bytes).expect("problems are JSON");
    assert_eq!(problem["errors"].as_array().map_or(0, Vec::len), shown, "{problem}");
    assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{problem}");
}

/// Whether the field is there, or is missing from an object that is there.
fn stands_in(sent: &Value, field: &FieldError) -> bool {
    let is_missing = || {
        let parent = field.pointer.rsplit_once('/').and_then(|(parent, _)| sent.pointer(parent));
        field.code == "required" && parent.is_some_and(Value::is_object)
    };
    sent.pointer(&field.pointer).is_some() || is_missing()
}
