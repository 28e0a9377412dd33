//! Money in the model, and waves of views, clicks and movements at the same time: no order passes a credit limit, and the ledger
//! adds up after each.

use std::fmt;

use barker_app::{
    Desk,
    account::{self, Movement},
    advertiser, campaign, client,
    invalid_click::{self, ClickRefund},
    outbox::Consumers,
    serving,
};
use barker_domain::{
    AdvertiserId, CampaignId, ClientId, Code, Day, Error, Micros,
    account::{AccountKind, AccountTerms},
    advertiser::Advertiser,
    campaign::Terms,
    client::Client,
    ledger::{InvalidReason, PostingKind},
    page::Page,
};
use barker_store::{ClickFilter, ClickRow};
use barker_testkit::build;
use futures::future::join_all;
use proptest::{collection::vec, prelude::*, sample::select};

use crate::{
    disagreement::{Disagreement, agree, unless},
    naive::Naive,
    step::{ADVERTISERS, advertiser_id, client_id},
    world::Sandbox,
};

/// Clients of a tide.
const CLIENTS: usize = 8;
/// Campaigns of a tide, all of one advertiser.
const CAMPAIGNS: usize = 4;

pub(crate) async fn move_money(
    sandbox: &Sandbox<'_>,
    naive: &mut Naive,
    (advertiser_id, kind, micros): (AdvertiserId, PostingKind, i64),
    key: usize,
) -> Result<(), Disagreement> {
    let expected = naive.move_money((advertiser_id, kind, micros), key).map(|_| (kind, micros));
    let found = account::move_money(&sandbox.desk(), movement(advertiser_id, (kind, micros), format!("key-{key}"))).await;
    agree(found.map(|posted| (posted.new.kind, posted.new.amount.0)), &expected)
}

pub(crate) async fn lend(
    sandbox: &Sandbox<'_>,
    naive: &mut Naive,
    id: AdvertiserId,
    (kind, credit): (AccountKind, Option<i64>),
) -> Result<(), Disagreement> {
    let expected = naive.lend(id, (kind, credit)).map(|()| credit);
    let terms = AccountTerms { kind, credit_limit: credit.map(Micros), low_balance: None };
    let found = account::change(&sandbox.desk(), (id, None), move |_| Ok(terms)).await;
    agree(found.map(|changed| changed.account.terms.credit_limit.map(|limit| limit.0)), &expected)
}

pub(crate) async fn refund_clicks(
    sandbox: &Sandbox<'_>,
    naive: &mut Naive,
    (campaign_id, most): (CampaignId, usize),
    key: usize,
) -> Result<(), Disagreement> {
    let owner = naive.campaigns.iter().find(|campaign| campaign.id == campaign_id).map(|campaign| campaign.advertiser_id);
    let Some(advertiser_id) = owner else { return Ok(()) };
    let mut billed = billed_clicks(sandbox, advertiser_id, campaign_id).await;
    billed.sort_unstable_by_key(|click| click.client_id);
    let clients: Vec<_> = billed.iter().map(|click| click.client_id).collect();
    unless(clients != naive.billed_clients(campaign_id), || format!("clicks of {clients:?} are billed"))?;
    billed.truncate(most);
    let expected = naive.refund_clicks(campaign_id, billed.iter().map(|click| click.client_id).collect(), key);
    let price: Micros = billed.iter().map(|click| click.price).sum();
    let found = invalid_click::refund(&sandbox.desk(), refund(advertiser_id, &billed, format!("key-{key}"))).await;
    agree(found.map(|posted| posted.new.amount), &expected.map(|()| price))
}

pub(crate) async fn post(sandbox: &Sandbox<'_>) -> Result<(), Disagreement> {
    Consumers::ledger().catch_up(&sandbox.app.surroundings(), 0).await.map_err(|error| error.to_string())
}

