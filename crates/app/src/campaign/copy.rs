//! A copy of a campaign, to begin another with.

use barker_domain::{
    Result,
    campaign::{Campaign, Plan, Terms},
};

use super::{Named, create_planned, get};
use crate::{Desk, time::today};

/// Makes a draft with the same terms, for a flight that begins today and lasts as long.
///
/// # Errors
/// [`barker_domain::Code::CampaignNotFound`]; [`barker_domain::Code::InvalidRequest`] when the original breaks a rule of today.
pub async fn duplicate(desk: &Desk, named: Named) -> Result<Campaign> {
    let original = get(&desk.app, &desk.project, named).await?;
    let copied: (Terms, Plan) = (original.terms.moved_to(today(&desk.app, &desk.project)), original.plan.copied());
    create_planned(desk, original.advertiser_id, copied).await
}
