//! An impression: the first time a client is given a campaign's ad. It is counted and billed once.

use crate::{AdId, AdvertiserId, CampaignId, ClientId, Day, ImpressionId, Micros, ProjectId};

/// A counted show of an ad, at the price of its moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Impression {
    /// Made by Barker; the event's id everywhere downstream.
    pub id: ImpressionId,
    /// Tenant.
    pub project_id: ProjectId,
    /// What was shown.
    pub campaign_id: CampaignId,
    /// Which of its ads.
    pub ad_id: AdId,
    /// Who pays for it.
    pub advertiser_id: AdvertiserId,
    /// To whom.
    pub client_id: ClientId,
    /// Which counted show to this client it is, from 1; always 1 without a frequency cap.
    pub nth: i32,
    /// The project's day.
    pub day: Day,
    /// Milliseconds UTC.
    pub occurred_at_ms: i64,
    /// What it costs the advertiser.
    pub price: Micros,
}
