//! Reads of many projects at a constant rate, and what came of them.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use reqwest::Client;
use serde_json::Value;

use super::tenant::Tenant;
use crate::Fallible;

/// How often requests that are due are sent.
const TICK: Duration = Duration::from_millis(1);
/// The longest wait for an answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// A number without factors in common with the number of projects: neighbours in time are no neighbours in number.
const STRIDE: u64 = 7_919;

/// How hard and how long to ask.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    pub(super) rate: u32,
    pub(super) seconds: u32,
}

/// What came of it.
#[derive(Debug)]
pub(super) struct Heard {
    pub(super) answers: u64,
    /// Anything but 200 with what was asked for.
    pub(super) failures: u64,
    /// Answers with anything of another project.
    pub(super) strangers: u64,
    pub(super) per_second: f64,
    /// From when each request was due, in order.
    times: Vec<Duration>,
}

/// Answers of a key that asks too often.
#[derive(Debug)]
pub(super) struct Counts {
    pub(super) allowed: u32,
    /// 429 with everything that a caller needs to know.
    pub(super) refused: u32,
    pub(super) other: u32,
    pub(super) seconds: f64,
}

#[derive(Debug, Default)]
struct Tally {
    failures: AtomicU64,
    strangers: AtomicU64,
    times: Mutex<Vec<Duration>>,
}

impl Heard {
    /// The time that this share of the answers took at most.
    pub(super) fn milliseconds(&self, share: f64) -> f64 {
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a list")]
        let place = (self.times.len() as f64 * share) as usize;
        self.times.get(place.min(self.times.len().saturating_sub(1))).map_or(f64::NAN, |time| time.as_secs_f64() * 1_000.0)
    }
}

/// Asks, waits for every answer, and says what came of it.
pub(super) async fn ask(address: &str, tenants: &[Tenant], pace: Pace) -> Fallible<Heard> {
    let http = Client::builder().timeout(TIMEOUT).build()?;
    let requests: Vec<_> = (0..tenants.len()).map(|number| Read::all(address, tenants, number)).collect();
    let (requests, tally) = (Arc::new(requests), Arc::<Tally>::default());
    let total = u64::from(pace.rate) * u64::from(pace.seconds);
    let started = Instant::now();
    let (mut sent, mut tasks) = (0, tokio::task::JoinSet::new());
    let mut ticks = tokio::time::interval(TICK);
    while sent < total {
        ticks.tick().await;
        let due = (started.elapsed().as_secs_f64() * f64::from(pace.rate)).floor();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of requests")]
        let due = (due as u64).min(total);
        while sent < due {
            let due_at = started + Duration::from_secs_f64(f64::from(u32::try_from(sent)?) / f64::from(pace.rate));
            let (http, requests, tally) = (http.clone(), Arc::clone(&requests), Arc::clone(&tally));
            tasks.spawn(async move { read(&http, &requests, (sent, due_at), &tally).await });
            sent += 1;
        }
        while tasks.try_join_next().is_some() {}
    }
    while tasks.join_next().await.is_some() {}
    let elapsed = started.elapsed();
    let mut times = std::mem::take(&mut *tally.times.lock().unwrap_or_else(PoisonError::into_inner));
    times.sort_unstable();
    let answers = u64::try_from(times.len())?;
    Ok(Heard {
        answers,
        failures: tally.failures.load(Ordering::Relaxed),
        strangers: tally.strangers.load(Ordering::Relaxed),
        per_second: f64::from(u32::try_from(answers)?) / elapsed.as_secs_f64(),
        times,
    })
}

/// Something to read, and what the answer must hold.
#[derive(Debug)]
struct Read {
    url: String,
    token: String,
    mark: String,
    /// The answer is numbers: this one must be among them.
    spent: Option<f64>,
}

impl Read {
    fn all(address: &str, tenants: &[Tenant], number: usize) -> Vec<Self> {
        let tenant = &tenants[number];
        let read = |path: String, token: &str, spent| Self {
            url: format!("{address}{path}"),
            token: token.to_owned(),
            mark: tenant.mark.clone(),
            spent,
        };
        let project = format!("/api/v1/projects/{}", tenant.project);
        vec![
            read(project.clone(), &tenant.token, None),
            read(format!("/advertisers/{}/campaigns", tenant.advertiser), &tenant.key, None),
            read(format!("/stats/campaigns/{}", tenant.campaign), &tenant.key, Some(tenant.spent)),
            read(format!("/clients/{}", tenant.client), &tenant.key, None),
            read(format!("{project}/members"), &tenant.token, None),
            read(format!("/stats/advertisers/{}/campaigns", tenant.advertiser), &tenant.key, Some(tenant.spent)),
        ]
    }

    /// Whether the answer is what was asked for, and whether there is anything of others in it.
    fn judge(&self, body: &str) -> (bool, bool) {
        let is_ours = match self.spent {
            Some(spent) => serde_json::from_str::<Value>(body).is_ok_and(|stats| stats["spent_total"].as_f64() == Some(spent)),
            None => body.contains(&self.mark),
        };
        let has_others = body.match_indices("tenant-").any(|(place, _)| !body[place..].starts_with(&self.mark));
        (is_ours, has_others)
    }
}

async fn read(http: &Client, requests: &[Vec<Read>], (number, due_at): (u64, Instant), tally: &Tally) {
    let places = u64::try_from(requests.len()).unwrap_or(1);
    let of_tenant = &requests[usize::try_from(number * STRIDE % places).unwrap_or_default()];
    let kinds = u64::try_from(of_tenant.len()).unwrap_or(1);
    let wanted = &of_tenant[usize::try_from(number / places % kinds).unwrap_or_default()];
    let answer = async {
        let answer = http.get(&wanted.url).bearer_auth(&wanted.token).send().await.ok()?;
        let is_fine = answer.status() == 200;
        answer.text().await.ok().filter(|_| is_fine)
    };
    let Some(body) = answer.await else {
        tally.failures.fetch_add(1, Ordering::Relaxed);
        return;
    };
    let took = due_at.elapsed();
    let (is_ours, has_others) = wanted.judge(&body);
    tally.failures.fetch_add(u64::from(!is_ours), Ordering::Relaxed);
    tally.strangers.fetch_add(u64::from(has_others), Ordering::Relaxed);
    tally.times.lock().unwrap_or_else(PoisonError::into_inner).push(took);
}

/// Asks as fast as it can, one after the other.
pub(super) async fn hammer(address: &str, key: &str, tries: u32) -> Fallible<Counts> {
    let (http, started) = (Client::new(), Instant::now());
    let mut counts = Counts { allowed: 0, refused: 0, other: 0, seconds: 0.0 };
    for _ in 0..tries {
        let answer = http.get(format!("{address}/time")).bearer_auth(key).send().await?;
        let is_told = ["retry-after", "ratelimit", "ratelimit-policy"].iter().all(|name| answer.headers().contains_key(*name));
        match (answer.status().as_u16(), is_told) {
            (200, _) => counts.allowed += 1,
            (429, true) => counts.refused += 1,
            _ => counts.other += 1,
        }
        answer.bytes().await?;
    }
    counts.seconds = started.elapsed().as_secs_f64();
    Ok(counts)
}
