//! Links of ads: a browser follows one, the click is counted, and the browser goes on to the landing page.

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use barker_app::link::{self, Follower};
use barker_domain::{Code, Error, Result};

use crate::http::{
    input::TokenInPath,
    permission::Visitor,
    problem::{Problem, Refusals},
};

/// Each time it is asked for, it is a click of its own.
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
/// Nor is it anything for search engines.
const NOT_INDEXED: HeaderValue = HeaderValue::from_static("noindex, nofollow");
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// Header fields by which browsers say that nobody has clicked yet, and the words that they say it with.
/// <https://wicg.github.io/nav-speculation/prefetch.html>; the others are what came before it.
const PREFETCHING: [(&str, [&str; 2]); 4] = [
    ("sec-purpose", ["prefetch", "prerender"]),
    ("purpose", ["prefetch", "preview"]),
    ("x-purpose", ["prefetch", "preview"]),
    ("x-moz", ["prefetch", "prerender"]),
];

/// What people see whose link leads nowhere, who may speak either language.
const NOWHERE: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
    <title>404</title><h1>This link leads nowhere</h1><p>It is not complete, or what it led to is gone.</p>\
    <div lang=\"ru\"><h1>Эта ссылка никуда не ведёт</h1><p>В ней чего-то не хватает, или страницы больше нет.</p></div></html>";

/// Follow the link of an ad
///
/// A `click_url`. Counts the click, once for each client, by the rules of `POST /ads/{adId}/click`, and redirects to the landing page of
/// the ad with the click's id (`bclid`) and UTM. What an expired link, a browser that loads in advance, or a program does is kept and
/// not billed; it is redirected alike.
#[utoipa::path(get, path = "/c/{token}", operation_id = "followAdLink", tag = "Ads",
    params(
        ("token" = String, Path, description = "The end of a `click_url`.", example = "AQGW8KRdbHxemxwPLWo7TF0BlvCkXWx8XpscDy1qO0xdQlSVr_d49M_0qAio-PGuLvLnT_JrAWqb6cQ"),
        ("User-Agent" = Option<String>, Header, description = "What the browser calls itself.", example = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"),
        ("Sec-Purpose" = Option<String>, Header, description = "`prefetch`: nobody has clicked yet.", example = "prefetch"),
    ),
    responses((status = 302, description = "On to the landing page.",
        headers(("Location" = String, description = "The landing page, with `bclid` and UTM."))), Refusals))]
pub(super) async fn follow(
    visitor: Visitor,
    method: Method,
    TokenInPath(token): TokenInPath,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let user_agent = headers.get(header::USER_AGENT).and_then(|name| name.to_str().ok()).unwrap_or_default().to_owned();
    let by = Follower { user_agent, is_prefetch: method == Method::HEAD || is_prefetch(&headers) };
    match link::follow(&visitor.app, &token, &by).await {
        Ok(address) => redirect(address),
        Err(error) if error.code == Code::AdLinkNotFound && is_page_wanted(&headers) => Ok(nowhere()),
        Err(error) => Err(error.into()),
    }
}

fn redirect(address: String) -> Result<Response, Problem> {
    let unwritable = |error| Error::new(Code::Internal, "a landing page has no address").caused_by(error);
    let location = HeaderValue::try_from(address).map_err(unwritable)?;
    let headers = [(header::LOCATION, location), (header::CACHE_CONTROL, NO_STORE), (ROBOTS, NOT_INDEXED)];
    Ok((StatusCode::FOUND, headers).into_response())
}

fn nowhere() -> Response {
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")), (ROBOTS, NOT_INDEXED)];
    (StatusCode::NOT_FOUND, headers, NOWHERE).into_response()
}

fn is_page_wanted(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}

fn is_prefetch(headers: &HeaderMap) -> bool {
    PREFETCHING.iter().any(|(name, words)| {
        let mut values = headers.get_all(*name).iter().filter_map(|value| value.to_str().ok()).map(str::to_ascii_lowercase);
        values.any(|value| words.iter().any(|word| value.contains(word)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_that_loads_in_advance_says_so() {
        let told = |name: &'static str, value: &'static str| {
            let headers = [(HeaderName::from_static(name), HeaderValue::from_static(value))].into_iter().collect();
            is_prefetch(&headers)
        };
        for (name, value) in [
            ("sec-purpose", "prefetch"),
            ("sec-purpose", "prefetch;prerender"),
            ("sec-purpose", "prefetch;anonymous-client-ip"),
            ("purpose", "prefetch"),
            ("x-purpose", "preview"),
            ("x-moz", "prefetch"),
        ] {
            assert!(told(name, value), "{name}: {value}");
        }
        assert!(!told("sec-purpose", "") && !told("purpose", "navigate") && !told("sec-fetch-mode", "prefetch"));
    }
}
