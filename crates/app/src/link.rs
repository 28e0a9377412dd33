//! Links of ads: made for whoever is shown one, followed by a browser, counted, and led on to the ad's landing page.
//!
//! A link says which ad was shown to whom and until when; where it leads stands in the database. So nothing is kept of links that
//! nobody follows, and none leads anywhere but to a page that somebody who works in the project has written down.

mod landing;
mod token;

use std::sync::Arc;

use barker_domain::{
    AdId, CampaignId, ClickId, ClientId, Code, Error, Result,
    campaign::Campaign,
    click::{Unbilled, robot::is_robot},
};
use barker_store::{LINK_KEYS, LinkKey, Store};
use uuid::Uuid;

use crate::{App, ProjectHandle, seal::Keyring, secret::new_hex, serving};
use landing::Visit;
use token::Claims;
pub(crate) use token::LinkTokens;

/// How long a key signs, in milliseconds. What it signed is read for ever: it leads on, and counts while a link does.
const REPLACED_AFTER_MS: i64 = 90 * 24 * 60 * 60 * 1_000;

/// What is known of whoever follows a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Follower {
    /// What their program calls itself; empty: it does not say.
    pub user_agent: String,
    /// Whether nobody has clicked yet: a browser loads the page in advance, or only looks whether it is there.
    pub is_prefetch: bool,
}

/// The token of a link to the landing page of a campaign's ad that a client is shown; `None` when it leads nowhere.
#[must_use]
pub fn token_of(app: &App, project: &ProjectHandle, (campaign, ad_id): (&Campaign, AdId), client_id: ClientId) -> Option<String> {
    campaign.landing_of(ad_id)?;
    let expires_at_s = app.inner.link_tokens.expiry(app.now_ms());
    Some(app.inner.link_tokens.sign(Claims { project_id: project.id(), ad_id, client_id, expires_at_s }))
}

/// Follows a link. Answers the address of the landing page, with the click's id; the click is kept by then, by the rules that hold for
/// every other. A browser that cannot be counted now is led on all the same: whoever clicked is not to blame.
///
/// # Errors
/// [`Code::AdLinkNotFound`] when it was not made here, or leads nowhere any more; [`Code::StorageUnavailable`] when it is not known
/// where it leads.
pub async fn follow(app: &App, token: &str, by: &Follower) -> Result<String> {
    let missing = || Error::of(Code::AdLinkNotFound);
    let claims = app.inner.link_tokens.read(token).ok_or_else(missing)?;
    let found = app.inner.store.in_project(claims.project_id).find_ad(claims.ad_id).await?;
    let (ad, creative) = found.ok_or_else(missing)?;
    let landing_url = creative.content.landing_url.ok_or_else(missing)?;
    let click_id = keep(app, claims, ad.campaign_id, reason_against(claims, by, app.now_ms())).await;
    landing::address(&landing_url, Visit { campaign: ad.campaign_id, ad: ad.id, click: click_id })
}

/// Why this is no click, whatever the campaign says about clicks.
fn reason_against(claims: Claims, by: &Follower, now_ms: i64) -> Option<Unbilled> {
    if is_robot(&by.user_agent) {
        return Some(Unbilled::Bot);
    }
    if by.is_prefetch {
        return Some(Unbilled::Prefetch);
    }
    claims.is_expired(now_ms).then_some(Unbilled::LinkExpired)
}

/// The click's id, once it is kept; `None` when it cannot be.
async fn keep(app: &App, claims: Claims, campaign_id: CampaignId, reason: Option<Unbilled>) -> Option<ClickId> {
    match try_to_keep(app, claims, campaign_id, reason).await {
        Ok(id) => id,
        Err(error) => {
            lose(&error);
            None
        }
    }
}

async fn try_to_keep(app: &App, claims: Claims, campaign_id: CampaignId, reason: Option<Unbilled>) -> Result<Option<ClickId>> {
    let project: Arc<ProjectHandle> = app.get_open_project(claims.project_id).await?;
    match reason {
        Some(reason) => serving::set_aside(app, &project, (campaign_id, claims.client_id), reason).await?,
        None => serving::click(app, &project, campaign_id, claims.client_id).await?,
    }
    // Of a click that was kept before it is the first one's.
    let kept = project.rows(app).list_clicks_by(claims.client_id, campaign_id).await?;
    let is_this = |outcome: &str| match (reason, Unbilled::named(outcome)) {
        (None, was) => was.is_none_or(|was| !was.is_no_click()),
        (Some(reason), was) => was == Some(reason),
    };
    Ok(kept.into_iter().filter(|(_, outcome)| is_this(outcome)).min_by_key(|(id, _)| *id).map(|(id, _)| id))
}

/// Whoever has gone since (a client, a campaign, a whole project) is no fault.
fn lose(error: &Error) {
    serving::count_click("lost");
    if error.is_temporary() || error.code == Code::Internal {
        tracing::warn!(error = error as &dyn std::error::Error, "a click could not be kept; its browser was led on");
    }
}

/// Makes and reads tokens with the keys that there are, for links that count for so long.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn tokens(store: &Store, keyring: &Keyring, (now_ms, life_ms): (i64, i64)) -> Result<LinkTokens> {
    LinkTokens::new(&keys(store, keyring, now_ms).await?, life_ms)
}

impl App {
    /// Reads the keys of links anew, after replacing the one that signs when it is old.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn renew_link_keys(&self) -> Result<()> {
        let keys = keys(&self.inner.store, &self.inner.keyring, self.now_ms()).await?;
        self.inner.link_tokens.use_keys(&keys)
    }
}

/// Every key, opened, the newest first. Makes one when there is none, or it is old.
async fn keys(store: &Store, keyring: &Keyring, now_ms: i64) -> Result<Vec<LinkKey>> {
    let mut keys = store.list_link_keys().await?;
    if keys.first().is_none_or(|newest| now_ms - newest.created_at_ms >= REPLACED_AFTER_MS) {
        make_key(store, keyring, now_ms).await?;
        keys = store.list_link_keys().await?;
    }
    let opened = |key: LinkKey| {
        let secret = String::from_utf8(keyring.open(&LINK_KEYS, &[key.id], &key.secret)?);
        let secret = secret.map_err(|_| Error::new(Code::Internal, "a key of links is no text"))?;
        Ok(LinkKey { secret, ..key })
    };
    keys.into_iter().map(opened).collect()
}

async fn make_key(store: &Store, keyring: &Keyring, now_ms: i64) -> Result<()> {
    let (id, sealer) = (Uuid::now_v7(), keyring.sealer().await);
    let secret = sealer.seal(&LINK_KEYS, &[id], new_hex()?.as_bytes())?;
    let key = LinkKey { id, secret, created_at_ms: now_ms };
    store.write(key, |transaction, key| Box::pin(async move { transaction.insert_link_key(&key).await })).await
}
