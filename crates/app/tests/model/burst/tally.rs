//! What the answers of all waves say must have been counted, held against what was.

use std::collections::{BTreeMap, BTreeSet};

use barker_app::statistics;
use barker_domain::{CampaignId, campaign::Terms, statistics::Counters};

use super::{Action, CLICK_PRICE_TIMES, CLIENTS, Outcome, Wave, resolve};
use crate::{
    disagreement::{Disagreement, unless},
    world::Sandbox,
};

/// How many clients there are.
#[expect(clippy::cast_possible_wrap, reason = "a handful")]
const EVERYBODY: i64 = CLIENTS as i64;

type Pair = (CampaignId, usize);

/// What is known from the answers.
pub(super) struct Tally {
    pub(super) campaigns: Vec<(CampaignId, Terms)>,
    /// Whether nobody's reservation was given back: only then is it certain that somebody was turned away for good.
    is_calm: bool,
    /// Who was given what.
    shown: BTreeSet<Pair>,
    /// Who tried to click what.
    tried: BTreeSet<Pair>,
    /// Whose click came in a later wave than the impression, so that it followed it in any order.
    followed: BTreeSet<Pair>,
    turned_away: BTreeSet<usize>,
    /// Counters and price before the wave.
    before: BTreeMap<CampaignId, Counters>,
    price_micros: i64,
}

impl Tally {
    pub(super) fn new(is_calm: bool, campaigns: Vec<(CampaignId, Terms)>) -> Self {
        let (shown, tried, followed, turned_away) = Default::default();
        Self { campaigns, is_calm, shown, tried, followed, turned_away, before: BTreeMap::new(), price_micros: 0 }
    }

    /// Takes note of a wave.
    pub(super) fn add(&mut self, wave: &Wave, outcomes: &[Outcome]) {
        let shown_before = self.shown.clone();
        for action in &wave.actions {
            let (Action::Click { client, .. }, campaign_id) = resolve(*action, self) else { continue };
            let pair = (campaign_id, client);
            self.tried.insert(pair);
            if shown_before.contains(&pair) {
                self.followed.insert(pair);
            }
        }
        self.turned_away.clear();
        for outcome in outcomes {
            self.note(*outcome);
        }
    }

    /// Takes note of what one caller was told.
    pub(super) fn note(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Given(client, campaign_id) => drop(self.shown.insert((campaign_id, client))),
            Outcome::Nothing(client) => drop(self.turned_away.insert(client)),
            Outcome::Done => (),
        }
    }

    /// What holds after a wave, in whatever order it came.
    pub(super) async fn check(&mut self, sandbox: &Sandbox<'_>, wave: &Wave) -> Result<(), Disagreement> {
        for (campaign_id, terms) in &self.campaigns {
            let counted = statistics::of_campaign(&sandbox.app, &sandbox.project, *campaign_id).await.map_err(|error| error.to_string())?;
            let before = self.before.insert(*campaign_id, counted).unwrap_or_default();
            self.check_counts(*campaign_id, terms, &counted)?;
            check_money(&before, &counted, (self.price_micros, wave.price_micros))?;
        }
        self.price_micros = wave.price_micros;
        sandbox.audit().await
    }

    /// After everybody has asked for everything and clicked it, one after the other: as much of both as there may be.
    pub(super) async fn check_everybody(&self, sandbox: &Sandbox<'_>) -> Result<(), Disagreement> {
        for (campaign_id, terms) in &self.campaigns {
            let counted = statistics::of_campaign(&sandbox.app, &sandbox.project, *campaign_id).await.map_err(|error| error.to_string())?;
            let (shown, limit) = (count(&self.shown, *campaign_id), i64::from(terms.impressions_limit));
            let is_wrong = counted.impressions != shown || shown != limit.min(EVERYBODY);
            unless(is_wrong, || format!("{counted:?}, given to {shown} of {EVERYBODY} clients, the limit is {limit}"))?;
            let most = shown.min(i64::from(terms.clicks_limit));
            let is_wrong = counted.clicks > most || (self.is_calm && counted.clicks < most);
            unless(is_wrong, || format!("{} clicks where there may be {most}", counted.clicks))?;
        }
        Ok(())
    }

    fn check_counts(&self, campaign_id: CampaignId, terms: &Terms, counted: &Counters) -> Result<(), Disagreement> {
        let shown = count(&self.shown, campaign_id);
        unless(counted.impressions != shown, || format!("{} impressions counted, {shown} clients were given the ad", counted.impressions))?;
        let is_passed = counted.impressions > i64::from(terms.impressions_limit) || counted.clicks > i64::from(terms.clicks_limit);
        unless(is_passed, || format!("a limit is passed: {counted:?} of {terms:?}"))?;
        let possible = count(&(&self.shown & &self.tried), campaign_id);
        unless(counted.clicks > possible, || format!("{} clicks counted, {possible} clients clicked what they saw", counted.clicks))?;
        if self.is_calm { self.check_nobody_was_wronged(campaign_id, terms, counted) } else { Ok(()) }
    }

    /// A click after an impression is billed while the limit lasts; an ad is given while its limit lasts.
    fn check_nobody_was_wronged(&self, campaign_id: CampaignId, terms: &Terms, counted: &Counters) -> Result<(), Disagreement> {
        let certain = count(&self.followed, campaign_id).min(i64::from(terms.clicks_limit));
        unless(counted.clicks < certain, || format!("{} clicks counted, {certain} are certain", counted.clicks))?;
        let is_full = counted.impressions == i64::from(terms.impressions_limit);
        let wronged = self.turned_away.iter().find(|client| !is_full && !self.tried.contains(&(campaign_id, **client)));
        unless(wronged.is_some(), || format!("client {wronged:?} was turned away, with {counted:?} of {terms:?}"))
    }
}

/// What was added is a number of events at the price before and the rest at the price after.
fn check_money(before: &Counters, after: &Counters, prices: (i64, i64)) -> Result<(), Disagreement> {
    let impressions = after.impressions - before.impressions;
    let spent = after.spent_impressions.0 - before.spent_impressions.0;
    unless(!is_sum(impressions, spent, prices), || format!("{impressions} impressions cost {spent} micros at {prices:?}"))?;
    let (clicks, spent) = (after.clicks - before.clicks, after.spent_clicks.0 - before.spent_clicks.0);
    let prices = (prices.0 * CLICK_PRICE_TIMES, prices.1 * CLICK_PRICE_TIMES);
    unless(!is_sum(clicks, spent, prices), || format!("{clicks} clicks cost {spent} micros at {prices:?}"))
}

fn is_sum(events: i64, micros: i64, (before, after): (i64, i64)) -> bool {
    (0..=events).any(|early| early * before + (events - early) * after == micros)
}

fn count(pairs: &BTreeSet<Pair>, campaign_id: CampaignId) -> i64 {
    pairs.iter().filter(|(id, _)| *id == campaign_id).map(|_| 1).sum()
}
