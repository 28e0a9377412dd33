//! `--demo`: a small market and some days of traffic, so that a newcomer finds something to look at.

mod login;

use std::{path::Path, sync::Arc};

use barker_app::{App, Desk, ProjectHandle, advertiser, campaign, client, score, serving, time};
use barker_domain::{AdvertiserId, ClientId, Code, Day, Error, Result, page::Page, trail::Origin};
use futures::{StreamExt, TryStreamExt, stream};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;
use serde_json::Value;

pub(super) use login::Login;

use crate::{
    ad_api::{read_advertiser, read_client, read_score, read_terms},
    http::fields::{read_array, read_object},
    market::{self, Market, MarketSize},
};

/// The demo is the same everywhere.
const SEED: u64 = 2026;
const SIZE: MarketSize = MarketSize { clients: 300, advertisers: 12, campaigns: 24, days: 14 };
/// Days of traffic that are there when the demo opens.
const DAYS_PLAYED: i32 = 7;
/// Ads each client asks for on each day.
const VIEWS_PER_CLIENT: usize = 2;
/// Clients that are here at the same time.
const CONCURRENCY: usize = 64;
/// Scores given to the store at once.
const SCORES_PER_BULK: usize = 10_000;

/// What the demo needs to show itself: the market in the project, and somebody who may look at it.
pub(super) async fn prepare(app: &App, project: &Arc<ProjectHandle>, data_dir: &Path) -> Result<Option<Login>> {
    fill(app, project).await?;
    login::prepare(app, project.id(), data_dir).await
}

/// Fills the project, unless there is something in it already or it is not a sandbox.
async fn fill(app: &App, project: &Arc<ProjectHandle>) -> Result<()> {
    let is_empty = advertiser::list(app, project, Page::default(), None).await?.total == 0;
    if !is_empty || !project.is_sandbox() {
        return Ok(());
    }
    let market = market::generate(&SIZE, SEED);
    let desk = Desk { app: app.clone(), project: Arc::clone(project), origin: Origin::system() };
    load(&desk, &market).await?;
    play(&desk, &market).await
}

/// Tells a newcomer where to look.
#[expect(clippy::print_stderr, reason = "the command line speaks to people")]
pub(super) fn show_where_to_go(address: &str, login: Option<&Login>) {
    let login = login.map_or_else(String::new, |Login { email, password }| {
        format!("  log in as                  {email}\n    with the password          {password}   (unless you changed it)\n  ")
    });
    eprintln!(
        "\n  Barker is running with a demo market. Its sandbox is open on this machine: it asks for no key.\n\n  \
         Console                      {address}\n  {login}\
         API, to try in the browser   {address}/docs\n  \
         Advertisers                  {address}/advertisers\n  \
         Metrics                      {address}/metrics\n\n  \
         Stop it with Ctrl-C. Recount everything with: barker audit\n"
    );
}

async fn load(desk: &Desk, market: &Market) -> Result<()> {
    advertiser::upsert(desk, read_array(&json(&market.advertisers)?, usize::MAX, read_advertiser)?).await?;
    client::upsert(desk, read_array(&json(&market.clients)?, usize::MAX, read_client)?).await?;
    for scores in market.scores.chunks(SCORES_PER_BULK) {
        score::set_all(desk, read_array(&json(&scores)?, usize::MAX, read_score)?).await?;
    }
    for new in &market.campaigns {
        let terms = read_object(&json(&new.campaign_data)?, read_terms)?;
        campaign::create(desk, AdvertiserId(new.advertiser_id), terms).await?;
    }
    Ok(())
}

async fn play(desk: &Desk, market: &Market) -> Result<()> {
    let (app, project) = (&desk.app, &desk.project);
    let mut chance = ChaCha8Rng::seed_from_u64(SEED);
    for day in 0..DAYS_PLAYED {
        time::advance(desk, Some(Day(day))).await?;
        let visits = market.clients.iter().map(|client| (ClientId(client.client_id), chance.random::<[f64; VIEWS_PER_CLIENT]>()));
        let visits: Vec<_> = visits.collect();
        let visits = stream::iter(visits).map(|(client, moods)| visit(app, project, client, moods));
        visits.buffer_unordered(CONCURRENCY).try_collect::<()>().await?;
    }
    Ok(())
}

/// A client looks at a few ads and clicks those they are in the mood for.
async fn visit(app: &App, project: &Arc<ProjectHandle>, client: ClientId, moods: [f64; VIEWS_PER_CLIENT]) -> Result<()> {
    const CLICK_CHANCE: f64 = 0.12;
    for mood in moods {
        match serving::give_ad(app, project, client).await {
            Ok(listing) if mood < CLICK_CHANCE => serving::click(app, project, listing.campaign.id, client).await?,
            Ok(_) => (),
            Err(error) if error.code == Code::NoAd => (),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn json(shape: &impl Serialize) -> Result<Value> {
    serde_json::to_value(shape).map_err(|error| Error::new(Code::Internal, "cannot make the demo").caused_by(error))
}
