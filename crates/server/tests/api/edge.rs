//! What browsers are told: header fields that keep them from harm, and who may call from elsewhere.

use barker_server::http::{CorsOrigins, ServerSettings};
use barker_testkit::Backend;
use reqwest::{Method, Response, header::HeaderMap};

use crate::harness::{TestApp, listener_settings, server_settings};

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn every_answer_keeps_browsers_from_harm() {
    let app = TestApp::start(Backend::Sqlite).await;
    // Data, a refusal, nothing at that address, and a wrong method.
    for (method, path) in
        [(Method::GET, "/time"), (Method::GET, "/api/v1/me"), (Method::GET, "/nowhere"), (Method::PUT, "/time"), (Method::GET, "/metrics")]
    {
        let headers = app.send(method, path, None).await.headers;
        assert_eq!(text(&headers, "content-security-policy"), "default-src 'none'; frame-ancestors 'none'", "{path}");
        assert_eq!(text(&headers, "x-content-type-options"), "nosniff", "{path}");
        assert_eq!(text(&headers, "x-frame-options"), "DENY", "{path}");
        assert_eq!(text(&headers, "referrer-policy"), "no-referrer", "{path}");
        assert_eq!(text(&headers, "cache-control"), "no-store", "{path}");
        assert_eq!(text(&headers, "strict-transport-security"), "max-age=31536000", "{path}: people reach it by https");
    }
}

#[tokio::test]
async fn only_a_server_that_people_reach_by_https_insists_on_it() {
    let app = TestApp::start(Backend::Sqlite).await;
    let settings = ServerSettings { public_url: "http://ads.local".to_owned(), ..server_settings(None) };
    let address = app.address_with(settings, listener_settings()).await;
    assert!(!app.get(&format!("{address}/health")).await.headers.contains_key("strict-transport-security"));
}

#[tokio::test]
async fn the_documentation_works_under_its_policy() {
    let app = TestApp::start(Backend::Sqlite).await;
    let page = app.http.get(app.url("/docs/")).send().await.unwrap();
    let policy = text(page.headers(), "content-security-policy").to_owned();
    assert!(policy.contains("script-src 'self';") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(text(page.headers(), "permissions-policy").contains("camera=()"));
    let html = page.text().await.unwrap();
    for script in html.split("<script").skip(1) {
        assert!(script.trim_start().starts_with("src=\"./"), "no script stands in the page itself: {script}");
    }
    assert!(!html.contains("<style") && !html.contains("http://") && !html.contains("https://"), "{html}");
}

async fn preflight(app: &TestApp, address: &str, origin: &str) -> Response {
    let request = app.http.request(Method::OPTIONS, format!("{address}/api/v1/me")).header("origin", origin);
    let request = request.header("access-control-request-method", "PATCH");
    request.header("access-control-request-headers", "authorization,content-type").send().await.unwrap()
}

#[tokio::test]
async fn nobody_calls_from_elsewhere_unless_configured() {
    let app = TestApp::start(Backend::Sqlite).await;
    let answer = preflight(&app, &app.url(""), "https://shop.example").await;
    assert_eq!(answer.status(), 405);
    let answer = app.http.get(app.url("/time")).header("origin", "https://shop.example").send().await.unwrap();
    assert!(answer.headers().keys().all(|name| !name.as_str().starts_with("access-control")), "{:?}", answer.headers());
}

#[tokio::test]
async fn listed_origins_may_call_and_read_and_others_may_not() {
    let app = TestApp::start(Backend::Sqlite).await;
    let cors_origins = CorsOrigins::read("https://shop.example, https://console.example").unwrap();
    let address = app.address_with(ServerSettings { cors_origins, ..server_settings(None) }, listener_settings()).await;
    let answer = preflight(&app, &address, "https://console.example").await;
    assert_eq!(answer.status(), 200);
    let headers = answer.headers();
    assert_eq!(text(headers, "access-control-allow-origin"), "https://console.example");
    assert_eq!(text(headers, "access-control-allow-credentials"), "true");
    assert!(text(headers, "access-control-allow-methods").contains("PATCH"));
    assert!(text(headers, "access-control-allow-headers").contains("authorization"));
    assert!(text(headers, "vary").contains("origin"));
    let refused = app.http.get(format!("{address}/api/v1/me")).header("origin", "https://shop.example").send().await.unwrap();
    assert_eq!(refused.status(), 401, "a page learns why it was refused");
    assert_eq!(text(refused.headers(), "access-control-allow-origin"), "https://shop.example");
    assert!(text(refused.headers(), "access-control-expose-headers").contains("ratelimit"));
    for stranger in ["https://evil.example", "https://shop.example.evil.example", "http://shop.example", "null"] {
        let answer = preflight(&app, &address, stranger).await;
        assert_eq!(text(answer.headers(), "access-control-allow-origin"), "", "{stranger}");
    }
}

#[tokio::test]
async fn everybody_may_call_without_cookies_when_so_configured() {
    let app = TestApp::start(Backend::Sqlite).await;
    let settings = ServerSettings { cors_origins: CorsOrigins::read("*").unwrap(), ..server_settings(None) };
    let address = app.address_with(settings, listener_settings()).await;
    let answer = preflight(&app, &address, "https://anybody.example").await;
    assert_eq!(text(answer.headers(), "access-control-allow-origin"), "*");
    assert!(!answer.headers().contains_key("access-control-allow-credentials"));
}
