//! Time of a sandbox.

use axum::Json;
use barker_app::time;
use barker_domain::Result;

use crate::{
    contract::{CurrentDate, DayWanted, read_wanted_day},
    http::{
        input::OptionalJsonBody,
        permission::{ManagedSite, Read, Site},
        problem::{Problem, ProblemDocument, Refusals},
    },
};

/// Get the day
#[utoipa::path(get, path = "/time", operation_id = "getDay", tag = "Time", security((), ("key" = ["read"])),
    responses((status = 200, body = CurrentDate, description = "Today."), Refusals))]
pub(super) async fn get(site: Site<Read>) -> Json<CurrentDate> {
    Json(CurrentDate { current_date: time::today(&site.app, &site.project).0 })
}

/// Set the day
///
/// Forwards or backwards; without a body, one day on. What happened stays as it happened.
#[utoipa::path(post, path = "/time/advance", operation_id = "advanceDay", tag = "Time", security((), ("key" = ["manage"])), request_body = Option<DayWanted>,
    responses((status = 200, body = CurrentDate, description = "Today, from now on."), Refusals,
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", description = "A live project has real time."),
        (status = 413, body = ProblemDocument, content_type = "application/problem+json", description = "The body is too long.")))]
pub(super) async fn advance(
    ManagedSite(desk): ManagedSite,
    OptionalJsonBody(body): OptionalJsonBody,
) -> Result<Json<CurrentDate>, Problem> {
    let today = time::advance(&desk, read_wanted_day(body.as_ref())?).await?;
    Ok(Json(CurrentDate { current_date: today.0 }))
}
