//! Mail by SendGrid's API, spoken with a stand-in that checks requests as the API's reference describes them.

use std::{
    collections::VecDeque,
    future::IntoFuture,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use barker_domain::Code;
use barker_infra::mail::{CarrierSettings, Mailer, Message, SendGridSettings};
use rstest::rstest;
use serde_json::{Value, json};

use super::{assert_discreet, mailer, message};

const KEY: &str = "SG.secret-key";
/// Members of a body that the API knows; any other is an error of ours.
const KNOWN: [&str; 7] = ["personalizations", "from", "reply_to", "subject", "content", "headers", "tracking_settings"];

/// Takes mail as SendGrid does, unless it is told to answer otherwise.
struct SendGrid {
    base_url: String,
    desk: Arc<Desk>,
}

struct Desk {
    scopes: Value,
    asked: AtomicUsize,
    taken: Mutex<Vec<Value>>,
    answers: Mutex<VecDeque<Response>>,
}

impl SendGrid {
    async fn start() -> Self {
        Self::granting(json!(["mail.send", "scopes.read"])).await
    }

    async fn granting(scopes: Value) -> Self {
        let desk = Arc::new(Desk { scopes, asked: AtomicUsize::new(0), taken: Mutex::default(), answers: Mutex::default() });
        let router = Router::new().route("/v3/mail/send", post(take)).route("/v3/scopes", get(scopes_of)).with_state(Arc::clone(&desk));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(axum::serve(listener, router).into_future());
        Self { base_url, desk }
    }

    fn mailer(&self) -> Mailer {
        self.mailer_with(KEY)
    }

    fn mailer_with(&self, key: &str) -> Mailer {
        let settings = SendGridSettings { api_key: key.into(), base_url: self.base_url.clone(), timeout: Duration::from_secs(20) };
        mailer(CarrierSettings::SendGrid(settings))
    }

    /// Answers the next request like this.
    fn answer(&self, answer: impl IntoResponse) {
        self.desk.answers.lock().unwrap().push_back(answer.into_response());
    }

    fn taken(&self) -> Vec<Value> {
        self.desk.taken.lock().unwrap().clone()
    }
}

async fn take(State(desk): State<Arc<Desk>>, headers: HeaderMap, body: Bytes) -> Response {
    desk.asked.fetch_add(1, Ordering::SeqCst);
    if let Some(answer) = desk.answers.lock().unwrap().pop_front() {
        return answer;
    }
    if !is_known(&headers) {
        return (StatusCode::UNAUTHORIZED, Json(json!({"errors": [{"message": "authorization required", "field": null}]}))).into_response();
    }
    if headers.get(header::CONTENT_TYPE).is_none_or(|kind| kind != "application/json") {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    let fault = |field: &str| (StatusCode::BAD_REQUEST, Json(json!({"errors": [{"message": "anna?", "field": field}]}))).into_response();
    let Ok(body) = serde_json::from_slice::<Value>(&body) else { return fault("body") };
    if let Some(field) = faulty_field(&body) {
        return fault(&field);
    }
    desk.taken.lock().unwrap().push(body);
    (StatusCode::ACCEPTED, [("X-Message-Id", "1")]).into_response()
}

async fn scopes_of(State(desk): State<Arc<Desk>>, headers: HeaderMap) -> Response {
    if is_known(&headers) { Json(json!({"scopes": desk.scopes})).into_response() } else { StatusCode::UNAUTHORIZED.into_response() }
}

fn is_known(headers: &HeaderMap) -> bool {
    headers.get(header::AUTHORIZATION).is_some_and(|value| value.as_bytes() == format!("Bearer {KEY}").as_bytes())
}

/// The rules of the reference that concern one message: who, from whom, what, in which order.
fn faulty_field(body: &Value) -> Option<String> {
    let is_party = |party: &Value| party["email"].as_str().is_some_and(|email| email.contains('@'));
    let unknown = body.as_object()?.keys().find(|name| !KNOWN.contains(&name.as_str()));
    if let Some(unknown) = unknown {
        return Some(unknown.clone());
    }
    let people = body["personalizations"].as_array().filter(|people| people.len() == 1);
    if people.is_none_or(|people| people[0]["to"].as_array().is_none_or(|to| to.len() != 1 || !is_party(&to[0]))) {
        return Some("personalizations".to_owned());
    }
    let kinds: Vec<_> = body["content"].as_array()?.iter().map(|part| part["type"].as_str().unwrap_or_default()).collect();
    let has_empty = body["content"].as_array()?.iter().any(|part| part["value"].as_str().is_none_or(str::is_empty));
    let checks = [
        ("from", is_party(&body["from"])),
        ("reply_to", body.get("reply_to").is_none_or(is_party)),
        ("subject", body["subject"].as_str().is_some_and(|subject| !subject.is_empty())),
        ("content", !has_empty && (kinds == ["text/plain"] || kinds == ["text/plain", "text/html"])),
    ];
    checks.into_iter().find(|(_, is_right)| !is_right).map(|(field, _)| field.to_owned())
}

#[tokio::test]
async fn a_message_is_taken_with_its_links_left_alone() {
    let sendgrid = SendGrid::start().await;
    let mailer = sendgrid.mailer();
    mailer.send(&message()).await.unwrap();
    mailer.send(&Message { html: None, ..message() }).await.unwrap();
    let taken = sendgrid.taken();
    assert_eq!(taken[0]["personalizations"], json!([{"to": [{"email": "anna@example.org"}]}]));
    assert_eq!(taken[0]["from"], json!({"email": "no-reply@barker.example", "name": "Баркер, билеты"}));
    assert_eq!(taken[0]["reply_to"], json!({"email": "help@barker.example"}));
    assert_eq!(taken[0]["subject"], json!(message().subject));
    assert_eq!(taken[0]["content"][0]["value"], json!(message().text));
    assert_eq!(taken[0]["content"][1]["value"], json!(message().html));
    assert_eq!(taken[0]["tracking_settings"]["click_tracking"], json!({"enable": false, "enable_text": false}));
    assert_eq!(taken[1]["content"].as_array().unwrap().len(), 1);
}

/// The manual clock says 2026-01-01T00:00:00Z, second 1,767,225,600 of the Unix clock.
#[rstest]
#[case::seconds(StatusCode::TOO_MANY_REQUESTS, Some(("retry-after", "7")), Some(7))]
#[case::unix_clock(StatusCode::TOO_MANY_REQUESTS, Some(("x-ratelimit-reset", "1767225642")), Some(42))]
#[case::moment_gone_by(StatusCode::TOO_MANY_REQUESTS, Some(("x-ratelimit-reset", "1600000000")), Some(0))]
#[case::beyond_belief(StatusCode::TOO_MANY_REQUESTS, Some(("retry-after", "999999")), Some(3_600))]
#[case::unreadable(StatusCode::TOO_MANY_REQUESTS, Some(("retry-after", "soon")), None)]
#[case::broken(StatusCode::INTERNAL_SERVER_ERROR, None, None)]
#[case::down(StatusCode::SERVICE_UNAVAILABLE, Some(("retry-after", "120")), Some(120))]
#[tokio::test]
async fn not_now_says_when_and_the_next_try_succeeds(
    #[case] status: StatusCode,
    #[case] told: Option<(&'static str, &'static str)>,
    #[case] wait_seconds: Option<u64>,
) {
    let sendgrid = SendGrid::start().await;
    let mailer = sendgrid.mailer();
    match told {
        Some(header) => sendgrid.answer((status, [header])),
        None => sendgrid.answer(status),
    }
    let error = mailer.send(&message()).await.unwrap_err();
    assert_eq!((error.code, error.is_temporary()), (Code::ServiceUnavailable, true), "{error}");
    assert_eq!(error.retry_after.map(|wait| wait.as_secs()), wait_seconds);
    mailer.send(&message()).await.unwrap();
    assert_eq!(sendgrid.taken().len(), 1);
}

#[rstest]
#[case::bad_request(
    StatusCode::BAD_REQUEST,
    r#"{"errors": [{"message": "anna@example.org is no address", "field": "personalizations.0.to.0.email"}]}"#,
    "personalizations.0.to.0.email"
)]
#[case::too_large(StatusCode::PAYLOAD_TOO_LARGE, "anna's mail is too large", "413")]
#[tokio::test]
async fn never_names_the_field_and_not_the_person(#[case] status: StatusCode, #[case] body: &'static str, #[case] named: &str) {
    let sendgrid = SendGrid::start().await;
    sendgrid.answer((status, body));
    let error = sendgrid.mailer().send(&message()).await.unwrap_err();
    assert_eq!((error.code, error.is_temporary()), (Code::MailRefused, false));
    assert!(error.detail.contains(named), "{error}");
    assert_discreet(&error);
}

