//! Campaigns: made, read, changed and deleted, with the engine told before the caller hears of it.

use std::sync::Arc;

use barker_domain::{
    AdvertiserId, CampaignId, Code, Error, FieldError, Result,
    campaign::{Campaign, Delivered, Terms},
    error::unless_faulty,
    page::{Listed, Page},
};
use barker_serving::Meter;

use crate::{App, ProjectHandle, advertiser};

/// Which campaign a caller means: it must belong to the advertiser it is named with.
#[derive(Debug, Clone, Copy)]
pub struct Named {
    /// Whose campaign it is said to be.
    pub advertiser_id: AdvertiserId,
    /// The campaign.
    pub campaign_id: CampaignId,
}

/// Makes a campaign.
///
/// # Errors
/// [`Code::AdvertiserNotFound`]; [`Code::InvalidRequest`] with every field at fault.
pub async fn create(app: &App, project: &Arc<ProjectHandle>, advertiser_id: AdvertiserId, terms: Terms) -> Result<Campaign> {
    let (whole, project) = (app.clone(), Arc::clone(project));
    app.see_through(async move { create_whole(&whole, &project, advertiser_id, terms).await }).await
}

async fn create_whole(app: &App, project: &ProjectHandle, advertiser_id: AdvertiserId, terms: Terms) -> Result<Campaign> {
    let advertiser = advertiser::get(app, project, advertiser_id).await?;
    let _turn = project.changes.lock().await;
    let now_ms = app.now_ms();
    let faults = terms.faults_as_new(project.today(now_ms));
    let terms = unless_faulty(terms, faults)?;
    let campaign = Campaign { id: CampaignId::generate(), advertiser_id: advertiser.id, terms, created_at_ms: now_ms };
    let insert = app.inner.store.write((campaign.clone(), project.id()), |transaction, (campaign, project_id)| {
        Box::pin(async move { transaction.in_project(project_id).insert_campaign(&campaign).await })
    });
    insert.await?;
    let meter = Meter::new(&campaign, Delivered::default(), app.inner.settings.overshoot_percent);
    project.engine.list(campaign.clone(), meter);
    Ok(campaign)
}

/// The campaign as named.
///
/// # Errors
/// [`Code::CampaignNotFound`] when there is none, or it is another advertiser's.
pub async fn get(app: &App, project: &ProjectHandle, named: Named) -> Result<Campaign> {
    let found = project.rows(app).find_campaign(named.campaign_id).await?;
    found.filter(|campaign| campaign.advertiser_id == named.advertiser_id).ok_or_else(|| Error::of(Code::CampaignNotFound))
}

/// A page of an advertiser's campaigns, newest first.
///
/// # Errors
/// [`Code::AdvertiserNotFound`].
pub async fn list(app: &App, project: &ProjectHandle, advertiser_id: AdvertiserId, page: Page) -> Result<Listed<Campaign>> {
    let advertiser = advertiser::get(app, project, advertiser_id).await?;
    project.rows(app).list_campaigns_of(advertiser.id, page).await
}

/// Changes a campaign's terms by `edit`, which sees the present ones.
///
/// # Errors
/// [`Code::CampaignNotFound`]; [`Code::InvalidRequest`] with every field at fault; whatever `edit` answers.
pub async fn change(
    app: &App,
    project: &Arc<ProjectHandle>,
    named: Named,
    edit: impl FnOnce(&Terms) -> Result<Terms> + Send + 'static,
) -> Result<Campaign> {
    let (whole, project) = (app.clone(), Arc::clone(project));
    app.see_through(async move { change_whole(&whole, &project, named, edit).await }).await
}

async fn change_whole(app: &App, project: &ProjectHandle, named: Named, edit: impl FnOnce(&Terms) -> Result<Terms>) -> Result<Campaign> {
    let _turn = project.changes.lock().await;
    let before = get(app, project, named).await?;
    let listing = project.engine.find(before.id).ok_or_else(|| Error::of(Code::CampaignNotFound))?;
    let terms = edit(&before.terms)?;
    let faults = terms.faults_as_change(&before.terms, project.today(app.now_ms()), listing.meter.delivered());
    let after = Campaign { terms: unless_faulty(terms, faults)?, ..before.clone() };
    let overshoot_percent = app.inner.settings.overshoot_percent;
    // What a lower limit takes away is held before it is written, and returned by itself if writing fails.
    let held_back = listing.meter.hold_back(&before.terms, &after.terms, overshoot_percent).map_err(below_what_is_under_way)?;
    let update = app.inner.store.write((after.clone(), project.id()), |transaction, (after, project_id)| {
        Box::pin(async move { transaction.in_project(project_id).update_campaign(&after).await })
    });
    update.await?;
    held_back.surrender();
    listing.meter.grow(&before.terms, &after.terms, overshoot_percent);
    project.engine.list(after.clone(), Arc::clone(&listing.meter));
    Ok(after)
}

/// Deletes a campaign: it is shown and found no more; what it spent stays in its advertiser's totals.
///
/// # Errors
/// [`Code::CampaignNotFound`].
pub async fn delete(app: &App, project: &Arc<ProjectHandle>, named: Named) -> Result<()> {
    let (whole, project) = (app.clone(), Arc::clone(project));
    app.see_through(async move { delete_whole(&whole, &project, named).await }).await
}

async fn delete_whole(app: &App, project: &ProjectHandle, named: Named) -> Result<()> {
    let _turn = project.changes.lock().await;
    let campaign = get(app, project, named).await?;
    let delete = app.inner.store.write((campaign.id, project.id(), app.now_ms()), |transaction, (id, project_id, now_ms)| {
        Box::pin(async move { transaction.in_project(project_id).delete_campaign(id, now_ms).await })
    });
    delete.await?;
    project.engine.delist(campaign.id);
    Ok(())
}

fn below_what_is_under_way(pointer: &'static str) -> Error {
    Error::invalid(vec![FieldError::new(pointer, "range", "must not be below what is delivered or being delivered")])
}
