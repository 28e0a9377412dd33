//! The console: pages, scripts and styles that were built into this program (`console/`), sent as they were compressed then.
//!
//! Files whose names carry their content may be kept for ever, everything else is asked for again. A browser that opens an
//! address gets the console, whose own pages begin there; programs that miss an address of the API are told so.

use axum::{
    body::{Body, Bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use barker_domain::{Code, Error};

use super::{problem::Problem, security_headers};

/// A file of the console.
#[derive(Debug, Clone, Copy)]
struct File {
    /// Where it stands, without a slash at the beginning.
    path: &'static str,
    /// Differs when the content does.
    digest: &'static str,
    /// All of it.
    content: &'static [u8],
}

/// What `console/dist` held when this program was built, by path (`build.rs`); nothing, when the console was not built before.
const BUILT: &[File] = include!(concat!(env!("OUT_DIR"), "/console.rs"));

const START: &str = "index.html";
/// Vite puts the content's digest into names of what stands here.
const NAMED_BY_CONTENT: &str = "assets/";
/// A year, and no question in between.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// May be kept, if it is asked about each time.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");
/// What is looked for in this order: the smaller one first.
const CODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];
/// Below these is the API: there, nothing is a page.
const NO_PAGES: [&str; 2] = ["api/", "docs/"];

/// What is answered where no operation is: a file of the console, the console itself, or that there is nothing.
pub(super) async fn answer(request: Request) -> Response {
    answer_from(BUILT, &request).unwrap_or_else(|| missing(request.uri().path()).into_response())
}

fn missing(path: &str) -> Problem {
    let no_console = || Error::new(Code::RouteNotFound, "this program was built without its console, which `make build` adds");
    Problem(if path == "/" && find(BUILT, START).is_none() { no_console() } else { Error::of(Code::RouteNotFound) })
}

fn find(files: &[File], path: &str) -> Option<File> {
    files.binary_search_by(|file| file.path.cmp(path)).ok().map(|place| files[place])
}

fn answer_from(files: &[File], request: &Request) -> Option<Response> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return None;
    }
    let path = request.uri().path().trim_start_matches('/');
    let is_file = !path.is_empty() && CODINGS.iter().all(|(_, ending)| !path.ends_with(ending));
    let file = is_file.then(|| find(files, path)).flatten();
    let file = file.or_else(|| is_page(path, request.headers()).then(|| find(files, START)).flatten())?;
    Some(send(files, file, request.headers()))
}

/// Whether a browser opens this address, rather than a program that looks for data.
fn is_page(path: &str, headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    let is_below = |room: &str| path.starts_with(room) || path == room.trim_end_matches('/');
    path.is_empty() || (accepted.contains("text/html") && !NO_PAGES.into_iter().any(is_below) && !path.starts_with(NAMED_BY_CONTENT))
}

fn send(files: &[File], file: File, asked: &HeaderMap) -> Response {
    let mut headers = HeaderMap::new();
    security_headers::of_page(&mut headers);
    headers.insert(header::CACHE_CONTROL, if file.path.starts_with(NAMED_BY_CONTENT) { FOR_EVER } else { ASK_AGAIN });
    headers.insert(header::VARY, HeaderValue::from_static("Accept, Accept-Encoding"));
    // Weak: it is the same however the content is compressed.
    if let Ok(tag) = HeaderValue::try_from(format!("W/\"{}\"", file.digest)) {
        let is_known = asked.get(header::IF_NONE_MATCH) == Some(&tag);
        headers.insert(header::ETAG, tag);
        if is_known {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
    }
    headers.insert(header::CONTENT_TYPE, content_type(file.path));
    let mut understood = CODINGS.into_iter().filter(|(coding, _)| accepts(asked, coding));
    let compressed = understood.find_map(|(coding, ending)| Some((coding, find(files, &format!("{}{ending}", file.path))?)));
    if let Some((coding, _)) = compressed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    let content = compressed.map_or(file.content, |(_, compressed)| compressed.content);
    (headers, Body::from(Bytes::from_static(content))).into_response()
}

fn content_type(path: &str) -> HeaderValue {
    HeaderValue::from_static(match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" => "application/json",
        "png" => "image/png",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    })
}

