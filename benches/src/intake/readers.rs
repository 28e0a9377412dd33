//! Whoever asks for reports meanwhile: one question after the other, none of which has been asked before.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use reqwest::Client;
use serde_json::json;
use tokio::task::JoinHandle;

use super::{milliseconds, senders};
use crate::{Fallible, projects::tenant::Tenant};

/// A pause between two questions, as a person makes it.
const PAUSE: Duration = Duration::from_millis(500);
/// What is asked by turns.
const BREAKDOWNS: [&str; 4] = ["channel", "hour", "device", "campaign_name"];

/// One who asks until told to stop.
#[derive(Debug)]
pub(super) struct Readers {
    is_over: Arc<AtomicBool>,
    reader: JoinHandle<Fallible<Vec<Duration>>>,
}

impl Readers {
    pub(super) fn start(address: &str, tenant: &Arc<Tenant>) -> Self {
        let is_over = Arc::<AtomicBool>::default();
        let (address, tenant, told) = (address.to_owned(), Arc::clone(tenant), Arc::clone(&is_over));
        let reader = tokio::spawn(async move {
            let (http, mut times) = (Client::new(), Vec::new());
            while !told.load(Ordering::Relaxed) {
                let breakdown = BREAKDOWNS[times.len() % BREAKDOWNS.len()];
                let asked = json!({"window": "7d", "metrics": ["sessions", "people", "conversions"], "group_by": breakdown});
                let started = Instant::now();
                senders::report(&http, &address, &tenant, &asked).await?;
                times.push(started.elapsed());
                tokio::time::sleep(PAUSE).await;
            }
            Ok(times)
        });
        Self { is_over, reader }
    }

    /// How many questions were answered; the longest time and the median, in milliseconds.
    pub(super) async fn stop(self) -> Fallible<(usize, f64, f64)> {
        self.is_over.store(true, Ordering::Relaxed);
        let times = self.reader.await??;
        let slowest = times.iter().max().map_or(f64::NAN, |time| time.as_secs_f64() * 1_000.0);
        Ok((times.len(), slowest, milliseconds(&times).median()))
    }
}
