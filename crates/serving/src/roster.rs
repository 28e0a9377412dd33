//! The roster: every campaign that is not deleted, active or not, and what the market is rebuilt from on a new day.

use std::{collections::BTreeMap, sync::Arc};

use barker_domain::{CampaignId, Day, Micros, campaign::Status};
use hashbrown::HashMap;

use crate::{listing::Listing, market::Market};

/// All listings by campaign, and the prices of those on the market.
#[derive(Debug, Default)]
pub(crate) struct Roster {
    listings: HashMap<CampaignId, Arc<Listing>>,
    market_prices: BTreeMap<Micros, usize>,
}

impl FromIterator<Arc<Listing>> for Roster {
    fn from_iter<I: IntoIterator<Item = Arc<Listing>>>(listings: I) -> Self {
        let listings = listings.into_iter().map(|listing| (listing.campaign.id, listing)).collect();
        Self { listings, market_prices: BTreeMap::new() }
    }
}

impl Roster {
    pub(crate) fn find(&self, campaign_id: CampaignId) -> Option<Arc<Listing>> {
        self.listings.get(&campaign_id).map(Arc::clone)
    }

    pub(crate) fn all(&self) -> Vec<Arc<Listing>> {
        self.listings.values().map(Arc::clone).collect()
    }

    /// The market of another day.
    pub(crate) fn open(&mut self, day: Day) -> Market {
        let active: Vec<_> = self.listings.values().filter(|listing| is_active(listing, day)).collect();
        self.market_prices.clear();
        for listing in &active {
            *self.market_prices.entry(listing.largest_price()).or_default() += 1;
        }
        let mut market = Market::open(day, active);
        market.largest_price = self.largest_price();
        market
    }

    /// Lists a campaign in place of its earlier version.
    pub(crate) fn put(&mut self, listing: &Arc<Listing>, market: &mut Market) {
        if let Some(former) = self.listings.insert(listing.campaign.id, Arc::clone(listing)) {
            self.withdraw(&former, market);
        }
        if is_active(listing, market.day) {
            market.insert(listing);
            *self.market_prices.entry(listing.largest_price()).or_default() += 1;
            market.largest_price = self.largest_price();
        }
    }

    /// Forgets a deleted campaign.
    pub(crate) fn remove(&mut self, campaign_id: CampaignId, market: &mut Market) {
        if let Some(former) = self.listings.remove(&campaign_id) {
            self.withdraw(&former, market);
        }
    }

    /// Takes a full campaign off the market and keeps it listed. A limit that was raised meanwhile is respected.
    pub(crate) fn retire_when_full(&mut self, campaign_id: CampaignId, market: &mut Market) {
        if let Some(listing) = self.find(campaign_id).filter(|listing| listing.is_full()) {
            self.withdraw(&listing, market);
        }
    }

    fn withdraw(&mut self, listing: &Arc<Listing>, market: &mut Market) {
        if !market.remove(listing) {
            return;
        }
        let price = listing.largest_price();
        if let Some(count) = self.market_prices.get_mut(&price) {
            *count -= 1;
            if *count == 0 {
                self.market_prices.remove(&price);
            }
        }
        market.largest_price = self.largest_price();
    }

    fn largest_price(&self) -> Micros {
        self.market_prices.last_key_value().map_or(Micros::ZERO, |(price, _)| *price)
    }
}

fn is_active(listing: &Listing, day: Day) -> bool {
    let campaign = &listing.campaign;
    campaign.plan.status == Status::Active && campaign.terms.runs_on(day) && !campaign.ads.is_empty() && !listing.is_full()
}
