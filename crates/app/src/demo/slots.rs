//! The shop's advertising in Barker's own slots: brands that it sells pay for places on its site.
//!
//! Its past is written as if it had been served, before anybody can ask for an ad: the same rows, counters and outbox, within the
//! campaigns' limits. From then on clients come by themselves and are served by the engine.

mod plan;

use std::{collections::HashMap, sync::Arc};

use barker_domain::{
    ClickId, Code, Day, Error, ImpressionId, Result,
    campaign::{Campaign, Delivered},
    click::{Click, Outcome},
    impression::Impression,
    project::Project,
    trail::{Action, Entry, Event, Origin},
};
use barker_serving::Meter;
use barker_store::EventBatch;
use serde_json::json;

use super::{
    Demo, Past, day_of, first_of,
    shop::{MS_PER_DAY, Shop, own_client},
};
use crate::{App, Desk, ProjectHandle, project::NewSandbox, score, serving, time};

use plan::Shown;

/// Impressions that are recorded together.
const RECORDED_TOGETHER: usize = 1_000;

/// The operator's sandbox of that alias; when it is not there, it is made with the shop's past in its own slots.
///
/// To be called before anybody is served.
///
/// # Errors
/// As [`App::open_sandbox`].
pub async fn open_sandbox(app: &App, wanted: NewSandbox, demo: Demo) -> Result<Arc<ProjectHandle>> {
    let wanted = NewSandbox { first_day: Some(first_of(demo, app.now_ms())), currency: "RUB".to_owned(), ..wanted };
    let handle = app.open_sandbox(wanted).await?;
    let project = handle.project();
    let today = Day(day_of(app.now_ms()).0 - project.epoch.0);
    let has_advertisers = !handle.rows(app).list_known_advertisers(&plan::advertiser_ids(&demo.shop)).await?.is_empty();
    let is_untouched = handle.engine.day() == Day(0) && today > Day(0);
    if !is_untouched || (!has_advertisers && !is_empty(app, &handle).await?) {
        return Ok(handle);
    }
    found(app, &handle, demo.shop, today).await
}

async fn is_empty(app: &App, project: &ProjectHandle) -> Result<bool> {
    Ok(project.rows(app).list_campaigns().await?.is_empty())
}

/// Writes the past of the slots up to yesterday. What was written by an earlier attempt is not written again; the day is set last.
async fn found(app: &App, handle: &Arc<ProjectHandle>, shop: Shop, today: Day) -> Result<Arc<ProjectHandle>> {
    let project = handle.project();
    let last = Day(project.epoch.0 + today.0);
    let seasons = plan::seasons(project.epoch, last);
    let campaigns: Vec<_> = seasons.flat_map(|season| plan::campaigns(&shop, &project, season)).collect();
    insert_market(app, &project, shop, campaigns.clone()).await?;
    let desk = Desk { app: app.clone(), project: Arc::clone(handle), origin: Origin::system() };
    score::set_all(&desk, plan::scores(&shop)).await?;
    record(app, &project, shop, &campaigns).await?;
    time::advance(&desk, Some(today)).await?;
    // The engine has seen none of it.
    app.inner.audience.forget(project.id, (0..plan::CLIENTS).map(|client| own_client(&shop, client)));
    let stored = app.store().find_project(project.id).await?.ok_or_else(|| Error::of(Code::ProjectNotFound))?;
    app.open(stored).await
}

/// Advertisers, clients and campaigns, all or none.
async fn insert_market(app: &App, project: &Project, shop: Shop, campaigns: Vec<Campaign>) -> Result<()> {
    let known = app.store().in_project(project.id).list_campaigns().await?;
    let campaigns: Vec<_> = campaigns.into_iter().filter(|campaign| known.iter().all(|known| known.id != campaign.id)).collect();
    let given = (project.id, plan::advertisers(&shop), plan::clients(&shop), campaigns, app.now_ms());
    let insert = app.store().write(given, |transaction, (project_id, advertisers, clients, campaigns, now_ms)| {
        Box::pin(async move {
            let rows = transaction.in_project(project_id);
            rows.upsert_advertisers(&advertisers, now_ms).await?;
            rows.upsert_clients(&clients).await?;
            for campaign in &campaigns {
                rows.insert_campaign(campaign).await?;
                transaction.record(&created(project_id, campaign, now_ms)).await?;
            }
            Ok(())
        })
    });
    insert.await
}

fn created(project_id: barker_domain::ProjectId, campaign: &Campaign, now_ms: i64) -> Entry {
    let event = Event::in_project(project_id, Action::CampaignCreated).about(campaign.id);
    Entry::now(event.to(json!({"advertiser_id": campaign.advertiser_id, "ad_title": campaign.terms.ad_title})), Origin::system(), now_ms)
}

