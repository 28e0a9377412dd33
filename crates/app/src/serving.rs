//! Serving: which ad a client gets, and what their click comes to.
//!
//! Load the client, decide in memory, make it durable, answer. An impression that was answered is on disk; one that is
//! not on disk was never answered. The event takes the client and the reservation with it into the commit lane, so a
//! caller that hangs up changes nothing.

pub(crate) mod commit;

use std::{ops::Deref, sync::Arc, time::Duration};

use barker_domain::{
    AdId, CampaignId, ClickId, ClientId, Code, Day, Error, ImpressionId, Result,
    click::{Click, Outcome, Unbilled},
    impression::Impression,
};
use barker_serving::{Decision, Listing, Reservation};
use tokio::sync::oneshot;

use crate::{App, ProjectHandle, audience::Checkout, running::went_silent};

/// How long a caller waits for a commit before it is told to try again. The commit goes on.
const COMMIT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a caller waits for its turn with a client and for the client to be read.
const CHECK_OUT_TIMEOUT: Duration = Duration::from_secs(5);

/// An event on its way to disk, with everything it holds until it is there.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) project: Arc<ProjectHandle>,
    pub(crate) listing: Arc<Listing>,
    pub(crate) client: Checkout,
    pub(crate) event: Event,
    /// Given back unless the event becomes durable; a click that is not billed holds none.
    pub(crate) reservation: Option<Reservation>,
    /// Given back when the event's fate is known, whatever it is: the price of a click that may follow an impression.
    pub(crate) cover: Option<Reservation>,
    pub(crate) reply: oneshot::Sender<Result<()>>,
}

#[derive(Debug)]
pub(crate) enum Event {
    Impression(Impression),
    Click(Click),
}

/// What a client was given.
#[derive(Debug)]
pub struct Given {
    /// The campaign.
    listing: Arc<Listing>,
    /// Which of its ads.
    pub ad_id: AdId,
}

impl Deref for Given {
    type Target = Listing;

    fn deref(&self) -> &Listing {
        &self.listing
    }
}

/// Gives the client an ad. A first show is counted and billed, and durable before this returns.
///
/// # Errors
/// [`Code::ClientNotFound`], [`Code::NoAd`]; [`Code::Busy`] and [`Code::StorageUnavailable`] when nothing was counted, or
/// when it was not known in time whether it was: asking again never counts twice.
pub async fn give_ad(app: &App, project: &Arc<ProjectHandle>, client_id: ClientId) -> Result<Given> {
    let mut client = check_out(app, project, client_id).await?;
    let now_ms = app.now_ms();
    let now = project.moment(now_ms);
    let visitor = client.visitor().ok_or_else(|| went_silent(()))?;
    let Some(decision) = project.engine.decide(&visitor.viewer, now) else {
        count_decision("none");
        return Err(Error::of(Code::NoAd));
    };
    let (listing, ad_id, (reservation, cover), (price, day, nth)) = match decision {
        Decision::Repeat { listing, ad_id } => {
            count_decision("repeat");
            return Ok(Given { listing, ad_id });
        }
        Decision::New { listing, ad_id, reservation, cover, price, day, nth } => (listing, ad_id, (reservation, cover), (price, day, nth)),
    };
    let impression = Impression {
        id: ImpressionId::generate(),
        project_id: project.id(),
        campaign_id: listing.campaign.id,
        ad_id,
        advertiser_id: listing.campaign.advertiser_id,
        client_id,
        nth,
        day,
        occurred_at_ms: now_ms,
        price,
    };
    let event = Held { client, event: Event::Impression(impression), reservation: Some(reservation), cover: Some(cover) };
    make_durable(app, project, &listing, event).await?;
    count_decision("new");
    Ok(Given { listing, ad_id })
}

/// Takes note of a click. Billed once, if the client had an impression and limit and money cover it; otherwise kept with its
/// reason, in no counter and no money.
///
/// # Errors
/// [`Code::ClientNotFound`], [`Code::CampaignNotFound`]; [`Code::Busy`] and [`Code::StorageUnavailable`] when nothing
/// was kept, or when it was not known in time whether it was: clicking again never bills twice.
pub async fn click(app: &App, project: &Arc<ProjectHandle>, campaign_id: CampaignId, client_id: ClientId) -> Result<()> {
    note_click(app, project, (campaign_id, client_id), None).await
}

