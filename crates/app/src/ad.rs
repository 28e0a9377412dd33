//! Ads: made and changed with what they show, and the engine told before the caller hears of it.

mod change;

use std::sync::Arc;

use barker_domain::{
    AdId, CampaignId, Code, CreativeId, Error, FieldError, ProjectId, Result,
    ad::{Ad, AdStatus, AdWithCreative, MAX_PER_CAMPAIGN, of_contract},
    campaign::Campaign,
    creative::{Content, Creative},
    error::unless_faulty,
    page::{Listed, Page},
    trail::{Action, Entry},
};
use barker_store::{AdFilter, AdSort, Transaction, Work};
use serde_json::{Value, json};

pub use change::{AdChange, change};

use crate::{App, Desk, ProjectHandle, creative, doubt::Turn, file};

/// What a new ad is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAd {
    /// What people call it.
    pub name: Option<String>,
    /// How much it gets.
    pub weight: i32,
    /// Active or paused.
    pub status: AdStatus,
    /// What it shows.
    pub shows: Shows,
}

/// What an ad is to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shows {
    /// A creative that is made with it.
    New(Content),
    /// One that there is.
    Known(CreativeId),
}

/// A page of a campaign's ads, or of a project's.
///
/// # Errors
/// [`Code::CampaignNotFound`].
pub async fn list(app: &App, project: &ProjectHandle, filter: &AdFilter, sorted: (AdSort, Page)) -> Result<Listed<AdWithCreative>> {
    filter.campaign_id.map_or(Ok(()), |id| refuse_unknown(project, id))?;
    project.rows(app).list_ads(filter, sorted).await
}

/// The ad with that id.
///
/// # Errors
/// [`Code::AdNotFound`], also when its campaign is deleted.
pub async fn get(app: &App, project: &ProjectHandle, id: AdId) -> Result<AdWithCreative> {
    let found = project.rows(app).find_ad(id).await?;
    found.filter(|(ad, _)| project.engine.find(ad.campaign_id).is_some()).ok_or_else(|| Error::of(Code::AdNotFound))
}

/// Gives a campaign another ad.
///
/// # Errors
/// [`Code::CampaignNotFound`]; [`Code::InvalidRequest`] with every field at fault; [`Code::TooMany`].
pub async fn create(desk: &Desk, campaign_id: CampaignId, new: NewAd) -> Result<AdWithCreative> {
    let whole = desk.clone();
    desk.app.see_through(async move { create_whole(&whole, campaign_id, new).await }).await
}

async fn create_whole(desk: &Desk, campaign_id: CampaignId, new: NewAd) -> Result<AdWithCreative> {
    let (app, project) = (&desk.app, Arc::clone(&desk.project));
    let turn = project.take_turn().await;
    refuse_unknown(&project, campaign_id)?;
    let now_ms = app.now_ms();
    let is_new = matches!(new.shows, Shows::New(_));
    let mut faults = Vec::new();
    let creative = match new.shows {
        Shows::New(content) => {
            faults.extend(content.faults().into_iter().map(|fault| fault.below("/creative")));
            let content = file::settle(app, &project, content).await?.map_err(|fault| faults.push(fault.below("/creative"))).ok();
            let made = |content| Creative { id: CreativeId::generate(), content, is_archived: false, version: 1, created_at_ms: now_ms };
            content.map(made)
        }
        Shows::Known(id) => find_usable(app, &project, id).await?.map_err(|fault| faults.push(fault)).ok(),
    };
    let creative_id = creative.as_ref().map_or_else(CreativeId::generate, |creative| creative.id);
    let NewAd { name, weight, status, .. } = new;
    let ad = Ad { id: AdId::generate(), campaign_id, creative_id, name, weight, status, version: 1, created_at_ms: now_ms };
    faults.extend(ad.faults());
    if status == AdStatus::Archived {
        faults.push(FieldError::new("/status", "state", "a new ad is active or paused"));
    }
    unless_faulty((), faults)?;
    let creative = creative.ok_or_else(|| Error::of(Code::CreativeNotFound))?;
    refuse_crowded(app, &project, campaign_id).await?;
    let entry = desk.entry(desk.event(Action::AdCreated).about(ad.id).to(json_of(&ad, &creative)));
    let made = (ad, creative);
    let write = Write { project: Arc::clone(&project), turn, campaigns: vec![campaign_id], entry };
    write
        .carry_out(app, (made.clone(), is_new), |transaction, project_id, ((ad, creative), is_new)| {
            Box::pin(async move {
                let rows = transaction.in_project(project_id);
                if is_new {
                    rows.insert_creative(&creative).await?;
                }
                rows.insert_ad(&ad).await
            })
        })
        .await?;
    Ok(made)
}