#[tokio::test]
async fn a_wrong_key_is_a_setting_to_mend_and_is_not_shown() {
    let sendgrid = SendGrid::start().await;
    let mailer = sendgrid.mailer_with("SG.wrong");
    for error in [mailer.send(&message()).await.unwrap_err(), mailer.probe().await.unwrap_err()] {
        assert_eq!(error.code, Code::Misconfigured, "{error}");
        assert!(error.detail.contains("mail.sendgrid.api_key"), "{error}");
    }
    assert!(!format!("{mailer:?}").contains("SG.wrong"));
}

#[tokio::test]
async fn the_key_is_not_carried_to_another_place() {
    let (sendgrid, elsewhere) = (SendGrid::start().await, SendGrid::start().await);
    sendgrid.answer((StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, format!("{}v3/mail/send", elsewhere.base_url))]));
    assert_eq!(sendgrid.mailer().send(&message()).await.unwrap_err().code, Code::Misconfigured);
    assert_eq!(elsewhere.desk.asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_key_is_looked_at_without_sending_anything() {
    let sendgrid = SendGrid::start().await;
    assert!(sendgrid.mailer().probe().await.unwrap().contains("takes mail"));
    assert!(sendgrid.taken().is_empty());
    let reader = SendGrid::granting(json!(["stats.read"])).await;
    assert!(reader.mailer().probe().await.unwrap_err().detail.contains("mail.send"));
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_its_end() {
    let sendgrid = SendGrid::start().await;
    let endless = futures::stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(&[b'x'; 1024])));
    sendgrid.answer((StatusCode::BAD_REQUEST, Body::from_stream(endless)));
    let start = Instant::now();
    assert_eq!(sendgrid.mailer().send(&message()).await.unwrap_err().code, Code::MailRefused);
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_silent_sendgrid_is_not_waited_for_longer_than_configured() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let settings = SendGridSettings { api_key: KEY.into(), base_url, timeout: Duration::from_millis(100) };
    let error = mailer(CarrierSettings::SendGrid(settings)).send(&message()).await.unwrap_err();
    assert_eq!(error.code, Code::ServiceUnavailable);
}
