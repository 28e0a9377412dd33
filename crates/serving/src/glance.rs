//! A glance: what every decision looks at of a campaign.
//!
//! Each client has other candidates, hundreds of them, and most are in no cache of the processor. So glances lie side by side in
//! their block, a line of the cache each; what was delivered lies in a line of its own, and the advertiser's money in another. In the
//! whole of a campaign and its meter the same would lie in a dozen places.

use barker_domain::{AdvertiserId, CampaignId, money::Micros};

use crate::{
    allowance::{Amount, Amounts},
    listing::Listing,
    ranking::Candidate,
    viewer::Viewer,
};

/// What a decision looks at of a campaign.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(crate) struct Glance {
    pub(crate) campaign_id: CampaignId,
    advertiser_id: AdvertiserId,
    price: Micros,
    click_price: Micros,
    /// Its impressions and its clicks.
    delivery: Amounts,
    /// First its advertiser's money.
    purse: Amounts,
}

// One line of the cache, whatever is added.
const _: () = assert!(size_of::<Glance>() == 64);

/// What it has delivered, and whether it can go on, at one moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    impressions: i64,
    clicks: i64,
    /// What must be there for the click that may follow an impression.
    click_cover: Micros,
    /// Whether another impression could be given and paid for, as far as budgets do not hinder it.
    pub(crate) is_open: bool,
}

/// What must lie ready for the click that may follow an impression: nothing once there are no clicks left.
pub(crate) fn click_cover(clicks: &Amount, price: Micros) -> Micros {
    if clicks.remaining() > 0 { price } else { Micros::ZERO }
}

impl Glance {
    pub(crate) fn of(listing: &Listing) -> Self {
        let Listing { campaign, meter } = listing;
        debug_assert!(meter.purse.is_first() && meter.impressions.is_first());
        Self {
            campaign_id: campaign.id,
            advertiser_id: campaign.advertiser_id,
            price: campaign.terms.cost_per_impression,
            click_price: campaign.terms.cost_per_click,
            delivery: meter.impressions.amounts().clone(),
            purse: meter.purse.amounts().clone(),
        }
    }

    pub(crate) fn look(&self) -> Look {
        let ([impressions, clicks], [money, _]) = (self.delivery.both(), self.purse.both());
        let click_cover = click_cover(clicks, self.click_price);
        let needed = self.price.saturating_add(click_cover);
        Look {
            impressions: impressions.settled(),
            clicks: clicks.settled(),
            click_cover,
            is_open: impressions.remaining() > 0 && (needed == Micros::ZERO || money.remaining() >= needed.0),
        }
    }

    /// What ranking knows of it.
    pub(crate) fn candidate(&self, look: &Look, viewer: &Viewer, is_seen: bool) -> Candidate {
        Candidate {
            cost_per_impression: self.price.to_decimal(),
            cost_per_click: look.click_cover.to_decimal(),
            ml_score: viewer.score(self.advertiser_id),
            impressions: look.impressions,
            clicks: look.clicks,
            is_seen,
        }
    }
}
