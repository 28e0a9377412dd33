//! Header fields that keep browsers from harm: nothing is framed, sniffed, kept by caches or loaded from elsewhere.
//!
//! Handlers that know better set their own; these fill in what is missing.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// An answer of the API is data: a browser that shows it as a page loads and runs nothing.
const DATA: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
/// Pages with their own scripts and styles: the console and the documentation. Both set styles in attributes and elements,
/// and Swagger UI shows images that stand in its style sheet.
const PAGE: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; \
     object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
);
/// Links in mails carry tokens behind the `#`, and nobody else needs to know where people come from.
const NO_REFERRER: HeaderValue = HeaderValue::from_static("no-referrer");
const NO_SNIFFING: HeaderValue = HeaderValue::from_static("nosniff");
/// For browsers that do not know `frame-ancestors`.
const NO_FRAMES: HeaderValue = HeaderValue::from_static("DENY");
const NO_DEVICES: HeaderValue = HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()");
/// What the API answers changes, and much of it is personal or secret.
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
/// Files of the documentation are those of this version of the program.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");
/// A year.
const HTTPS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// For a page that is no answer of a route: the console.
pub(super) fn of_page(headers: &mut HeaderMap) {
    headers.insert(header::CONTENT_SECURITY_POLICY, PAGE);
    headers.insert(PERMISSIONS_POLICY, NO_DEVICES);
}

/// Adds what is missing to the answer of a route.
pub(super) fn add(headers: &mut HeaderMap, route: &str, is_https: bool) {
    let is_page = route.starts_with("/docs");
    headers.reserve(8);
    let mut fill = |name, value| {
        headers.entry(name).or_insert(value);
    };
    fill(header::X_CONTENT_TYPE_OPTIONS, NO_SNIFFING);
    fill(header::REFERRER_POLICY, NO_REFERRER);
    fill(header::X_FRAME_OPTIONS, NO_FRAMES);
    fill(header::CONTENT_SECURITY_POLICY, if is_page { PAGE } else { DATA });
    fill(header::CACHE_CONTROL, if is_page { ASK_AGAIN } else { NO_STORE });
    if is_page {
        fill(PERMISSIONS_POLICY, NO_DEVICES);
    }
    if is_https {
        fill(header::STRICT_TRANSPORT_SECURITY, HTTPS_ONLY);
    }
}
