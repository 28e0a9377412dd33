//! Statistics of campaigns and advertisers, in total and by day. Exact and never behind: read from counters that are
//! written with the rows they count.

use barker_domain::{
    AdId, AdvertiserId, CampaignId, Code, CreativeId, Day, Error, Result,
    statistics::{Counters, Days, EmptyDays, fill, total},
};
use barker_serving::Listing;

use crate::{App, ProjectHandle, ad, advertiser, creative, time::today};

/// A campaign's total.
///
/// # Errors
/// [`Code::CampaignNotFound`], also when it is deleted.
pub async fn of_campaign(app: &App, project: &ProjectHandle, id: CampaignId) -> Result<Counters> {
    listed(project, id)?;
    Ok(total(&project.rows(app).list_campaign_days(id).await?))
}

/// A campaign by day.
///
/// # Errors
/// [`Code::CampaignNotFound`]; [`Code::InvalidRequest`] when its flight is too long to list with empty days.
pub async fn of_campaign_by_day(app: &App, project: &ProjectHandle, id: CampaignId, empty: EmptyDays) -> Result<Vec<(Day, Counters)>> {
    let flight = listed(project, id)?;
    let days = project.rows(app).list_campaign_days(id).await?;
    rows(days, empty, Some((flight.campaign.terms.start_date, flight.campaign.terms.end_date)), today(app, project))
}

/// The total of one of a campaign's ads.
///
/// # Errors
/// [`Code::AdNotFound`], also when its campaign is deleted.
pub async fn of_ad(app: &App, project: &ProjectHandle, id: AdId) -> Result<Counters> {
    let (ad, _) = ad::get(app, project, id).await?;
    Ok(total(&project.rows(app).list_ad_days(ad.campaign_id, id).await?))
}

/// One of a campaign's ads by day, from the campaign's start.
///
/// # Errors
/// [`Code::AdNotFound`]; [`Code::InvalidRequest`] when the flight is too long to list with empty days.
pub async fn of_ad_by_day(app: &App, project: &ProjectHandle, id: AdId, empty: EmptyDays) -> Result<Vec<(Day, Counters)>> {
    let (ad, _) = ad::get(app, project, id).await?;
    let flight = listed(project, ad.campaign_id)?;
    let days = project.rows(app).list_ad_days(ad.campaign_id, id).await?;
    rows(days, empty, Some((flight.campaign.terms.start_date, flight.campaign.terms.end_date)), today(app, project))
}

/// The total of the ads that show a creative now.
///
/// # Errors
/// [`Code::CreativeNotFound`].
pub async fn of_creative(app: &App, project: &ProjectHandle, id: CreativeId) -> Result<Counters> {
    creative::get(app, project, id).await?;
    Ok(total(&project.rows(app).list_creative_days(id).await?))
}

/// The ads that show a creative now by day, from the first day on which one of them was shown.
///
/// # Errors
/// [`Code::CreativeNotFound`]; [`Code::InvalidRequest`] when there are too many days to list the empty ones.
pub async fn of_creative_by_day(app: &App, project: &ProjectHandle, id: CreativeId, empty: EmptyDays) -> Result<Vec<(Day, Counters)>> {
    creative::get(app, project, id).await?;
    rows(project.rows(app).list_creative_days(id).await?, empty, None, today(app, project))
}

/// The total of all campaigns of an advertiser, the deleted ones too.
///
/// # Errors
/// [`Code::AdvertiserNotFound`].
pub async fn of_advertiser(app: &App, project: &ProjectHandle, id: AdvertiserId) -> Result<Counters> {
    advertiser::get(app, project, id).await?;
    Ok(total(&project.rows(app).list_advertiser_days(id).await?))
}

/// All campaigns of an advertiser by day, from its first campaign's start.
///
/// # Errors
/// [`Code::AdvertiserNotFound`]; [`Code::InvalidRequest`] when the flights are too long to list with empty days.
pub async fn of_advertiser_by_day(app: &App, project: &ProjectHandle, id: AdvertiserId, empty: EmptyDays) -> Result<Vec<(Day, Counters)>> {
    advertiser::get(app, project, id).await?;
    let rows_of_project = project.rows(app);
    let flight = rows_of_project.find_flight_of_advertiser(id).await?;
    let days = rows_of_project.list_advertiser_days(id).await?;
    rows(days, empty, flight, today(app, project))
}

fn listed(project: &ProjectHandle, id: CampaignId) -> Result<std::sync::Arc<Listing>> {
    project.engine.find(id).ok_or_else(|| Error::of(Code::CampaignNotFound))
}

fn rows(days: Days, empty: EmptyDays, flight: Option<(Day, Day)>, today: Day) -> Result<Vec<(Day, Counters)>> {
    if empty == EmptyDays::LeftOut {
        return Ok(days.into_iter().collect());
    }
    // Without a campaign that is not deleted, the days with events are the flight.
    let ends = || Some((*days.first_key_value()?.0, *days.last_key_value()?.0));
    flight.or_else(ends).map_or(Ok(Vec::new()), |(start, end)| fill(&days, start, end, today))
}
