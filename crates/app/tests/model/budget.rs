//! Waves of views, clicks, refunds, changed budgets and moved days at the same time: no order passes a budget or a frequency cap.

use std::{collections::BTreeMap, fmt, sync::Arc};

use barker_app::{
    Desk, account,
    account::Movement,
    ad,
    ad::{AdChange, NewAd, Shows},
    advertiser,
    campaign::{self, Named},
    client, invalid_click, serving, time,
};
use barker_domain::{
    CampaignId, Code, Day, Error, Micros,
    account::{AccountKind, AccountTerms},
    ad::AdStatus,
    advertiser::Advertiser,
    campaign::{DailyBudget, FrequencyCap, Pacing, Plan, Rotation, Terms, Window},
    client::Client,
    creative::Content,
    ledger::{InvalidReason, PostingKind},
    page::Page,
};
use barker_store::ClickFilter;
use barker_testkit::build;
use futures::future::join_all;
use proptest::{collection::vec, option, prelude::*, sample::select};

use crate::{
    disagreement::{Disagreement, unless},
    own_facts,
    step::{advertiser_id, client_id},
    world::Sandbox,
};

const CLIENTS: usize = 6;
const CAMPAIGNS: usize = 4;
/// A sandbox goes forth and back among so many days.
const DAYS: i32 = 3;

/// What a campaign may spend, and how often it is shown.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    total: Option<i64>,
    daily: Option<i64>,
    cap: Option<FrequencyCap>,
    prices: (i64, i64),
}

/// Waves of what happens at the same time.
#[derive(Clone)]
pub(crate) struct Flood {
    campaigns: Vec<Bounds>,
    waves: Vec<Vec<Action>>,
}

#[derive(Debug, Clone, Copy)]
enum Action {
    View { client: usize },
    Click { client: usize, campaign: usize },
    TopUp { micros: i64 },
    Budget { campaign: usize, total: Option<i64>, daily: Option<i64> },
    GoTo { day: i32 },
    Refund { campaign: usize },
    AddAd { campaign: usize, weight: i32 },
    ChangeAd { campaign: usize, nth: usize, weight: i32, status: AdStatus },
    Retitle { campaign: usize },
}

impl fmt::Debug for Flood {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.campaigns.iter().try_for_each(|bounds| writeln!(formatter, "{bounds:?}"))?;
        self.waves.iter().try_for_each(|wave| writeln!(formatter, "{wave:?}"))
    }
}

fn budget() -> impl Strategy<Value = Option<i64>> {
    option::weighted(0.7, select(vec![0, 1_000_000, 2_500_000, 4_000_000, 9_000_000]))
}

fn cap() -> impl Strategy<Value = Option<FrequencyCap>> {
    let windows = select(vec![Window::Hour, Window::Day, Window::Week, Window::Flight]);
    option::weighted(0.6, (1..4_i32, windows).prop_map(|(shows, window)| FrequencyCap { shows, window }))
}

pub(crate) fn floods() -> impl Strategy<Value = Flood> {
    let price = || select(vec![0, 1, 500_000, 1_000_000, 1_500_000]);
    let bounds = (budget(), budget(), cap(), (price(), price()));
    let bounds = bounds.prop_map(|(total, daily, cap, prices)| Bounds { total, daily, cap, prices });
    let action = prop_oneof![
        30 => (0..CLIENTS).prop_map(|client| Action::View { client }),
        10 => (0..CLIENTS, 0..CAMPAIGNS).prop_map(|(client, campaign)| Action::Click { client, campaign }),
        2 => (1..8_000_000_i64).prop_map(|micros| Action::TopUp { micros }),
        4 => (0..CAMPAIGNS, budget(), budget()).prop_map(|(campaign, total, daily)| Action::Budget { campaign, total, daily }),
        2 => (0..DAYS).prop_map(|day| Action::GoTo { day }),
        2 => (0..CAMPAIGNS).prop_map(|campaign| Action::Refund { campaign }),
        4 => (0..CAMPAIGNS, 1..1_001_i32).prop_map(|(campaign, weight)| Action::AddAd { campaign, weight }),
        4 => (0..CAMPAIGNS, 0..5_usize, 1..1_001_i32, select(&AdStatus::ALL[..]))
            .prop_map(|(campaign, nth, weight, status)| Action::ChangeAd { campaign, nth, weight, status }),
        1 => (0..CAMPAIGNS).prop_map(|campaign| Action::Retitle { campaign }),
    ];
    (vec(bounds, CAMPAIGNS), vec(vec(action, 1..60), 1..4)).prop_map(|(campaigns, waves)| Flood { campaigns, waves })
}

