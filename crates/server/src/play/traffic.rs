//! One day of an audience: every client asks for its ads in a random order, with many requests in flight, and clicks some.

use std::time::Duration;

use futures::{StreamExt, stream};
use uuid::Uuid;

use super::{
    PlayArgs,
    api::Api,
    clicking::{CERTAIN_PPM, Clicking},
    stage::{Stage, Today},
};
use crate::market::draw::Draw;

/// Where the order of a day's requests and its clicks come from.
const STREAM: u64 = 1 << 32;

/// The people who see ads, with their habits.
#[derive(Debug)]
pub(super) struct Audience {
    seed: u64,
    concurrency: usize,
    views_per_client: usize,
    clicking: Clicking,
}

/// What came of one request for an ad.
#[derive(Debug)]
pub(super) struct Outcome {
    /// Place of the client.
    pub(super) client: usize,
    /// The ad that was given; nothing when there was none or no proper answer.
    pub(super) ad_id: Option<Uuid>,
    /// Whether the client clicked and the server confirmed it.
    pub(super) is_clicked: bool,
    /// Of the request for the ad; nothing without a proper answer.
    pub(super) response_time: Option<Duration>,
}

/// A request that a client is going to make.
struct Visit {
    client: usize,
    /// The client clicks when the ad's chance is above this; drawn beforehand, so that it does not hang on the order of answers.
    reluctance_ppm: usize,
}

impl Audience {
    pub(super) fn new(args: &PlayArgs, campaigns_count: usize) -> Self {
        Self {
            seed: args.seed,
            concurrency: args.concurrency as usize,
            views_per_client: args.views_per_client as usize,
            clicking: Clicking::new(args.clicks, args.seed, campaigns_count),
        }
    }

    /// Requests for ads that a day has.
    pub(super) fn visits_a_day(&self, stage: &Stage) -> usize {
        stage.clients().len() * self.views_per_client
    }

    /// Plays the whole day and hands over each outcome as it comes in; returns when nothing is in flight any more.
    pub(super) async fn play_day(&self, api: &Api, today: Today<'_>, witness: &mut impl FnMut(&Outcome)) {
        let visits = self.plan(today);
        let mut outcomes = stream::iter(visits).map(|visit| self.pay(api, today.stage, visit)).buffer_unordered(self.concurrency);
        while let Some(outcome) = outcomes.next().await {
            witness(&outcome);
        }
    }

    fn plan(&self, Today { stage, day }: Today<'_>) -> Vec<Visit> {
        let mut draw = Draw::new(self.seed, STREAM + u64::from(day.0.unsigned_abs()));
        let clients = (0..stage.clients().len()).flat_map(|client| std::iter::repeat_n(client, self.views_per_client));
        let mut visits: Vec<Visit> = clients.map(|client| Visit { client, reluctance_ppm: draw.below(CERTAIN_PPM) }).collect();
        draw.shuffle(&mut visits);
        visits
    }

    /// Faults are counted where they arrive: an audience that was not answered goes on with its day.
    async fn pay(&self, api: &Api, stage: &Stage, visit: Visit) -> Outcome {
        let nothing = Outcome { client: visit.client, ad_id: None, is_clicked: false, response_time: None };
        let client_id = stage.clients()[visit.client].client_id;
        let Ok(offer) = api.offer(client_id).await else {
            return nothing;
        };
        let ad_id = offer.ad.map(|ad| ad.ad_id);
        let outcome = Outcome { ad_id, response_time: Some(offer.response_time), ..nothing };
        let Some((ad_id, campaign)) = ad_id.and_then(|ad_id| Some((ad_id, stage.campaign_of_ad(ad_id)?))) else {
            return outcome;
        };
        let wants_to_click = self.clicking.chance_ppm(stage, visit.client, campaign) > visit.reluctance_ppm;
        Outcome { is_clicked: wants_to_click && api.click(ad_id, client_id).await.is_ok(), ..outcome }
    }
}
