//! Campaigns: made, read, changed and deleted, with the engine told before the caller hears of it.

mod bulk;
mod copy;
mod overview;
mod why;

pub use bulk::{BulkAction, MAX_TOGETHER, change_together};
pub use copy::duplicate;
pub use overview::{Filter, Overview, Sort, get_overview, list_all_overviews, list_overviews};
pub use why::{Delivery, Preview, delivery, preview, title_of};

use std::sync::Arc;

use barker_domain::{
    AdvertiserId, CampaignId, Code, Day, Error, FieldError, Result,
    ad::{AdWithCreative, first_of},
    campaign::{Campaign, Delivered, Plan, Rotation, RuleBook, Terms},
    error::unless_faulty,
    page::{Listed, Page},
    trail::Action,
};
use barker_serving::{HeldBack, Listing, Meter};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::{App, Desk, ProjectHandle, ad, advertiser};

/// Which campaign a caller means: it must belong to the advertiser it is named with.
#[derive(Debug, Clone, Copy)]
pub struct Named {
    /// Whose campaign it is said to be.
    pub advertiser_id: AdvertiserId,
    /// The campaign.
    pub campaign_id: CampaignId,
}

/// Makes a campaign of the ad contract: it is active.
///
/// # Errors
/// [`Code::AdvertiserNotFound`]; [`Code::AdvertiserArchived`]; [`Code::InvalidRequest`] with every field at fault.
pub async fn create(desk: &Desk, advertiser_id: AdvertiserId, terms: Terms) -> Result<Campaign> {
    create_planned(desk, advertiser_id, (terms, Plan::default())).await
}

/// Makes a campaign with what its owner plans beyond the contract.
///
/// # Errors
/// [`Code::AdvertiserNotFound`]; [`Code::AdvertiserArchived`]; [`Code::InvalidRequest`] with every field at fault.
pub async fn create_planned(desk: &Desk, advertiser_id: AdvertiserId, decided: (Terms, Plan)) -> Result<Campaign> {
    let whole = desk.clone();
    desk.app
        .see_through(async move { create_whole(&whole, advertiser_id, (decided, |campaign: &Campaign| vec![first_of(campaign)])).await })
        .await
}

/// What is decided about a new campaign, and its ads once it has an id.
type Wished<F> = ((Terms, Plan), F);

