//! Whoever brings events: each batch at its time, its answer kept in mind.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures::{StreamExt, TryStreamExt, stream};
use reqwest::{Client, header::CONTENT_TYPE};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::batch::Batches;
use crate::{Fallible, projects::tenant::Tenant};

/// How often batches that are due are sent.
const TICK: Duration = Duration::from_millis(1);
/// The longest wait for an answer.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Batches that are sent again at the same time.
const AGAIN_AT_ONCE: usize = 8;

/// How hard and how long to send.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    pub(super) batches_per_second: f64,
    pub(super) seconds: f64,
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Sent {
    /// Batches that were answered with 200.
    pub(super) answered: Vec<u64>,
    /// Batches of which nobody knows.
    pub(super) unknown: Vec<u64>,
    /// What was wrong with the first of them.
    pub(super) reason: String,
    /// Batches answered a second.
    pub(super) per_second: f64,
    /// From when each was due, in order.
    times: Vec<Duration>,
}

impl Sent {
    /// The time that this share of the batches took at most.
    pub(super) fn milliseconds(&self, share: f64) -> f64 {
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a list")]
        let place = (self.times.len() as f64 * share) as usize;
        self.times.get(place.min(self.times.len().saturating_sub(1))).map_or(f64::NAN, |time| time.as_secs_f64() * 1_000.0)
    }
}

/// Sends, waits for every answer, and says what came of it.
pub(super) async fn send(address: &str, tenant: &Arc<Tenant>, pace: Pace, batches: &mut Batches) -> Fallible<Sent> {
    let http = Client::builder().timeout(TIMEOUT).build()?;
    let (url, recipe) = (events_of(address, tenant), batches.recipe());
    let started = Instant::now();
    let (mut count, mut tasks, mut sent) = (0_u32, JoinSet::new(), Sent::default());
    let total = pace.batches_per_second * pace.seconds;
    let mut ticks = tokio::time::interval(TICK);
    while f64::from(count) < total {
        ticks.tick().await;
        while f64::from(count) < (started.elapsed().as_secs_f64() * pace.batches_per_second).min(total) {
            let due_at = started + Duration::from_secs_f64(f64::from(count) / pace.batches_per_second);
            let (http, url, tenant, number) = (http.clone(), url.clone(), Arc::clone(tenant), batches.next());
            tasks.spawn(async move {
                let outcome = post(&http, &url, &tenant.key, recipe(number)).await;
                (number, outcome.map(|()| due_at.elapsed()))
            });
            count += 1;
        }
        while let Some(ended) = tasks.try_join_next() {
            sent.note(ended?);
        }
    }
    while let Some(ended) = tasks.join_next().await {
        sent.note(ended?);
    }
    sent.per_second = f64::from(u32::try_from(sent.answered.len())?) / started.elapsed().as_secs_f64();
    sent.times.sort_unstable();
    Ok(sent)
}

impl Sent {
    fn note(&mut self, (number, outcome): (u64, Fallible<Duration>)) {
        match outcome {
            Ok(took) => {
                self.answered.push(number);
                self.times.push(took);
            }
            Err(error) => {
                if self.unknown.is_empty() {
                    self.reason = error.to_string();
                }
                self.unknown.push(number);
            }
        }
    }
}

/// Sends batches that may be there already; every one must be taken.
pub(super) async fn repeat(address: &str, tenant: &Tenant, numbers: Vec<u64>, batches: &Batches) -> Fallible<()> {
    let (http, url, recipe) = (Client::builder().timeout(TIMEOUT).build()?, events_of(address, tenant), batches.recipe());
    let (http, url) = (&http, &url);
    let calls = numbers.into_iter().map(|number| async move { post(http, url, &tenant.key, recipe(number)).await });
    stream::iter(calls).buffer_unordered(AGAIN_AT_ONCE).try_collect().await
}

/// How many events there are: all of them begin a session.
pub(super) async fn count(address: &str, tenant: &Tenant) -> Fallible<u64> {
    let asked = json!({"window": "30d", "metrics": ["sessions"]});
    let answer = report(&Client::builder().timeout(TIMEOUT).build()?, address, tenant, &asked).await?;
    let sessions = answer["totals"]["sessions"].as_f64().ok_or_else(|| format!("a report without sessions: {answer}"))?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of events")]
    Ok(sessions as u64)
}

/// The answer to a question.
pub(super) async fn report(http: &Client, address: &str, tenant: &Tenant, asked: &Value) -> Fallible<Value> {
    let url = format!("{address}/api/v1/projects/{}/reports/kpi", tenant.project);
    let answer = http.post(url).bearer_auth(&tenant.token).json(asked).send().await?;
    let (status, text) = (answer.status(), answer.text().await?);
    if status == 200 { Ok(serde_json::from_str(&text)?) } else { Err(format!("a report: {status} {text:.300}").into()) }
}

fn events_of(address: &str, tenant: &Tenant) -> String {
    format!("{address}/api/v1/projects/{}/events", tenant.project)
}

async fn post(http: &Client, url: &str, key: &str, body: String) -> Fallible<()> {
    let answer = http.post(url).bearer_auth(key).header(CONTENT_TYPE, "application/json").body(body).send().await?;
    let (status, text) = (answer.status(), answer.text().await?);
    if status == 200 { Ok(()) } else { Err(format!("{status} {text:.300}").into()) }
}
