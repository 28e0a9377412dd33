//! The market as it stands on the server: ids that the server gave, prices and scores of the day.

use std::collections::HashMap;

use barker_domain::{Day, Micros};
use uuid::Uuid;

use crate::{
    contract::{Advertiser, CampaignCreate, Client},
    market::{Market, NewCampaign},
};

/// A campaign that was created.
#[derive(Debug, Clone)]
pub(super) struct Launched {
    /// Given by the server; the id of its ad as well.
    pub(super) id: Uuid,
    /// Place of the advertiser on the stage.
    pub(super) advertiser: usize,
    /// As last sent and accepted.
    pub(super) terms: CampaignCreate,
}

impl Launched {
    /// The price of an impression now.
    pub(super) fn impression_price(&self) -> Micros {
        exact(self.terms.cost_per_impression)
    }

    /// The price of a click now.
    pub(super) fn click_price(&self) -> Micros {
        exact(self.terms.cost_per_click)
    }
}

/// The stage on a day: its prices and scores hold all day, and change only when nothing is in flight.
#[derive(Debug, Clone, Copy)]
pub(super) struct Today<'a> {
    pub(super) stage: &'a Stage,
    pub(super) day: Day,
}

/// The market with everything known by its place in a list.
#[derive(Debug)]
pub(super) struct Stage {
    advertisers: Vec<Advertiser>,
    clients: Vec<Client>,
    campaigns: Vec<Launched>,
    campaign_by_ad: HashMap<Uuid, usize>,
    /// One row of all advertisers per client.
    scores: Vec<i32>,
    largest_score: i32,
}

impl Stage {
    /// `ids` are the campaigns' ids in the order of the market.
    pub(super) fn new(market: Market, ids: &[Uuid]) -> Self {
        let advertiser_places: HashMap<Uuid, usize> = places(market.advertisers.iter().map(|advertiser| advertiser.advertiser_id));
        let client_places: HashMap<Uuid, usize> = places(market.clients.iter().map(|client| client.client_id));
        let launched = |(NewCampaign { advertiser_id, campaign_data }, id): (NewCampaign, &Uuid)| Launched {
            id: *id,
            advertiser: advertiser_places[&advertiser_id],
            terms: campaign_data,
        };
        let campaigns: Vec<Launched> = market.campaigns.into_iter().zip(ids).map(launched).collect();
        let mut scores = vec![0; market.clients.len() * market.advertisers.len()];
        for score in &market.scores {
            scores[client_places[&score.client_id] * market.advertisers.len() + advertiser_places[&score.advertiser_id]] = score.score;
        }
        Self {
            campaign_by_ad: places(campaigns.iter().map(|campaign| campaign.id)),
            largest_score: scores.iter().copied().max().unwrap_or(0),
            advertisers: market.advertisers,
            clients: market.clients,
            campaigns,
            scores,
        }
    }

    pub(super) fn advertisers(&self) -> &[Advertiser] {
        &self.advertisers
    }

    pub(super) fn clients(&self) -> &[Client] {
        &self.clients
    }

    pub(super) fn campaigns(&self) -> &[Launched] {
        &self.campaigns
    }

    /// The place of the campaign whose ad this is; nothing when it is not of this run.
    pub(super) fn campaign_of_ad(&self, ad_id: Uuid) -> Option<usize> {
        self.campaign_by_ad.get(&ad_id).copied()
    }

    /// The score now, by the places of the two.
    pub(super) fn score(&self, client: usize, advertiser: usize) -> i32 {
        self.scores[client * self.advertisers.len() + advertiser]
    }

    /// The largest score of the data set; changes do not exceed it.
    pub(super) fn largest_score(&self) -> i32 {
        self.largest_score
    }

    pub(super) fn set_score(&mut self, client: usize, advertiser: usize, score: i32) {
        let place = client * self.advertisers.len() + advertiser;
        self.scores[place] = score;
    }

    pub(super) fn set_terms(&mut self, campaign: usize, terms: CampaignCreate) {
        self.campaigns[campaign].terms = terms;
    }
}

fn places(ids: impl Iterator<Item = Uuid>) -> HashMap<Uuid, usize> {
    ids.zip(0..).collect()
}

/// Prices are checked where the market is read and drawn in whole hundredths later, so that nothing is lost here.
fn exact(price: f64) -> Micros {
    Micros::from_decimal(price).unwrap_or_default()
}
