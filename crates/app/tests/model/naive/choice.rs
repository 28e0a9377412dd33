//! Which ad a client should be given: who fits, who comes first, and what each is worth under `expected_profit`.
//!
//! Worth is compared in whole numbers. The formula for an unseen ad, ml / P90 x click price + impression price, is
//! multiplied by P90, which is the same for all candidates. So is, for ads already seen, 2 x the largest price: what
//! remains of (that - impression price) / (2 x the largest price) is ml x click price. When the largest price is 0, so
//! is every click price.
//!
//! Barker reckons in doubles. Two candidates of different prices may be worth the same to the last digit, and a double
//! may part them or not; so any candidate within a billionth of the best may be chosen. Candidates with the same score
//! and prices are worth the same in doubles too: of those, only the older one may be.

use std::collections::BTreeSet;

use barker_domain::{
    CampaignId, ClientId, Code,
    client::{Client, Gender},
    targeting::{Audience, Targeting},
};

use super::{Naive, NaiveCampaign};
use crate::disagreement::Expected;

/// One over the part of the best worth within which doubles may disagree.
const PRECISION: i128 = 1_000_000_000;

struct Candidate<'a> {
    campaign: &'a NaiveCampaign,
    /// Its worth without the impression's price, and that price times P90; 0 for an ad already seen.
    parts: (i128, i128),
    /// Score and price of a click, where they matter.
    reckoned_from: (i128, i128),
}

impl Naive {
    /// The campaigns of which one must be given: one, but for rounding.
    pub(crate) fn choice(&self, client_id: ClientId) -> Expected<Vec<CampaignId>> {
        let client = self.known_client(client_id)?;
        let fits = |campaign: &&NaiveCampaign| self.is_active(campaign) && is_in_audience(&campaign.terms.targeting, client);
        let (seen, unseen): (Vec<_>, Vec<_>) =
            self.campaigns.iter().filter(fits).partition(|campaign| self.was_shown(client_id, campaign.id));
        let seen: Vec<_> = seen.into_iter().filter(|campaign| !self.was_clicked(client_id, campaign.id)).collect();
        let candidates = if unseen.is_empty() { seen } else { unseen };
        if candidates.is_empty() {
            return Err(vec![Code::NoAd]);
        }
        Ok(best(candidates.into_iter().map(|campaign| self.candidate(client_id, campaign)).collect()))
    }

    fn is_active(&self, campaign: &NaiveCampaign) -> bool {
        let terms = &campaign.terms;
        let runs = terms.start_date <= self.today && self.today <= terms.end_date;
        let is_full = self.counted_impressions(campaign.id) >= i64::from(terms.impressions_limit);
        // The click that may follow must be paid for as well, unless it would not be billed.
        let is_click_billed = self.billed_clicks(campaign.id) < i64::from(terms.clicks_limit);
        let click_price = if is_click_billed { terms.cost_per_click.0 } else { 0 };
        runs && !campaign.is_deleted && !is_full && self.may_spend(campaign.advertiser_id, terms.cost_per_impression.0 + click_price)
    }

    fn candidate<'a>(&self, client_id: ClientId, campaign: &'a NaiveCampaign) -> Candidate<'a> {
        let ml = i128::from(self.scores.get(&(client_id, campaign.advertiser_id)).copied().unwrap_or(0));
        // At its clicks limit a further click earns nothing, and ranking knows it.
        let can_earn_click = self.billed_clicks(campaign.id) < i64::from(campaign.terms.clicks_limit);
        let click_price = if can_earn_click { i128::from(campaign.terms.cost_per_click.0) } else { 0 };
        let impression_price = if self.was_shown(client_id, campaign.id) { 0 } else { i128::from(campaign.terms.cost_per_impression.0) };
        let from_click = ml * click_price;
        let reckoned_from = if from_click == 0 { (0, 0) } else { (ml, click_price) };
        Candidate { campaign, parts: (from_click, impression_price * self.p90()), reckoned_from }
    }

    /// By nearest rank over all scores of the project: 1 if there are none or it is 0.
    fn p90(&self) -> i128 {
        let mut scores: Vec<i32> = self.scores.values().copied().collect();
        scores.sort_unstable();
        let rank = (scores.len() * 9).div_ceil(10);
        if rank == 0 { 1 } else { i128::from(scores[rank - 1].max(1)) }
    }
}

/// The best candidates, of those that are reckoned from the same numbers only the senior one.
fn best(mut candidates: Vec<Candidate>) -> Vec<CampaignId> {
    // Ties go to the older campaign, then to the smaller id.
    candidates.sort_by_key(|candidate| (candidate.campaign.created_at_ms, candidate.campaign.id));
    let most = candidates.iter().map(Candidate::worth).max().unwrap_or(0);
    let mut taken = BTreeSet::new();
    let near = candidates.iter().filter(|candidate| (most - candidate.worth()) * PRECISION <= most);
    near.filter(|candidate| taken.insert((candidate.reckoned_from, candidate.parts.1))).map(|candidate| candidate.campaign.id).collect()
}

impl Candidate<'_> {
    fn worth(&self) -> i128 {
        self.parts.0 + self.parts.1
    }
}

fn is_in_audience(targeting: &Targeting, client: &Client) -> bool {
    let gender = match targeting.gender {
        None | Some(Audience::All) => true,
        Some(Audience::Male) => client.gender == Gender::Male,
        Some(Audience::Female) => client.gender == Gender::Female,
    };
    let old_enough = targeting.age_from.is_none_or(|from| client.age >= from);
    let young_enough = targeting.age_to.is_none_or(|to| client.age <= to);
    let location = targeting.location.as_ref().is_none_or(|location| location.as_bytes() == client.location.as_bytes());
    gender && old_enough && young_enough && location
}
