//! What the warehouse says of Barker's own advertising is what the ad API's statistics say, to the unit.

use std::collections::{BTreeMap, BTreeSet};

use barker_app::{ad, advertiser, campaign, outbox, own_facts, statistics};
use barker_domain::{
    Day,
    ad::AdStatus,
    page::Page,
    project::Project,
    statistics::{Days, EmptyDays},
};
use barker_store::{AdFilter, AdSort, AdvertiserFilter, AdvertiserSort};
use barker_warehouse::question::{Attribution, Dimension, Filter, Key, Measure, Question, Sales};
use jiff::tz::TimeZone;

use crate::{
    disagreement::{Disagreement, unless},
    world::Sandbox,
};

/// Impressions, clicks and micros by advertiser or ad and civil day.
type Spent = BTreeMap<(String, Day), [i128; 3]>;

/// In every sandbox day.
const ALL_DAYS: (i32, i32) = (0, 3_000);

/// And the audit finds nothing.
pub(crate) async fn agree(sandbox: &Sandbox<'_>) -> Result<(), Disagreement> {
    sandbox.audit().await?;
    let app = &sandbox.app;
    outbox::catch_up(app).await.unwrap();
    let project = app.store().find_project(sandbox.project.id()).await.unwrap().unwrap();
    let (ours, theirs) = (statistics_of(sandbox, &project).await, warehouse_of(sandbox, &project, Dimension::Account).await);
    unless(ours != theirs, || format!("the statistics say {ours:?}, the warehouse {theirs:?}"))?;
    let (there, ours) = statistics_of_ads(sandbox, &project).await?;
    let mut theirs = warehouse_of(sandbox, &project, Dimension::Ad).await;
    // Ads of deleted campaigns have no statistics of their own any more; their advertiser's, above, hold them.
    theirs.retain(|(ad, _), _| there.contains(ad));
    unless(ours != theirs, || format!("the statistics of the ads say {ours:?}, the warehouse {theirs:?}"))
}

/// Every ad there is, and its days; those of each campaign's ads sum to those of the campaign.
async fn statistics_of_ads(sandbox: &Sandbox<'_>, project: &Project) -> Result<(BTreeSet<String>, Spent), Disagreement> {
    let (app, project_handle) = (&sandbox.app, &sandbox.project);
    let (mut there, mut spent) = (BTreeSet::new(), Spent::new());
    for overview in campaign::list_all_overviews(app, project_handle) {
        let id = overview.campaign.id;
        let mut sums = Days::new();
        for status in AdStatus::ALL {
            let filter = AdFilter { campaign_id: Some(id), status: Some(status), search: None };
            for (ad, _) in ad::list(app, project_handle, &filter, (AdSort::Oldest, Page::default())).await.unwrap().rows {
                there.insert(ad.id.0.to_string());
                for (day, counted) in statistics::of_ad_by_day(app, project_handle, ad.id, EmptyDays::LeftOut).await.unwrap() {
                    sums.entry(day).or_default().add(&counted);
                    let counted = [counted.impressions.into(), counted.clicks.into(), counted.spent_total().0.into()];
                    spent.insert((ad.id.0.to_string(), project.civil_day(day)), counted);
                }
            }
        }
        let days = statistics::of_campaign_by_day(app, project_handle, id, EmptyDays::LeftOut).await.unwrap().into_iter().collect();
        unless(sums != days, || format!("the ads of {id} delivered {sums:?}, the campaign {days:?}"))?;
    }
    Ok((there, spent))
}

async fn statistics_of(sandbox: &Sandbox<'_>, project: &Project) -> Spent {
    let everybody =
        advertiser::list(&sandbox.app, &sandbox.project, &AdvertiserFilter::default(), (AdvertiserSort::Created, Page::default()))
            .await
            .unwrap();
    let mut spent = Spent::new();
    for advertiser in everybody.rows {
        let days =
            statistics::of_advertiser_by_day(&sandbox.app, &sandbox.project, advertiser.advertiser.id, EmptyDays::LeftOut).await.unwrap();
        for (day, counted) in days {
            let sums = [counted.impressions.into(), counted.clicks.into(), counted.spent_total().0.into()];
            spent.insert((advertiser.advertiser.id.0.to_string(), project.civil_day(day)), sums);
        }
    }
    spent
}

async fn warehouse_of(sandbox: &Sandbox<'_>, project: &Project, by: Dimension) -> Spent {
    let question = Question {
        project_id: project.id,
        days: (project.civil_day(Day(ALL_DAYS.0)), project.civil_day(Day(ALL_DAYS.1))),
        between_ms: None,
        time_zone: TimeZone::UTC,
        currency: project.currency.clone(),
        measures: vec![Measure::Impressions, Measure::Clicks, Measure::Cost],
        group_by: vec![by, Dimension::Day],
        filters: vec![Filter { dimension: Dimension::Source, values: vec![own_facts::SOURCE.to_owned()], is_excluding: false }],
        sales: Sales::Orders,
        is_net_of_refunds: false,
        conversion_events: Vec::new(),
        attribution: Attribution::default(),
        limit: u32::MAX,
    };
    let answer = sandbox.app.warehouse().sums(question).await.unwrap();
    let read = |row: barker_warehouse::question::SumsRow| {
        let [Key::Text(advertiser), Key::Number(day)] = row.keys.as_slice() else { panic!("{row:?}") };
        let sum = |place: usize| row.sums[place].unwrap();
        ((advertiser.clone(), Day(i32::try_from(*day).unwrap())), [sum(0), sum(1), sum(2)])
    };
    answer.rows.into_iter().map(read).collect()
}