/// After every wave the audit is clean, which looks at budgets, and no client has seen more than a cap allows; after a restart the
/// same is left of each budget as before.
pub(crate) async fn run(sandbox: &mut Sandbox<'_>, flood: &Flood) -> Result<(), Disagreement> {
    let campaigns = Arc::new(open_market(sandbox, flood).await);
    let mut given: BTreeMap<CampaignId, usize> = BTreeMap::new();
    for (place, wave) in flood.waves.iter().enumerate() {
        let tasks = wave.iter().enumerate().map(|(nth, action)| {
            let (desk, campaigns) = (sandbox.desk(), Arc::clone(&campaigns));
            tokio::spawn(act(desk, *action, campaigns, format!("wave-{place}-{nth}")))
        });
        for outcome in join_all(tasks.collect::<Vec<_>>()).await {
            let shown = outcome.unwrap().map_err(|error| format!("wave {place}: {error}"))?;
            if let Some(id) = shown {
                *given.entry(id).or_default() += 1;
            }
        }
        sandbox.audit().await.map_err(|words| format!("wave {place}: {words}"))?;
        hold_caps(sandbox, flood, &campaigns, &given).await.map_err(|words| format!("wave {place}: {words}"))?;
    }
    let before = spent(sandbox, &campaigns);
    let shown = rotations(sandbox, &campaigns);
    sandbox.restart(10_000_000).await;
    let stored = rotations(sandbox, &campaigns);
    unless(shown != stored, || format!("{shown:?} were shown before the restart, {stored:?} after it"))?;
    let after = spent(sandbox, &campaigns);
    unless(before != after, || format!("spent {before:?} before the restart, {after:?} after it"))?;
    own_facts::agree(sandbox).await
}

/// What the engine shows of each campaign.
fn rotations(sandbox: &Sandbox<'_>, campaigns: &[CampaignId]) -> Vec<(Rotation, String, i32)> {
    let overview = |id: &CampaignId| campaign::get_overview(&sandbox.app, &sandbox.project, *id).unwrap().campaign;
    campaigns.iter().map(overview).map(|campaign| (campaign.ads, campaign.terms.ad_title, campaign.version)).collect()
}

/// What each campaign has spent in all and today, as budgets know it.
fn spent(sandbox: &Sandbox<'_>, campaigns: &[CampaignId]) -> Vec<(i64, i64)> {
    let overview = |id: &CampaignId| campaign::get_overview(&sandbox.app, &sandbox.project, *id).unwrap();
    campaigns.iter().map(overview).map(|overview| (overview.delivered.spent.0, overview.spent_today.0)).collect()
}

async fn hold_caps(
    sandbox: &Sandbox<'_>,
    flood: &Flood,
    campaigns: &[CampaignId],
    given: &BTreeMap<CampaignId, usize>,
) -> Result<(), Disagreement> {
    let clients: Vec<_> = (0..CLIENTS).map(client_id).collect();
    let viewers = sandbox.app.store().in_project(sandbox.project.id()).list_viewers(&clients).await.unwrap();
    for (id, bounds) in campaigns.iter().zip(&flood.campaigns) {
        let Some(cap) = bounds.cap else { continue };
        let mut counted = 0;
        for (client, viewer) in &viewers {
            let shown: Vec<_> = viewer.shown.iter().filter(|row| row.campaign_id == *id).collect();
            counted += shown.len();
            // The clock stands still, so that an hour of a day is the day; all days lie in one week.
            let window = |day: Day| if matches!(cap.window, Window::Hour | Window::Day) { day } else { Day(0) };
            let mut by_window: BTreeMap<Day, i32> = BTreeMap::new();
            for row in shown {
                *by_window.entry(window(row.day)).or_default() += 1;
            }
            unless(by_window.values().any(|shows| *shows > cap.shows), || format!("{client:?} was shown {id:?} {by_window:?}, {cap:?}"))?;
        }
        let given = given.get(id).copied().unwrap_or_default();
        unless(given > counted, || format!("{id:?} was given {given} times and counted {counted} times"))?;
    }
    Ok(())
}

async fn open_market(sandbox: &Sandbox<'_>, flood: &Flood) -> Vec<CampaignId> {
    let clients = (0..CLIENTS).map(|number| Client { id: client_id(number), ..build::client() }).collect();
    client::upsert(&sandbox.desk(), clients).await.unwrap();
    let advertiser = Advertiser { id: advertiser_id(0), name: "Smart Inc".to_owned() };
    advertiser::upsert(&sandbox.desk(), vec![advertiser.clone()]).await.unwrap();
    let terms = AccountTerms { kind: AccountKind::Prepaid, credit_limit: Some(Micros(20_000_000)), low_balance: None };
    account::change(&sandbox.desk(), (advertiser.id, None), move |_| Ok(terms)).await.unwrap();
    let mut campaigns = Vec::new();
    for bounds in &flood.campaigns {
        let sample = build::campaign(advertiser.id).terms;
        let terms = Terms { cost_per_impression: Micros(bounds.prices.0), cost_per_click: Micros(bounds.prices.1), ..sample };
        let plan = Plan { frequency_cap: bounds.cap, ..budgets(Plan::default(), bounds.total, bounds.daily) };
        campaigns.push(campaign::create_planned(&sandbox.desk(), advertiser.id, (terms, plan)).await.unwrap().id);
    }
    campaigns
}

