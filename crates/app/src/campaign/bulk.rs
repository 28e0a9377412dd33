//! Several campaigns paused, resumed or put away together: all of them, in one transaction, or none.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use barker_domain::{
    CampaignId, FieldError, Result,
    campaign::{Campaign, Plan, Status},
    error::unless_faulty,
    trail::Action,
};

use super::json_of;
use crate::{App, Desk, ProjectHandle, advertiser};

/// Most campaigns of one such change: their listings are published together.
pub const MAX_TOGETHER: usize = 1_000;

/// What is done to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulkAction {
    /// They rest.
    Pause,
    /// They go on.
    Resume,
    /// They are put away.
    Archive,
}

impl BulkAction {
    /// Everything that can be done.
    pub const ALL: [Self; 3] = [Self::Pause, Self::Resume, Self::Archive];

    /// Its name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Archive => "archive",
        }
    }

    fn fault_of(self, status: Status) -> Option<FieldError> {
        match (self, status) {
            // What was never launched is launched by a change of its own, which looks at all of it.
            (Self::Resume, Status::Draft) => Some(FieldError::new("", "state", "a draft is launched, not resumed")),
            _ => status.fault_of_becoming(self.status()),
        }
    }

    fn status(self) -> Status {
        match self {
            Self::Pause => Status::Paused,
            Self::Resume => Status::Active,
            Self::Archive => Status::Archived,
        }
    }
}

/// Does it to all of them, or to none. One that is so already stays as it is.
///
/// # Errors
/// [`barker_domain::Code::InvalidRequest`] with every id at fault; [`barker_domain::Code::AdvertiserArchived`].
pub async fn change_together(desk: &Desk, ids: Vec<CampaignId>, action: BulkAction) -> Result<()> {
    let message = || format!("must hold 1 to {MAX_TOGETHER} ids");
    let faults =
        if ids.is_empty() || ids.len() > MAX_TOGETHER { vec![FieldError::new("/campaign_ids", "length", message())] } else { vec![] };
    unless_faulty((), faults)?;
    let whole = desk.clone();
    desk.app.see_through(async move { change_whole(&whole, &ids, action).await }).await
}

async fn change_whole(desk: &Desk, ids: &[CampaignId], action: BulkAction) -> Result<()> {
    let (app, project) = (&desk.app, Arc::clone(&desk.project));
    let turn = project.take_turn().await;
    let mut changes = Vec::new();
    for before in find_all(&project, ids, action)? {
        let plan = Plan { status: action.status(), ..before.plan.clone() };
        advertiser::refuse_taking_out(app, &project, (&before, plan.status)).await?;
        if plan != before.plan {
            let after = Campaign { plan, version: before.version + 1, ..before.clone() };
            let event = desk.event(Action::CampaignChanged).about(after.id).from(json_of(&before)).to(json_of(&after));
            changes.push((after, desk.entry(event)));
        }
    }
    let changed: Vec<_> = changes.iter().map(|(after, _)| after.clone()).collect();
    let given = (project.id(), action.status(), Arc::new(changes));
    let update = app.inner.store.write(given, |transaction, (project_id, status, changes)| {
        Box::pin(async move {
            let ids: Vec<_> = changes.iter().map(|(after, _)| after.id).collect();
            transaction.in_project(project_id).update_campaign_statuses(&ids, status).await?;
            for (_, entry) in changes.iter() {
                transaction.record(entry).await?;
            }
            Ok(())
        })
    });
    match update.await {
        Ok(()) => relist(&project, changed),
        Err(error) => return Err(app.or_in_doubt(error, Some(turn), move |app| adopt(app, Arc::clone(&project), changed.clone()))),
    }
    Ok(())
}

/// The campaigns as they are listed, which is as they are stored: whoever changes them has the project's turn.
fn find_all(project: &ProjectHandle, ids: &[CampaignId], action: BulkAction) -> Result<Vec<Campaign>> {
    let (mut found, mut faults, mut seen) = (Vec::with_capacity(ids.len()), Vec::new(), HashSet::new());
    for (place, id) in ids.iter().enumerate() {
        let pointer = || format!("/campaign_ids/{place}");
        match project.engine.find(*id) {
            None => faults.push(FieldError::new(pointer(), "unknown", "is no campaign of this project")),
            Some(listing) => match action.fault_of(listing.campaign.plan.status) {
                Some(fault) => faults.push(FieldError { pointer: pointer(), ..fault }),
                None if seen.insert(*id) => found.push(listing.campaign.clone()),
                // The same again says nothing new.
                None => (),
            },
        }
    }
    unless_faulty(found, faults)
}

fn relist(project: &ProjectHandle, changed: Vec<Campaign>) {
    let with_meter = |campaign: Campaign| {
        let listing = project.engine.find(campaign.id)?;
        // What rested is not behind: it does not hurry.
        listing.meter.budgets.restart_line();
        Some((campaign, Arc::clone(&listing.meter)))
    };
    project.engine.list_together(changed.into_iter().filter_map(with_meter).collect::<Vec<_>>());
}

/// Lists what turns out to be stored.
async fn adopt(app: App, project: Arc<ProjectHandle>, changed: Vec<Campaign>) -> Result<()> {
    let stored: HashMap<_, _> = project.rows(&app).list_campaigns().await?.into_iter().map(|campaign| (campaign.id, campaign)).collect();
    if changed.iter().all(|campaign| stored.get(&campaign.id) == Some(campaign)) {
        relist(&project, changed);
    }
    Ok(())
}