/// Impressions and clicks of all days before today, with their counters and facts for the outbox.
async fn record(app: &App, project: &Project, shop: Shop, campaigns: &[Campaign]) -> Result<()> {
    let until_ms = i64::from(day_of(app.now_ms()).0) * MS_PER_DAY;
    let by_id: HashMap<_, _> = campaigns.iter().map(|campaign| (campaign.id, campaign)).collect();
    let shown: Vec<_> = plan::shown(&shop, project.epoch, (i64::from(project.epoch.0) * MS_PER_DAY, until_ms));
    for shown in shown.chunks(RECORDED_TOGETHER) {
        let mut batch = EventBatch::default();
        for shown in shown {
            let Some(campaign) = by_id.get(&shown.campaign_id) else { continue };
            let impression = impression(project, shop, shown, campaign);
            if shown.is_clicked {
                batch.clicks.push(click(&impression, shown, campaign));
            }
            batch.impressions.push(impression);
        }
        app.store().record_events(&Arc::new(batch), app.now_ms()).await?;
    }
    app.wake_outbox();
    Ok(())
}

fn impression(project: &Project, shop: Shop, shown: &Shown, campaign: &Campaign) -> Impression {
    Impression {
        id: ImpressionId(shown.ids.0),
        project_id: project.id,
        campaign_id: campaign.id,
        ad_id: campaign.id.into(),
        advertiser_id: campaign.advertiser_id,
        client_id: own_client(&shop, shown.client),
        nth: 1,
        day: Day(day_of(shown.at_ms).0 - project.epoch.0),
        occurred_at_ms: shown.at_ms,
        price: campaign.terms.cost_per_impression,
    }
}

fn click(impression: &Impression, shown: &Shown, campaign: &Campaign) -> Click {
    Click {
        id: ClickId(shown.ids.1),
        project_id: impression.project_id,
        campaign_id: campaign.id,
        ad_id: Some(impression.ad_id),
        advertiser_id: campaign.advertiser_id,
        client_id: impression.client_id,
        impression_id: Some(impression.id),
        day: impression.day,
        occurred_at_ms: impression.occurred_at_ms,
        outcome: Outcome::Billed(campaign.terms.cost_per_click),
    }
}

/// Clients who have come since the last time are served; a sandbox whose day nobody has set elsewhere follows the calendar.
pub(super) async fn live(app: &App, handle: &Arc<ProjectHandle>, past: Past) -> Result<()> {
    let project = handle.project();
    let is_ours = !handle.rows(app).list_known_advertisers(&plan::advertiser_ids(&past.shop)).await?.is_empty();
    if !handle.is_sandbox() || !is_ours {
        return Ok(());
    }
    let today = Day(day_of(past.until_ms).0 - project.epoch.0);
    let before = past.after_ms.map(|after_ms| Day(day_of(after_ms).0 - project.epoch.0));
    let desk = Desk { app: app.clone(), project: Arc::clone(handle), origin: Origin::system() };
    if Some(handle.engine.day()) == before && before < Some(today) {
        time::advance(&desk, Some(today)).await?;
    }
    if handle.engine.day() != today {
        return Ok(());
    }
    list_season(app, handle, past.shop, day_of(past.until_ms)).await?;
    let since_ms = past.after_ms.unwrap_or(0).max(i64::from(day_of(past.until_ms).0) * MS_PER_DAY);
    let all = plan::shown(&past.shop, project.epoch, (i64::from(project.epoch.0) * MS_PER_DAY, past.until_ms));
    let mut visits: HashMap<u32, usize> = HashMap::new();
    for shown in &all {
        let planned = visits.entry(shown.client).or_default();
        *planned += 1;
        if shown.at_ms >= since_ms {
            visit(app, handle, past.shop, (shown, *planned)).await?;
        }
    }
    Ok(())
}

/// A client looks at an ad, unless they have seen as many as they were to see by now.
async fn visit(app: &App, project: &Arc<ProjectHandle>, shop: Shop, (shown, planned): (&Shown, usize)) -> Result<()> {
    let client_id = own_client(&shop, shown.client);
    let seen = {
        let mut client = serving::check_out(app, project, client_id).await?;
        client.visitor().map_or(0, |visitor| visitor.viewer.history.len())
    };
    if seen >= planned {
        return Ok(());
    }
    match serving::give_ad(app, project, client_id).await {
        Ok(given) if shown.is_clicked => serving::click(app, project, given.campaign.id, client_id).await,
        Ok(_) => Ok(()),
        // Erased, or nothing is left that they have not seen.
        Err(error) if matches!(error.code, Code::NoAd | Code::ClientNotFound) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The campaigns of the season that the day lies in are there.
async fn list_season(app: &App, handle: &Arc<ProjectHandle>, shop: Shop, day: Day) -> Result<()> {
    let project = handle.project();
    for season in plan::seasons(day, day) {
        let wanted = plan::campaigns(&shop, &project, season);
        if wanted.iter().any(|campaign| handle.engine.find(campaign.id).is_some()) {
            continue;
        }
        let _turn = handle.take_turn().await;
        insert_market(app, &project, shop, wanted.clone()).await?;
        for campaign in wanted {
            let purse = handle.purses().get(app, handle, campaign.advertiser_id).await?;
            let meter = Meter::new(&campaign, Delivered::default(), app.settings().overshoot_percent, purse);
            handle.engine.list(campaign, meter);
        }
    }
    Ok(())
}
