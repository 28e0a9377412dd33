//! Sends one request until it is answered, within the limits of `retry`, and counts what goes wrong on the way.
//!
//! What an answer means is `api`'s business.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use reqwest::{Method, Response, StatusCode, Url, header};

use super::{
    retry::{self, Repeat, Setback},
    troubles::Troubles,
};

/// The longest wait for an answer, body included: whoever asks for an ad has left long before.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(15);
/// The longest wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// How long a server may leave everything unanswered before it is held to be gone: longer than a restart takes, and far
/// shorter than the patience that each of thousands of requests would have on its own.
const LONGEST_SILENCE: Duration = Duration::from_mins(1);
/// Largest body that is read: a hundred times the largest answer of the contract that is asked for.
const MAX_BODY_BYTES: usize = 32 << 20;
/// How much of an error's body is quoted.
const MAX_QUOTED_CHARS: usize = 300;

/// What came back instead of the contract's answer.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// Another status than the contract's.
    #[error("it answered {status}: {quote}")]
    Status {
        /// The status.
        status: StatusCode,
        /// The beginning of the body.
        quote: String,
    },
    /// No answer, after all attempts.
    #[error("it did not answer")]
    Silence(#[source] reqwest::Error),
    /// Nothing has been answered for a minute; the request was not sent any more.
    #[error("it is gone: nothing was answered for {} seconds", LONGEST_SILENCE.as_secs())]
    Gone,
    /// A body beyond what is read.
    #[error("it answered with more than {MAX_BODY_BYTES} bytes")]
    TooLong,
    /// A body that is not what the contract says.
    #[error("its answer is not what the contract says")]
    Body(#[from] serde_json::Error),
}

/// A request, ready to be sent any number of times.
pub(super) struct Call {
    pub(super) method: Method,
    /// Path and query below the base URL.
    pub(super) path: String,
    /// JSON.
    pub(super) body: Option<Vec<u8>>,
    pub(super) repeat: Repeat,
}

/// Whatever the server said, with any status.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: Vec<u8>,
    /// Of the attempt that was answered, body included.
    pub(super) response_time: Duration,
}

impl Answer {
    /// This answer as the reason for a failure.
    pub(super) fn into_fault(self) -> Fault {
        let text = if self.body.is_empty() { "nothing more".into() } else { String::from_utf8_lossy(&self.body) };
        let quote = text.chars().take(MAX_QUOTED_CHARS).collect();
        Fault::Status { status: self.status, quote }
    }
}

/// The way to one server.
pub(super) struct Wire {
    http: reqwest::Client,
    base: String,
    last_answer: Mutex<Instant>,
    pub(super) troubles: Troubles,
}

impl Wire {
    pub(super) fn new(url: &Url, concurrency: usize) -> reqwest::Result<Self> {
        // No proxy: response times are to be the server's own.
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(REQUEST_TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_max_idle_per_host(concurrency)
            .tcp_nodelay(true)
            .build()?;
        let base = url.as_str().trim_end_matches('/').to_owned();
        Ok(Self { http, base, last_answer: Mutex::new(Instant::now()), troubles: Troubles::default() })
    }

    /// Sends the request until it is answered or may not be sent again.
    pub(super) async fn send(&self, call: &Call) -> Result<Answer, Fault> {
        let mut attempts_made = 0;
        loop {
            if self.silence() > LONGEST_SILENCE {
                return Err(Fault::Gone);
            }
            attempts_made += 1;
            let (setback, fault) = match self.attempt(call).await {
                Attempt::Answered(answer) => return Ok(self.noted(answer)),
                Attempt::TooLong => return Err(Fault::TooLong),
                Attempt::Failed(setback, fault) => (setback, fault),
            };
            self.note_setback(setback);
            let Some(pause) = retry::pause(setback, call.repeat, attempts_made) else {
                self.note_surrender(setback);
                return Err(fault);
            };
            tokio::time::sleep(pause).await;
        }
    }

    async fn attempt(&self, call: &Call) -> Attempt {
        let mut request = self.http.request(call.method.clone(), format!("{}{}", self.base, call.path));
        if let Some(body) = &call.body {
            request = request.header(header::CONTENT_TYPE, "application/json").body(body.clone());
        }
        let started = Instant::now();
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => return unanswered(error),
        };
        self.note_sign_of_life();
        let status = response.status();
        let retry_after = retry_after(&response);
        let body = match read_body(response).await {
            Ok(Some(body)) => body,
            Ok(None) => return Attempt::TooLong,
            Err(error) => return unanswered(error),
        };
        let answer = Answer { status, body, response_time: started.elapsed() };
        match retry_after {
            Some(retry_after) if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) => {
                Attempt::Failed(Setback::Busy { retry_after }, answer.into_fault())
            }
            _ => Attempt::Answered(answer),
        }
    }

    fn silence(&self) -> Duration {
        self.last_answer.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }

    fn note_sign_of_life(&self) {
        *self.last_answer.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    fn noted(&self, answer: Answer) -> Answer {
        if answer.status.is_server_error() {
            self.troubles.server_errors.add_one();
        }
        answer
    }

    fn note_setback(&self, setback: Setback) {
        match setback {
            Setback::Busy { .. } => self.troubles.busy_answers.add_one(),
            Setback::NotConnected | Setback::Lost => self.troubles.transport_errors.add_one(),
        }
    }

    fn note_surrender(&self, setback: Setback) {
        match setback {
            Setback::Busy { .. } => self.troubles.server_errors.add_one(),
            Setback::Lost => self.troubles.lost_answers.add_one(),
            Setback::NotConnected => {}
        }
    }
}

enum Attempt {
    Answered(Answer),
    TooLong,
    Failed(Setback, Fault),
}

fn unanswered(error: reqwest::Error) -> Attempt {
    let setback = if error.is_connect() { Setback::NotConnected } else { Setback::Lost };
    Attempt::Failed(setback, Fault::Silence(error))
}

/// The header in its form of seconds; a date is not understood, and the answer is then final.
fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// The whole body, or nothing when it is longer than [`MAX_BODY_BYTES`].
async fn read_body(mut response: Response) -> reqwest::Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > MAX_BODY_BYTES {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}
