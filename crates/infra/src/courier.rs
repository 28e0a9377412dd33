//! Carries messages to addresses that people have chosen, by HTTP `POST`.
//!
//! Who chooses an address is a member of a project and not the operator: what only this machine and its network reach is out
//! of bounds, by name and by number, unless the operator says otherwise. Nobody is followed who redirects.

mod address;

use std::{sync::OnceLock, time::Duration};

use barker_domain::FieldError;
use futures::StreamExt;
use reqwest::{Client, Response, Url, header, redirect};

use address::{Guarded, is_public};

/// Bytes of an answer that are read, to be shown when it is a refusal.
const EXCERPT_BYTES: usize = 300;

/// How far a courier goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// For a whole request.
    pub timeout: Duration,
    /// Whether addresses of this machine and of private networks may be chosen, and `http://`.
    pub allows_private_addresses: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(10), allows_private_addresses: false }
    }
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What the other side answered; `None` when it was not reached.
    pub status: Option<u16>,
    /// Why this is no success.
    pub error: Option<String>,
}

/// Carries messages. One for the whole process: it keeps connections.
#[derive(Debug)]
pub struct Courier {
    /// Made when there is something to carry: most installations have nothing.
    http: OnceLock<Client>,
    settings: Settings,
}

impl Courier {
    /// A courier; nothing is reached yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self { http: OnceLock::new(), settings }
    }

    fn http(&self) -> Result<&Client, reqwest::Error> {
        if let Some(http) = self.http.get() {
            return Ok(http);
        }
        let client = Client::builder().timeout(self.settings.timeout).redirect(redirect::Policy::none()).user_agent("Barker-Webhooks/1");
        let client = if self.settings.allows_private_addresses { client } else { client.dns_resolver(Guarded) };
        let made = client.build()?;
        Ok(self.http.get_or_init(|| made))
    }

    /// Why nothing can be carried to an address; what its name leads to is seen when that is done.
    #[must_use]
    pub fn fault(&self, pointer: &str, url: &str) -> Option<FieldError> {
        let refuse = |code, message: &str| Some(FieldError::new(pointer, code, message));
        let Ok(parsed) = Url::parse(url) else { return refuse("format", "must be a URL like https://shop.example/hooks/barker") };
        match parsed.scheme() {
            "https" => {}
            "http" if self.settings.allows_private_addresses => {}
            _ => return refuse("format", "must begin with https://"),
        }
        if !parsed.username().is_empty() || parsed.password().is_some() {
            return refuse("format", "must not hold a user or a password; check the signature instead");
        }
        if self.settings.allows_private_addresses {
            return None;
        }
        // Numbers stand here in their usual spelling by now, whatever was written.
        let host = parsed.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let is_ours = match host.parse() {
            Ok(number) => !is_public(number),
            Err(_) => host.trim_end_matches('.').rsplit('.').next().is_none_or(|top| top.is_empty() || top == "localhost"),
        };
        if is_ours { refuse("range", "must lead out of this machine and its network") } else { None }
    }

    /// Carries a JSON text there, with headers. Never fails: what went wrong is told in the outcome, without secrets.
    pub async fn carry(&self, url: &str, headers: &[(&'static str, String)], body: String) -> Outcome {
        if let Some(fault) = self.fault("/url", url) {
            return Outcome { status: None, error: Some(fault.message) };
        }
        let http = match self.http() {
            Ok(http) => http,
            Err(error) => return Outcome { status: None, error: Some(format!("no HTTP client can be set up: {error}")) },
        };
        let request = http.post(url).header(header::CONTENT_TYPE, "application/json").body(body);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, value));
        match request.send().await {
            Ok(response) if response.status().is_success() => Outcome { status: Some(response.status().as_u16()), error: None },
            Ok(response) => refusal(response).await,
            Err(error) => Outcome { status: None, error: Some(reason(&error)) },
        }
    }
}

async fn refusal(response: Response) -> Outcome {
    let status = response.status();
    let mut bytes = Vec::new();
    let mut stream = response.bytes_stream();
    while let Some(Ok(chunk)) = stream.next().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() >= EXCERPT_BYTES {
            break;
        }
    }
    bytes.truncate(EXCERPT_BYTES);
    let excerpt = String::from_utf8_lossy(&bytes);
    let excerpt: String = excerpt.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
    let error = match excerpt.trim() {
        "" => format!("it answered {status}"),
        excerpt => format!("it answered {status}: {excerpt}"),
    };
    Outcome { status: Some(status.as_u16()), error: Some(error) }
}

/// In words, without the address: its path may be a secret.
fn reason(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    let what = if error.is_timeout() { "it did not answer in time" } else { "it could not be reached" };
    if error.is_timeout() { what.to_owned() } else { format!("{what}: {cause}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(settings: Settings, url: &str) -> Option<&'static str> {
        Courier::new(settings).fault("/url", url).map(|fault| fault.code)
    }

    #[test]
    fn nobody_points_it_at_the_machine_it_runs_on() {
        let strict = Settings::default();
        assert_eq!(code(strict, "https://shop.example/hooks?of=barker"), None);
        let out_of_bounds = [
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://10.1.2.3/",
            "https://169.254.169.254/latest/meta-data",
            "https://localhost/",
            "https://barker.localhost./",
        ];
        for url in out_of_bounds {
            assert_eq!(code(strict, url), Some("range"), "{url}");
        }
        for url in ["", "shop.example", "http://shop.example/", "ftp://shop.example/", "file:///etc/passwd", "https://a:b@shop.example/"] {
            assert_eq!(code(strict, url), Some("format"), "{url}");
        }
    }

    #[test]
    fn an_operator_may_let_it_stay_at_home() {
        let settings = Settings { allows_private_addresses: true, ..Settings::default() };
        assert_eq!(code(settings, "http://127.0.0.1:5678/webhook"), None);
        assert_eq!(code(settings, "ftp://127.0.0.1/"), Some("format"));
    }

    #[tokio::test]
    async fn a_name_that_leads_home_is_not_followed() {
        let _already = rustls::crypto::ring::default_provider().install_default();
        let guarded = reqwest::Client::builder().dns_resolver(Guarded).build().unwrap();
        let error = guarded.get("http://localhost:1/").send().await.unwrap_err();
        assert!(reason(&error).contains("leads to no public address"), "{}", reason(&error));
    }
}
