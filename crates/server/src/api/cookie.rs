//! The cookie that keeps a browser logged in: its refresh token, out of reach of scripts and of other sites.

use axum::http::{HeaderMap, HeaderValue, header};
use barker_domain::session::REFRESH_TOKEN_LIFE_MS;

const NAME: &str = "barker_refresh";
/// Sent to nothing but what renews and ends sessions.
const PATH: &str = "/api/v1/auth";
const MS_PER_SECOND: i64 = 1_000;

/// The refresh token that a browser sends.
pub(super) fn refresh_token(headers: &HeaderMap) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == NAME).map(|(_, value)| value.to_owned())
}

/// Lets the browser keep the token. `None` for a token that no header can hold, which is none of ours.
pub(super) fn set(token: &str, is_secure: bool) -> Option<HeaderValue> {
    header_of(token, REFRESH_TOKEN_LIFE_MS / MS_PER_SECOND, is_secure)
}

/// Lets the browser forget it.
pub(super) fn clear(is_secure: bool) -> Option<HeaderValue> {
    header_of("", 0, is_secure)
}

fn header_of(value: &str, max_age_seconds: i64, is_secure: bool) -> Option<HeaderValue> {
    let secure = if is_secure { "; Secure" } else { "" };
    let cookie = format!("{NAME}={value}; Path={PATH}; Max-Age={max_age_seconds}; HttpOnly; SameSite=Strict{secure}");
    HeaderValue::try_from(cookie).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_out_of_reach_of_scripts_and_other_sites() {
        let set = set("abc", true).unwrap();
        assert_eq!(set, "barker_refresh=abc; Path=/api/v1/auth; Max-Age=2592000; HttpOnly; SameSite=Strict; Secure");
        assert_eq!(clear(false).unwrap(), "barker_refresh=; Path=/api/v1/auth; Max-Age=0; HttpOnly; SameSite=Strict");
    }

    #[test]
    fn it_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=b; xbarker_refresh=no"));
        headers.append(header::COOKIE, HeaderValue::from_static("c=d;barker_refresh=x.y-z_"));
        assert_eq!(refresh_token(&headers).as_deref(), Some("x.y-z_"));
        assert_eq!(refresh_token(&HeaderMap::new()), None);
    }
}
