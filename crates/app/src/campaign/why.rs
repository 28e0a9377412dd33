//! Why a campaign is not given, to anybody or to one client. Looks at the numbers that decisions are made on, and changes none.

use std::sync::Arc;

use barker_domain::{CampaignId, ClientId, Code, Error, Result, campaign::Status, day::Moment};
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

/// What campaigns are to a client.
#[derive(Debug)]
pub struct Preview {
    /// When it was looked at.
    pub now: Moment,
    /// Candidates in the order in which they would be given, then whatever is refused.
    pub all: Vec<Candidacy>,
    /// The campaign that would be given, be it among those that were asked for or not.
    pub chosen: Option<CampaignId>,
}

/// What every campaign is to a client now, but for those that were put away; with `search`, those alone whose name, or whose title for
/// that client, contains it in any case. Counts nothing.
///
/// # Errors
/// [`Code::ClientNotFound`]; [`Code::Busy`] while somebody is with the client for long; when the database does not answer.
pub async fn preview(app: &App, project: &ProjectHandle, client_id: ClientId, search: Option<&str>) -> Result<Preview> {
    let mut client = check_out(app, project, client_id).await?;
    let now = project.moment(app.now_ms());
    let visitor = client.visitor().ok_or_else(|| went_silent(()))?;
    let mut all = project.engine.preview(&visitor.viewer, now);
    all.retain(|one| one.listing.campaign.plan.status != Status::Archived);
    let chosen = all.first().filter(|one| one.refusals.is_empty()).map(|one| one.listing.campaign.id);
    if let Some(words) = search.map(str::to_lowercase) {
        all.retain(|one| is_mentioned(one, &words));
    }
    Ok(Preview { now, all, chosen })
}

/// Title of the ad that a client would be shown; of a campaign that would show none, its own.
#[must_use]
pub fn title_of(one: &Candidacy) -> &str {
    let campaign = &one.listing.campaign;
    one.ad_id.map_or(&*campaign.terms.ad_title, |id| campaign.words_of(id).0)
}

fn is_mentioned(one: &Candidacy, words: &str) -> bool {
    let texts = [one.listing.campaign.plan.name.as_deref(), Some(title_of(one))];
    texts.into_iter().flatten().any(|text| text.to_lowercase().contains(words))
}
