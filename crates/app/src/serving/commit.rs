//! The commit lane: events become durable in groups, and only then are they told to memory and to their callers.
//!
//! When the database fails in the middle of a commit, nobody knows whether it took place. Those events stay in doubt,
//! their reservations held, until the database answers which of them it has.

use std::{collections::HashSet, hash::Hash, sync::Arc};

use barker_domain::{
    CampaignId, ClientId, Code, Error, ImpressionId, ProjectId, Result,
    campaign::Show,
    click::{Click, Outcome},
    clock::SharedClock,
};
use barker_serving::Shown;
use barker_store::{EventBatch, Recorded, Store};
use tokio::sync::Notify;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::Instrument;

use super::{Event, Pending};
use crate::{
    lane::{Lane, Limits, Worker},
    span,
};

/// Events of one commit: enough to share a flush among everyone, few enough that the last does not wait for long.
const MAX_BATCH: usize = 1_000;

/// Starts the lane; `work_to_do` is notified after every commit.
pub(crate) fn start(
    store: Store,
    clock: SharedClock,
    (queue, work_to_do): (usize, Arc<Notify>),
    running: (&TaskTracker, &CancellationToken),
) -> Lane<Pending> {
    let committer = Committer { store, clock, work_to_do, concluding: running.0.clone(), in_doubt: Vec::new() };
    Lane::start("commits", Limits { queue, batch: MAX_BATCH }, running, committer)
}

struct Committer {
    store: Store,
    clock: SharedClock,
    work_to_do: Arc<Notify>,
    concluding: TaskTracker,
    in_doubt: Vec<Pending>,
}

impl Worker<Pending> for Committer {
    async fn work(&mut self, batch: &mut Vec<Pending>) {
        if let Err(error) = self.resolve_doubts().await {
            return refuse(batch.drain(..), &error);
        }
        if batch.is_empty() {
            return;
        }
        let started = self.clock.now_ms();
        metrics::histogram!("barker_commit_batch_size").record(u32::try_from(batch.len()).unwrap_or(u32::MAX));
        let span = tracing::info_span!(target: span::TARGET, "commit", batch_size = batch.len());
        self.commit_all(std::mem::take(batch)).instrument(span).await;
        #[expect(clippy::cast_precision_loss, reason = "a duration for people")]
        metrics::histogram!("barker_commit_seconds").record((self.clock.now_ms() - started) as f64 / 1_000.0);
    }

    fn has_leftovers(&self) -> bool {
        !self.in_doubt.is_empty()
    }
}

impl Committer {
    async fn commit_all(&mut self, batch: Vec<Pending>) {
        let (first, again) = apart(batch, key);
        for events in [first, again] {
            if let Err((rejected, error)) = self.commit(events).await {
                self.commit_one_by_one(rejected, error).await;
            }
        }
    }

    /// Commits the events, or keeps them in doubt when the database does not answer.
    ///
    /// Gives them back when the database refuses them: one of them is at fault.
    async fn commit(&mut self, events: Vec<Pending>) -> Result<(), (Vec<Pending>, Error)> {
        if events.is_empty() {
            return Ok(());
        }
        let batch = Arc::new(event_batch(&events));
        match self.store.record_events(&batch, self.clock.now_ms()).await {
            Ok(recorded) => self.conclude_beside_next_commit(events, recorded),
            Err(error) if error.is_temporary() => self.doubt(events, &error),
            // Somebody among them was erased a moment ago.
            Err(error) if error.code == Code::ClientNotFound => return Err((events, error)),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, events = events.len(), "the database refuses a commit");
                return Err((events, error));
            }
        }
        Ok(())
    }

    /// Nobody's answer waits for those of the commit before.
    fn conclude_beside_next_commit(&self, events: Vec<Pending>, recorded: Recorded) {
        let work_to_do = Arc::clone(&self.work_to_do);
        self.concluding.spawn(async move {
            conclude(events, &recorded);
            work_to_do.notify_one();
        });
    }

    async fn commit_one_by_one(&mut self, events: Vec<Pending>, error: Error) {
        if events.len() == 1 {
            return refuse(events, &error);
        }
        for event in events {
            if let Err((rejected, error)) = self.commit(vec![event]).await {
                refuse(rejected, &error);
            }
        }
    }

    fn doubt(&mut self, events: Vec<Pending>, error: &Error) {
        tracing::error!(error = error as &dyn std::error::Error, events = events.len(), "a commit failed; its outcome is in doubt");
        for mut event in events {
            event.client.forget();
            let (silent, _) = tokio::sync::oneshot::channel();
            answer(std::mem::replace(&mut event.reply, silent), Err(again(error)));
            self.in_doubt.push(event);
        }
    }

    /// Asks the database, once nothing can be under way any more, which of the events in doubt it has: those are
    /// settled, the others were never made.
    async fn resolve_doubts(&mut self) -> Result<()> {
        if self.in_doubt.is_empty() {
            return Ok(());
        }
        self.store.settle().await?;
        let known = self.store.find_known(&event_batch(&self.in_doubt)).await?;
        for event in self.in_doubt.drain(..) {
            let is_recorded = match &event.event {
                Event::Impression(impression) => known.known_impressions.get(&impression.id) == Some(&impression.id),
                Event::Click(click) => known.known_clicks.get(&click.id) == Some(&click.id),
            };
            if is_recorded && let Some(reservation) = event.reservation {
                reservation.settle();
            }
        }
        Ok(())
    }
}

