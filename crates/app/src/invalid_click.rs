//! Invalid clicks: found one by one, taken out of every counter, and given back in one refund.

use std::{collections::HashSet, sync::Arc};

use barker_domain::{
    AdvertiserId, ClickId, Code, Error, FieldError, Micros, PostingId, Result,
    error::unless_faulty,
    ledger::{Idempotency, InvalidReason, MAX_CLICKS_REFUNDED, NewPosting, Posting, PostingKind, key_fault, note_fault},
    page::{Listed, Page},
    project::Project,
    trail::{Action, Entry},
};
use barker_store::{ClickFilter, ClickRow, RefundedClicks};
use serde_json::json;
use tokio::sync::Mutex;

use crate::{
    App, Desk, ProjectHandle,
    account::{PurseEffect, digest_of, find_posted, post_all, refuse_above_spent, refuse_unknown, told},
};

/// Clicks that somebody has found to be invalid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClickRefund {
    /// Whose money is given back.
    pub advertiser_id: AdvertiserId,
    /// Which clicks.
    pub click_ids: Vec<ClickId>,
    /// Why.
    pub reason: InvalidReason,
    /// For people.
    pub note: Option<String>,
    /// What the caller calls this refund.
    pub key: String,
}

/// A page of the clicks on an advertiser's ads, latest first.
///
/// # Errors
/// [`Code::AdvertiserNotFound`].
pub async fn list(app: &App, project: &ProjectHandle, (id, filter): (AdvertiserId, &ClickFilter), page: Page) -> Result<Listed<ClickRow>> {
    refuse_unknown(app, project, id).await?;
    project.rows(app).list_clicks_of(id, filter, page).await
}

/// Refunds the clicks, all or none. The same key with the same request changes nothing and answers the same.
///
/// # Errors
/// [`Code::AdvertiserNotFound`]; [`Code::InvalidRequest`] with every field at fault; [`Code::IdempotencyConflict`];
/// [`Code::Busy`] when one of the clicks was erased in between.
pub async fn refund(desk: &Desk, refund: ClickRefund) -> Result<Posting> {
    post_all(&desk.app).await?;
    let whole = desk.clone();
    desk.app.see_through(async move { refund_whole(&whole, refund).await }).await
}

async fn refund_whole(desk: &Desk, refund: ClickRefund) -> Result<Posting> {
    let (app, project) = (&desk.app, Arc::clone(&desk.project));
    let turn = project.take_turn().await;
    unless_faulty((), refund.faults())?;
    let idempotency = refund.idempotency();
    if let Some(posted) = find_posted(app, &project, &idempotency).await? {
        return Ok(posted);
    }
    refuse_unknown(app, &project, refund.advertiser_id).await?;
    let clicks = Arc::new(find_billed(app, &project, &refund).await?);
    let amount: Micros = clicks.iter().map(|click| click.price).sum();
    refuse_above_spent(app, &project, (refund.advertiser_id, amount, "/click_ids")).await?;
    let new = NewPosting {
        id: PostingId::generate(),
        advertiser_id: refund.advertiser_id,
        kind: PostingKind::Refund,
        amount,
        day: project.today(app.now_ms()),
        clicks: i32::try_from(clicks.len()).unwrap_or(i32::MAX),
        note: refund.note.clone(),
        idempotency: Some(idempotency),
    };
    let mut after = told(&new, &project.project().currency);
    after["reason"] = json!(refund.reason.as_str());
    after["click_ids"] = json!(refund.click_ids);
    let entry = desk.entry(desk.event(Action::ClicksRefunded).about(refund.advertiser_id).to(after));
    let purse = project.purses().get(app, &project, refund.advertiser_id).await?;
    let money = PurseEffect::prepare(purse, amount.0).ok_or_else(|| Error::new(Code::Internal, "a refund takes money away"))?;
    let effect = Effect { money, clicks: Arc::clone(&clicks) };
    let given = (project.project(), new.clone(), (Arc::clone(&clicks), refund.reason, app.inner.store.node()), entry);
    let write = app.inner.store.write(given, |transaction, (project, new, (clicks, reason, node), entry): Given| {
        Box::pin(async move {
            let rows = transaction.in_project(project.id);
            let ids: Vec<_> = clicks.iter().map(|click| click.id).collect();
            let present = rows.find_clicks(&ids).await?;
            if clicks.iter().any(|click| present.get(&click.id) != Some(click)) {
                return Err(Error::new(Code::Busy, "one of the clicks has just been erased; ask again"));
            }
            let posted = rows.post(vec![new], (&project.currency, entry.occurred_at_ms)).await?;
            let posted = posted.into_iter().next().ok_or_else(|| Error::new(Code::Internal, "nothing was posted"))?;
            let refunded = RefundedClicks { project_id: project.id, clicks, refund_id: posted.new.id, reason };
            transaction.invalidate_clicks(&refunded, (node, entry.occurred_at_ms)).await?;
            transaction.record(&entry).await.map(|()| posted)
        })
    });
    match write.await {
        Ok(posted) => {
            effect.conclude(&project);
            app.wake_outbox();
            Ok(posted)
        }
        Err(error) => {
            let in_doubt = Arc::new(Mutex::new(Some(effect)));
            let adopt = move |app| adopt(app, Arc::clone(&project), new.id, Arc::clone(&in_doubt));
            Err(app.or_in_doubt(error, Some(turn), adopt))
        }
    }
}

