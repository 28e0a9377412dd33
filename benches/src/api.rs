//! The calls a measurement makes itself: loading a market, one ad, the server's own counters.

use std::time::Duration;

use futures::{StreamExt, TryStreamExt, stream};
use reqwest::Client;
use serde_json::Value;
use uuid::Uuid;

use crate::{Fallible, market::Market};

/// Items of one bulk call, the most the API takes.
const ITEMS_PER_CALL: u32 = 10_000;
/// Bulk calls under way at once: one is read while another is written.
const BULK_CALLS: usize = 2;
/// Campaigns that are being made at once; the server makes them one after the other.
const CAMPAIGN_CALLS: usize = 8;
/// The longest wait for an answer.
const TIMEOUT: Duration = Duration::from_mins(1);

/// A server, as its callers see it.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    http: Client,
    address: String,
}

impl Api {
    pub(crate) fn new(address: &str) -> Fallible<Self> {
        Ok(Self { http: Client::builder().timeout(TIMEOUT).build()?, address: address.to_owned() })
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// Sends `count` items in full calls, made from their numbers.
    pub(crate) async fn post_bulk(&self, path: &str, count: u32, item: impl Fn(u32) -> Value) -> Fallible<()> {
        let starts = (0..count).step_by(ITEMS_PER_CALL as usize);
        let calls = starts.map(|start| {
            let end = count.min(start.saturating_add(ITEMS_PER_CALL));
            let item = &item;
            // Made when its turn comes: not all of them are in memory at once.
            async move { self.post(path, &Value::Array((start..end).map(item).collect())).await }
        });
        stream::iter(calls).buffer_unordered(BULK_CALLS).try_collect().await
    }

    /// Makes every campaign of the market.
    pub(crate) async fn post_campaigns(&self, market: Market) -> Fallible<()> {
        let calls = (0..market.campaigns).map(|number| async move {
            let path = format!("/advertisers/{}/campaigns", market.payer(number));
            self.post(&path, &market.campaign(number)).await
        });
        stream::iter(calls).buffer_unordered(CAMPAIGN_CALLS).try_collect().await
    }

    /// Asks for an ad, which must be there.
    pub(crate) async fn get_ad(&self, client_id: Uuid) -> Fallible<()> {
        self.http.get(self.url(&format!("/ads?client_id={client_id}"))).send().await?.error_for_status()?.bytes().await?;
        Ok(())
    }

    /// The sum of a metric over all lines that begin with this text; 0 when there is none yet.
    pub(crate) async fn metric(&self, beginning: &str) -> Fallible<f64> {
        let text = self.http.get(self.url("/metrics")).send().await?.error_for_status()?.text().await?;
        let values = text.lines().filter(|line| line.starts_with(beginning)).filter_map(|line| line.rsplit_once(' '));
        Ok(values.filter_map(|(_, value)| value.parse::<f64>().ok()).sum())
    }

    async fn post(&self, path: &str, body: &Value) -> Fallible<()> {
        let answer = self.http.post(self.url(path)).json(body).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        if status.is_success() { Ok(()) } else { Err(format!("{path}: {status} {text:.500}").into()) }
    }
}
