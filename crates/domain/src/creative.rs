//! A creative: what an ad says and where it leads. Several ads may show one.

use url::Url;

use crate::{CreativeId, FieldError, FileId, file::FileName, text};

/// Longest address of a landing page, in characters: what browsers and servers pass on.
pub const MAX_URL_CHARS: usize = 2_000;

/// What a client sees, and where a click leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// Title, 1 to [`text::MAX_TITLE_CHARS`] characters.
    pub title: String,
    /// Text, 1 to [`text::MAX_BODY_CHARS`] characters.
    pub text: String,
    /// The landing page, `http` or `https`; `None`: a click leads nowhere.
    pub landing_url: Option<String>,
    /// The image; `None`: words alone.
    pub image: Option<Picture>,
}

/// The image of a creative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picture {
    /// Somebody asks for it, and nobody has looked yet whether it is there.
    Asked(FileId),
    /// The project keeps it.
    Kept(FileName),
}

impl Picture {
    /// Which file it is.
    #[must_use]
    pub fn id(self) -> FileId {
        match self {
            Self::Asked(id) => id,
            Self::Kept(name) => name.id,
        }
    }

    /// What it is called, once it is known to be there.
    #[must_use]
    pub fn kept(self) -> Option<FileName> {
        match self {
            Self::Asked(_) => None,
            Self::Kept(name) => Some(name),
        }
    }
}

/// A creative that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Creative {
    /// Made by Barker, unique within the project.
    pub id: CreativeId,
    /// What it says and where it leads.
    pub content: Content,
    /// Whether it was put away: no ad takes it any more.
    pub is_archived: bool,
    /// Grows with every change.
    pub version: i32,
    /// Milliseconds UTC.
    pub created_at_ms: i64,
}

impl Content {
    /// Every field that breaks a rule.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let mut faults = words_faults(("/title", &self.title), ("/text", &self.text));
        faults.extend(self.landing_url.as_deref().and_then(|url| url_fault("/landing_url", url)));
        faults
    }
}

/// A title and a text, each with where it stands, that break a rule.
pub(crate) fn words_faults((title_pointer, title): (&str, &str), (text_pointer, body): (&str, &str)) -> Vec<FieldError> {
    let faults = [text::fault(title_pointer, title, text::MAX_TITLE_CHARS), text::fault(text_pointer, body, text::MAX_BODY_CHARS)];
    faults.into_iter().flatten().collect()
}

/// What is wrong with the address of a landing page. It is given to strangers' browsers: nothing in it may mean one thing here and
/// another there, and nobody's password may stand in it.
fn url_fault(pointer: &str, url: &str) -> Option<FieldError> {
    let refused = |code, message: String| Some(FieldError::new(pointer, code, message));
    if url.chars().nth(MAX_URL_CHARS).is_some() {
        return refused("length", format!("must be at most {MAX_URL_CHARS} characters long"));
    }
    if url.chars().any(|letter| letter.is_whitespace() || letter.is_control() || letter == '\\') {
        return refused("format", "must not contain blanks, control characters or backslashes".to_owned());
    }
    let Some(authority) = authority(url) else { return refused("format", "must begin with http:// or https://".to_owned()) };
    if authority.contains('@') {
        return refused("format", "must not contain a name or password".to_owned());
    }
    (!is_place(authority, url)).then(|| FieldError::new(pointer, "format", "must name a host, like https://example.com/bears"))
}

/// What stands between the scheme and the path. As it is written: a browser leaves out an empty name, and slashes that are too many.
fn authority(url: &str) -> Option<&str> {
    let begins = |scheme: &&str| url.get(..scheme.len()).is_some_and(|it| it.eq_ignore_ascii_case(scheme));
    let scheme = ["http://", "https://"].into_iter().find(begins)?;
    let rest = url.get(scheme.len()..)?;
    rest.split(['/', '?', '#']).next()
}

/// Whether a browser finds a host there, and the one that people read.
fn is_place(authority: &str, url: &str) -> bool {
    // Browsers read `%61` in a name as `a`, take an empty port for none, and ask for hosts that have an empty label in their name.
    let is_odd = authority.is_empty() || authority.contains(['%', '"']) || authority.ends_with(':') || authority.contains("..");
    !is_odd && !authority.starts_with('.') && Url::parse(url).is_ok_and(|url| url.has_host())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(url: &str) -> Option<&'static str> {
        let content = Content { title: "Bears".into(), text: "Soft".into(), landing_url: Some(url.into()), image: None };
        let faults = content.faults();
        assert!(faults.iter().all(|fault| fault.pointer == "/landing_url"));
        faults.first().map(|fault| fault.code)
    }

    #[test]
    fn a_landing_page_is_on_the_web_and_has_no_password_in_it() {
        for url in [
            "https://example.com",
            "HTTP://Example.com./bears?a=1&b=@#top",
            "https://магазин.рф/мишки",
            "http://[2001:db8::1]:8080/",
            "https://127.0.0.1:443?q",
            "https://a_b.example-c.com/%D0%BC?%",
            "https://xn--80aairftm.xn--p1ai",
        ] {
            assert_eq!(fault(url), None, "{url}");
        }
        for url in [
            "",
            "example.com",
            "ftp://example.com",
            "javascript:alert(1)",
            "https://",
            "https:///bears",
            "https://anna:secret@example.com/",
            "https://anna@example.com",
            "https://exa mple.com",
            "https://example.com\\@evil.com",
            "https://example.com:port",
            "https://example.com:70000",
            "https://[::1",
            "https://[::1]x",
            "https://a..b",
            "https://exam<ple",
            "https:example.com",
            "https:/example.com",
            "https://@example.com",
            "https://exa%6dple.com",
            "https://example.com:/",
            "https://.example.com",
            "https://256.256.256.256",
            "https://1.2.3.4.5",
            "https://xn--a",
            "https://example.com:443:443",
            "https://exam|ple.com",
            "//example.com",
            "https://example.com/\n",
        ] {
            assert_eq!(fault(url), Some("format"), "{url}");
        }
        assert_eq!(fault(&format!("https://example.com/{}", "x".repeat(MAX_URL_CHARS))), Some("length"));
    }

    #[test]
    fn each_word_is_named() {
        let content = Content { title: " ".into(), text: "x".repeat(10_001), landing_url: None, image: None };
        let pointers: Vec<_> = content.faults().into_iter().map(|fault| (fault.pointer, fault.code)).collect();
        assert_eq!(pointers, [("/title".to_owned(), "length"), ("/text".to_owned(), "length")]);
    }
}