async fn create_whole<F>(desk: &Desk, advertiser_id: AdvertiserId, ((terms, plan), ads): Wished<F>) -> Result<Campaign>
where
    F: FnOnce(&Campaign) -> Vec<AdWithCreative>,
{
    let (app, project) = (&desk.app, Arc::clone(&desk.project));
    let advertiser = advertiser::get(app, &project, advertiser_id).await?;
    let turn = project.take_turn().await;
    advertiser::refuse_archived(app, &project, advertiser.id).await?;
    let purse = project.purses().get(app, &project, advertiser.id).await?;
    let now_ms = app.now_ms();
    let mut faults = terms.faults_as_new(project.today(now_ms));
    faults.extend(plan.faults_as_new());
    let (terms, plan) = unless_faulty((terms, plan.decided(None, project.today(now_ms))), faults)?;
    let (id, advertiser_id, ads_to_come) = (CampaignId::generate(), advertiser.id, Rotation::default());
    let campaign = Campaign { id, advertiser_id, terms, plan, ads: ads_to_come, version: 1, created_at_ms: now_ms };
    let ads = ads(&campaign);
    let campaign = Campaign { ads: Rotation::of(&ads, &campaign.terms), ..campaign };
    let entry = desk.entry(desk.event(Action::CampaignCreated).about(campaign.id).to(json_of(&campaign)));
    let given = (campaign.clone(), Arc::new(ads), project.id(), entry);
    let insert = app.inner.store.write(given, |transaction, (campaign, ads, project_id, entry)| {
        Box::pin(async move {
            transaction.in_project(project_id).insert_campaign_with(&campaign, &ads).await?;
            transaction.record(&entry).await
        })
    });
    if let Err(error) = insert.await {
        return Err(app.or_in_doubt(error, Some(turn), move |app| adopt(app, Arc::clone(&project), campaign.id)));
    }
    let meter = Meter::new(&campaign, Delivered::default(), app.inner.settings.overshoot_percent, purse);
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

/// Changes a campaign's terms by `edit`, which sees the present ones, by the rules of the ad contract.
///
/// # Errors
/// [`Code::CampaignNotFound`]; [`Code::InvalidRequest`] with every field at fault; whatever `edit` answers.
pub async fn change(desk: &Desk, named: Named, edit: impl FnOnce(&Terms) -> Result<Terms> + Send + 'static) -> Result<Campaign> {
    let edit = move |before: &Campaign| Ok(Campaign { terms: edit(&before.terms)?, ..before.clone() });
    change_by(desk, (named, RuleBook::Contract, None), edit).await
}

/// Changes a campaign by `edit`, which sees it as it is, by the rules of the cabinet; with a version, only while it is that one.
///
/// # Errors
/// [`Code::CampaignNotFound`]; [`Code::VersionConflict`]; [`Code::AdvertiserArchived`]; [`Code::InvalidRequest`] with every field at fault; whatever `edit`
/// answers.
pub async fn change_planned(
    desk: &Desk,
    (named, version): (Named, Option<i32>),
    edit: impl FnOnce(&Campaign) -> Result<(Terms, Plan)> + Send + 'static,
) -> Result<Campaign> {
    let edit = move |before: &Campaign| {
        let (terms, plan) = edit(before)?;
        Ok(Campaign { terms, plan, ..before.clone() })
    };
    change_by(desk, (named, RuleBook::Cabinet, version), edit).await
}

/// Which campaign is to change, by whose rules, and of which version it must be.
type Wanted = (Named, RuleBook, Option<i32>);

async fn change_by(desk: &Desk, wanted: Wanted, edit: impl FnOnce(&Campaign) -> Result<Campaign> + Send + 'static) -> Result<Campaign> {
    let whole = desk.clone();
    desk.app.see_through(async move { change_whole(&whole, wanted, edit).await }).await
}

async fn get_version(app: &App, project: &ProjectHandle, (named, version): (Named, Option<i32>)) -> Result<Campaign> {
    let campaign = get(app, project, named).await?;
    refuse_outdated(&campaign, version).map(|()| campaign)
}

async fn change_whole(desk: &Desk, (named, rules, version): Wanted, edit: impl FnOnce(&Campaign) -> Result<Campaign>) -> Result<Campaign> {
    let (app, project) = (&desk.app, Arc::clone(&desk.project));
    let turn = project.take_turn().await;
    let before = get_version(app, &project, (named, version)).await?;
    let listing = project.engine.find(before.id).ok_or_else(|| Error::of(Code::CampaignNotFound))?;
    let today = project.today(app.now_ms());
    let after = decided(&before, edit(&before)?, today);
    advertiser::refuse_taking_out(app, &project, (&before, after.plan.status)).await?;
    let spent = (listing.meter.delivered(), listing.meter.budgets.spent_on(today));
    let after = unless_faulty(after.clone(), rules.faults((&before, &after), today, spent))?;
    if before.plan.daily_amount() != after.plan.daily_amount() {
        tell_days(app, &project, &listing).await?;
    }
    let overshoot_percent = app.inner.settings.overshoot_percent;
    let held_back = listing.meter.hold_back((&before, &after), overshoot_percent, today).map_err(below_what_is_under_way)?;
    let event = desk.event(Action::CampaignChanged).about(after.id).from(json_of(&before)).to(json_of(&after));
    let also = list_that_say_the_same(app, &project, (&before, &after)).await?;
    let update = app.inner.store.write((after.clone(), project.id(), desk.entry(event)), |transaction, (after, project_id, entry)| {
        Box::pin(async move {
            transaction.in_project(project_id).update_campaign(&after).await?;
            transaction.record(&entry).await
        })
    });
    let change = Change { listing, before, after, held_back, overshoot_percent };
    match update.await {
        Ok(()) => {
            let changed = change.conclude(&project);
            ad::follow(app, &project, (also, turn)).await.map(|()| changed)
        }
        Err(error) => {
            let in_doubt = Arc::new(Mutex::new(Some((change, also))));
            let adopt = move |app| adopt_change(app, Arc::clone(&project), named.campaign_id, Arc::clone(&in_doubt));
            Err(app.or_in_doubt(error, Some(turn), adopt))
        }
    }
}

/// Campaigns with an ad that says what changes here: one creative may be shown by several.
async fn list_that_say_the_same(app: &App, project: &ProjectHandle, (before, after): (&Campaign, &Campaign)) -> Result<Vec<CampaignId>> {
    let has_other_words = before.terms.ad_title != after.terms.ad_title || before.terms.ad_text != after.terms.ad_text;
    if has_other_words { ad::list_campaigns_with(app, project, before.id).await } else { Ok(Vec::new()) }
}

/// The campaign as it is after `edit`, decided today.
fn decided(before: &Campaign, edited: Campaign, today: Day) -> Campaign {
    let plan = edited.plan.clone().decided(Some(&before.plan), today);
    Campaign { version: before.version + 1, plan, ..edited }
}

/// Lets the meter know what the campaign spent on days that it has not heard of: a sandbox may go back to them.
async fn tell_days(app: &App, project: &ProjectHandle, listing: &Listing) -> Result<()> {
    for (day, counted) in project.rows(app).list_campaign_days(listing.campaign.id).await? {
        listing.meter.budgets.tell(day, counted.spent_total());
    }
    Ok(())
}

/// A change that is being written.
struct Change {
    listing: Arc<Listing>,
    before: Campaign,
    after: Campaign,
    /// What lower limits and budgets take away: held before it is written, and returned by itself unless it is concluded.
    held_back: HeldBack,
    overshoot_percent: u8,
}

impl Change {
    /// Tells the engine, now that the change is durable.
    fn conclude(self, project: &ProjectHandle) -> Campaign {
        self.listing.meter.conclude(self.held_back, (&self.before, &self.after), self.overshoot_percent);
        project.engine.list(self.after.clone(), Arc::clone(&self.listing.meter));
        self.after
    }
}

/// A change, and the campaigns whose ads say something else because of it.
type InDoubt = Arc<Mutex<Option<(Change, Vec<CampaignId>)>>>;

/// Concludes a change whose outcome was unknown, or lets it go. Nobody else has changed the campaign: its version tells.
async fn adopt_change(app: App, project: Arc<ProjectHandle>, id: CampaignId, in_doubt: InDoubt) -> Result<()> {
    let stored = project.rows(&app).find_campaign(id).await?;
    let version = stored.map(|campaign| campaign.version);
    let also = match in_doubt.lock().await.as_ref() {
        Some((change, also)) if version == Some(change.after.version) => project.rows(&app).list_campaigns_among(also).await?,
        _ => Vec::new(),
    };
    if let Some((change, _)) = in_doubt.lock().await.take().filter(|(change, _)| version == Some(change.after.version)) {
        change.conclude(&project);
        ad::relist(&project, also);
    }
    Ok(())
}

fn refuse_outdated(campaign: &Campaign, version: Option<i32>) -> Result<()> {
    let is_present = version.is_none_or(|version| version == campaign.version);
    if is_present { Ok(()) } else { Err(Error::of(Code::VersionConflict)) }
}

/// Deletes a campaign: it is shown and found no more; what it spent stays in its advertiser's totals. With a version, only while
/// it is that one.
///
/// # Errors
/// [`Code::CampaignNotFound`]; [`Code::VersionConflict`].
pub async fn delete(desk: &Desk, named: Named, version: Option<i32>) -> Result<()> {
    let whole = desk.clone();
    desk.app.see_through(async move { delete_whole(&whole, named, version).await }).await
}

async fn delete_whole(desk: &Desk, named: Named, version: Option<i32>) -> Result<()> {
    let (app, project) = (&desk.app, Arc::clone(&desk.project));
    let turn = project.take_turn().await;
    let campaign = get(app, &project, named).await?;
    refuse_outdated(&campaign, version)?;
    let entry = desk.entry(desk.event(Action::CampaignDeleted).about(campaign.id).from(json_of(&campaign)));
    let delete = app.inner.store.write((campaign.id, project.id(), entry), |transaction, (id, project_id, entry)| {
        Box::pin(async move {
            transaction.in_project(project_id).delete_campaign(id, entry.occurred_at_ms).await?;
            transaction.record(&entry).await
        })
    });
    match delete.await {
        Ok(()) => project.engine.delist(campaign.id),
        Err(error) => return Err(app.or_in_doubt(error, Some(turn), move |app| adopt(app, Arc::clone(&project), campaign.id))),
    }
    Ok(())
}

/// Lists a campaign that turns out to be stored, and delists one that turns out to be gone.
async fn adopt(app: App, project: Arc<ProjectHandle>, id: CampaignId) -> Result<()> {
    match project.rows(&app).find_campaign(id).await? {
        None => project.engine.delist(id),
        Some(stored) if project.engine.find(id).is_none() => {
            let purse = project.purses().get(&app, &project, stored.advertiser_id).await?;
            let meter = Meter::new(&stored, Delivered::default(), app.inner.settings.overshoot_percent, purse);
            project.engine.list(stored, meter);
        }
        Some(_) => (),
    }
    Ok(())
}

/// A campaign as the trail shows it.
fn json_of(campaign: &Campaign) -> Value {
    let (terms, plan) = (&campaign.terms, &campaign.plan);
    let targeting = &terms.targeting;
    json!({
        "advertiser_id": campaign.advertiser_id, "name": plan.name, "status": plan.status.as_str(),
        "total_budget_micros": plan.total_budget, "daily_budget_micros": plan.daily_amount(), "pacing": plan.pacing.as_str(),
        "frequency_cap": plan.frequency_cap.map(|cap| json!({"impressions": cap.shows, "per": cap.window.as_str()})),
        "impressions_limit": terms.impressions_limit, "clicks_limit": terms.clicks_limit,
        "cost_per_impression_micros": terms.cost_per_impression, "cost_per_click_micros": terms.cost_per_click,
        "ad_title": terms.ad_title, "ad_text": terms.ad_text, "start_date": terms.start_date, "end_date": terms.end_date,
        "targeting": {
            "gender": targeting.gender, "age_from": targeting.age_from, "age_to": targeting.age_to, "location": targeting.location,
        },
    })
}

fn below_what_is_under_way(pointer: &'static str) -> Error {
    Error::invalid(vec![FieldError::new(pointer, "range", "must not be below what is delivered or being delivered")])
}
