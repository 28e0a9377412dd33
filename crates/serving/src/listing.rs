//! A listing: a campaign as the market holds it, with the meter that counts what it delivered.

use std::{cmp::Ordering, sync::Arc};

use barker_domain::{
    campaign::{Campaign, Delivered, Terms, allowed},
    money::Micros,
};

use crate::allowance::{Allowance, Reservation};

/// What a campaign may still deliver. Shared by every version of its listing, so a change of price resets nothing.
#[derive(Debug)]
pub struct Meter {
    /// Counted impressions.
    pub impressions: Arc<Allowance>,
    /// Billed clicks.
    pub clicks: Arc<Allowance>,
    /// Its advertiser's money in micros, shared with all of the advertiser's campaigns.
    pub purse: Arc<Allowance>,
}

/// A campaign on the market. Immutable but for its meter.
#[derive(Debug)]
pub struct Listing {
    /// The campaign as it was when it was listed.
    pub campaign: Campaign,
    /// What it may still deliver.
    pub meter: Arc<Meter>,
    /// Impression price in units of currency, for ranking.
    pub(crate) cost_per_impression: f64,
    /// Click price in units of currency, for ranking.
    pub(crate) cost_per_click: f64,
}

impl Meter {
    /// The meter of a campaign that has delivered `delivered`, with the operator's tolerance above its limits, and who pays.
    #[must_use]
    pub fn new(campaign: &Campaign, delivered: Delivered, overshoot_percent: u8, purse: Arc<Allowance>) -> Arc<Self> {
        let grant = |limit, settled| Allowance::new(allowed(limit, overshoot_percent), settled);
        Arc::new(Self {
            impressions: grant(campaign.terms.impressions_limit, delivered.impressions),
            clicks: grant(campaign.terms.clicks_limit, delivered.clicks),
            purse,
        })
    }

    /// What has been delivered durably.
    #[must_use]
    pub fn delivered(&self) -> Delivered {
        Delivered { impressions: self.impressions.settled(), clicks: self.clicks.settled() }
    }

    /// Holds back what lower limits take away, until the change is durable.
    ///
    /// # Errors
    /// The field whose limit is used or reserved already.
    pub fn hold_back(&self, before: &Terms, after: &Terms, overshoot_percent: u8) -> Result<Reservation, &'static str> {
        let taken_away = |before, after| (allowed(before, overshoot_percent) - allowed(after, overshoot_percent)).max(0);
        let impressions = taken_away(before.impressions_limit, after.impressions_limit);
        let clicks = taken_away(before.clicks_limit, after.clicks_limit);
        let impressions = Reservation::take([(&self.impressions, impressions)]).ok_or("/impressions_limit")?;
        let clicks = Reservation::take([(&self.clicks, clicks)]).ok_or("/clicks_limit")?;
        Ok(impressions.and(clicks))
    }

    /// Adds what raised limits grant, once the change is durable.
    pub fn grow(&self, before: &Terms, after: &Terms, overshoot_percent: u8) {
        let added = |before, after| (allowed(after, overshoot_percent) - allowed(before, overshoot_percent)).max(0);
        self.impressions.grow(added(before.impressions_limit, after.impressions_limit));
        self.clicks.grow(added(before.clicks_limit, after.clicks_limit));
    }
}

impl Listing {
    /// Lists the campaign with its meter.
    #[must_use]
    pub fn new(campaign: Campaign, meter: Arc<Meter>) -> Arc<Self> {
        let cost_per_impression = campaign.terms.cost_per_impression.to_decimal();
        let cost_per_click = campaign.terms.cost_per_click.to_decimal();
        Arc::new(Self { campaign, meter, cost_per_impression, cost_per_click })
    }

    /// Whether another impression could be given, and paid for.
    pub(crate) fn is_open(&self) -> bool {
        if self.meter.impressions.remaining() <= 0 {
            return false;
        }
        let needed = self.campaign.terms.cost_per_impression.0 + self.click_cover().0;
        needed == 0 || self.meter.purse.remaining() >= needed
    }

    /// What must lie ready for the click that may follow an impression.
    fn click_cover(&self) -> Micros {
        if self.meter.clicks.remaining() > 0 { self.campaign.terms.cost_per_click } else { Micros::ZERO }
    }

    /// Holds an impression with its price, and the price of the click that may follow: that part is given back once the
    /// impression is durable. `None` when one of them is not covered.
    pub(crate) fn reserve_impression(&self) -> Option<(Reservation, Reservation)> {
        let price = self.campaign.terms.cost_per_impression.0;
        let shown = Reservation::take([(&self.meter.impressions, 1), (&self.meter.purse, price)])?;
        let cover = Reservation::take([(&self.meter.purse, self.click_cover().0)])?;
        Some((shown, cover))
    }

    /// Whether every impression it may have is durable, so that it can leave the market.
    pub(crate) fn is_full(&self) -> bool {
        self.meter.impressions.is_used_up()
    }

    /// The larger of its prices.
    pub(crate) fn largest_price(&self) -> Micros {
        self.campaign.terms.cost_per_impression.max(self.campaign.terms.cost_per_click)
    }

    /// Who goes first when two listings are worth the same: the older campaign, then the smaller id.
    pub(crate) fn by_seniority(&self, other: &Self) -> Ordering {
        let key = |listing: &Self| (listing.campaign.created_at_ms, listing.campaign.id);
        key(self).cmp(&key(other))
    }
}
