//! Days that have been: what campaigns spent on them, told to their budgets before such a day is opened again.

use std::sync::{
    Arc,
    atomic::{AtomicI32, Ordering},
};

use barker_domain::{CampaignId, Day, Result};
use barker_serving::Listing;
use barker_store::InProject;

use crate::{App, ProjectHandle};

/// Days on either side of today that a live project's clock or another time zone may bring back.
const NEARBY: i32 = 2;

/// How far a project's days have gone.
#[derive(Debug)]
pub(crate) struct Days {
    /// The last one on which anything may have been delivered.
    last: AtomicI32,
}

impl Days {
    /// Tells budgets what was spent on days that may be today.
    pub(crate) async fn open(rows: &InProject<'_>, (today, is_sandbox): (Day, bool), listings: &[Arc<Listing>]) -> Result<Self> {
        // A sandbox moves to another day by being told to, and tells then.
        let nearby = if is_sandbox { 0 } else { NEARBY };
        let last = rows.find_last_day_of_delivery().await?.map_or(today, |last| last.max(today));
        let by_id: std::collections::HashMap<_, _> = listings.iter().map(|listing| (listing.campaign.id, listing)).collect();
        tell(rows, (today.plus(-nearby), today.plus(nearby)), |id| by_id.get(&id).map(|listing| Arc::clone(listing))).await?;
        Ok(Self { last: AtomicI32::new(last.0) })
    }

    /// Tells budgets what was spent on a day, before a sandbox goes there. Whoever asks has the project's turn.
    pub(crate) async fn prepare(&self, app: &App, project: &ProjectHandle, day: Day) -> Result<()> {
        // On a day after all others nothing was spent.
        if self.last.fetch_max(day.0, Ordering::AcqRel) < day.0 {
            return Ok(());
        }
        tell(&project.rows(app), (day, day), |id| project.engine.find(id)).await
    }
}

async fn tell(rows: &InProject<'_>, (first, last): (Day, Day), find: impl Fn(CampaignId) -> Option<Arc<Listing>>) -> Result<()> {
    for (id, day, spent) in rows.list_spent(first, last).await? {
        if let Some(listing) = find(id) {
            listing.meter.budgets.tell(day, spent);
        }
    }
    Ok(())
}
