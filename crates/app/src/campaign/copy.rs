//! A copy of a campaign, to begin another with.

use std::collections::HashMap;

use barker_domain::{
    AdId, CreativeId, Result,
    ad::{Ad, AdStatus, AdWithCreative},
    campaign::{Campaign, Plan, Terms},
    creative::Creative,
};

use super::{Named, create_whole, get};
use crate::{Desk, time::today};

/// Makes a draft with the same terms, for a flight that begins today and lasts as long. Its ads are copies of those that are not put
/// away, and show copies: what one says changes in one campaign.
///
/// # Errors
/// [`barker_domain::Code::CampaignNotFound`]; [`barker_domain::Code::InvalidRequest`] when the original breaks a rule of today.
pub async fn duplicate(desk: &Desk, named: Named) -> Result<Campaign> {
    let original = get(&desk.app, &desk.project, named).await?;
    let mut ads = desk.project.rows(&desk.app).list_ads_of_campaigns(&[original.id]).await?.remove(&original.id).unwrap_or_default();
    if ads.iter().any(|(ad, _)| ad.status != AdStatus::Archived) {
        ads.retain(|(ad, _)| ad.status != AdStatus::Archived);
    }
    let copied: (Terms, Plan) = (original.terms.moved_to(today(&desk.app, &desk.project)), original.plan.copied());
    let whole = desk.clone();
    let advertiser_id = original.advertiser_id;
    let wished = (copied, move |campaign: &Campaign| copies(&ads, campaign));
    desk.app.see_through(async move { create_whole(&whole, advertiser_id, wished).await }).await
}

/// The same ads for another campaign, in the same order; the first of them and what it shows have its id.
fn copies(ads: &[AdWithCreative], campaign: &Campaign) -> Vec<AdWithCreative> {
    let mut creative_ids: HashMap<CreativeId, CreativeId> = HashMap::new();
    let mut copies = Vec::with_capacity(ads.len());
    for (place, (ad, creative)) in ads.iter().enumerate() {
        let is_first = place == 0;
        let ids = if is_first { (campaign.id.into(), campaign.id.into()) } else { (AdId::generate(), CreativeId::generate()) };
        let creative_id = *creative_ids.entry(creative.id).or_insert(ids.1);
        // Older than each other by their places: who was first stays first.
        let created_at_ms = campaign.created_at_ms.saturating_add(i64::try_from(place).unwrap_or(i64::MAX));
        let copy = Ad { id: ids.0, campaign_id: campaign.id, creative_id, version: 1, created_at_ms, ..ad.clone() };
        let shown = Creative { id: creative_id, is_archived: false, version: 1, created_at_ms, ..creative.clone() };
        copies.push((copy, shown));
    }
    copies
}
