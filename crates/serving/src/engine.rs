//! The engine of one project: the market behind an atomic pointer, and the decision made on it.
//!
//! Readers load the pointer and never wait. Writers (a campaign, a day, a score changed) take turns at the roster and
//! publish a new picture; whoever asks next sees it.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicI32, Ordering},
};

use arc_swap::ArcSwap;
use barker_domain::{AdId, CampaignId, Day, Micros, campaign::Campaign, day::Moment, project::Ranking};

use crate::{
    allowance::Reservation,
    glance::Look,
    listing::{Listing, Meter},
    market::Market,
    ranking::{self, Candidate, Conditions, Strategy},
    roster::Roster,
    rotation,
    score_distribution::ScoreDistribution,
    viewer::Viewer,
};

/// What a client gets.
#[derive(Debug)]
pub enum Decision {
    /// An ad they have not seen, or not as often as its frequency cap allows: it is counted and billed once the impression is durable.
    New {
        /// The campaign.
        listing: Arc<Listing>,
        /// Which of its ads.
        ad_id: AdId,
        /// Holds the impression and its price until it is durable.
        reservation: Reservation,
        /// Holds the price of the click that may follow, as long: nobody is shown an ad whose click could not be paid for.
        cover: Reservation,
        /// What it costs.
        price: Micros,
        /// The day it counts for.
        day: Day,
        /// Which counted show to this client it is, from 1.
        nth: i32,
    },
    /// An ad they saw and did not click: neither counted nor billed.
    Repeat {
        /// The campaign.
        listing: Arc<Listing>,
        /// Which of its ads: the one that was counted, as long as it is active.
        ad_id: AdId,
    },
}

/// One project's decisions.
#[derive(Debug)]
pub struct Engine {
    market: ArcSwap<Market>,
    strategy: ArcSwap<&'static dyn Strategy>,
    ml_score_p90: AtomicI32,
    roster: Mutex<Roster>,
    scores: Mutex<ScoreDistribution>,
}

impl Engine {
    /// The engine of a project as it stands on `day`.
    pub fn new(day: Day, ranking: Ranking, scores: ScoreDistribution, listings: impl IntoIterator<Item = Arc<Listing>>) -> Self {
        let mut roster: Roster = listings.into_iter().collect();
        Self {
            market: ArcSwap::from_pointee(roster.open(day)),
            strategy: ArcSwap::from_pointee(ranking::strategy(ranking)),
            ml_score_p90: AtomicI32::new(scores.p90()),
            roster: Mutex::new(roster),
            scores: Mutex::new(scores),
        }
    }

    /// The day decisions are made for.
    pub fn day(&self) -> Day {
        self.market.load().day
    }

    /// Ranks ads by another strategy from the next decision on.
    pub fn rank_by(&self, ranking: Ranking) {
        self.strategy.store(Arc::new(ranking::strategy(ranking)));
    }

    /// The campaigns of the day.
    pub(crate) fn market(&self) -> Arc<Market> {
        self.market.load_full()
    }

