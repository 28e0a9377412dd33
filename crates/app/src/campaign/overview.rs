//! Campaigns as people look at them: all of a project's, with how far each one is. Read from the engine, which knows every
//! campaign and what it has delivered; the database is not asked.

use std::cmp::Ordering;

use barker_domain::{
    AdvertiserId, CampaignId, Code, Day, Error, Micros, Result,
    campaign::{Campaign, Delivered, Stage, State},
    page::{Listed, Page},
};
use barker_serving::Listing;

use crate::{App, ProjectHandle, time::today};

/// A campaign and how far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// The campaign.
    pub campaign: Campaign,
    /// What it has delivered.
    pub delivered: Delivered,
    /// What it has spent today.
    pub spent_today: Micros,
    /// Where it stands today by its dates and counters.
    pub stage: Stage,
    /// Where it stands, its status considered.
    pub state: State,
}

/// Which campaigns are wanted; what is `None` restricts nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only this advertiser's.
    pub advertiser_id: Option<AdvertiserId>,
    /// Only those in this stage.
    pub stage: Option<Stage>,
    /// Only those in this state; `None`: all that are not put away.
    pub state: Option<State>,
    /// Only those whose name, title or text contains this, in any case.
    pub search: Option<String>,
}

/// In which order; what is equal comes newest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// Newest first.
    #[default]
    Created,
    /// By title.
    Title,
    /// The earliest first day first.
    StartDate,
    /// The earliest last day first.
    EndDate,
    /// Most impressions first.
    Impressions,
    /// Most clicks first.
    Clicks,
}

impl Sort {
    /// Every order there is.
    pub const ALL: [Self; 6] = [Self::Created, Self::Title, Self::StartDate, Self::EndDate, Self::Impressions, Self::Clicks];

    /// Its name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Title => "title",
            Self::StartDate => "start_date",
            Self::EndDate => "end_date",
            Self::Impressions => "impressions",
            Self::Clicks => "clicks",
        }
    }

    fn compare(self, one: &Overview, other: &Overview) -> Ordering {
        let by_key = match self {
            Self::Created => Ordering::Equal,
            Self::Title => one.campaign.terms.ad_title.to_lowercase().cmp(&other.campaign.terms.ad_title.to_lowercase()),
            Self::StartDate => one.campaign.terms.start_date.cmp(&other.campaign.terms.start_date),
            Self::EndDate => one.campaign.terms.end_date.cmp(&other.campaign.terms.end_date),
            Self::Impressions => other.delivered.impressions.cmp(&one.delivered.impressions),
            Self::Clicks => other.delivered.clicks.cmp(&one.delivered.clicks),
        };
        let newest_first = || (other.campaign.created_at_ms, other.campaign.id.0).cmp(&(one.campaign.created_at_ms, one.campaign.id.0));
        by_key.then_with(newest_first)
    }
}

/// Every campaign of a project, in no order.
#[must_use]
pub fn list_all_overviews(app: &App, project: &ProjectHandle) -> Vec<Overview> {
    let today = today(app, project);
    project.engine.listings().iter().map(|listing| overview(listing, today)).collect()
}

/// A page of a project's campaigns.
#[must_use]
pub fn list_overviews(app: &App, project: &ProjectHandle, filter: &Filter, (sort, page): (Sort, Page)) -> Listed<Overview> {
    let words = filter.search.as_ref().map(|search| search.to_lowercase());
    let mut fitting = list_all_overviews(app, project);
    fitting.retain(|overview| fits(overview, filter, words.as_deref()));
    let total = u64::try_from(fitting.len()).unwrap_or(u64::MAX);
    fitting.sort_unstable_by(|one, other| sort.compare(one, other));
    let offset = usize::try_from(page.offset()).unwrap_or(usize::MAX);
    let size = usize::try_from(page.size).unwrap_or(usize::MAX);
    Listed { rows: fitting.into_iter().skip(offset).take(size).collect(), total }
}

/// One campaign.
///
/// # Errors
/// [`Code::CampaignNotFound`], also when it is deleted.
pub fn get_overview(app: &App, project: &ProjectHandle, id: CampaignId) -> Result<Overview> {
    let listing = project.engine.find(id).ok_or_else(|| Error::of(Code::CampaignNotFound))?;
    Ok(overview(&listing, today(app, project)))
}

fn overview(listing: &Listing, today: Day) -> Overview {
    let delivered = listing.meter.delivered();
    let stage = Stage::of(&listing.campaign.terms, delivered, today);
    let spent_today = listing.meter.budgets.spent_on(today);
    Overview { stage, spent_today, state: State::of(listing.campaign.plan.status, stage), campaign: listing.campaign.clone(), delivered }
}

fn fits(overview: &Overview, filter: &Filter, words: Option<&str>) -> bool {
    let terms = &overview.campaign.terms;
    let texts = [overview.campaign.plan.name.as_ref(), Some(&terms.ad_title), Some(&terms.ad_text)];
    let is_mentioned = |words: &str| texts.into_iter().flatten().any(|text| text.to_lowercase().contains(words));
    filter.advertiser_id.is_none_or(|id| id == overview.campaign.advertiser_id)
        && filter.stage.is_none_or(|stage| stage == overview.stage)
        && filter.state.map_or(overview.state != State::Archived, |state| state == overview.state)
        && words.is_none_or(is_mentioned)
}
