//! Bounds on every campaign of a loaded market: budgets, a frequency cap, and an advertiser who spends what it has topped up. None
//! of them is reached: what is measured is what asking about them costs.

use clap::ValueEnum;
use futures::{StreamExt, TryStreamExt, stream};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use crate::{Fallible, market::Market, report::tell};

/// Changes that are under way at once; the server makes them one after the other.
const AT_ONCE: usize = 8;
/// Roubles: more than a measurement spends.
const MUCH: u32 = 1_000_000_000;
/// Shows to a client in a day. A client who sees a campaign again is not counted again.
const CAP: u32 = 2;
const PASSWORD: &str = "correct horse battery";

/// Which bounds campaigns have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Bounds {
    /// A balance, both budgets and a frequency cap.
    Asap,
    /// The same, with the daily budget spread over the day.
    Even,
}

/// Somebody who runs the installation.
struct Operator {
    http: Client,
    /// `http://127.0.0.1:PORT/api/v1`
    api: String,
    token: String,
}

/// Sets them on everything that the market holds.
pub(crate) async fn set(address: &str, market: Market, bounds: Bounds) -> Fallible<()> {
    let operator = Operator::register(address).await?;
    let sandbox = operator.sandbox().await?;
    let advertisers = (0..market.advertisers).map(|number| operator.fill_account(&sandbox, number));
    stream::iter(advertisers).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
    let (mut found, mut page) = (0, 1);
    while found < market.campaigns {
        let campaigns = operator.list_campaigns(&sandbox, page).await?;
        if campaigns.is_empty() {
            return Err(format!("{found} campaigns were found, not {}", market.campaigns).into());
        }
        found += u32::try_from(campaigns.len())?;
        page += 1;
        let changes = campaigns.iter().map(|campaign| operator.bound(&sandbox, campaign, bounds));
        stream::iter(changes).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
    }
    tell(&format!("{found} campaigns and {} accounts are bounded", market.advertisers));
    Ok(())
}

impl Operator {
    /// The first user of an installation runs it.
    async fn register(address: &str) -> Fallible<Self> {
        let operator = Self { http: Client::new(), api: format!("{address}/api/v1"), token: String::new() };
        let who = json!({"email": "root@example.com", "password": PASSWORD, "name": "root"});
        operator.send(operator.http.post(format!("{}/auth/register", operator.api)).json(&who)).await?;
        let tokens = operator.send(operator.http.post(format!("{}/auth/token", operator.api)).json(&who)).await?;
        Ok(Self { token: text(&tokens, "access_token")?, ..operator })
    }

    /// The path of the project that the root contract speaks to.
    async fn sandbox(&self) -> Fallible<String> {
        let projects = self.send(self.call(Method::GET, "/installation/projects")).await?;
        let first = projects.as_array().and_then(|projects| projects.first()).ok_or("no project")?;
        Ok(format!("/projects/{}", text(first, "project_id")?))
    }

    async fn fill_account(&self, sandbox: &str, number: u32) -> Fallible<()> {
        let account = format!("{sandbox}/advertisers/{}/account", Market::advertiser_id(number));
        // First: what was spent until now is owed, and who owes cannot be without credit.
        let top_up = self.call(Method::POST, &format!("{account}/top-ups")).header("Idempotency-Key", format!("top-up-{number}"));
        self.send(top_up.json(&json!({"amount": MUCH}))).await?;
        self.send(self.call(Method::PATCH, &account).json(&json!({"kind": "prepaid", "credit_limit": 0}))).await.map(drop)
    }

    async fn list_campaigns(&self, sandbox: &str, page: u32) -> Fallible<Vec<String>> {
        let listed = self.send(self.call(Method::GET, &format!("{sandbox}/campaigns?size=1000&page={page}"))).await?;
        listed.as_array().ok_or("campaigns are no list")?.iter().map(|campaign| text(campaign, "campaign_id")).collect()
    }

    async fn bound(&self, sandbox: &str, campaign: &str, bounds: Bounds) -> Fallible<()> {
        let pacing = if bounds == Bounds::Even { "even" } else { "asap" };
        let plan = json!({
            "total_budget": MUCH, "daily_budget": MUCH, "pacing": pacing, "frequency_cap": {"impressions": CAP, "per": "day"},
        });
        self.send(self.call(Method::PATCH, &format!("{sandbox}/campaigns/{campaign}")).json(&plan)).await.map(drop)
    }

    fn call(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.api)).bearer_auth(&self.token)
    }

    async fn send(&self, call: RequestBuilder) -> Fallible<Value> {
        let answer = call.send().await?;
        let (status, path) = (answer.status(), answer.url().path().to_owned());
        let text = answer.text().await?;
        if status.is_success() {
            Ok(serde_json::from_str(&text).unwrap_or_default())
        } else {
            Err(format!("{path}: {status} {text:.500}").into())
        }
    }
}

fn text(answer: &Value, name: &str) -> Fallible<String> {
    Ok(answer[name].as_str().ok_or_else(|| format!("an answer without {name}"))?.to_owned())
}
