//! A listing: a campaign as the market holds it, with the meter that counts what it delivered.

use std::{cmp::Ordering, sync::Arc};

use barker_domain::{
    AdvertiserId, CampaignId, Day,
    campaign::{Campaign, Delivered, Pacing, allowed},
    click::Unbilled,
    day::Moment,
    money::Micros,
};

use crate::{
    allowance::{Allowance, Reservation},
    budget::{self, Budgets},
    ranking::Candidate,
    viewer::Viewer,
};

/// What a campaign may still deliver. Shared by every version of its listing, so a change of price resets nothing.
#[derive(Debug)]
pub struct Meter {
    /// Counted impressions.
    pub impressions: Arc<Allowance>,
    /// Billed clicks.
    pub clicks: Arc<Allowance>,
    /// Its advertiser's money in micros, shared with all of the advertiser's campaigns.
    pub purse: Arc<Allowance>,
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
    glance: Glance,
}

/// What every decision looks at, side by side in memory: each client has other candidates, hundreds of them, and most are in no
/// cache. In the whole of a campaign and its meter the same would lie in a dozen places.
#[derive(Debug)]
#[repr(align(64))]
struct Glance {
    campaign_id: CampaignId,
    advertiser_id: AdvertiserId,
    price: Micros,
    click_price: Micros,
    /// The same in units of currency, for ranking.
    cost_per_impression: f64,
    cost_per_click: f64,
    impressions: Arc<Allowance>,
    clicks: Arc<Allowance>,
    purse: Arc<Allowance>,
    /// Whether it has a budget or is paced.
    is_bounded: bool,
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
            budgets: Budgets::new(&campaign.plan, delivered.spent),
        })
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
        let (terms, plan) = (&campaign.terms, &campaign.plan);
        let glance = Glance {
            campaign_id: campaign.id,
            advertiser_id: campaign.advertiser_id,
            price: terms.cost_per_impression,
            click_price: terms.cost_per_click,
            cost_per_impression: terms.cost_per_impression.to_decimal(),
            cost_per_click: terms.cost_per_click.to_decimal(),
            impressions: Arc::clone(&meter.impressions),
            clicks: Arc::clone(&meter.clicks),
            purse: Arc::clone(&meter.purse),
            is_bounded: plan.total_budget.is_some() || plan.daily_budget.is_some() || plan.pacing != Pacing::Asap,
        };
        Arc::new(Self { campaign, meter, glance })
    }

    /// The campaign's id.
    pub(crate) fn id(&self) -> CampaignId {
        self.glance.campaign_id
    }

    /// What ranking knows of it.
    pub(crate) fn candidate(&self, viewer: &Viewer, is_seen: bool) -> Candidate {
        let Glance { clicks, impressions, cost_per_click, .. } = &self.glance;
        let can_earn_click = clicks.remaining() > 0;
        Candidate {
            cost_per_impression: self.glance.cost_per_impression,
            cost_per_click: if can_earn_click { *cost_per_click } else { 0.0 },
            ml_score: viewer.score(self.glance.advertiser_id),
            impressions: impressions.settled(),
            clicks: clicks.settled(),
            is_seen,
        }
    }

    /// What must be there for another impression and the click that may follow.
    pub(crate) fn needed(&self) -> Micros {
        self.glance.price.saturating_add(self.click_cover())
    }

    /// Whether another impression could be given on that day, and paid for.
    pub(crate) fn is_open(&self, now: Moment) -> bool {
        if self.glance.impressions.remaining() <= 0 {
            return false;
        }
        let needed = self.needed().0;
        let Glance { purse, is_bounded, .. } = &self.glance;
        needed == 0 || (purse.remaining() >= needed && (!is_bounded || self.has_budget_for(needed, now)))
    }

    fn has_budget_for(&self, needed: i64, now: Moment) -> bool {
        let (plan, budgets) = (&self.campaign.plan, &self.meter.budgets);
        (plan.total_budget.is_none() || budgets.total.remaining() >= needed)
            && (plan.daily_budget.is_none() || budgets.covers_on(now.day, needed))
            && (plan.pacing == Pacing::Asap || budgets.is_released(self.campaign.terms.cost_per_impression.0, now))
    }

    /// What must lie ready for the click that may follow an impression.
    fn click_cover(&self) -> Micros {
        if self.glance.clicks.remaining() > 0 { self.glance.click_price } else { Micros::ZERO }
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