/// Takes note of what looks like a click and is none. Each is kept once, in no counter and no money; the client's own click counts
/// when it comes.
///
/// # Errors
/// As for [`click`].
pub(crate) async fn set_aside(
    app: &App,
    project: &Arc<ProjectHandle>,
    (campaign_id, client_id): (CampaignId, ClientId),
    reason: Unbilled,
) -> Result<()> {
    note_click(app, project, (campaign_id, client_id), Some(reason)).await
}

async fn note_click(
    app: &App,
    project: &Arc<ProjectHandle>,
    (campaign_id, client_id): (CampaignId, ClientId),
    set_aside: Option<Unbilled>,
) -> Result<()> {
    let listing = project.engine.find(campaign_id).ok_or_else(|| Error::of(Code::CampaignNotFound))?;
    let mut client = check_out(app, project, client_id).await?;
    let visitor = client.visitor().ok_or_else(|| went_silent(()))?;
    let shown = visitor.viewer.history.get(&campaign_id).copied();
    let is_known = match set_aside {
        Some(reason) => visitor.set_aside.contains(&(campaign_id, reason)),
        None => shown.map_or_else(|| visitor.stray_clicks.contains(&campaign_id), |shown| shown.is_clicked),
    };
    if is_known {
        count_click("repeat");
        return Ok(());
    }
    let now_ms = app.now_ms();
    let day = project.today(now_ms);
    let (outcome, reservation) = match set_aside {
        Some(reason) => (Outcome::Unbilled(reason), None),
        None => judge(&listing, shown.is_some(), day),
    };
    let click = Click {
        id: ClickId::generate(),
        project_id: project.id(),
        campaign_id,
        ad_id: shown.map(|shown| shown.ad_id),
        advertiser_id: listing.campaign.advertiser_id,
        client_id,
        impression_id: shown.map(|shown| shown.impression_id),
        day,
        occurred_at_ms: now_ms,
        outcome,
    };
    make_durable(app, project, &listing, Held { client, event: Event::Click(click), reservation, cover: None }).await?;
    count_click(outcome.as_str());
    Ok(())
}

fn judge(listing: &Listing, has_impression: bool, day: Day) -> (Outcome, Option<Reservation>) {
    if !has_impression {
        return (Outcome::Unbilled(Unbilled::NoImpression), None);
    }
    let price = listing.campaign.terms.cost_per_click;
    match listing.meter.reserve_click(price, day) {
        Ok(reservation) => (Outcome::Billed(price), Some(reservation)),
        Err(reason) => (Outcome::Unbilled(reason), None),
    }
}

struct Held {
    client: Checkout,
    event: Event,
    reservation: Option<Reservation>,
    cover: Option<Reservation>,
}

async fn make_durable(app: &App, project: &Arc<ProjectHandle>, listing: &Arc<Listing>, held: Held) -> Result<()> {
    let (reply, durable) = oneshot::channel();
    let Held { client, event, reservation, cover } = held;
    let pending = Pending { project: Arc::clone(project), listing: Arc::clone(listing), client, event, reservation, cover, reply };
    app.inner.commits.submit(pending)?;
    tokio::time::timeout(COMMIT_TIMEOUT, durable).await.map_err(|_elapsed| Error::of(Code::Busy))?.map_err(went_silent)?
}

/// The client, once nobody else is with them.
pub(crate) async fn check_out(app: &App, project: &ProjectHandle, client_id: ClientId) -> Result<Checkout> {
    let turn = app.inner.audience.check_out(project.id(), client_id);
    tokio::time::timeout(CHECK_OUT_TIMEOUT, turn).await.map_err(|_elapsed| Error::of(Code::Busy))?
}

fn count_decision(outcome: &'static str) {
    metrics::counter!("barker_decisions_total", "outcome" => outcome).increment(1);
}

pub(crate) fn count_click(outcome: &'static str) {
    metrics::counter!("barker_clicks_total", "outcome" => outcome).increment(1);
}
