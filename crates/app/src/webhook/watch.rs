//! What is told. Every few seconds it is looked at what holds (a campaign is over) and what was told of it already; the difference
//! is told, in the transaction that marks it as told. So nothing is told twice, and nothing is missed because nobody was there
//! when it happened.

use std::{collections::BTreeMap, time::Duration};

use barker_domain::{
    Result,
    campaign::Stage,
    webhook::{Mark, WebhookEvent},
};
use serde_json::{Value, json};

use super::{delivery::DeliverWebhook, message::delivery};
use crate::{App, ProjectHandle, campaign};

/// How late something is told at the most, once it holds.
const INTERVAL: Duration = Duration::from_secs(5);
/// What is told of one project at a time; the rest follows.
const TOLD_TOGETHER: usize = 200;

/// Watches until the application closes.
pub(crate) fn start(app: App) {
    let (tasks, closing) = (app.inner.tasks.clone(), app.inner.closing.clone());
    tasks.spawn(async move {
        let work = async {
            loop {
                tokio::time::sleep(INTERVAL).await;
                if let Err(error) = look(&app).await {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "webhooks were not told what happened; it will be tried again"
                    );
                }
            }
        };
        tokio::select! {
            () = work => (),
            () = closing.cancelled() => (),
        }
    });
}

async fn look(app: &App) -> Result<()> {
    for project_id in app.inner.store.list_projects_with_webhooks().await? {
        let Some(project) = app.find_project(project_id).await.filter(|project| !project.is_archived()) else { continue };
        tell(app, &project).await?;
    }
    Ok(())
}

async fn tell(app: &App, project: &ProjectHandle) -> Result<()> {
    let told = project.rows(app).list_marks().await?;
    let holding = holding(app, project);
    let over: Vec<_> = told.iter().filter(|mark| !holding.contains_key(mark)).copied().collect();
    let news: Vec<_> = holding.into_iter().filter(|(mark, _)| !told.contains(mark)).take(TOLD_TOGETHER).collect();
    if over.is_empty() && news.is_empty() {
        return Ok(());
    }
    let given = (project.id(), news, over, app.now_ms());
    let write = app.inner.store.write(given, |transaction, (project_id, news, over, now_ms)| {
        Box::pin(async move {
            let rows = transaction.in_project(project_id);
            rows.delete_marks(&over).await?;
            let webhooks = rows.list_webhooks().await?;
            if webhooks.is_empty() {
                // Deleted a moment ago, with its marks.
                return Ok(());
            }
            let marks: Vec<_> = news.iter().map(|(mark, _)| *mark).collect();
            rows.insert_marks(&marks, now_ms).await?;
            for (mark, data) in &news {
                for webhook in webhooks.iter().filter(|webhook| webhook.terms.is_enabled && webhook.terms.events.contains(&mark.event)) {
                    let delivery = delivery(webhook.id, mark.event, data, now_ms);
                    rows.insert_delivery(&delivery).await?;
                    transaction.enqueue_job(DeliverWebhook::of(project_id, delivery.id)?, now_ms).await?;
                }
            }
            Ok(())
        })
    });
    write.await?;
    app.workshop().wake();
    Ok(())
}

/// What holds now, and what is to be said of it.
pub(super) fn holding(app: &App, project: &ProjectHandle) -> BTreeMap<Mark, Value> {
    let finished = campaign::list_all_overviews(app, project).into_iter().filter_map(|overview| {
        let reason = match overview.stage {
            Stage::Over => "over",
            Stage::Full => "limit_reached",
            Stage::Upcoming | Stage::Running => return None,
        };
        let campaign = &overview.campaign;
        let data = json!({
            "project_id": project.id(), "campaign_id": campaign.id, "advertiser_id": campaign.advertiser_id,
            "ad_title": campaign.terms.ad_title, "reason": reason,
            "impressions_count": overview.delivered.impressions, "clicks_count": overview.delivered.clicks,
        });
        Some((Mark { event: WebhookEvent::CampaignFinished, subject_id: campaign.id.0 }, data))
    });
    finished.collect()
}