/// Every account says what the model reckons, and so does its statement; the audit is clean.
pub(crate) async fn hold_accounts(sandbox: &Sandbox<'_>, naive: &Naive) -> Result<(), Disagreement> {
    post(sandbox).await?;
    for number in 0..ADVERTISERS {
        let id = advertiser_id(number);
        let expected = naive.known_advertiser(id).map(|_| naive.balance(id));
        let found = account::get(&sandbox.app, &sandbox.project, id).await;
        agree(found.map(|account| account.balance.0 - account.unposted.0), &expected)?;
        let days = (Day(i32::MIN), Day(i32::MAX));
        agree(account::statement(&sandbox.app, &sandbox.project, id, days).await.map(|statement| statement.closing.0), &expected)?;
    }
    sandbox.audit().await
}

fn movement(advertiser_id: AdvertiserId, (kind, micros): (PostingKind, i64), key: String) -> Movement {
    Movement { advertiser_id, kind, amount: Micros(micros), currency: None, note: None, key }
}

fn refund(advertiser_id: AdvertiserId, clicks: &[ClickRow], key: String) -> ClickRefund {
    let click_ids = clicks.iter().map(|click| click.id).collect();
    ClickRefund { advertiser_id, click_ids, reason: InvalidReason::Bot, note: None, key }
}

async fn billed_clicks(sandbox: &Sandbox<'_>, advertiser_id: AdvertiserId, campaign_id: CampaignId) -> Vec<ClickRow> {
    let filter = ClickFilter { campaign_id: Some(campaign_id), outcome: Some("billed".to_owned()), ..ClickFilter::default() };
    let listed = invalid_click::list(&sandbox.app, &sandbox.project, (advertiser_id, &filter), Page::default()).await;
    listed.unwrap().rows
}

/// Waves of what happens at the same time, to a prepaid advertiser.
#[derive(Clone)]
pub(crate) struct Tide {
    credit: i64,
    prices: Vec<(i64, i64)>,
    waves: Vec<Vec<Action>>,
}

#[derive(Debug, Clone, Copy)]
enum Action {
    View { client: usize },
    Click { client: usize, campaign: usize },
    Move { micros: i64 },
    Lend { credit: i64 },
    Refund { client: usize, campaign: usize },
    Post,
}

impl fmt::Debug for Tide {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "credit {}, prices {:?}", self.credit, self.prices)?;
        self.waves.iter().try_for_each(|wave| writeln!(formatter, "{wave:?}"))
    }
}

pub(crate) fn tides() -> impl Strategy<Value = Tide> {
    let price = || select(vec![0, 1, 500_000, 1_000_000, 3_000_000]);
    let pair = || (0..CLIENTS, 0..CAMPAIGNS);
    let action = prop_oneof![
        20 => (0..CLIENTS).prop_map(|client| Action::View { client }),
        12 => pair().prop_map(|(client, campaign)| Action::Click { client, campaign }),
        4 => (1..8_000_000_i64).prop_map(|micros| Action::Move { micros }),
        2 => (-4_000_000..-1_i64).prop_map(|micros| Action::Move { micros }),
        2 => select(vec![0, 1_000_000, 5_000_000]).prop_map(|credit| Action::Lend { credit }),
        2 => pair().prop_map(|(client, campaign)| Action::Refund { client, campaign }),
        1 => Just(Action::Post),
    ];
    let credit = select(vec![0, 2_500_000, 10_000_000]);
    (credit, vec((price(), price()), CAMPAIGNS), vec(vec(action, 1..60), 1..4)).prop_map(|(credit, prices, waves)| Tide {
        credit,
        prices,
        waves,
    })
}

