//! Why a campaign is not given, and what every campaign is to one client.

use axum::{Json, http::Uri};
use barker_app::{
    campaign::{self, Preview},
    link,
};
use barker_domain::{CampaignId, ClientId, page::Listed, project::Project};
use barker_serving::Candidacy;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::reason::{DeliveryReason, PacingLine, Teller, fits_nobody};
use crate::{
    api::project_of,
    http::{
        PublicUrl,
        input::{InPath, Query},
        paging::{PagedJson, WantedPage, page},
        permission::{Marketer, Member, Viewer},
        problem::{Problem, ProblemDocument, Refusals},
    },
};

/// Whether a campaign is given, and what keeps it from that.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"is_delivering": false, "reasons": [
    {"reason": "daily_budget", "most": 400.0, "used": 395.5, "needed": 11.75, "until": "2026-11-22T00:00:00Z"}
], "pacing_line": null}))]
pub(in crate::api) struct CampaignDelivery {
    /// Whether whoever fits would be given it now.
    is_delivering: bool,
    /// Everything that keeps it; none: it is given.
    reasons: Vec<DeliveryReason>,
    /// How far even pacing lets it go today; `null`: it is not paced.
    pacing_line: Option<PacingLine>,
}

/// What a campaign is to a client now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "campaign_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d", "advertiser_id": "addf3407-9265-44b8-8e7e-6b015f63c47d", "name": "Bears in autumn",
    "ad_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d", "ad_title": "Plush bears", "is_chosen": false, "click_url": null, "is_repeat": false, "ml_score": 40, "score": null,
    "reasons": [{"reason": "frequency_cap", "most": 3.0, "used": 3.0, "needed": 1.0, "until": "2026-11-22T00:00:00Z"}]
}))]
pub(in crate::api) struct DecisionCandidate {
    /// The campaign.
    campaign_id: Uuid,
    /// Who pays.
    advertiser_id: Uuid,
    /// What people call it.
    name: Option<String>,
    /// Which of its ads would be shown; `null`: none is active.
    ad_id: Option<Uuid>,
    /// Title of that ad.
    ad_title: String,
    /// Whether it would be given now.
    is_chosen: bool,
    /// Of the one that would be given: where a click would lead, as the client would get it. Whoever follows it clicks for that client.
    click_url: Option<String>,
    /// Whether another show would be neither counted nor billed: those come after all others.
    is_repeat: bool,
    /// How relevant its advertiser is to the client.
    ml_score: i32,
    /// What showing it is worth, as the project ranks; `null`: it is refused.
    score: Option<f64>,
    /// Why it is refused; none: it is a candidate.
    reasons: Vec<DeliveryReason>,
}

impl DecisionCandidate {
    fn of(candidacy: &Candidacy, is_chosen: bool, teller: &Teller<'_>) -> Self {
        let campaign = &candidacy.listing.campaign;
        Self {
            campaign_id: campaign.id.0,
            advertiser_id: campaign.advertiser_id.0,
            name: campaign.plan.name.clone(),
            ad_id: candidacy.ad_id.map(Uuid::from),
            ad_title: campaign::title_of(candidacy).to_owned(),
            is_chosen,
            click_url: None,
            is_repeat: candidacy.is_repeat,
            ml_score: candidacy.ml_score,
            score: candidacy.worth,
            reasons: candidacy.refusals.iter().map(|refusal| teller.refusal(*refusal)).collect(),
        }
    }
}

/// Why a campaign is not delivered
///
/// Each thing that keeps it from being given now, with its numbers and when it ends by itself. An empty list: it is given.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/campaigns/{campaignId}/delivery", operation_id = "getProjectCampaignDelivery",
    tag = "Campaigns", security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("campaignId" = Uuid, Path, description = "The campaign.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
    ),
    responses((status = 200, body = CampaignDelivery, description = "What keeps it."), Refusals,
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", description = "The project is archived.")))]
pub(in crate::api) async fn delivery(member: Member<Viewer>, InPath(id): InPath<CampaignId>) -> Result<Json<CampaignDelivery>, Problem> {
    let handle = project_of(&member).await?;
    let found = campaign::delivery(&member.person.app, &handle, id).await?;
    let project = handle.project();
    let teller = Teller { project: &project, now: found.now };
    let mut reasons: Vec<_> = found.hindrances.iter().map(|hindrance| teller.hindrance(*hindrance)).collect();
    reasons.extend(found.fits_nobody.then(fits_nobody));
    let pacing_line = found.line.as_ref().map(|line| teller.line(line));
    Ok(Json(CampaignDelivery { is_delivering: reasons.is_empty(), reasons, pacing_line }))
}

/// What a client would be given
///
/// Every campaign that is not archived: candidates first, with their scores, in the order in which they would be given; then those
/// that are refused, with the reasons. A search leaves out the others, and changes nothing of what is said of these. Counts nothing and
/// changes nothing.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/decisions/preview", operation_id = "previewDecision", tag = "Ads",
    security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("client_id" = Uuid, Query, description = "The client.", example = "425495af-f78e-4cff-a808-e8f1a1973ff2"),
        ("search" = Option<String>, Query,
            description = "Only campaigns whose name, or whose title for that client, contains this, in any case.", example = "bear"),
        WantedPage,
    ),
    responses((status = 200, body = Vec<DecisionCandidate>, description = "A page of campaigns.",
        headers(("X-Total-Count" = u64, description = "Rows in the whole list."), ("Link" = String, description = "RFC 8288: next and prev."))), Refusals,
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", description = "The project is archived.")))]
pub(in crate::api) async fn preview(
    member: Member<Marketer>,
    url: PublicUrl,
    query: Query,
    uri: Uri,
) -> Result<PagedJson<DecisionCandidate>, Problem> {
    let (client_id, page, search) = (query.required_id::<ClientId>("client_id")?, page(&query)?, query.search()?);
    let handle = project_of(&member).await?;
    let Preview { now, all, chosen } = campaign::preview(&member.person.app, &handle, client_id, search.as_deref()).await?;
    let project: &Project = &handle.project();
    let teller = Teller { project, now };
    let total = u64::try_from(all.len()).unwrap_or(u64::MAX);
    let (offset, size) = (usize::try_from(page.offset()).unwrap_or(usize::MAX), usize::try_from(page.size).unwrap_or(usize::MAX));
    let shown = all.iter().skip(offset).take(size);
    let link_of = |one: &Candidacy| {
        let token = link::token_of(&member.person.app, &handle, (&one.listing.campaign, one.ad_id?), client_id);
        token.map(|token| url.of_link(&token))
    };
    let row = |one: &Candidacy| {
        let is_chosen = chosen == Some(one.listing.campaign.id);
        let click_url = is_chosen.then(|| link_of(one)).flatten();
        DecisionCandidate { click_url, ..DecisionCandidate::of(one, is_chosen, &teller) }
    };
    let rows = shown.map(row).collect();
    Ok(PagedJson { listed: Listed { rows, total }, page, uri })
}