/// Whether the caller understands this coding (RFC 9110, section 12.5.3); one with a quality of 0 is refused.
fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    let lines = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let mut offers = lines.flat_map(|line| line.split(','));
    offers.any(|offer| {
        let mut parts = offer.split(';').map(str::trim);
        let is_named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(coding));
        let quality = parts.find_map(|part| part.strip_prefix("q=")).and_then(|quality| quality.parse::<f32>().ok());
        is_named && quality.is_none_or(|quality| quality > 0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &[File] = &[
        File { path: "assets/main-0a1b2c3d.js", digest: "1", content: b"export {};" },
        File { path: "assets/main-0a1b2c3d.js.br", digest: "2", content: b"as br" },
        File { path: "assets/main-0a1b2c3d.js.gz", digest: "3", content: b"as gzip" },
        File { path: "index.html", digest: "4", content: b"<!doctype html>" },
    ];

    const NAVIGATION: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

    fn ask(method: Method, path: &str, headers: &[(&str, &str)]) -> Option<Response> {
        let request = Request::builder().method(method).uri(path);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        answer_from(SAMPLE, &request.body(Body::empty()).unwrap())
    }

    fn get(path: &str, headers: &[(&str, &str)]) -> Option<Response> {
        ask(Method::GET, path, headers)
    }

    fn header_of(response: &Response, name: header::HeaderName) -> &str {
        response.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[test]
    fn files_named_by_their_content_are_kept_for_ever_and_the_start_page_is_not() {
        let script = get("/assets/main-0a1b2c3d.js", &[]).unwrap();
        assert_eq!(header_of(&script, header::CACHE_CONTROL), "public, max-age=31536000, immutable");
        assert_eq!(header_of(&script, header::CONTENT_TYPE), "text/javascript; charset=utf-8");
        let start = get("/", &[]).unwrap();
        assert_eq!(header_of(&start, header::CACHE_CONTROL), "no-cache");
        assert_eq!(header_of(&start, header::CONTENT_TYPE), "text/html; charset=utf-8");
        assert!(header_of(&start, header::CONTENT_SECURITY_POLICY).contains("script-src 'self'"));
    }

    #[test]
    fn what_was_compressed_is_sent_to_whoever_understands_it() {
        let coding = |accepted: &str| {
            let headers: &[(&str, &str)] = if accepted.is_empty() { &[] } else { &[("accept-encoding", accepted)] };
            header_of(&get("/assets/main-0a1b2c3d.js", headers).unwrap(), header::CONTENT_ENCODING).to_owned()
        };
        let cases =
            [("", ""), ("gzip, deflate, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip;q=0.5", "gzip"), ("zstd", ""), ("identity", "")];
        for (accepted, sent) in cases {
            assert_eq!(coding(accepted), sent, "{accepted}");
        }
        assert!(get("/assets/main-0a1b2c3d.js.br", &[]).is_none(), "it has no address of its own");
    }

    #[test]
    fn a_browser_that_opens_an_address_gets_the_console_and_a_program_does_not() {
        for page in ["/", "/sign-in", "/accept-invitation", "/projects/1/keys?page=2", "/apiary"] {
            let opened = get(page, &[("accept", NAVIGATION)]).unwrap();
            assert_eq!(header_of(&opened, header::CONTENT_TYPE), "text/html; charset=utf-8", "{page}");
        }
        for (path, accepted) in [
            ("/sign-in", "*/*"),
            ("/sign-in", "application/json"),
            ("/api/v1/nothing", NAVIGATION),
            ("/api", NAVIGATION),
            ("/docs/nothing", NAVIGATION),
            ("/assets/gone-00000000.js", NAVIGATION),
        ] {
            assert!(get(path, &[("accept", accepted)]).is_none(), "{path} for {accepted}");
        }
        assert!(ask(Method::POST, "/sign-in", &[("accept", NAVIGATION)]).is_none());
    }

    #[test]
    fn what_was_built_is_listed_by_path() {
        assert!(BUILT.is_sorted_by_key(|file| file.path));
    }

    #[test]
    fn what_a_browser_has_is_not_sent_again() {
        let tag = header_of(&get("/", &[]).unwrap(), header::ETAG).to_owned();
        let again = get("/sign-in", &[("accept", NAVIGATION), ("if-none-match", &tag)]).unwrap();
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(get("/", &[("if-none-match", "W/\"0\"")]).unwrap().status(), StatusCode::OK);
    }
}