/// After every wave the ledger adds up, and after a restart as much is left as before.
pub(crate) async fn run(sandbox: &mut Sandbox<'_>, tide: &Tide) -> Result<(), Disagreement> {
    let campaigns = open_market(sandbox, tide).await;
    for (place, wave) in tide.waves.iter().enumerate() {
        let tasks = wave.iter().enumerate().map(|(nth, action)| {
            let (desk, campaigns) = (sandbox.desk(), campaigns.clone());
            tokio::spawn(act(desk, *action, (campaigns, format!("wave-{place}-{nth}"))))
        });
        for outcome in join_all(tasks.collect::<Vec<_>>()).await {
            outcome.unwrap().map_err(|error| format!("wave {place}: {error}"))?;
        }
        sandbox.audit().await.map_err(|words| format!("wave {place}: {words}"))?;
    }
    let spendable = |account: &account::Overview| account.spendable.map(|left| left.0);
    let before = account::get(&sandbox.app, &sandbox.project, advertiser_id(0)).await.map_err(|error| error.to_string())?;
    unless(spendable(&before).is_none_or(|left| left < 0), || format!("below its limit: {before:?}"))?;
    sandbox.restart(10_000_000).await;
    let after = account::get(&sandbox.app, &sandbox.project, advertiser_id(0)).await.map_err(|error| error.to_string())?;
    unless(spendable(&before) != spendable(&after), || format!("{before:?} before the restart, {after:?} after it"))?;
    sandbox.audit().await
}

async fn open_market(sandbox: &Sandbox<'_>, tide: &Tide) -> Vec<CampaignId> {
    let clients = (0..CLIENTS).map(|number| Client { id: client_id(number), ..build::client() }).collect();
    client::upsert(&sandbox.desk(), clients).await.unwrap();
    let advertiser = Advertiser { id: advertiser_id(0), name: "Smart Inc".to_owned() };
    advertiser::upsert(&sandbox.desk(), vec![advertiser.clone()]).await.unwrap();
    let terms = AccountTerms { kind: AccountKind::Prepaid, credit_limit: Some(Micros(tide.credit)), low_balance: None };
    account::change(&sandbox.desk(), (advertiser.id, None), move |_| Ok(terms)).await.unwrap();
    let mut campaigns = Vec::new();
    for (impression, click) in &tide.prices {
        let sample = build::campaign(advertiser.id).terms;
        let terms = Terms { cost_per_impression: Micros(*impression), cost_per_click: Micros(*click), ..sample };
        campaigns.push(campaign::create(&sandbox.desk(), advertiser.id, terms).await.unwrap().id);
    }
    campaigns
}

async fn act(desk: Desk, action: Action, given: (Vec<CampaignId>, String)) -> Result<(), Error> {
    match attempt(&desk, action, given).await {
        // Money has ended, or somebody else has refunded the click.
        Err(error) if [Code::NoAd, Code::OverCreditLimit, Code::InvalidRequest, Code::Busy].contains(&error.code) => Ok(()),
        outcome => outcome,
    }
}

async fn attempt(desk: &Desk, action: Action, (campaigns, key): (Vec<CampaignId>, String)) -> Result<(), Error> {
    let (app, project) = (&desk.app, &desk.project);
    match action {
        Action::View { client } => serving::give_ad(app, project, client_id(client)).await.map(drop),
        Action::Click { client, campaign } => serving::click(app, project, campaigns[campaign], client_id(client)).await,
        Action::Move { micros } => {
            let kind = if micros < 0 { PostingKind::Adjustment } else { PostingKind::TopUp };
            account::move_money(desk, movement(advertiser_id(0), (kind, micros), key)).await.map(drop)
        }
        Action::Lend { credit } => {
            let terms = AccountTerms { kind: AccountKind::Prepaid, credit_limit: Some(Micros(credit)), low_balance: None };
            account::change(desk, (advertiser_id(0), None), move |_| Ok(terms)).await.map(drop)
        }
        Action::Refund { client, campaign } => refund_of(desk, client_id(client), (campaigns[campaign], key)).await,
        Action::Post => Consumers::ledger().catch_up(&app.surroundings(), 0).await,
    }
}

async fn refund_of(desk: &Desk, client_id: ClientId, (campaign_id, key): (CampaignId, String)) -> Result<(), Error> {
    let filter = ClickFilter {
        campaign_id: Some(campaign_id),
        client_id: Some(client_id),
        outcome: Some("billed".to_owned()),
        ..ClickFilter::default()
    };
    let found = invalid_click::list(&desk.app, &desk.project, (advertiser_id(0), &filter), Page::default()).await?;
    invalid_click::refund(desk, refund(advertiser_id(0), &found.rows, key)).await.map(drop)
}
