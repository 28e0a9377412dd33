//! Several campaigns at once, and a copy of one.

use axum::{Json, http::StatusCode, response::Response};
use barker_app::campaign::{self, BulkAction, MAX_TOGETHER};
use barker_domain::CampaignId;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{CampaignOverview, named, tagged};
use crate::{
    api::desk_of,
    http::{
        fields::read_object,
        input::{InPath, JsonBody},
        permission::{Marketer, Member},
        problem::{ChangeRefusals, Problem},
    },
};

/// What is done to which campaigns.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"campaign_ids": ["0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"], "action": "pause"}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(in crate::api) struct CampaignsTogether {
    /// Campaigns of this project.
    #[schema(min_items = 1, max_items = 1000)]
    campaign_ids: Vec<Uuid>,
    /// `pause`, `resume` or `archive`.
    #[schema(pattern = "^(pause|resume|archive)$")]
    action: String,
}

/// Pause, resume or archive campaigns
///
/// All of them or none: an id at fault is named, and nothing is changed. One that is so already stays as it is.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/campaigns/bulk", operation_id = "changeProjectCampaigns", tag = "Campaigns",
    security(("session" = [])), params(("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d")),
    request_body = CampaignsTogether,
    responses((status = 200, body = Vec<CampaignOverview>, description = "The campaigns as they are now, in the order of the ids."), ChangeRefusals))]
pub(in crate::api) async fn change_together(
    member: Member<Marketer>,
    JsonBody(body): JsonBody,
) -> Result<Json<Vec<CampaignOverview>>, Problem> {
    let actions = BulkAction::ALL.map(|action| (action.as_str(), action));
    let (ids, action) = read_object(&body, |fields| {
        fields.refuse_others(&["campaign_ids", "action"]);
        let (ids, action) = (fields.ids::<CampaignId>("campaign_ids", MAX_TOGETHER), fields.choice("action", &actions));
        Some((ids?, action?))
    })?;
    let desk = desk_of(member).await?;
    campaign::change_together(&desk, ids.clone(), action).await?;
    let project = desk.project.project();
    let overviews = ids.iter().map(|id| campaign::get_overview(&desk.app, &desk.project, *id));
    Ok(Json(overviews.map(|found| found.map(|overview| CampaignOverview::of(&overview, &project))).collect::<Result<_, _>>()?))
}

/// Duplicate a campaign
///
/// A draft with the same terms, for a flight that begins today and lasts as long.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/campaigns/{campaignId}/duplicate", operation_id = "duplicateProjectCampaign",
    tag = "Campaigns", security(("session" = [])),
    params(
        ("projectId" = Uuid, Path, description = "The project.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
        ("campaignId" = Uuid, Path, description = "The campaign.", example = "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
    ),
    responses((status = 201, body = CampaignOverview, description = "The copy, with its `ETag`."), ChangeRefusals))]
pub(in crate::api) async fn duplicate(member: Member<Marketer>, InPath(id): InPath<CampaignId>) -> Result<(StatusCode, Response), Problem> {
    let desk = desk_of(member).await?;
    let named = named(&campaign::get_overview(&desk.app, &desk.project, id)?);
    let copy = campaign::duplicate(&desk, named).await?;
    let overview = campaign::get_overview(&desk.app, &desk.project, copy.id)?;
    Ok((StatusCode::CREATED, tagged(&overview, &desk.project.project())))
}
