//! Mail by SendGrid's HTTP API, version 3: <https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send>.

use std::time::Duration;

use barker_domain::{Code, Error, Result, clock::SharedClock};
use lettre::{Address, message::Mailbox};
use reqwest::{Client, Response, StatusCode, Url, header, redirect};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{Message, Sender, unavailable};

/// The longest wait that is believed when SendGrid names one.
const MAX_RETRY_AFTER: Duration = Duration::from_hours(1);
/// The longest answer that is read; a list of all permissions takes about ten kilobytes.
const MAX_ANSWER_BYTES: usize = 256 * 1024;
/// Fields that one error names.
const MAX_FIELDS: usize = 5;

/// How to reach SendGrid.
#[derive(Debug, Clone)]
pub struct SendGridSettings {
    /// With the permission `mail.send`.
    pub api_key: SecretString,
    /// `https://api.sendgrid.com`, or `https://api.eu.sendgrid.com` for subusers of the European Union.
    pub base_url: String,
    /// For a whole request.
    pub timeout: Duration,
}

#[derive(Debug)]
pub(super) struct SendGrid {
    http: Client,
    api_key: SecretString,
    send_url: Url,
    scopes_url: Url,
    clock: SharedClock,
}

#[derive(Deserialize)]
struct Refusal {
    #[serde(default)]
    errors: Vec<Fault>,
}

#[derive(Deserialize)]
struct Fault {
    field: Option<String>,
}

#[derive(Deserialize)]
struct Scopes {
    scopes: Vec<String>,
}

impl SendGrid {
    pub(super) fn open(settings: &SendGridSettings, clock: &SharedClock) -> Result<Self> {
        let misconfigured = |detail: &str| Error::new(Code::Misconfigured, detail);
        if settings.api_key.expose_secret().is_empty() {
            return Err(misconfigured("mail.sendgrid.api_key is empty"));
        }
        let url = |path: &str| {
            let text = format!("{}/v3/{path}", settings.base_url.trim_end_matches('/'));
            Url::parse(&text).map_err(|error| misconfigured("mail.sendgrid.base_url is not a URL").caused_by(error))
        };
        let (send_url, scopes_url) = (url("mail/send")?, url("scopes")?);
        // Whoever redirects is not SendGrid, and gets no key.
        let http = Client::builder().timeout(settings.timeout).redirect(redirect::Policy::none()).build();
        let http = http.map_err(|error| misconfigured("an HTTP client for SendGrid cannot be set up").caused_by(error))?;
        Ok(Self { http, api_key: settings.api_key.clone(), send_url, scopes_url, clock: SharedClock::clone(clock) })
    }

    pub(super) async fn send(&self, sender: &Sender, to: &Address, message: &Message) -> Result<()> {
        let request = self.http.post(self.send_url.clone()).bearer_auth(self.api_key.expose_secret());
        let response = request.json(&body(sender, to, message)).send().await.map_err(unreached)?;
        if response.status().is_success() { Ok(()) } else { Err(refusal(response, self.clock.now_ms()).await) }
    }

    pub(super) async fn probe(&self) -> Result<String> {
        let request = self.http.get(self.scopes_url.clone()).bearer_auth(self.api_key.expose_secret());
        let response = request.send().await.map_err(unreached)?;
        if !response.status().is_success() {
            return Err(refusal(response, self.clock.now_ms()).await);
        }
        let granted: Scopes = read(response).await?;
        if granted.scopes.iter().any(|scope| scope == "mail.send") {
            return Ok(format!("SendGrid at {} takes mail from us", self.send_url.host_str().unwrap_or_default()));
        }
        Err(Error::new(Code::Misconfigured, "SendGrid knows the key in mail.sendgrid.api_key, but it lacks the permission mail.send"))
    }
}

/// Links stay as they are written: a rewritten one would show SendGrid whoever resets a password.
fn body(sender: &Sender, to: &Address, message: &Message) -> Value {
    let mut content = vec![json!({"type": "text/plain", "value": message.text})];
    content.extend(message.html.as_ref().map(|html| json!({"type": "text/html", "value": html})));
    let mut body = json!({
        "personalizations": [{"to": [{"email": to.to_string()}]}],
        "from": party(&sender.from),
        "subject": message.subject,
        "content": content,
        "headers": {"Auto-Submitted": "auto-generated"},
        "tracking_settings": {
            "click_tracking": {"enable": false, "enable_text": false},
            "open_tracking": {"enable": false},
        },
    });
    if let Some(reply_to) = &sender.reply_to {
        body["reply_to"] = party(reply_to);
    }
    body
}

fn party(mailbox: &Mailbox) -> Value {
    let mut party = json!({"email": mailbox.email.to_string()});
    if let Some(name) = &mailbox.name {
        party["name"] = json!(name);
    }
    party
}

fn unreached(error: reqwest::Error) -> Error {
    unavailable("SendGrid does not answer").caused_by(error)
}

/// What an answer other than success means. Its own words may name the recipient and are left out.
async fn refusal(response: Response, now_ms: i64) -> Error {
    let status = response.status();
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            let detail =
                format!("SendGrid does not let us in ({status}); see mail.sendgrid.api_key and whether mail.from is a verified sender");
            Error::new(Code::Misconfigured, detail)
        }
        StatusCode::NOT_FOUND => nobody_there(),
        _ if status.is_redirection() => nobody_there(),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => not_now(&response, now_ms),
        _ if status.is_client_error() => {
            let fields = faulty_fields(response).await;
            Error::new(Code::MailRefused, format!("SendGrid refuses the message for good ({status}{fields})"))
        }
        _ => not_now(&response, now_ms),
    }
}

fn nobody_there() -> Error {
    Error::new(Code::Misconfigured, "nobody takes mail at mail.sendgrid.base_url")
}

fn not_now(response: &Response, now_ms: i64) -> Error {
    let error = unavailable(format!("SendGrid cannot take the message now ({})", response.status()));
    match wait(response, now_ms) {
        Some(wait) => error.retry_after(wait.min(MAX_RETRY_AFTER)),
        None => error,
    }
}

/// `Retry-After` in seconds, or the second of the Unix clock at which the rate limit begins anew.
fn wait(response: &Response, now_ms: i64) -> Option<Duration> {
    let number = |name: &str| response.headers().get(name)?.to_str().ok()?.parse::<u64>().ok();
    if let Some(seconds) = number(header::RETRY_AFTER.as_str()) {
        return Some(Duration::from_secs(seconds));
    }
    let now = Duration::from_millis(u64::try_from(now_ms).ok()?);
    Some(Duration::from_secs(number("x-ratelimit-reset")?).saturating_sub(now))
}

async fn faulty_fields(response: Response) -> String {
    let refusal: Option<Refusal> = read(response).await.ok();
    let errors = refusal.map(|refusal| refusal.errors).unwrap_or_default();
    let fields: Vec<_> = errors.into_iter().filter_map(|fault| fault.field).take(MAX_FIELDS).collect();
    if fields.is_empty() { String::new() } else { format!(": {}", fields.join(", ")) }
}

/// The JSON of an answer, up to a limit.
async fn read<T: DeserializeOwned>(mut response: Response) -> Result<T> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreached)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_ANSWER_BYTES {
            return Err(unavailable("SendGrid's answer is longer than it ever is"));
        }
    }
    serde_json::from_slice(&bytes).map_err(|error| unavailable("SendGrid's answer is not what it should be").caused_by(error))
}