/// Events whose key stands earlier in the same batch, apart from the others: a client in two slots was given the same ad
/// twice. They come after the commit that makes them repeats.
fn apart<T, Key: Eq + Hash>(events: Vec<T>, key: impl Fn(&T) -> Key) -> (Vec<T>, Vec<T>) {
    let mut keys = HashSet::with_capacity(events.len());
    events.into_iter().partition(|event| keys.insert(key(event)))
}

/// What no two events of one commit may have in common.
fn key(pending: &Pending) -> (ProjectId, ClientId, CampaignId, &'static str) {
    match &pending.event {
        Event::Impression(impression) => (impression.project_id, impression.client_id, impression.campaign_id, "impression"),
        Event::Click(click) => (click.project_id, click.client_id, click.campaign_id, click.outcome.as_str()),
    }
}

fn event_batch(events: &[Pending]) -> EventBatch {
    let mut batch = EventBatch::default();
    for pending in events {
        match &pending.event {
            Event::Impression(impression) => batch.impressions.push(impression.clone()),
            Event::Click(click) => batch.clicks.push(click.clone()),
        }
    }
    batch
}

/// Tells memory and callers what has become durable.
fn conclude(events: Vec<Pending>, recorded: &Recorded) {
    for pending in events {
        match &pending.event {
            Event::Impression(impression) => {
                let known = recorded.known_impressions.get(&impression.id).copied();
                conclude_impression(pending, known);
            }
            Event::Click(click) => {
                let is_new = recorded.known_clicks.get(&click.id).is_none_or(|id| *id == click.id);
                conclude_click(pending, is_new);
            }
        }
    }
}

/// `known` is the impression that holds the key, when this one was not the first.
fn conclude_impression(mut pending: Pending, known: Option<ImpressionId>) {
    let Event::Impression(impression) = &pending.event else { return };
    let is_new = known.is_none_or(|known| known == impression.id);
    if !is_new {
        // Another slot of this client was given the show, perhaps with another of the campaign's ads: memory learns which.
        pending.client.forget();
        if pending.listing.campaign.plan.frequency_cap.is_some() {
            // To be shown the ad now would pass the cap.
            return answer(pending.reply, Err(Error::of(Code::Busy)));
        }
    } else if let Some(visitor) = pending.client.visitor() {
        let last = Show::new(impression.day, impression.occurred_at_ms);
        let shown = Shown { impression_id: impression.id, ad_id: impression.ad_id, nth: impression.nth, last, is_clicked: false };
        visitor.viewer.note(impression.campaign_id, shown);
    }
    // From here on the click is paid for out of what is there when it comes.
    drop(pending.cover.take());
    if let Some(reservation) = pending.reservation.take().filter(|_| is_new) {
        reservation.settle();
        pending.project.engine.retire_when_full(&pending.listing);
    }
    answer(pending.reply, Ok(()));
}

fn conclude_click(mut pending: Pending, is_new: bool) {
    let campaign_id: CampaignId = pending.listing.campaign.id;
    let Event::Click(Click { outcome, .. }) = pending.event else { return };
    if let Some(visitor) = pending.client.visitor() {
        match (outcome, visitor.viewer.history.get_mut(&campaign_id)) {
            (Outcome::Unbilled(reason), _) if reason.is_no_click() => drop(visitor.set_aside.insert((campaign_id, reason))),
            (_, Some(shown)) => shown.is_clicked = true,
            (_, None) => drop(visitor.stray_clicks.insert(campaign_id)),
        }
    }
    if let Some(reservation) = pending.reservation.take().filter(|_| is_new) {
        reservation.settle();
    }
    answer(pending.reply, Ok(()));
}

fn refuse(events: impl IntoIterator<Item = Pending>, error: &Error) {
    for mut event in events {
        if error.code == Code::ClientNotFound {
            // What memory knew of this client is over: whoever asks again learns how things stand.
            event.client.forget();
            answer(event.reply, Err(Error::of(Code::Busy)));
            continue;
        }
        answer(event.reply, Err(again(error)));
    }
}

/// The same error for one more caller.
fn again(error: &Error) -> Error {
    let code = if error.is_temporary() { Code::StorageUnavailable } else { error.code };
    Error::new(code, error.detail.clone())
}

/// A caller that hung up misses nothing.
fn answer(reply: tokio::sync::oneshot::Sender<Result<()>>, answer: Result<()>) {
    drop(reply.send(answer));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_the_key_of_something_before_it_comes_after_it() {
        let events = vec![(1, "first"), (2, "other"), (1, "again"), (3, "third"), (1, "and again")];
        let (first, again) = apart(events, |(key, _)| *key);
        assert_eq!(first, [(1, "first"), (2, "other"), (3, "third")]);
        assert_eq!(again, [(1, "again"), (1, "and again")]);
    }
}