fn budgets(plan: Plan, total: Option<i64>, daily: Option<i64>) -> Plan {
    let daily_budget = daily.map(|amount| DailyBudget { amount: Micros(amount), since: Day(0) });
    Plan { total_budget: total.map(Micros), daily_budget, pacing: Pacing::Asap, ..plan }
}

/// What was shown.
async fn act(desk: Desk, action: Action, campaigns: Arc<Vec<CampaignId>>, key: String) -> Result<Option<CampaignId>, Error> {
    match attempt(&desk, action, &campaigns, key).await {
        // A budget is spent, or would be below what is; or somebody else has refunded the click, or put the ad away.
        Err(error) if [Code::NoAd, Code::InvalidRequest, Code::Busy].contains(&error.code) => Ok(None),
        outcome => outcome,
    }
}

#[expect(clippy::cognitive_complexity, reason = "a branch for each action")]
async fn attempt(desk: &Desk, action: Action, campaigns: &[CampaignId], key: String) -> Result<Option<CampaignId>, Error> {
    let (app, project) = (&desk.app, &desk.project);
    let nothing = |()| None;
    match action {
        Action::View { client } => serving::give_ad(app, project, client_id(client)).await.map(|shown| Some(shown.campaign.id)),
        Action::Click { client, campaign } => serving::click(app, project, campaigns[campaign], client_id(client)).await.map(nothing),
        Action::TopUp { micros } => {
            let (advertiser_id, kind) = (advertiser_id(0), PostingKind::TopUp);
            let movement = Movement { advertiser_id, kind, amount: Micros(micros), currency: None, note: None, key };
            account::move_money(desk, movement).await.map(|_| None)
        }
        Action::Budget { campaign, total, daily } => {
            let named = Named { advertiser_id: advertiser_id(0), campaign_id: campaigns[campaign] };
            let edit =
                move |present: &barker_domain::campaign::Campaign| Ok((present.terms.clone(), budgets(present.plan.clone(), total, daily)));
            campaign::change_planned(desk, (named, None), edit).await.map(|_| None)
        }
        Action::GoTo { day } => time::advance(desk, Some(Day(day))).await.map(|_| None),
        Action::Refund { campaign } => refund(desk, campaigns[campaign], key).await.map(nothing),
        Action::AddAd { campaign, weight } => {
            let content = Content { title: key, text: "Soft".to_owned(), landing_url: None, image: None };
            let new = NewAd { name: None, weight, status: AdStatus::Active, shows: Shows::New(content) };
            ad::create(desk, campaigns[campaign], new).await.map(|_| None)
        }
        Action::ChangeAd { campaign, nth, weight, status } => {
            let change = AdChange { weight: Some(weight), status: Some(status), ..AdChange::default() };
            change_ad(desk, (campaigns[campaign], nth), change).await.map(nothing)
        }
        Action::Retitle { campaign } => {
            let named = Named { advertiser_id: advertiser_id(0), campaign_id: campaigns[campaign] };
            campaign::change(desk, named, move |terms| Ok(Terms { ad_title: key, ..terms.clone() })).await.map(|_| None)
        }
    }
}

/// The ad of the campaign that came as the `nth`, if it has so many.
async fn change_ad(desk: &Desk, (campaign_id, nth): (CampaignId, usize), change: AdChange) -> Result<(), Error> {
    let rows = desk.app.store().in_project(desk.project.id());
    let ads = rows.list_ads_of_campaigns(&[campaign_id]).await?.remove(&campaign_id).unwrap_or_default();
    let Some((ad, _)) = ads.get(nth) else { return Ok(()) };
    ad::change(desk, (ad.id, None), move |_| Ok(change)).await.map(drop)
}

async fn refund(desk: &Desk, campaign_id: CampaignId, key: String) -> Result<(), Error> {
    let filter = ClickFilter { campaign_id: Some(campaign_id), outcome: Some("billed".to_owned()), ..ClickFilter::default() };
    let found = invalid_click::list(&desk.app, &desk.project, (advertiser_id(0), &filter), Page::default()).await?;
    let click_ids = found.rows.iter().take(1).map(|click| click.id).collect();
    let refund = invalid_click::ClickRefund { advertiser_id: advertiser_id(0), click_ids, reason: InvalidReason::Bot, note: None, key };
    invalid_click::refund(desk, refund).await.map(drop)
}
