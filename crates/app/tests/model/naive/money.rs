//! Money: what may still be spent is what came in and what is lent, less every event at its price.

use barker_domain::{AdvertiserId, CampaignId, ClientId, Code, account::AccountKind, ledger::PostingKind};

use super::{Event, Naive};
use crate::disagreement::Expected;

/// Nine thousand million units, in micros.
const MOST_MICROS: i64 = 9_000_000_000_000_000;

/// An advertiser's money.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Purse {
    /// How far below zero it may go; `None`: as far as it likes.
    credit: Option<i64>,
    /// What was topped up and adjusted.
    moved: i64,
    /// What was given back, clicks not included: those cost nothing any more.
    refunded: i64,
}

/// What was asked for under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Request {
    Move(AdvertiserId, PostingKind, i64),
    Clicks(CampaignId, Vec<ClientId>),
}

impl Naive {
    /// What the ledger says once everything is posted.
    pub(crate) fn balance(&self, id: AdvertiserId) -> i64 {
        let purse = self.purse(id);
        purse.moved + purse.refunded - self.spent(id)
    }

    /// Whether so much more may be spent; nothing always may.
    pub(super) fn may_spend(&self, id: AdvertiserId, micros: i64) -> bool {
        micros == 0 || self.purse(id).credit.is_none_or(|credit| self.balance(id) + credit >= micros)
    }

    /// `true` when this was done before, so that nothing changes.
    pub(crate) fn move_money(&mut self, (id, kind, micros): (AdvertiserId, PostingKind, i64), key: usize) -> Expected<bool> {
        let request = Request::Move(id, kind, micros);
        if let Some(before) = self.requests.get(&key) {
            return if *before == request { Ok(true) } else { Err(vec![Code::IdempotencyConflict]) };
        }
        self.known_advertiser(id)?;
        let is_allowed = micros != 0 && micros.abs() <= MOST_MICROS && (micros > 0 || kind == PostingKind::Adjustment);
        let is_too_much = micros > 0 && self.balance(id) + micros > MOST_MICROS;
        let is_more_than_spent = kind == PostingKind::Refund && micros > self.spent(id) - self.purse(id).refunded;
        if !is_allowed || is_too_much || is_more_than_spent {
            return Err(vec![Code::InvalidRequest]);
        }
        if micros < 0 && !self.may_spend(id, -micros) {
            return Err(vec![Code::OverCreditLimit]);
        }
        let purse = self.purses.entry(id).or_default();
        let part = if kind == PostingKind::Refund { &mut purse.refunded } else { &mut purse.moved };
        *part += micros;
        self.requests.insert(key, request);
        Ok(false)
    }

    pub(crate) fn lend(&mut self, id: AdvertiserId, (kind, credit): (AccountKind, Option<i64>)) -> Expected<()> {
        self.known_advertiser(id)?;
        if (kind == AccountKind::Prepaid && credit.is_none()) || credit.is_some_and(|credit| !(0..=MOST_MICROS).contains(&credit)) {
            return Err(vec![Code::InvalidRequest]);
        }
        if credit.is_some_and(|credit| self.balance(id) + credit < 0) {
            return Err(vec![Code::OverCreditLimit]);
        }
        self.purses.entry(id).or_default().credit = credit;
        Ok(())
    }

    /// Whose clicks on the campaign are billed.
    pub(crate) fn billed_clients(&self, id: CampaignId) -> Vec<ClientId> {
        let billed = self.clicks.iter().filter(|click| click.campaign_id == id && click.price_micros.is_some());
        let mut clients: Vec<_> = billed.map(|click| click.client_id).collect();
        clients.sort_unstable();
        clients
    }

    pub(crate) fn refund_clicks(&mut self, id: CampaignId, clients: Vec<ClientId>, key: usize) -> Expected<()> {
        if clients.is_empty() {
            return Err(vec![Code::InvalidRequest]);
        }
        if self.requests.contains_key(&key) {
            return Err(vec![Code::IdempotencyConflict]);
        }
        let is_meant = |click: &Event| click.campaign_id == id && clients.contains(&click.client_id);
        let micros: i64 = self.clicks.iter().filter(|click| is_meant(click)).filter_map(|click| click.price_micros).sum();
        let owner = self.campaigns.iter().find(|campaign| campaign.id == id).map(|campaign| campaign.advertiser_id);
        if owner.is_some_and(|owner| micros > self.spent(owner) - self.purse(owner).refunded) {
            return Err(vec![Code::InvalidRequest]);
        }
        // They are clicks still, and cost nothing.
        let given_back = self.clicks.iter_mut().filter(|click| is_meant(click));
        given_back.for_each(|click| click.price_micros = None);
        self.requests.insert(key, Request::Clicks(id, clients));
        Ok(())
    }

    fn purse(&self, id: AdvertiserId) -> Purse {
        self.purses.get(&id).copied().unwrap_or_default()
    }

    fn spent(&self, id: AdvertiserId) -> i64 {
        let of = |campaign_id| self.campaigns.iter().any(|campaign| campaign.id == campaign_id && campaign.advertiser_id == id);
        let events = self.impressions.iter().chain(&self.clicks).filter(|event| of(event.campaign_id));
        events.filter_map(|event| event.price_micros).sum()
    }
}
