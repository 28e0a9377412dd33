//! What is told. Every few seconds it is looked at what holds (a campaign is over, money has ended) and what was told of it
//! already; the difference is told, in the transaction that marks it as told. So nothing is told twice, and nothing is missed
//! because nobody was there when it happened.

use std::{collections::BTreeMap, time::Duration};

use barker_domain::{
    AdvertiserId, Micros, Result,
    campaign::{Stage, State},
    webhook::{Mark, WebhookEvent},
};
use serde_json::{Value, json};

use super::{delivery::DeliverWebhook, message::delivery};
use crate::{App, ProjectHandle, campaign, time::today};

/// How late something is told at the most, once it holds, as servers have it.
pub const LOOK_INTERVAL: Duration = Duration::from_secs(5);
/// What is told of one project at a time; the rest follows.
const TOLD_TOGETHER: usize = 200;

/// Watches until the application closes.
pub(crate) fn start(app: App) {
    let (tasks, closing) = (app.inner.tasks.clone(), app.inner.closing.clone());
    tasks.spawn(async move {
        let work = async {
            loop {
                tokio::time::sleep(app.settings().webhook_look_interval).await;
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
    let holding = holding(app, project).await?;
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
pub(super) async fn holding(app: &App, project: &ProjectHandle) -> Result<BTreeMap<Mark, Value>> {
    let mut holding = finished(app, project);
    holding.extend(without_money(app, project));
    holding.extend(low(app, project).await?);
    Ok(holding)
}

fn finished(app: &App, project: &ProjectHandle) -> BTreeMap<Mark, Value> {
    let finished = campaign::list_all_overviews(app, project).into_iter().filter_map(|overview| {
        // What was never launched, or was put away, does not finish.
        let reason = match (overview.state, overview.stage) {
            (State::Finished, Stage::Over) => "over",
            (State::Finished, _) => "limit_reached",
            _ => return None,
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

/// Advertisers whose campaigns would run today, if their money covered an impression of any, and the click that may follow.
fn without_money(app: &App, project: &ProjectHandle) -> BTreeMap<Mark, Value> {
    let today = today(app, project);
    // What is left, and what the cheapest of the campaigns needs.
    let mut money: BTreeMap<AdvertiserId, (i64, i64)> = BTreeMap::new();
    for listing in project.engine.listings() {
        let (terms, delivered) = (&listing.campaign.terms, listing.meter.delivered());
        if Stage::of(terms, delivered, today) == Stage::Running {
            let click = if delivered.clicks < i64::from(terms.clicks_limit) { terms.cost_per_click } else { Micros::ZERO };
            let needed = terms.cost_per_impression.saturating_add(click).0;
            let left = listing.meter.purse.unsettled();
            let (_, cheapest) = money.entry(listing.campaign.advertiser_id).or_insert((left, needed));
            *cheapest = needed.min(*cheapest);
        }
    }
    let ended = money.into_iter().filter(|(_, (left, cheapest))| left < cheapest).map(|(id, (left, cheapest))| {
        let data = json!({
            "project_id": project.id(), "advertiser_id": id, "currency": project.project().currency,
            "spendable": Micros(left).to_decimal(), "needed": Micros(cheapest).to_decimal(),
        });
        (Mark { event: WebhookEvent::MoneyEnded, subject_id: id.0 }, data)
    });
    ended.collect()
}

/// Advertisers who may spend less than the amount that their account says.
async fn low(app: &App, project: &ProjectHandle) -> Result<BTreeMap<Mark, Value>> {
    let wanted = project.rows(app).list_low_balances().await?;
    let low = wanted.into_iter().filter_map(|(id, low_balance)| {
        // One without a purse has neither a campaign nor a movement since the start: it spends nothing.
        let left = project.purses().find(id)?.unsettled();
        let data = json!({
            "project_id": project.id(), "advertiser_id": id, "currency": project.project().currency,
            "spendable": Micros(left).to_decimal(), "low_balance": low_balance.to_decimal(),
        });
        (left < low_balance.0).then_some((Mark { event: WebhookEvent::BalanceLow, subject_id: id.0 }, data))
    });
    Ok(low.collect())
}