type Given = (Arc<Project>, NewPosting, (Arc<Vec<ClickRow>>, InvalidReason, i32), Entry);

/// What memory is told once the refund is durable.
struct Effect {
    money: PurseEffect,
    clicks: Arc<Vec<ClickRow>>,
}

impl Effect {
    /// The campaigns may earn that many clicks again, and spend what they cost: what counts is what was valid.
    fn conclude(self, project: &ProjectHandle) {
        self.money.conclude();
        for click in self.clicks.iter() {
            // A deleted campaign earns none.
            if let Some(listing) = project.engine.find(click.campaign_id) {
                listing.meter.clicks.restore(1);
                listing.meter.budgets.restore(click.day, click.price);
            }
        }
    }
}

async fn adopt(app: App, project: Arc<ProjectHandle>, id: PostingId, in_doubt: Arc<Mutex<Option<Effect>>>) -> Result<()> {
    let stored = project.rows(&app).find_posting(id).await?;
    if let Some(effect) = in_doubt.lock().await.take().filter(|_| stored.is_some()) {
        effect.conclude(&project);
    }
    Ok(())
}

/// The clicks, once each of them is the advertiser's and billed.
async fn find_billed(app: &App, project: &ProjectHandle, refund: &ClickRefund) -> Result<Vec<ClickRow>> {
    let mut found = project.rows(app).find_clicks(&refund.click_ids).await?;
    let (mut clicks, mut faults) = (Vec::with_capacity(refund.click_ids.len()), Vec::new());
    for (place, id) in refund.click_ids.iter().enumerate() {
        let pointer = || format!("/click_ids/{place}");
        match found.remove(id).filter(|click| click.advertiser_id == refund.advertiser_id) {
            None => faults.push(FieldError::new(pointer(), "unknown", "is no click on an ad of this advertiser")),
            Some(click) if click.is_billed() => clicks.push(click),
            Some(click) => faults.push(FieldError::new(pointer(), "state", format!("was not billed, or is given back: {}", click.outcome))),
        }
    }
    unless_faulty(clicks, faults)
}

impl ClickRefund {
    /// Every field that breaks a rule.
    fn faults(&self) -> Vec<FieldError> {
        let mut faults: Vec<_> = key_fault(&self.key).into_iter().collect();
        if self.click_ids.is_empty() || self.click_ids.len() > MAX_CLICKS_REFUNDED {
            faults.push(FieldError::new("/click_ids", "length", format!("must hold 1 to {MAX_CLICKS_REFUNDED} ids")));
        }
        let mut seen = HashSet::new();
        let again = self.click_ids.iter().enumerate().filter(|(_, id)| !seen.insert(**id));
        faults.extend(again.map(|(place, _)| FieldError::new(format!("/click_ids/{place}"), "duplicate", "stands there twice")));
        faults.extend(self.note.as_deref().and_then(note_fault));
        faults
    }

    fn idempotency(&self) -> Idempotency {
        let mut ids = self.click_ids.clone();
        ids.sort_unstable();
        let request = json!(["clicks", self.advertiser_id, self.reason.as_str(), ids, self.note]);
        Idempotency { key: self.key.clone(), digest: digest_of(&request) }
    }
}