    /// How ads are ranked.
    pub(crate) fn strategy(&self) -> &'static dyn Strategy {
        **self.strategy.load()
    }

    /// The 90th percentile of all scores.
    pub(crate) fn ml_score_p90(&self) -> i32 {
        self.ml_score_p90.load(Ordering::Acquire)
    }

    /// Moves to another day: other campaigns become active.
    pub fn open_day(&self, day: Day) {
        let mut roster = lock(&self.roster);
        if self.day() != day {
            self.market.store(Arc::new(roster.open(day)));
        }
    }

    /// The campaign as it is listed, active or not.
    pub fn find(&self, campaign_id: CampaignId) -> Option<Arc<Listing>> {
        lock(&self.roster).find(campaign_id)
    }

    /// Every campaign that is listed, active or not, in no particular order.
    pub fn listings(&self) -> Vec<Arc<Listing>> {
        lock(&self.roster).all()
    }

    /// Lists a campaign, or replaces the listing of an earlier version, whose meter it keeps.
    pub fn list(&self, campaign: Campaign, meter: Arc<Meter>) {
        self.publish(|roster, market| roster.put(&Listing::new(campaign, meter), market));
    }

    /// The same for several campaigns, which whoever asks next sees changed together.
    pub fn list_together(&self, listed: impl IntoIterator<Item = (Campaign, Arc<Meter>)>) {
        self.publish(|roster, market| {
            for (campaign, meter) in listed {
                roster.put(&Listing::new(campaign, meter), market);
            }
        });
    }

    /// Takes a deleted campaign off the market.
    pub fn delist(&self, campaign_id: CampaignId) {
        self.publish(|roster, market| roster.remove(campaign_id, market));
    }

    /// Takes a campaign whose impressions are all used up out of the way of decisions; it stays listed for clicks.
    pub fn retire_when_full(&self, listing: &Listing) {
        if listing.is_full() {
            self.publish(|roster, market| roster.retire_when_full(listing.campaign.id, market));
        }
    }

    /// Takes note of changed scores: each pair's former score (if any) and its new one.
    pub fn rescore(&self, changes: impl IntoIterator<Item = (Option<i32>, i32)>) {
        let mut scores = lock(&self.scores);
        for (former, score) in changes {
            scores.change(former, score);
        }
        self.ml_score_p90.store(scores.p90(), Ordering::Release);
    }

    /// Takes pairs' scores away.
    pub fn unscore(&self, former: impl IntoIterator<Item = i32>) {
        let mut scores = lock(&self.scores);
        for score in former {
            scores.remove(score);
        }
        self.ml_score_p90.store(scores.p90(), Ordering::Release);
    }

    /// Starts from another distribution of scores: what was known of it is in doubt.
    pub fn replace_scores(&self, counted: ScoreDistribution) {
        let mut scores = lock(&self.scores);
        self.ml_score_p90.store(counted.p90(), Ordering::Release);
        *scores = counted;
    }

    /// What the viewer gets now; `None` when there is nothing to show.
    ///
    /// Ads that would be counted come first, the most valuable one whose allowance covers it; then ads seen and not clicked, but for
    /// those with a frequency cap.
    pub fn decide(&self, viewer: &Viewer, now: Moment) -> Option<Decision> {
        let market = self.market.load();
        let now = now.on(market.day);
        let matches = market.matches(&viewer.client);
        // First all of them, and nothing else: the memory that each lies in is waited for together.
        let looks: Vec<Look> = matches.iter().map(|found| found.glance.look()).collect();
        let (mut unseen, mut seen) = (Shortlist::for_up_to(matches.len()), Shortlist::default());
        for (found, look) in matches.iter().zip(&looks) {
            if !look.is_open || found.is_bounded && !found.listing.has_budget(now) {
                continue;
            }
            let candidate = |is_seen| (found.listing, found.glance.candidate(look, viewer, is_seen));
            match viewer.history.get(&found.glance.campaign_id) {
                None => unseen.push(candidate(false)),
                Some(shown) if shown.is_clicked => (),
                Some(_) => match found.listing.campaign.plan.frequency_cap {
                    None => seen.push(candidate(true)),
                    Some(cap) if viewer.is_below(cap, found.glance.campaign_id, now) => unseen.push(candidate(false)),
                    Some(_) => (),
                },
            }
        }
        let conditions = Conditions { ml_score_p90: self.ml_score_p90(), largest_price: market.largest_price.to_decimal() };
        let strategy = self.strategy();
        unseen.appraise(strategy, &conditions);
        while let Some(listing) = unseen.take_best() {
            let nth = viewer.history.get(&listing.campaign.id).map_or(1, |shown| shown.nth + 1);
            // Only the campaign that won draws one of its ads; on the market are none without.
            let Some(ad_id) = rotation::draw(&listing.campaign, viewer.client.id, nth) else { continue };
            if let Some((reservation, cover)) = listing.reserve_impression(market.day) {
                let price = listing.campaign.terms.cost_per_impression;
                return Some(Decision::New { listing: Arc::clone(listing), ad_id, reservation, cover, price, day: market.day, nth });
            }
        }
        seen.appraise(strategy, &conditions);
        let listing = seen.take_best()?;
        let shown = viewer.history.get(&listing.campaign.id)?;
        let ad_id = rotation::draw_again(&listing.campaign, viewer.client.id, shown)?;
        Some(Decision::Repeat { listing: Arc::clone(listing), ad_id })
    }

    fn publish(&self, change: impl FnOnce(&mut Roster, &mut Market)) {
        let mut roster = lock(&self.roster);
        let mut market = Market::clone(&self.market.load());
        change(&mut roster, &mut market);
        self.market.store(Arc::new(market));
    }
}

/// Candidates of one decision.
#[derive(Default)]
struct Shortlist<'a> {
    listings: Vec<&'a Arc<Listing>>,
    candidates: Vec<Candidate>,
    worths: Vec<f64>,
}

impl<'a> Shortlist<'a> {
    fn for_up_to(count: usize) -> Self {
        Self { listings: Vec::with_capacity(count), candidates: Vec::with_capacity(count), worths: Vec::new() }
    }

    fn push(&mut self, (listing, candidate): (&'a Arc<Listing>, Candidate)) {
        self.listings.push(listing);
        self.candidates.push(candidate);
    }

    fn appraise(&mut self, strategy: &dyn Strategy, conditions: &Conditions) {
        self.worths.reserve(self.candidates.len());
        strategy.appraise(conditions, &self.candidates, &mut self.worths);
    }

    /// Takes the most valuable listing off the list; ties go to seniority.
    fn take_best(&mut self) -> Option<&'a Arc<Listing>> {
        let by_worth = |a: &usize, b: &usize| {
            let seniority = || self.listings[*b].by_seniority(self.listings[*a]);
            self.worths[*a].total_cmp(&self.worths[*b]).then_with(seniority)
        };
        let best = (0..self.listings.len()).max_by(by_worth)?;
        self.worths.swap_remove(best);
        Some(self.listings.swap_remove(best))
    }
}

/// A panic while holding the lock leaves whole values behind, so the lock stays usable.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
