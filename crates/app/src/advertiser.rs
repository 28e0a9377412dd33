//! Advertisers: made or renamed in bulk, read, listed, changed and put away.

use std::{collections::HashMap, sync::Arc};

use barker_domain::{
    AdvertiserId, Code, Error, Result,
    advertiser::{Advertiser, KeptAdvertiser},
    campaign::{Campaign, Status},
    error::unless_faulty,
    page::{Listed, Page},
    trail::Action,
};
use barker_store::{AdvertiserFilter, AdvertiserSort};
use serde_json::{Value, json};

use crate::{
    App, Desk, ProjectHandle,
    account::{self, Overview},
    tag::{refuse_outdated, tag_of_content},
};

/// Makes the advertisers or renames those that exist, all or none. The last of several with one id wins.
///
/// # Errors
/// [`Code::InvalidRequest`] with every field at fault.
pub async fn upsert(desk: &Desk, advertisers: Vec<Advertiser>) -> Result<Arc<Vec<Advertiser>>> {
    let faults = advertisers.iter().enumerate().flat_map(|(place, advertiser)| {
        let prefix = format!("/{place}");
        advertiser.faults().into_iter().map(move |fault| fault.below(&prefix))
    });
    unless_faulty((), faults.collect())?;
    let advertisers = Arc::new(crate::client::last_of_each(advertisers, |advertiser| advertiser.id));
    let entry = desk.entry(desk.event(Action::AdvertisersStored).to(json!({"advertisers": advertisers.len()})));
    let given = (Arc::clone(&advertisers), desk.project.id(), entry);
    let upsert = desk.app.inner.store.write(given, |transaction, (advertisers, project_id, entry)| {
        Box::pin(async move {
            transaction.in_project(project_id).upsert_advertisers(&advertisers, entry.occurred_at_ms).await?;
            transaction.record(&entry).await
        })
    });
    upsert.await?;
    Ok(advertisers)
}

/// The advertiser with that id.
///
/// # Errors
/// [`Code::AdvertiserNotFound`].
pub async fn get(app: &App, project: &ProjectHandle, id: AdvertiserId) -> Result<Advertiser> {
    Ok(get_kept(app, project, id).await?.advertiser)
}

/// The same, with what was decided about it.
///
/// # Errors
/// [`Code::AdvertiserNotFound`].
pub async fn get_kept(app: &App, project: &ProjectHandle, id: AdvertiserId) -> Result<KeptAdvertiser> {
    project.rows(app).find_advertiser(id).await?.ok_or_else(|| Error::of(Code::AdvertiserNotFound))
}

/// Refuses what begins something for an advertiser that is put away. Whoever asks has the project's turn.
pub(crate) async fn refuse_archived(app: &App, project: &ProjectHandle, id: AdvertiserId) -> Result<()> {
    let kept = get_kept(app, project, id).await?;
    if kept.is_archived { Err(Error::of(Code::AdvertiserArchived)) } else { Ok(()) }
}

/// The same where a campaign of it is taken out of the archive.
pub(crate) async fn refuse_taking_out(app: &App, project: &ProjectHandle, (before, status): (&Campaign, Status)) -> Result<()> {
    if status.is_taken_out_from(before.plan.status) { refuse_archived(app, project, before.advertiser_id).await } else { Ok(()) }
}

/// What changes about an advertiser; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AdvertiserChange {
    /// What it is called.
    pub name: Option<String>,
    /// Whether it is put away.
    pub is_archived: Option<bool>,
}

/// Changes an advertiser, puts it away or takes it out again; with a tag, only while it is still what the tag is of.
///
/// # Errors
/// [`Code::AdvertiserNotFound`]; [`Code::VersionConflict`]; [`Code::AdvertiserInUse`] when it is to be put away and a campaign of it is
/// not; [`Code::InvalidRequest`] with every field at fault.
pub async fn change(desk: &Desk, wanted: (AdvertiserId, Option<String>), change: AdvertiserChange) -> Result<KeptAdvertiser> {
    let whole = desk.clone();
    desk.app.see_through(async move { change_whole(&whole, wanted, change).await }).await
}

