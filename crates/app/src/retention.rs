//! Retention: single impressions and clicks of campaigns that ended long ago are deleted, a little at a time. What they have
//! counted stays.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use barker_domain::{CampaignId, Day, Error, ProjectId, Result};
use barker_store::{Erased, OldImpression};

use crate::{App, ProjectHandle};

/// Impressions that are looked at, and deleted, together: commits wait for it.
const TOGETHER: u64 = 500;
/// Campaigns whose clicks without an impression are looked for together.
const CAMPAIGNS_TOGETHER: usize = 500;
/// Pause after each portion, so that commits that queued behind it are done before the next.
const PAUSE: Duration = Duration::from_millis(20);
/// How often projects are asked whether a day has begun.
const INTERVAL: Duration = Duration::from_mins(1);

/// Forgets what is old until the application closes: at the start, and whenever a project's day has begun.
pub(crate) fn start(app: App) {
    if app.settings().impression_retention_days.is_none() {
        return;
    }
    let (tasks, closing) = (app.inner.tasks.clone(), app.inner.closing.clone());
    tasks.spawn(async move {
        let work = async {
            let mut done = HashMap::new();
            loop {
                for project in app.list_projects().await {
                    app.forget_old_impressions_today(&project, &mut done).await;
                }
                tokio::time::sleep(INTERVAL).await;
            }
        };
        tokio::select! {
            () = work => (),
            () = closing.cancelled() => (),
        }
    });
}

fn tell(impressions: u64, clicks: u64) {
    if impressions + clicks > 0 {
        tracing::info!(impressions, clicks, "impressions of campaigns that are long over were made anonymous");
    }
}

fn warn(error: &Error) {
    tracing::warn!(error = error as &dyn std::error::Error, "old impressions stay; it will be tried again");
}

impl App {
    async fn forget_old_impressions_today(&self, project: &Arc<ProjectHandle>, done: &mut HashMap<ProjectId, Day>) {
        let today = project.today(self.now_ms());
        if done.get(&project.id()) == Some(&today) {
            return;
        }
        match self.forget_old_impressions(project).await {
            Ok(Erased { impressions, clicks, .. }) => {
                done.insert(project.id(), today);
                tell(impressions, clicks);
            }
            Err(error) => warn(&error),
        }
    }

    /// Deletes the single impressions and clicks of campaigns that ended longer ago than the operator keeps them; never those
    /// of a sandbox, whose day may go back. Answers how many there were.
    ///
    /// # Errors
    /// When the database does not answer; what is left is done the next time.
    pub async fn forget_old_impressions(&self, project: &ProjectHandle) -> Result<Erased> {
        let Some(days) = self.settings().impression_retention_days.filter(|_| !project.is_sandbox()) else {
            return Ok(Erased::default());
        };
        let oldest_kept = Day(project.today(self.now_ms()).0.saturating_sub(days));
        let rows = project.rows(self);
        let ended: Vec<_> = rows.list_campaigns_ended_before(oldest_kept).await?;
        let (delivered, anonymous) = (rows.list_delivered().await?, rows.count_anonymous_impressions().await?);
        let has_rows = |id: &CampaignId| {
            let delivered = delivered.get(id).map_or(0, |delivered| delivered.impressions);
            delivered > anonymous.get(id).copied().unwrap_or_default()
        };
        let over: HashSet<_> = ended.iter().copied().filter(has_rows).collect();
        let mut sum = if over.is_empty() { Erased::default() } else { self.forget_impressions_of(project, &over, oldest_kept).await? };
        for campaigns in ended.chunks(CAMPAIGNS_TOGETHER) {
            sum.clicks += self.forget_stray_clicks(project, campaigns).await?;
        }
        Ok(sum)
    }

    async fn forget_impressions_of(&self, project: &ProjectHandle, over: &HashSet<CampaignId>, oldest_kept: Day) -> Result<Erased> {
        let (mut sum, mut last_id) = (Erased::default(), None);
        loop {
            let page = project.rows(self).list_oldest_impressions(last_id, TOGETHER).await?;
            last_id = page.last().map(|impression| impression.id);
            let old: Vec<_> = page.iter().copied().filter(|impression| over.contains(&impression.campaign_id)).collect();
            if !old.is_empty() {
                let Erased { impressions, clicks, .. } = self.forget_portion(project, old).await?;
                sum.impressions += impressions;
                sum.clicks += clicks;
                tokio::time::sleep(PAUSE).await;
            }
            // Ids grow with time: behind a page that is all too young there is nothing old.
            if page.iter().all(|impression| impression.day >= oldest_kept) {
                return Ok(sum);
            }
        }
    }

    async fn forget_portion(&self, project: &ProjectHandle, old: Vec<OldImpression>) -> Result<Erased> {
        let clients: HashSet<_> = old.iter().map(|impression| impression.client_id).collect();
        let forget = self.inner.store.write((project.id(), Arc::new(old)), |transaction, (project_id, old)| {
            Box::pin(async move { transaction.in_project(project_id).forget_impressions(&old).await })
        });
        let forgotten = forget.await;
        // Whatever became of it: what memory knows may be what was.
        self.inner.audience.forget(project.id(), clients);
        forgotten
    }

    /// Clicks that followed no impression are found by themselves.
    async fn forget_stray_clicks(&self, project: &ProjectHandle, campaigns: &[CampaignId]) -> Result<u64> {
        let (campaigns, mut count) = (Arc::new(campaigns.to_vec()), 0);
        loop {
            let given = (project.id(), Arc::clone(&campaigns));
            let forget = self.inner.store.write(given, |transaction, (project_id, campaigns)| {
                Box::pin(async move { transaction.in_project(project_id).forget_stray_clicks(&campaigns, TOGETHER).await })
            });
            let clients = forget.await?;
            let found = clients.len() as u64;
            self.inner.audience.forget(project.id(), clients);
            count += found;
            if found < TOGETHER {
                return Ok(count);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}
