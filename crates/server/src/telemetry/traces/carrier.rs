//! Carries batches of spans to the collector, on the runtime of the process: the thread that asks has none.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use barker_domain::{Code, Error, Result};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use tokio::runtime::Handle;

/// A client whose failures are said once, not with every batch.
#[derive(Debug)]
pub(super) struct Carrier {
    client: reqwest::Client,
    runtime: Handle,
    is_failing: AtomicBool,
}

impl Carrier {
    pub(super) fn new(timeout: Duration) -> Result<Self> {
        let failed = |error| Error::new(Code::Internal, "cannot make a client for the collector").caused_by(error);
        // A collector that sends us elsewhere would be sent our header fields there.
        let client = reqwest::Client::builder().timeout(timeout).redirect(reqwest::redirect::Policy::none()).build().map_err(failed)?;
        Ok(Self { client, runtime: Handle::current(), is_failing: AtomicBool::new(false) })
    }

    #[expect(clippy::cognitive_complexity, reason = "the logging macros count as branches")]
    fn tell(&self, outcome: std::result::Result<reqwest::StatusCode, String>) {
        let problem = match outcome {
            Ok(status) if status.is_success() => None,
            Ok(status) => Some(format!("it answers {status}")),
            Err(error) => Some(error),
        };
        let word = if problem.is_none() { "sent" } else { "failed" };
        metrics::counter!("barker_trace_batches_total", "outcome" => word).increment(1);
        let was_failing = self.is_failing.swap(problem.is_some(), Ordering::Relaxed);
        match problem {
            Some(error) if !was_failing => tracing::warn!(error, "the collector does not take traces; they are dropped until it does"),
            None if was_failing => tracing::info!("the collector takes traces again"),
            _ => (),
        }
    }
}

#[async_trait::async_trait]
impl HttpClient for Carrier {
    async fn send_bytes(&self, request: Request<Bytes>) -> std::result::Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        let sending = self.runtime.spawn(async move {
            let response = client.execute(request.try_into()?).await?;
            // What it says is of no use to anybody here.
            Ok::<_, reqwest::Error>(response.status())
        });
        let status = match sending.await {
            // Without its address, which may hold a secret.
            Ok(Err(error)) => Err(HttpError::from(error.without_url())),
            Ok(Ok(status)) => Ok(status),
            Err(ended) => Err(HttpError::from(ended)),
        };
        self.tell(status.as_ref().map(|status| *status).map_err(|error| chain(error.as_ref())));
        Ok(Response::builder().status(status?).body(Bytes::new())?)
    }
}

/// The error with what caused it, for the log.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
