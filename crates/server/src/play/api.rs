//! The published operations that a run needs, each with the contract's success code.

use std::time::Duration;

use barker_domain::Day;
use reqwest::{Method, StatusCode, Url};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{
    retry::Repeat,
    troubles::Troubles,
    wire::{Answer, Call, Fault, Wire},
};
use crate::contract::{Ad, Advertiser, Campaign, CampaignCreate, ClickRequest, Client, CurrentDate, DailyStats, MlScore, Stats};

/// A server of the published contract.
pub(super) struct Api(Wire);

/// Answer to a client's request for an ad.
pub(super) struct Offer {
    /// Nothing when there is nothing to show.
    pub(super) ad: Option<Ad>,
    pub(super) response_time: Duration,
}

/// Whose statistics are asked for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Owner {
    Campaign(Uuid),
    Advertiser(Uuid),
}

impl Api {
    pub(super) fn new(url: &Url, concurrency: usize) -> reqwest::Result<Self> {
        Wire::new(url, concurrency).map(Self)
    }

    pub(super) fn troubles(&self) -> &Troubles {
        &self.0.troubles
    }

    pub(super) async fn set_day(&self, day: Day) -> Result<(), Fault> {
        let body = json(&CurrentDate { current_date: day.0 })?;
        self.succeed(post("/time/advance", body), StatusCode::OK).await.map(drop)
    }

    pub(super) async fn upsert_advertisers(&self, advertisers: &[Advertiser]) -> Result<(), Fault> {
        self.succeed(post("/advertisers/bulk", json(advertisers)?), StatusCode::CREATED).await.map(drop)
    }

    pub(super) async fn upsert_clients(&self, clients: &[Client]) -> Result<(), Fault> {
        self.succeed(post("/clients/bulk", json(clients)?), StatusCode::CREATED).await.map(drop)
    }

    pub(super) async fn upsert_score(&self, score: &MlScore) -> Result<(), Fault> {
        self.succeed(post("/ml-scores", json(score)?), StatusCode::OK).await.map(drop)
    }

    pub(super) async fn create_campaign(&self, advertiser_id: Uuid, terms: &CampaignCreate) -> Result<Campaign, Fault> {
        let call = post(format!("/advertisers/{advertiser_id}/campaigns"), json(terms)?);
        let answer = self.succeed(Call { repeat: Repeat::OnlyIfUnhandled, ..call }, StatusCode::CREATED).await?;
        self.read(&answer)
    }

    /// Whether the server took the new terms: one may hold that a started campaign does not change.
    pub(super) async fn replace_campaign(&self, advertiser_id: Uuid, campaign_id: Uuid, terms: &CampaignCreate) -> Result<bool, Fault> {
        let path = format!("/advertisers/{advertiser_id}/campaigns/{campaign_id}");
        let call = Call { method: Method::PUT, ..post(path, json(terms)?) };
        let answer = self.0.send(&call).await?;
        if answer.status.is_client_error() && answer.status != StatusCode::NOT_FOUND {
            self.troubles().refused_changes.add_one();
            return Ok(false);
        }
        self.expect(answer, StatusCode::OK).map(|_| true)
    }

    pub(super) async fn offer(&self, client_id: Uuid) -> Result<Offer, Fault> {
        let call = Call { repeat: Repeat::OnlyIfUnhandled, ..get(format!("/ads?client_id={client_id}")) };
        let answer = self.0.send(&call).await?;
        let response_time = answer.response_time;
        if answer.status == StatusCode::NOT_FOUND {
            self.troubles().nothing_to_show.add_one();
            return Ok(Offer { ad: None, response_time });
        }
        let ad = self.read(&self.expect(answer, StatusCode::OK)?)?;
        Ok(Offer { ad: Some(ad), response_time })
    }

    pub(super) async fn click(&self, ad_id: Uuid, client_id: Uuid) -> Result<(), Fault> {
        let body = json(&ClickRequest { client_id })?;
        self.succeed(post(format!("/ads/{ad_id}/click"), body), StatusCode::NO_CONTENT).await.map(drop)
    }

    pub(super) async fn stats(&self, owner: Owner) -> Result<Stats, Fault> {
        self.read(&self.succeed(get(stats_path(owner)), StatusCode::OK).await?)
    }

    pub(super) async fn daily_stats(&self, owner: Owner) -> Result<Vec<DailyStats>, Fault> {
        self.read(&self.succeed(get(format!("{}/daily", stats_path(owner))), StatusCode::OK).await?)
    }

    async fn succeed(&self, call: Call, success: StatusCode) -> Result<Answer, Fault> {
        let answer = self.0.send(&call).await?;
        self.expect(answer, success)
    }

    /// Errors of the server are counted where they arrive.
    fn expect(&self, answer: Answer, success: StatusCode) -> Result<Answer, Fault> {
        if answer.status == success {
            return Ok(answer);
        }
        if answer.status == StatusCode::NOT_FOUND {
            self.troubles().not_found_elsewhere.add_one();
        } else if !answer.status.is_server_error() {
            self.troubles().unexpected_answers.add_one();
        }
        Err(answer.into_fault())
    }

    fn read<T: DeserializeOwned>(&self, answer: &Answer) -> Result<T, Fault> {
        serde_json::from_slice(&answer.body).map_err(|error| {
            self.troubles().unexpected_answers.add_one();
            Fault::Body(error)
        })
    }
}

fn stats_path(owner: Owner) -> String {
    match owner {
        Owner::Campaign(id) => format!("/stats/campaigns/{id}"),
        Owner::Advertiser(id) => format!("/stats/advertisers/{id}/campaigns"),
    }
}

fn get(path: String) -> Call {
    Call { method: Method::GET, path, body: None, repeat: Repeat::Safe }
}

fn post(path: impl Into<String>, body: Vec<u8>) -> Call {
    Call { method: Method::POST, path: path.into(), body: Some(body), repeat: Repeat::Safe }
}

fn json<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, Fault> {
    serde_json::to_vec(value).map_err(Fault::Body)
}
