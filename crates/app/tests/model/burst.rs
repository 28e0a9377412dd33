//! Waves of views and clicks at the same time. Their order is nobody's to say, so there is no model: only what must hold
//! in every order.

mod tally;

use std::fmt;

use barker_app::{
    Desk, ad,
    ad::{NewAd, Shows},
    advertiser, campaign,
    campaign::Named,
    client, serving,
};
use barker_domain::{
    CampaignId, Code, Error, Micros, ad::AdStatus, advertiser::Advertiser, campaign::Terms, client::Client, creative::Content,
};
use barker_testkit::build;
use futures::future::join_all;
use proptest::{collection::vec, prelude::*, sample::select};

use crate::{
    disagreement::Disagreement,
    own_facts,
    step::{advertiser_id, client_id},
    world::Sandbox,
};
use tally::Tally;

/// Clients of a burst.
const CLIENTS: usize = 8;
/// Most campaigns of a burst.
const MAX_CAMPAIGNS: usize = 4;
/// Most of what happens at the same time.
const MAX_ACTIONS: usize = 60;
/// Of click prices to impression prices: so that they are never mistaken for each other.
const CLICK_PRICE_TIMES: i64 = 7;

/// Campaigns with their limits, and waves of what happens at the same time.
#[derive(Clone)]
pub(crate) struct Burst {
    /// Impressions, clicks.
    limits: Vec<(i32, i32)>,
    /// Memory for clients: in little, a client is soon read anew while somebody else is with them.
    audience_bytes: u64,
    waves: Vec<Wave>,
}

/// What happens at the same time.
#[derive(Debug, Clone)]
struct Wave {
    /// What impressions cost from some moment of the wave on.
    price_micros: i64,
    actions: Vec<Action>,
}

#[derive(Debug, Clone, Copy)]
enum Action {
    View { client: usize },
    Click { client: usize, campaign: usize },
    Upsert { client: usize },
}

/// What came of an action.
#[derive(Debug, Clone, Copy)]
enum Outcome {
    Given(usize, CampaignId),
    Nothing(usize),
    Done,
}

impl fmt::Debug for Burst {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "limits {:?}, memory for clients {} bytes", self.limits, self.audience_bytes)?;
        self.waves.iter().try_for_each(|wave| writeln!(formatter, "{wave:?}"))
    }
}

pub(crate) fn bursts() -> impl Strategy<Value = Burst> {
    let limits = (0..7_i32, 0..7_i32).prop_map(|(most, clicks)| (most, clicks.min(most)));
    let memory = prop_oneof![2 => Just(10_000_000), 1 => select(vec![1, 1_500])];
    let client = || 0..CLIENTS;
    let view = || client().prop_map(|client| Action::View { client });
    let click = || (client(), 0..MAX_CAMPAIGNS).prop_map(|(client, campaign)| Action::Click { client, campaign });
    let calm = vec(prop_oneof![3 => view(), 2 => click()], 1..MAX_ACTIONS);
    // Whoever changes a client while somebody is with them makes the next caller read them into a second slot.
    let upsert = (0..2_usize).prop_map(|client| Action::Upsert { client });
    let again = (0..2_usize).prop_map(|client| Action::View { client });
    let restless = vec(prop_oneof![2 => view(), 4 => again, 2 => click(), 4 => upsert], 1..MAX_ACTIONS);
    let actions = prop_oneof![2 => calm, 1 => restless];
    let wave = (0..5_000_000_i64, actions).prop_map(|(price_micros, actions)| Wave { price_micros, actions });
    (vec(limits, 1..=MAX_CAMPAIGNS), memory, vec(wave, 1..5)).prop_map(|(limits, audience_bytes, waves)| Burst {
        limits,
        audience_bytes,
        waves,
    })
}

impl Burst {
    /// Whether each client is read once and stays, so that no reservation is ever given back.
    fn is_calm(&self) -> bool {
        let is_upsert = |action: &Action| matches!(action, Action::Upsert { .. });
        self.audience_bytes > 1_000_000 && !self.waves.iter().flat_map(|wave| &wave.actions).any(is_upsert)
    }
}

/// After every wave, and after a restart, the invariants hold.
pub(crate) async fn run(sandbox: &mut Sandbox<'_>, burst: &Burst) -> Result<(), Disagreement> {
    sandbox.restart(burst.audience_bytes).await;
    let mut tally = Tally::new(burst.is_calm(), open_market(sandbox, &burst.limits).await);
    for (place, wave) in burst.waves.iter().enumerate() {
        pass(sandbox, wave, &mut tally).await.map_err(|words| format!("wave {place}: {words}"))?;
    }
    let last = have_everything(sandbox, &mut tally).await;
    last.map_err(|error| format!("in the end: {error}"))?;
    tally.check_everybody(sandbox).await?;
    sandbox.restart(burst.audience_bytes).await;
    tally.check_everybody(sandbox).await?;
    own_facts::agree(sandbox).await
}

