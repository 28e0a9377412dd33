//! A listing: a campaign as the market holds it, with the meter that counts what it delivered.

use std::{cmp::Ordering, sync::Arc};

use barker_domain::{
    Day,
    campaign::{Campaign, Delivered, Pacing, Terms, allowed},
    click::Unbilled,
    day::Moment,
    money::Micros,
};

use crate::{
    allowance::{Allowance, Reservation},
    budget::{self, Budgets},
    glance,
};

/// What a campaign may still deliver. Shared by every version of its listing, so a change of price resets nothing.
#[derive(Debug)]
pub struct Meter {
    /// Counted impressions.
    pub impressions: Allowance,
    /// Billed clicks.
    pub clicks: Allowance,
    /// Its advertiser's money in micros, shared with all of the advertiser's campaigns.
    pub purse: Allowance,
    /// What it may spend, in all and on each day.
    pub budgets: Budgets,
}

/// What a change of limits and budgets takes away, held until it is durable. Dropping it gives it back.
#[derive(Debug)]
#[must_use = "what is held back is given back when it is dropped"]
pub struct HeldBack {
    limits: Reservation,
    budgets: budget::HeldBack,
}

/// A campaign on the market. Immutable but for its meter.
#[derive(Debug)]
pub struct Listing {
    /// The campaign as it was when it was listed.
    pub campaign: Campaign,
    /// What it may still deliver.
    pub meter: Arc<Meter>,
}

impl Meter {
    /// The meter of a campaign that has delivered `delivered`, with the operator's tolerance above its limits, and who pays.
    #[must_use]
    pub fn new(campaign: &Campaign, delivered: Delivered, overshoot_percent: u8, purse: Allowance) -> Arc<Self> {
        let grant = |limit| allowed(limit, overshoot_percent);
        let Terms { impressions_limit, clicks_limit, .. } = campaign.terms;
        let [impressions, clicks] =
            Allowance::pair([(grant(impressions_limit), delivered.impressions), (grant(clicks_limit), delivered.clicks)]);
        Arc::new(Self { impressions, clicks, purse, budgets: Budgets::new(&campaign.plan, delivered.spent) })
    }

    /// What has been delivered durably.
    #[must_use]
    pub fn delivered(&self) -> Delivered {
        Delivered { impressions: self.impressions.settled(), clicks: self.clicks.settled(), spent: Micros(self.budgets.total.settled()) }
    }

    /// Holds back what lower limits and budgets take away, until the change is durable.
    ///
    /// # Errors
    /// The field whose limit is used or reserved already.
    pub fn hold_back(&self, (before, after): (&Campaign, &Campaign), overshoot_percent: u8, today: Day) -> Result<HeldBack, &'static str> {
        let taken_away = |before, after| (allowed(before, overshoot_percent) - allowed(after, overshoot_percent)).max(0);
        let impressions = taken_away(before.terms.impressions_limit, after.terms.impressions_limit);
        let clicks = taken_away(before.terms.clicks_limit, after.terms.clicks_limit);
        let impressions = Reservation::take([(&self.impressions, impressions)]).ok_or("/impressions_limit")?;
        let clicks = Reservation::take([(&self.clicks, clicks)]).ok_or("/clicks_limit")?;
        Ok(HeldBack { limits: impressions.and(clicks), budgets: self.budgets.hold_back(&before.plan, &after.plan, today)? })
    }

    /// Takes away for good what was held back, and adds what raised limits and budgets grant, once the change is durable.
    pub fn conclude(&self, held: HeldBack, (before, after): (&Campaign, &Campaign), overshoot_percent: u8) {
        let added = |before, after| (allowed(after, overshoot_percent) - allowed(before, overshoot_percent)).max(0);
        held.limits.surrender();
        self.impressions.grow(added(before.terms.impressions_limit, after.terms.impressions_limit));
        self.clicks.grow(added(before.terms.clicks_limit, after.terms.clicks_limit));
        self.budgets.conclude(held.budgets, &before.plan, &after.plan);
    }

    /// Holds a click with its price on that day, or says which of them is not covered.
    ///
    /// # Errors
    /// Why the click is not billed.
    pub fn reserve_click(&self, price: Micros, day: Day) -> Result<Reservation, Unbilled> {
        let click = Reservation::take([(&self.clicks, 1)]).ok_or(Unbilled::ClicksLimit)?;
        let budgets = [(&self.budgets.total, price.0), (&self.budgets.on(day), price.0)];
        let budgets = Reservation::take(budgets).ok_or(Unbilled::Budget)?;
        let money = Reservation::take([(&self.purse, price.0)]).ok_or(Unbilled::NoMoney)?;
        Ok(click.and(budgets).and(money))
    }
}

impl Listing {
    /// Lists the campaign with its meter.
    #[must_use]
    pub fn new(campaign: Campaign, meter: Arc<Meter>) -> Arc<Self> {
        Arc::new(Self { campaign, meter })
    }

    /// Whether it has a budget or is paced, so that the market and its advertiser's money are not all there is to ask.
    pub(crate) fn is_bounded(&self) -> bool {
        let plan = &self.campaign.plan;
        plan.total_budget.is_some() || plan.daily_budget.is_some() || plan.pacing != Pacing::Asap
    }

    /// What must lie ready for the click that may follow an impression.
    fn click_cover(&self) -> Micros {
        glance::click_cover(&self.meter.clicks, self.campaign.terms.cost_per_click)
    }

    /// What must be there for another impression and the click that may follow.
    pub(crate) fn needed(&self) -> Micros {
        self.campaign.terms.cost_per_impression.saturating_add(self.click_cover())
    }

    /// Whether its budgets and its pacing allow another impression now.
    pub(crate) fn has_budget(&self, now: Moment) -> bool {
        let (plan, budgets) = (&self.campaign.plan, &self.meter.budgets);
        let needed = self.needed().0;
        needed == 0
            || (plan.total_budget.is_none() || budgets.total.remaining() >= needed)
                && (plan.daily_budget.is_none() || budgets.covers_on(now.day, needed))
                && (plan.pacing == Pacing::Asap || budgets.is_released(self.campaign.terms.cost_per_impression.0, now))
    }

    /// Holds an impression of that day with its price, and the price of the click that may follow: that part is given back once
    /// the impression is durable. `None` when one of them is not covered.
    pub(crate) fn reserve_impression(&self, day: Day) -> Option<(Reservation, Reservation)> {
        let (price, click) = (self.campaign.terms.cost_per_impression.0, self.click_cover().0);
        let (purse, total, today) = (&self.meter.purse, &self.meter.budgets.total, &self.meter.budgets.on(day));
        let shown = Reservation::take([(&self.meter.impressions, 1), (purse, price), (total, price), (today, price)])?;
        let cover = Reservation::take([(purse, click), (total, click), (today, click)])?;
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