async fn change_whole(desk: &Desk, wanted: (AdvertiserId, Option<String>), change: AdvertiserChange) -> Result<KeptAdvertiser> {
    // No campaign comes while the advertiser is put away.
    let turn = desk.project.take_turn().await;
    let given = (desk.clone(), wanted, change);
    let update = desk.app.inner.store.write(given, |transaction, (desk, (id, tag), change)| {
        Box::pin(async move {
            let rows = transaction.in_project(desk.project.id());
            let before = rows.find_advertiser(id).await?.ok_or_else(|| Error::of(Code::AdvertiserNotFound))?;
            refuse_outdated(tag.as_deref(), &tag_of(&before))?;
            let after = change.applied_to(&before)?;
            if after == before {
                return Ok(after);
            }
            if after.is_archived && !before.is_archived && rows.has_campaign_in_use(id).await? {
                return Err(Error::of(Code::AdvertiserInUse));
            }
            let entry = desk.entry(desk.event(Action::AdvertisersStored).about(id).from(json_of(&before)).to(json_of(&after)));
            rows.upsert_advertisers(std::slice::from_ref(&after.advertiser), entry.occurred_at_ms).await?;
            rows.set_advertiser_archived(id, after.is_archived.then_some(entry.occurred_at_ms)).await?;
            transaction.record(&entry).await?;
            Ok(after)
        })
    });
    let updated = update.await;
    drop(turn);
    updated
}

impl AdvertiserChange {
    fn applied_to(self, before: &KeptAdvertiser) -> Result<KeptAdvertiser> {
        let name = self.name.map_or_else(|| before.advertiser.name.clone(), |name| name.trim().to_owned());
        let advertiser = Advertiser { name, ..before.advertiser.clone() };
        let faults = advertiser.faults();
        let is_archived = self.is_archived.unwrap_or(before.is_archived);
        unless_faulty(KeptAdvertiser { advertiser, is_archived, ..before.clone() }, faults)
    }
}

/// The tag of an advertiser: it is another one when the advertiser is.
#[must_use]
pub fn tag_of(kept: &KeptAdvertiser) -> String {
    tag_of_content(&json_of(kept))
}

/// An advertiser as the trail shows it.
fn json_of(kept: &KeptAdvertiser) -> Value {
    json!({"name": kept.advertiser.name, "is_archived": kept.is_archived})
}

/// A page of advertisers.
///
/// # Errors
/// When the database does not answer.
pub async fn list(
    app: &App,
    project: &ProjectHandle,
    filter: &AdvertiserFilter,
    sorted: (AdvertiserSort, Page),
) -> Result<Listed<KeptAdvertiser>> {
    project.rows(app).list_advertisers(filter, sorted).await
}

/// The same, each with its account.
///
/// # Errors
/// When the database does not answer.
pub async fn list_with_accounts(
    app: &App,
    project: &ProjectHandle,
    filter: &AdvertiserFilter,
    sorted: (AdvertiserSort, Page),
) -> Result<Listed<(KeptAdvertiser, Overview)>> {
    let Listed { rows, total } = list(app, project, filter, sorted).await?;
    let ids: Vec<_> = rows.iter().map(|kept| kept.advertiser.id).collect();
    let accounts = account::list(app, project, &ids).await?;
    let mut accounts: HashMap<_, _> = accounts.into_iter().map(|overview| (overview.account.advertiser_id, overview)).collect();
    // Every advertiser has an account from the beginning.
    let with_account = rows.into_iter().filter_map(|kept| accounts.remove(&kept.advertiser.id).map(|overview| (kept, overview)));
    Ok(Listed { rows: with_account.collect(), total })
}
