//! Paths and queries: an input is what stands behind `?`, and also what stands in place of an id. Pages are in bounds,
//! `Link` leads to the neighbouring pages and keeps every filter, and a refusal names its parameter.
#![no_main]

use axum::{
    Router,
    body::Body,
    extract::FromRequestParts,
    http::{HeaderMap, Request, StatusCode, Uri, header},
    response::IntoResponse,
    routing::get,
};
use barker_domain::{
    ClientId, Error,
    page::{Listed, Page},
};
use barker_fuzz::assert_is_a_problem;
use barker_wire::{
    contract::read_empty_days,
    input::{InPath, Query},
    paging::{PagedJson, page},
};
use futures::executor::block_on;
use libfuzzer_sys::fuzz_target;
use tower::ServiceExt;
use uuid::Uuid;

/// Lengths of lists, as far as they make a difference.
const TOTALS: [u64; 6] = [0, 1, 50, 51, 100_000, i64::MAX as u64];

/// The last page that may be asked for.
const FARTHEST_PAGE: u64 = 1_000_000_000;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    id_in_path(text);
    let Ok(uri) = format!("/advertisers?{text}").parse::<Uri>() else { return };
    let Some(query) = query(&uri) else { return };
    match query.required_id::<ClientId>("client_id") {
        Ok(id) => assert_eq!(query.text("client_id").map(Uuid::parse_str), Some(Ok(id.0))),
        Err(refusal) => assert_names_a_parameter(refusal, &query, &["client_id"]),
    }
    if let Err(refusal) = read_empty_days(&query) {
        assert_names_a_parameter(refusal, &query, &["fill"]);
    }
    match page(&query) {
        Ok(page) => a_page(&uri, &query, page),
        Err(refusal) => assert_names_a_parameter(refusal, &query, &["size", "page"]),
    }
});

fn query(uri: &Uri) -> Option<Query> {
    let (mut parts, ()) = Request::builder().uri(uri).body(()).ok()?.into_parts();
    match block_on(Query::from_request_parts(&mut parts, &())) {
        Ok(query) => Some(query),
        Err(problem) => {
            assert_is_a_problem(problem.0);
            None
        }
    }
}

fn a_page(uri: &Uri, query: &Query, page: Page) {
    let asked = |name: &str, default: u64| query.text(name).map_or(Some(default), |text| text.parse().ok());
    assert_eq!((Some(page.size), Some(page.number)), (asked("size", 50), asked("page", 1)));
    assert!((1..=1_000).contains(&page.size) && page.number >= 1, "{page:?}");
    assert_eq!((page.number - 1).checked_mul(page.size), Some(page.offset()));
    for total in TOTALS {
        let listed = Listed { rows: Vec::<()>::new(), total };
        let response = PagedJson { listed, page, uri: uri.clone() }.into_response();
        assert_eq!(response.headers()["x-total-count"], total.to_string());
        let last = total.div_ceil(page.size).clamp(1, FARTHEST_PAGE);
        let next = (page.number < last).then(|| page.number + 1);
        let previous = (page.number > 1).then(|| (page.number - 1).min(last));
        for (relation, number) in [("next", next), ("prev", previous)] {
            let link = link(response.headers(), relation);
            assert_eq!(link.is_some(), number.is_some(), "{relation} of {page:?} of {total}");
            if let (Some(link), Some(number)) = (link, number) {
                follow(&link, query, Page { size: page.size, number });
            }
        }
    }
}

/// The link leads to that page of the same list.
fn follow(link: &str, asked: &Query, expected: Page) {
    let uri: Uri = link.parse().expect("a link is an address");
    let there = query(&uri).expect("a link is well-formed");
    assert_eq!((uri.path(), page(&there).ok()), ("/advertisers", Some(expected)));
    for filter in ["search", "fill", "client_id"] {
        assert_eq!(there.text(filter), asked.text(filter), "{filter} in {link}");
    }
}

/// The address of an RFC 8288 relation.
fn link(headers: &HeaderMap, relation: &str) -> Option<String> {
    let links = std::str::from_utf8(headers.get(header::LINK)?.as_bytes()).expect("links are text");
    let ending = format!(">; rel=\"{relation}\"");
    let link = links.split(", <").find_map(|link| link.strip_suffix(&ending))?;
    Some(link.trim_start_matches('<').to_owned())
}

fn id_in_path(text: &str) {
    let Ok(request) = Request::get(format!("/clients/{text}")).body(Body::empty()) else { return };
    let answer_with_id = async |InPath(id): InPath<ClientId>| id.to_string();
    let router: Router = Router::new().route("/clients/{clientId}", get(answer_with_id));
    let Ok(response) = block_on(router.oneshot(request));
    let expected = if Uuid::parse_str(text).is_ok() { vec![StatusCode::OK] } else { vec![StatusCode::BAD_REQUEST, StatusCode::NOT_FOUND] };
    // Behind these the id is no longer what it was written as.
    let is_more = text.contains(['?', '#', '%']);
    assert!(is_more || expected.contains(&response.status()), "{text}: {}", response.status());
}

fn assert_names_a_parameter(refusal: Error, query: &Query, names: &[&str]) {
    assert!(!refusal.fields.is_empty(), "{refusal}");
    for field in &refusal.fields {
        let name = field.pointer.strip_prefix('/').expect("a pointer");
        assert!(names.contains(&name), "{field:?}");
        assert_eq!(query.text(name).is_none(), field.code == "required", "{field:?}");
    }
    assert_is_a_problem(refusal);
}