async fn pass(sandbox: &Sandbox<'_>, wave: &Wave, tally: &mut Tally) -> Result<(), Disagreement> {
    let outcomes: Result<Vec<_>, _> = at_once(sandbox, wave, tally).await.into_iter().collect();
    tally.add(wave, &outcomes.map_err(|error| error.to_string())?);
    tally.check(sandbox, wave).await
}

/// Clients, an advertiser and free campaigns with these limits.
async fn open_market(sandbox: &Sandbox<'_>, limits: &[(i32, i32)]) -> Vec<(CampaignId, Terms)> {
    let clients = (0..CLIENTS).map(person).collect();
    client::upsert(&sandbox.desk(), clients).await.unwrap();
    let advertiser = Advertiser { id: advertiser_id(0), name: "Smart Inc".to_owned() };
    advertiser::upsert(&sandbox.desk(), vec![advertiser.clone()]).await.unwrap();
    let mut campaigns = Vec::new();
    for (impressions_limit, clicks_limit) in limits {
        let sample = build::campaign(advertiser.id).terms;
        let terms = Terms { impressions_limit: *impressions_limit, clicks_limit: *clicks_limit, ..priced(&sample, 0) };
        let made = campaign::create(&sandbox.desk(), advertiser.id, terms).await.unwrap();
        for weight in [50, 300] {
            let content = Content { title: format!("Bears that weigh {weight}"), text: "Soft".to_owned(), landing_url: None, image: None };
            let new = NewAd { name: None, weight, status: AdStatus::Active, shows: Shows::New(content) };
            ad::create(&sandbox.desk(), made.id, new).await.unwrap();
        }
        campaigns.push((made.id, made.terms));
    }
    campaigns
}

/// Every action of the wave in a task of its own, and the new price among them.
async fn at_once(sandbox: &Sandbox<'_>, wave: &Wave, tally: &Tally) -> Vec<Result<Outcome, Error>> {
    let mut tasks = Vec::new();
    for (place, action) in wave.actions.iter().enumerate() {
        if place == wave.actions.len() / 2 {
            let ids = tally.campaigns.iter().map(|(id, _)| *id);
            tasks.extend(ids.map(|id| tokio::spawn(reprice(sandbox.desk(), id, wave.price_micros))));
        }
        tasks.push(tokio::spawn(act(sandbox.desk(), resolve(*action, tally))));
    }
    join_all(tasks).await.into_iter().map(Result::unwrap).collect()
}

/// An action with the campaign it means; places are counted around.
fn resolve(action: Action, tally: &Tally) -> (Action, CampaignId) {
    let place = if let Action::Click { campaign, .. } = action { campaign } else { 0 };
    (action, tally.campaigns[place % tally.campaigns.len()].0)
}

async fn act(desk: Desk, (action, campaign_id): (Action, CampaignId)) -> Result<Outcome, Error> {
    let (app, project) = (&desk.app, &desk.project);
    match action {
        Action::View { client } => match serving::give_ad(app, project, client_id(client)).await {
            Ok(given) => Ok(Outcome::Given(client, given.campaign.id)),
            Err(error) if error.code == Code::NoAd => Ok(Outcome::Nothing(client)),
            Err(error) => Err(error),
        },
        Action::Click { client, .. } => serving::click(app, project, campaign_id, client_id(client)).await.map(|()| Outcome::Done),
        Action::Upsert { client } => client::upsert(&desk, vec![person(client)]).await.map(|_| Outcome::Done),
    }
}

async fn reprice(desk: Desk, campaign_id: CampaignId, price_micros: i64) -> Result<Outcome, Error> {
    let named = Named { advertiser_id: advertiser_id(0), campaign_id };
    campaign::change(&desk, named, move |terms| Ok(priced(terms, price_micros))).await.map(|_| Outcome::Done)
}

/// One after the other, everybody asks for as many ads as there are and clicks everything.
async fn have_everything(sandbox: &Sandbox<'_>, tally: &mut Tally) -> Result<(), Error> {
    let campaigns = 0..tally.campaigns.len();
    let views = campaigns.clone().flat_map(|_| (0..CLIENTS).map(|client| Action::View { client }));
    let clicks = campaigns.flat_map(|campaign| (0..CLIENTS).map(move |client| Action::Click { client, campaign }));
    for action in views.chain(clicks) {
        let outcome = act(sandbox.desk(), resolve(action, tally)).await?;
        tally.note(outcome);
    }
    Ok(())
}

fn person(number: usize) -> Client {
    Client { id: client_id(number), ..build::client() }
}

fn priced(terms: &Terms, micros: i64) -> Terms {
    Terms { cost_per_impression: Micros(micros), cost_per_click: Micros(micros * CLICK_PRICE_TIMES), ..terms.clone() }
}
