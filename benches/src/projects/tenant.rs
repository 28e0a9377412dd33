//! A project with a user, a key and some data, in all of which stands its number.

use futures::{StreamExt, TryStreamExt, stream};
use reqwest::Client;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Fallible, report::tell};

/// Projects that are being made at once; the server writes one after the other.
const AT_ONCE: usize = 8;
const CAMPAIGNS: u32 = 3;
const PASSWORD: &str = "correct horse battery";

/// A project, as those who may read it know it.
#[derive(Debug)]
pub(crate) struct Tenant {
    /// Stands in every answer, and in nobody else's.
    pub(crate) mark: String,
    /// An access token of its owner.
    pub(crate) token: String,
    /// A key with every scope.
    pub(crate) key: String,
    pub(crate) project: String,
    pub(crate) advertiser: Uuid,
    pub(crate) client: Uuid,
    pub(crate) campaign: String,
    /// What its one impression has cost.
    pub(crate) spent: f64,
}

/// Makes so many.
pub(crate) async fn found(address: &str, count: u32) -> Fallible<Vec<Tenant>> {
    let http = Client::new();
    // The first user runs the installation and belongs to no project.
    post(&http, "", format!("{address}/api/v1/auth/register"), json!({"email": "root@example.com", "password": PASSWORD, "name": "root"}))
        .await?;
    let tenants = stream::iter(0..count).map(|number| one(&http, address, number)).buffered(AT_ONCE);
    let tenants: Vec<_> = tenants.try_collect().await?;
    tell(&format!("{count} projects with {CAMPAIGNS} campaigns each"));
    Ok(tenants)
}

#[expect(clippy::cognitive_complexity, reason = "one call after the other; every `?` counts as a branch")]
async fn one(http: &Client, address: &str, number: u32) -> Fallible<Tenant> {
    let mark = format!("tenant-{number}-");
    let email = format!("{mark}owner@example.com");
    let named = |noun: &str| format!("{mark}{noun}");
    post(http, "", format!("{address}/api/v1/auth/register"), json!({"email": email, "password": PASSWORD, "name": named("owner")}))
        .await?;
    let tokens = post(http, "", format!("{address}/api/v1/auth/token"), json!({"email": email, "password": PASSWORD})).await?;
    let token = text(&tokens, "access_token")?;
    let project = json!({"name": named("project"), "currency": "RUB"});
    let project = text(&post(http, &token, format!("{address}/api/v1/projects"), project).await?, "project_id")?;
    let keys = format!("{address}/api/v1/projects/{project}/keys");
    let key = post(http, &token, keys, json!({"name": named("key"), "scopes": ["serve", "manage", "read"]})).await?;
    let key = text(&key, "secret")?;
    let (client, advertiser) = (Uuid::now_v7(), Uuid::now_v7());
    let person = json!([{"client_id": client, "login": named("login"), "age": 30, "location": "Moscow", "gender": "FEMALE"}]);
    post(http, &key, format!("{address}/clients/bulk"), person).await?;
    post(http, &key, format!("{address}/advertisers/bulk"), json!([{"advertiser_id": advertiser, "name": named("advertiser")}])).await?;
    let spent = f64::from(number) + 0.5;
    for _ in 0..CAMPAIGNS {
        let terms = json!({
            "impressions_limit": 1_000, "clicks_limit": 100, "cost_per_impression": spent, "cost_per_click": 10,
            "ad_title": named("title"), "ad_text": named("text"), "start_date": 0, "end_date": 100,
        });
        post(http, &key, format!("{address}/advertisers/{advertiser}/campaigns"), terms).await?;
    }
    let shown = http.get(format!("{address}/ads?client_id={client}")).bearer_auth(&key).send().await?.error_for_status()?;
    let campaign = text(&shown.json().await?, "ad_id")?;
    Ok(Tenant { mark, token, key, project, advertiser, client, campaign, spent })
}

async fn post(http: &Client, token: &str, url: String, body: Value) -> Fallible<Value> {
    let answer = http.post(&url).bearer_auth(token).json(&body).send().await?;
    let status = answer.status();
    let text = answer.text().await?;
    if status.is_success() {
        Ok(serde_json::from_str(&text).unwrap_or_default())
    } else {
        Err(format!("{url}: {status} {text:.500}").into())
    }
}

fn text(answer: &Value, name: &str) -> Fallible<String> {
    Ok(answer[name].as_str().ok_or_else(|| format!("an answer without {name}"))?.to_owned())
}
