//! Advertisers: made or renamed in bulk, read and listed.

use std::{collections::HashMap, sync::Arc};

use barker_domain::{
    AdvertiserId, Code, Error, Result,
    advertiser::Advertiser,
    page::{Listed, Page},
    trail::Action,
};
use serde_json::json;

use crate::{
    App, Desk, ProjectHandle,
    account::{self, Overview},
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
    barker_domain::error::unless_faulty((), faults.collect())?;
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
    project.rows(app).find_advertiser(id).await?.ok_or_else(|| Error::of(Code::AdvertiserNotFound))
}

/// A page of advertisers, newest first; with `search`, those whose name contains it in any case.
///
/// # Errors
/// When the database does not answer.
pub async fn list(app: &App, project: &ProjectHandle, page: Page, search: Option<&str>) -> Result<Listed<Advertiser>> {
    project.rows(app).list_advertisers(page, search).await
}

/// The same, each with its account.
///
/// # Errors
/// When the database does not answer.
pub async fn list_with_accounts(
    app: &App,
    project: &ProjectHandle,
    page: Page,
    search: Option<&str>,
) -> Result<Listed<(Advertiser, Overview)>> {
    let Listed { rows, total } = list(app, project, page, search).await?;
    let ids: Vec<_> = rows.iter().map(|advertiser| advertiser.id).collect();
    let accounts = account::list(app, project, &ids).await?;
    let mut accounts: HashMap<_, _> = accounts.into_iter().map(|overview| (overview.account.advertiser_id, overview)).collect();
    // Every advertiser has an account from the beginning.
    let with_account = rows.into_iter().filter_map(|advertiser| accounts.remove(&advertiser.id).map(|overview| (advertiser, overview)));
    Ok(Listed { rows: with_account.collect(), total })
}
