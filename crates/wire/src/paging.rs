//! Pages of lists: `size` and `page` in, `X-Total-Count` and `Link` out.

use axum::{
    Json,
    http::{HeaderMap, HeaderName, HeaderValue, Uri, header},
    response::{IntoResponse, Response},
};
use barker_domain::{
    Error, FieldError, Result,
    page::{Listed, MAX_SIZE, Page},
};
use serde::Serialize;
use utoipa::IntoParams;

use crate::input::Query;

const TOTAL_COUNT: HeaderName = HeaderName::from_static("x-total-count");
/// The farthest page: far beyond any list, and safe to multiply.
const MAX_PAGE: u64 = 1_000_000_000;

/// What lists take, as the documentation tells it.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "documentation; queries are read by hand")]
pub struct WantedPage {
    /// Rows on a page; 50 when absent.
    #[param(minimum = 1, maximum = 1000, example = 50)]
    size: Option<u64>,
    /// Which page, from 1.
    #[param(minimum = 1, maximum = 1_000_000_000, example = 1)]
    page: Option<u64>,
}

/// The page a query asks for.
///
/// # Errors
/// [`barker_domain::Code::InvalidRequest`] naming `size` or `page`.
pub fn page(query: &Query) -> Result<Page> {
    let default = Page::default();
    Ok(Page { size: number(query, "size", MAX_SIZE)?.unwrap_or(default.size), number: number(query, "page", MAX_PAGE)?.unwrap_or(1) })
}

fn number(query: &Query, name: &str, max: u64) -> Result<Option<u64>> {
    let expected = format!("an integer from 1 to {max}");
    let number = query.parsed::<i128>(name, &expected)?;
    let within = |number: i128| u64::try_from(number).ok().filter(|number| (1..=max).contains(number));
    let refuse = || Error::invalid(vec![FieldError::new(format!("/{name}"), "range", format!("must be {expected}"))]);
    number.map(|number| within(number).ok_or_else(refuse)).transpose()
}

/// A page as an answer: a plain array, with the total and the neighbouring pages in headers.
pub struct PagedJson<T> {
    /// The rows of this page, and the total.
    pub listed: Listed<T>,
    /// Which page it is.
    pub page: Page,
    /// The address it was asked under.
    pub uri: Uri,
}

impl<T: Serialize> IntoResponse for PagedJson<T> {
    fn into_response(self) -> Response {
        let mut headers = HeaderMap::new();
        headers.insert(TOTAL_COUNT, HeaderValue::from(self.listed.total));
        if let Ok(link) = HeaderValue::try_from(links(&self.uri, self.page, self.listed.total))
            && !link.is_empty()
        {
            headers.insert(header::LINK, link);
        }
        (headers, Json(self.listed.rows)).into_response()
    }
}

/// RFC 8288 links to the next and the previous page, as far as there are any.
fn links(uri: &Uri, page: Page, total: u64) -> String {
    // No link leads to a page that would be refused.
    let last = page.last_number(total).min(MAX_PAGE);
    let previous = (page.number > 1).then(|| ("prev", (page.number - 1).min(last)));
    let next = (page.number < last).then(|| ("next", page.number + 1));
    let link = |(relation, number): (&str, u64)| format!("<{}>; rel=\"{relation}\"", at_page(uri, page.size, number));
    next.into_iter().chain(previous).map(link).collect::<Vec<_>>().join(", ")
}

fn at_page(uri: &Uri, size: u64, number: u64) -> String {
    let others =
        uri.query().unwrap_or("").split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("page=") && !pair.starts_with("size="));
    let own = [format!("size={size}"), format!("page={number}")];
    let query: Vec<_> = others.map(str::to_owned).chain(own).collect();
    format!("{}?{}", uri.path(), query.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_both_neighbours_and_keep_the_filters() {
        let uri = Uri::from_static("/advertisers?search=bear&page=2&size=10");
        let expected = "</advertisers?search=bear&size=10&page=3>; rel=\"next\", </advertisers?search=bear&size=10&page=1>; rel=\"prev\"";
        assert_eq!(links(&uri, Page { size: 10, number: 2 }, 21), expected);
        assert_eq!(links(&uri, Page { size: 10, number: 1 }, 10), "");
        assert_eq!(links(&uri, Page { size: 10, number: 9 }, 21), "</advertisers?search=bear&size=10&page=3>; rel=\"prev\"");
    }

    #[test]
    fn no_link_leads_beyond_the_farthest_page() {
        let (uri, farthest) = (Uri::from_static("/advertisers"), Page { size: 1, number: MAX_PAGE });
        let expected = format!("</advertisers?size=1&page={}>; rel=\"prev\"", MAX_PAGE - 1);
        assert_eq!(links(&uri, farthest, MAX_PAGE + 1), expected);
    }
}
