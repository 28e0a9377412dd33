//! A server of the published contract in memory, on a port of its own, with at most one flaw.

use std::sync::{Arc, Mutex};

use axum::{
    Json, Router,
    body::Body,
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use barker_domain::statistics::total;
use barker_server::contract::{Advertiser, Campaign, CampaignCreate, ClickRequest, Client, CurrentDate, MlScore};
use futures::stream;
use serde::Deserialize;
use uuid::Uuid;

use super::ledger::{self, Ledger};

/// What is wrong with the server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Flaw {
    #[default]
    None,
    /// Every twentieth ad is chosen without regard to targeting.
    IgnoresTargeting,
    CountsOneImpressionTwice,
    /// By one.
    ExceedsImpressionsLimits,
    /// By one.
    ExceedsClicksLimits,
    BillsTheFirstPrice,
    /// No fault: the contract can be read like this.
    RefusesChanges,
    /// No fault: every tenth request for an ad is asked to come again at once.
    IsBusyAtTimes,
    /// Every tenth request for an ad.
    FailsAtTimes,
    /// No fault of the contract: every tenth ad is counted and its body never arrives.
    CutsAnswersOff,
}

type Shared = State<Arc<Mutex<Ledger>>>;

/// The server; closed when dropped.
pub(super) struct Theatre {
    url: String,
    task: tokio::task::JoinHandle<()>,
}

impl Theatre {
    pub(super) async fn open(flaw: Flaw) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = router().with_state(Arc::new(Mutex::new(Ledger::with(flaw))));
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, task }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Theatre {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn router() -> Router<Arc<Mutex<Ledger>>> {
    Router::new()
        .route("/time/advance", post(set_day))
        .route("/advertisers/bulk", post(upsert_advertisers))
        .route("/clients/bulk", post(upsert_clients))
        .route("/ml-scores", post(upsert_score))
        .route("/advertisers/{advertiser}/campaigns", post(create_campaign))
        .route("/advertisers/{advertiser}/campaigns/{campaign}", put(replace_campaign))
        .route("/ads", get(offer))
        .route("/ads/{ad}/click", post(click))
        .route(
            "/stats/campaigns/{campaign}",
            get(async |State(shared): Shared, Path(id): Path<Uuid>| total_stats(&shared, |it| it.campaign_id == id)),
        )
        .route(
            "/stats/campaigns/{campaign}/daily",
            get(async |State(shared): Shared, Path(id): Path<Uuid>| daily_stats(&shared, |it| it.campaign_id == id)),
        )
        .route(
            "/stats/advertisers/{advertiser}/campaigns",
            get(async |State(shared): Shared, Path(id): Path<Uuid>| total_stats(&shared, |it| it.advertiser_id == id)),
        )
        .route(
            "/stats/advertisers/{advertiser}/campaigns/daily",
            get(async |State(shared): Shared, Path(id): Path<Uuid>| daily_stats(&shared, |it| it.advertiser_id == id)),
        )
}

async fn set_day(State(shared): Shared, Json(date): Json<CurrentDate>) -> Json<CurrentDate> {
    shared.lock().unwrap().day = date.current_date;
    Json(date)
}

async fn upsert_advertisers(State(shared): Shared, Json(items): Json<Vec<Advertiser>>) -> Response {
    shared.lock().unwrap().advertisers.extend(items.iter().map(|item| (item.advertiser_id, item.clone())));
    (StatusCode::CREATED, Json(items)).into_response()
}

async fn upsert_clients(State(shared): Shared, Json(items): Json<Vec<Client>>) -> Response {
    shared.lock().unwrap().clients.extend(items.iter().map(|item| (item.client_id, item.clone())));
    (StatusCode::CREATED, Json(items)).into_response()
}

async fn upsert_score(State(shared): Shared, Json(score): Json<MlScore>) -> StatusCode {
    shared.lock().unwrap().scores.insert((score.client_id, score.advertiser_id), score.score);
    StatusCode::OK
}

async fn create_campaign(State(shared): Shared, Path(advertiser): Path<Uuid>, Json(terms): Json<CampaignCreate>) -> Response {
    let mut ledger = shared.lock().unwrap();
    if !ledger.advertisers.contains_key(&advertiser) {
        return StatusCode::NOT_FOUND.into_response();
    }
    (StatusCode::CREATED, Json(ledger.create(advertiser, terms))).into_response()
}

async fn replace_campaign(State(shared): Shared, Path((_, id)): Path<(Uuid, Uuid)>, Json(terms): Json<CampaignCreate>) -> Response {
    let mut ledger = shared.lock().unwrap();
    if ledger.flaw == Flaw::RefusesChanges && terms.start_date <= ledger.day {
        return StatusCode::BAD_REQUEST.into_response();
    }
    ledger.replace(id, terms).map_or(StatusCode::NOT_FOUND.into_response(), |campaign| Json(campaign).into_response())
}

#[derive(Deserialize)]
struct Viewer {
    client_id: Uuid,
}

async fn offer(State(shared): Shared, Query(viewer): Query<Viewer>) -> Response {
    let mut ledger = shared.lock().unwrap();
    ledger.requests_count += 1;
    let is_tenth = ledger.requests_count.is_multiple_of(10);
    match ledger.flaw {
        Flaw::IsBusyAtTimes if is_tenth => (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "0")]).into_response(),
        Flaw::FailsAtTimes if is_tenth => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Flaw::CutsAnswersOff if is_tenth => {
            ledger.offer(viewer.client_id);
            Body::from_stream(stream::once(async { Err::<Vec<u8>, _>(std::io::Error::other("cut off")) })).into_response()
        }
        _ => ledger.offer(viewer.client_id).map_or(StatusCode::NOT_FOUND.into_response(), |ad| Json(ad).into_response()),
    }
}

async fn click(State(shared): Shared, Path(ad): Path<Uuid>, Json(request): Json<ClickRequest>) -> StatusCode {
    shared.lock().unwrap().click(ad, request.client_id).map_or(StatusCode::NOT_FOUND, |()| StatusCode::NO_CONTENT)
}

fn total_stats(shared: &Mutex<Ledger>, is_meant: impl Fn(&Campaign) -> bool) -> Response {
    Json(ledger::stats(&total(&shared.lock().unwrap().days(is_meant)))).into_response()
}

fn daily_stats(shared: &Mutex<Ledger>, is_meant: impl Fn(&Campaign) -> bool) -> Response {
    Json(ledger::rows(&shared.lock().unwrap().days(is_meant))).into_response()
}
