//! How long requests take, by method, route and status. The recorders are looked up once a thread, not once a request.

use std::cell::RefCell;

use axum::http::{Method, StatusCode};
use metrics::Histogram;

/// Methods anyone may invent must not become labels without bound.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

struct Recorder {
    method: &'static str,
    route: String,
    status: StatusCode,
    histogram: Histogram,
}

thread_local! {
    /// As many as there are routes and statuses; the ones in use are at the front.
    static RECORDERS: RefCell<Vec<Recorder>> = const { RefCell::new(Vec::new()) };
}

/// Takes note of one request.
pub(super) fn record(method: &Method, route: &str, status: StatusCode, seconds: f64) {
    let method = known(method);
    RECORDERS.with_borrow_mut(|recorders| {
        let is_wanted = |recorder: &Recorder| recorder.status == status && recorder.method == method && recorder.route == route;
        let place = recorders.iter().position(is_wanted).unwrap_or_else(|| {
            recorders.push(Recorder::new(method, route, status));
            recorders.len() - 1
        });
        recorders[place].histogram.record(seconds);
        recorders.swap(place, place / 2);
    });
}

/// The method's name, unless somebody has invented it.
pub(super) fn known(method: &Method) -> &'static str {
    METHODS.into_iter().find(|known| *known == method.as_str()).unwrap_or("other")
}

impl Recorder {
    fn new(method: &'static str, route: &str, status: StatusCode) -> Self {
        let labels = [("method", method.to_owned()), ("route", route.to_owned()), ("status", status.as_str().to_owned())];
        let histogram = metrics::histogram!("barker_http_request_seconds", &labels);
        Self { method, route: route.to_owned(), status, histogram }
    }
}