async fn refuse_crowded(app: &App, project: &ProjectHandle, campaign_id: CampaignId) -> Result<()> {
    let present = project.rows(app).count_ads_of(campaign_id).await?;
    let message = || format!("a campaign has at most {MAX_PER_CAMPAIGN} ads that are not archived");
    if present < MAX_PER_CAMPAIGN as u64 { Ok(()) } else { Err(Error::new(Code::TooMany, message())) }
}

fn refuse_unknown(project: &ProjectHandle, campaign_id: CampaignId) -> Result<()> {
    project.engine.find(campaign_id).map(drop).ok_or_else(|| Error::of(Code::CampaignNotFound))
}

/// A creative for an ad, or why it can show none of that id.
async fn find_usable(app: &App, project: &ProjectHandle, id: CreativeId) -> Result<Result<Creative, FieldError>> {
    let fault = |code, message: &str| Err(FieldError::new("/creative_id", code, message));
    Ok(match project.rows(app).find_creative(id).await? {
        None => fault("unknown", "is no creative of this project"),
        Some(creative) if creative.is_archived => fault("state", "is archived: nothing shows it any more"),
        Some(creative) => Ok(creative),
    })
}

/// What changes ads or creatives: the campaigns concerned get their next version where they look different because of it, the line in
/// the trail is written with it, and the engine follows.
pub(crate) struct Write {
    pub(crate) project: Arc<ProjectHandle>,
    pub(crate) turn: Turn,
    pub(crate) campaigns: Vec<CampaignId>,
    pub(crate) entry: Entry,
}

/// What is written inside the transaction.
type Writing<T> = for<'t> fn(&'t Transaction, ProjectId, T) -> Work<'t, ()>;

impl Write {
    pub(crate) async fn carry_out<T: Clone + Send + Sync + 'static>(self, app: &App, what: T, work: Writing<T>) -> Result<()> {
        let Self { project, turn, campaigns, entry } = self;
        let given = (project.id(), campaigns.clone(), (what, work), entry);
        let write = app.inner.store.write(given, |transaction, (project_id, campaigns, (what, work), entry)| {
            Box::pin(async move {
                let rows = transaction.in_project(project_id);
                let before = rows.list_campaigns_among(&campaigns).await?;
                work(transaction, project_id, what).await?;
                rows.renew_changed_campaigns(&before).await?;
                transaction.record(&entry).await
            })
        });
        match write.await {
            Ok(()) => follow(app, &project, (campaigns, turn)).await,
            Err(error) => Err(app.or_in_doubt(error, Some(turn), move |app| relist_stored(app, Arc::clone(&project), campaigns.clone()))),
        }
    }
}

/// Lets the engine follow what is stored about the ads of these campaigns. When the database fails just now, the project takes no
/// other change until it has followed.
pub(crate) async fn follow(app: &App, project: &Arc<ProjectHandle>, (campaigns, turn): (Vec<CampaignId>, Turn)) -> Result<()> {
    if campaigns.is_empty() {
        return Ok(());
    }
    let followed = relist_stored(app.clone(), Arc::clone(project), campaigns.clone()).await;
    let project = Arc::clone(project);
    followed.map_err(|error| app.or_in_doubt(error, Some(turn), move |app| relist_stored(app, Arc::clone(&project), campaigns.clone())))
}

async fn relist_stored(app: App, project: Arc<ProjectHandle>, campaigns: Vec<CampaignId>) -> Result<()> {
    let stored = project.rows(&app).list_campaigns_among(&campaigns).await?;
    relist(&project, stored);
    Ok(())
}

/// Lists campaigns as they are stored, with their meters.
pub(crate) fn relist(project: &ProjectHandle, stored: Vec<Campaign>) {
    let with_meter = |campaign: Campaign| {
        let listing = project.engine.find(campaign.id)?;
        if listing.campaign.ads.is_empty() {
            // What had nothing to show is not behind: it does not hurry.
            listing.meter.budgets.restart_line();
        }
        Some((campaign, Arc::clone(&listing.meter)))
    };
    project.engine.list_together(stored.into_iter().filter_map(with_meter).collect::<Vec<_>>());
}

/// Every campaign with an ad that shows what the ad shows that the contract knows of this campaign.
pub(crate) async fn list_campaigns_with(app: &App, project: &ProjectHandle, id: CampaignId) -> Result<Vec<CampaignId>> {
    let rows = project.rows(app);
    let ads = rows.list_ads_of_campaigns(&[id]).await?.remove(&id).unwrap_or_default();
    match of_contract(&ads) {
        Some((_, creative)) => rows.list_campaigns_that_show(creative.id).await,
        None => Ok(Vec::new()),
    }
}

/// An ad as the trail shows it.
fn json_of(ad: &Ad, creative: &Creative) -> Value {
    json!({
        "campaign_id": ad.campaign_id, "name": ad.name, "weight": ad.weight, "status": ad.status.as_str(),
        "creative_id": creative.id, "creative": creative::json_of(creative),
    })
}
