//! ML scores.

use axum::Json;
use barker_app::score;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    contract::{MAX_BULK_ITEMS, MlScore, read_score},
    http::{
        fields::{read_array, read_object},
        input::JsonBody,
        permission::ManagedSite,
        problem::{Problem, ProblemDocument, Refusals},
    },
};

/// How many pairs were set.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"updated": 6270}))]
pub(super) struct ScoresSet {
    /// Different pairs of client and advertiser.
    updated: usize,
}

/// Set an ML score
#[utoipa::path(post, path = "/ml-scores", operation_id = "upsertMLScore", tag = "Advertisers", security((), ("key" = ["manage"])), request_body = MlScore,
    responses((status = 200, description = "The score is set, and the next ad takes it into account."), Refusals,
        (status = 413, body = ProblemDocument, content_type = "application/problem+json", description = "The body is too long.")))]
pub(super) async fn set(ManagedSite(desk): ManagedSite, JsonBody(body): JsonBody) -> Result<(), Problem> {
    Ok(score::set(&desk, read_object(&body, read_score)?).await?)
}

/// Set many ML scores
///
/// All or none; up to 10,000. The same pair twice: the last one wins.
#[utoipa::path(post, path = "/ml-scores/bulk", operation_id = "upsertMLScores", tag = "Advertisers", security((), ("key" = ["manage"])), request_body = Vec<MlScore>,
    responses((status = 200, body = ScoresSet, description = "The scores are set."), Refusals,
        (status = 413, body = ProblemDocument, content_type = "application/problem+json", description = "The body is too long.")))]
pub(super) async fn set_bulk(ManagedSite(desk): ManagedSite, JsonBody(body): JsonBody) -> Result<Json<ScoresSet>, Problem> {
    let updated = score::set_all(&desk, read_array(&body, MAX_BULK_ITEMS, read_score)?).await?;
    Ok(Json(ScoresSet { updated }))
}
