//! Changing an ad: its weight, its status, its name, and what it shows.

use std::sync::Arc;

use barker_domain::{
    AdId, CampaignId, Code, CreativeId, Error, FieldError, Result,
    ad::{Ad, AdStatus, AdWithCreative},
    creative::{Content, Creative},
    error::unless_faulty,
    trail::Action,
};

use super::{Write, find_usable, get, json_of, refuse_crowded};
use crate::{App, Desk, ProjectHandle, file};

/// What changes; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AdChange {
    /// What people call it; `Some(None)`: by its title.
    pub name: Option<Option<String>>,
    /// How much it gets.
    pub weight: Option<i32>,
    /// What its owner wants of it.
    pub status: Option<AdStatus>,
    /// Another creative that it shows from now on.
    pub creative_id: Option<CreativeId>,
    /// What its creative says from now on, in every ad that shows it.
    pub content: Option<Content>,
}

/// Changes an ad by `edit`, which sees it as it is; with a version, only while it is that one.
///
/// # Errors
/// [`Code::AdNotFound`]; [`Code::VersionConflict`]; [`Code::InvalidRequest`] with every field at fault; [`Code::TooMany`]; whatever
/// `edit` answers.
pub async fn change(
    desk: &Desk,
    (id, version): (AdId, Option<i32>),
    edit: impl FnOnce(&AdWithCreative) -> Result<AdChange> + Send + 'static,
) -> Result<AdWithCreative> {
    let whole = desk.clone();
    desk.app.see_through(async move { change_whole(&whole, (id, version), edit).await }).await
}

async fn change_whole(
    desk: &Desk,
    (id, version): (AdId, Option<i32>),
    edit: impl FnOnce(&AdWithCreative) -> Result<AdChange>,
) -> Result<AdWithCreative> {
    let (app, project) = (&desk.app, Arc::clone(&desk.project));
    let turn = project.take_turn().await;
    let before = get(app, &project, id).await?;
    if version.is_some_and(|version| version != before.0.version) {
        return Err(Error::of(Code::VersionConflict));
    }
    let change = edit(&before)?;
    let after = decided(app, &project, &before, change).await?;
    if after == before {
        return Ok(after);
    }
    let is_back = before.0.status == AdStatus::Archived && after.0.status != AdStatus::Archived;
    if is_back {
        refuse_crowded(app, &project, after.0.campaign_id).await?;
    }
    let says_else = after.1.id == before.1.id && after.1.content != before.1.content;
    let campaigns = concerned(app, &project, (&after.0, says_else)).await?;
    // An ad whose creative changes gets its next version with it.
    let is_decided = Ad { version: before.0.version, ..after.0.clone() } != before.0;
    let after = next_version(after, (is_decided, says_else));
    let event = desk.event(Action::AdChanged).about(id).from(json_of(&before.0, &before.1)).to(json_of(&after.0, &after.1));
    let write = Write { project: Arc::clone(&project), turn, campaigns, entry: desk.entry(event) };
    write
        .carry_out(app, (after.clone(), is_decided, says_else), |transaction, project_id, ((ad, creative), is_decided, says_else)| {
            Box::pin(async move {
                let rows = transaction.in_project(project_id);
                if says_else {
                    rows.update_creative(&creative).await?;
                }
                if is_decided {
                    rows.update_ad(&ad).await?;
                }
                Ok(())
            })
        })
        .await?;
    Ok(after)
}

/// The ad as it is after the change, with the versions that it had.
async fn decided(app: &App, project: &ProjectHandle, (ad, creative): &AdWithCreative, change: AdChange) -> Result<AdWithCreative> {
    let AdChange { name, weight, status, creative_id, content } = change;
    let (mut faults, mut shown) = (Vec::new(), creative.clone());
    if let Some(id) = creative_id.filter(|id| *id != creative.id) {
        match find_usable(app, project, id).await? {
            Ok(usable) => shown = usable,
            Err(fault) => faults.push(fault),
        }
    }
    if let Some(content) = content {
        faults.extend(content.faults().into_iter().map(|fault| fault.below("/creative")));
        match file::settle(app, project, content).await? {
            Ok(content) => shown = Creative { content, ..shown },
            Err(fault) => faults.push(fault.below("/creative")),
        }
    }
    let status = status.unwrap_or(ad.status);
    let after = Ad {
        name: name.unwrap_or_else(|| ad.name.clone()),
        weight: weight.unwrap_or(ad.weight),
        status,
        creative_id: shown.id,
        ..ad.clone()
    };
    faults.extend(after.faults());
    faults.extend(ad.status.fault_of_becoming(status));
    if status != AdStatus::Archived && shown.is_archived {
        faults.push(FieldError::new("/status", "state", "its creative is archived: take that out again first, or show another"));
    }
    unless_faulty((after, shown), faults)
}

/// The campaigns whose clients see something else: the ad's own, and all with an ad whose creative says something else.
async fn concerned(app: &App, project: &ProjectHandle, (ad, says_else): (&Ad, bool)) -> Result<Vec<CampaignId>> {
    if says_else { project.rows(app).list_campaigns_that_show(ad.creative_id).await } else { Ok(vec![ad.campaign_id]) }
}

fn next_version((ad, creative): AdWithCreative, (is_decided, says_else): (bool, bool)) -> AdWithCreative {
    let ad = Ad { version: ad.version + i32::from(is_decided || says_else), ..ad };
    (ad, Creative { version: creative.version + i32::from(says_else), ..creative })
}
