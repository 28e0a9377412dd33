//! Why a campaign is not given, to anybody or to one client. Looks at the numbers that decisions are made on, and changes none.

use std::sync::Arc;

use barker_domain::{CampaignId, ClientId, Code, Error, Result, day::Moment};
use barker_serving::{Candidacy, Hindrance, Line, Listing};

use crate::{App, ProjectHandle, running::went_silent, serving::check_out};

/// What keeps a campaign from being given.
#[derive(Debug)]
pub struct Delivery {
    /// The campaign.
    pub listing: Arc<Listing>,
    /// When it was looked at.
    pub now: Moment,
    /// Each thing that keeps it; nothing: it is given.
    pub hindrances: Vec<Hindrance>,
    /// Whether no client fits its targeting.
    pub fits_nobody: bool,
    /// How far even pacing lets it go today; `None`: it is not paced.
    pub line: Option<Line>,
}

/// What keeps a campaign from being given now.
///
/// # Errors
/// [`Code::CampaignNotFound`]; when the database does not answer.
pub async fn delivery(app: &App, project: &ProjectHandle, id: CampaignId) -> Result<Delivery> {
    let listing = project.engine.find(id).ok_or_else(|| Error::of(Code::CampaignNotFound))?;
    let now = project.moment(app.now_ms());
    let fits_nobody = !project.rows(app).has_client_that_fits(&listing.campaign.terms.targeting).await?;
    Ok(Delivery { hindrances: listing.hindrances(now), line: listing.line(now), listing, now, fits_nobody })
}

/// What every campaign is to a client now, but for those that were put away: candidates in the order in which they would be given,
/// then whatever is refused. Counts nothing.
///
/// # Errors
/// [`Code::ClientNotFound`]; [`Code::Busy`] while somebody is with the client for long; when the database does not answer.
pub async fn preview(app: &App, project: &ProjectHandle, client_id: ClientId) -> Result<(Moment, Vec<Candidacy>)> {
    let mut client = check_out(app, project, client_id).await?;
    let now = project.moment(app.now_ms());
    let visitor = client.visitor().ok_or_else(|| went_silent(()))?;
    let mut all = project.engine.preview(&visitor.viewer, now);
    all.retain(|one| one.listing.campaign.plan.status != barker_domain::campaign::Status::Archived);
    Ok((now, all))
}
