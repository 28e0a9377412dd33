//! Limits hold whoever asks at the same time.

use barker_app::Settings;
use barker_testkit::Backend;
use rstest::rstest;
use rstest_reuse::apply;
use std::sync::Arc;

use futures::{StreamExt, future::join_all, stream::FuturesUnordered};
use reqwest::StatusCode;
use serde_json::json;

use crate::{
    every_connection,
    harness::{TestApp, TestCampaign, settings},
};

#[apply(every_connection)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_hundred_clients_at_once_get_exactly_the_limit_round_after_round(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    for round in 0..4 {
        let campaign =
            app.campaign(json!({"impressions_limit": 50, "clicks_limit": 20, "cost_per_impression": 0.37, "cost_per_click": 1.01})).await;
        let clients = app.clients(300).await;
        let shown = join_all(clients.iter().map(|client| app.ad(*client))).await;
        let lucky: Vec<_> = clients.iter().zip(&shown).filter(|(_, ad)| ad.is_some()).map(|(client, _)| *client).collect();
        assert_eq!(lucky.len(), 50, "round {round}");
        join_all(lucky.iter().map(|client| app.click(campaign.id, *client))).await;
        let (impressions, clicks, spent) = app.stats(campaign.id).await;
        assert_eq!((impressions, clicks), (50, 20));
        assert_eq!(spent, 38.7, "50 x 0.37 + 20 x 1.01");
        app.send(reqwest::Method::DELETE, &campaign.path(), None).await;
    }
    app.assert_audit_is_clean().await;
}

#[apply(every_connection)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_client_asking_many_times_at_once_is_counted_once_per_campaign(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let campaigns = [app.campaign(json!({})).await, app.campaign(json!({})).await, app.campaign(json!({})).await];
    let client = app.client().await;
    for _ in 0..3 {
        join_all((0..100).map(|_| app.ad(client))).await;
    }
    for campaign in &campaigns {
        assert_eq!(app.stats(campaign.id).await, (1, 0, 1.5));
        join_all((0..50).map(|_| app.click(campaign.id, client))).await;
        assert_eq!(app.stats(campaign.id).await, (1, 1, 11.5));
    }
    app.assert_audit_is_clean().await;
}

#[apply(every_connection)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_in_the_middle_of_traffic_lose_and_double_nothing(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let campaign = app.campaign(json!({"impressions_limit": 120, "clicks_limit": 60})).await;
    let clients = app.clients(200).await;
    let views = join_all(clients.iter().map(|client| async {
        let ad = app.ad(*client).await;
        if ad.is_some() {
            app.click(campaign.id, *client).await;
        }
        ad
    }));
    let changes = async {
        for (price, client) in clients.iter().enumerate().take(20) {
            app.patch(&campaign.path(), &json!({"cost_per_impression": price})).await.expect(200);
            app.score(*client, campaign.advertiser_id, 7).await;
        }
    };
    let (views, ()) = tokio::join!(views, changes);
    assert_eq!(views.iter().flatten().count(), 120);
    let (impressions, clicks, _) = app.stats(campaign.id).await;
    assert_eq!((impressions, clicks), (120, 60));
    app.assert_audit_is_clean().await;
}

#[apply(every_connection)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_answers_busy_with_advice_and_counts_nothing_of_it(#[case] on: Backend) {
    let settings = Settings { overshoot_percent: 0, audience_bytes: 1_000_000, commit_queue: 1, ..settings() };
    let app = TestApp::start_with(on, settings).await;
    let campaign = app.campaign(json!({"impressions_limit": 400, "clicks_limit": 0})).await;
    let clients = app.clients(400).await;
    let paths: Vec<_> = clients.iter().map(|client| format!("/ads?client_id={client}")).collect();
    // While somebody else writes nothing can be committed: the queue is full, however fast the machine is.
    let writer = OtherWriter::begin(&app).await;
    let mut asking: FuturesUnordered<_> = paths.iter().map(|path| app.get(path)).collect();
    let mut answers = Vec::new();
    while answers.len() < 100 {
        answers.push(asking.next().await.unwrap());
    }
    writer.finish().await;
    answers.extend(asking.collect::<Vec<_>>().await);
    let shown = answers.iter().filter(|answer| answer.status == 200).count();
    let busy: Vec<_> = answers.iter().filter(|answer| answer.status == 503).collect();
    assert_eq!(shown + busy.len(), 400);
    assert!(busy.len() >= 100, "a queue of one cannot hold four hundred");
    assert!(busy.iter().all(|answer| answer.headers["retry-after"] == "1" && answer.body["code"] == "busy"));
    assert_eq!(app.stats(campaign.id).await.0, i64::try_from(shown).unwrap());
    app.assert_audit_is_clean().await;
}

#[apply(every_connection)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_who_hangs_up_does_not_part_the_store_from_the_engine(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let impatient = reqwest::Client::new();
    for microseconds in 0..60_u64 {
        let campaign = app.campaign(json!({})).await;
        let hurry = std::time::Duration::from_micros(200 + microseconds * 60);
        let deleted = impatient.delete(app.url(&campaign.path())).timeout(hurry).send().await;
        // Takes its turn after whatever the deletion still does.
        app.campaign_of(campaign.advertiser_id, json!({"start_date": 9})).await;
        let (stored, listed) = settled(&app, &campaign).await;
        assert_eq!(stored, listed, "hung up after {hurry:?}: {deleted:?}");
    }
}

/// What the store and what the engine answer about a campaign, once no deletion comes in between: on a busy machine one that was
/// hung up on may not have had its turn yet.
async fn settled(app: &TestApp, campaign: &TestCampaign) -> (StatusCode, StatusCode) {
    loop {
        let before = app.get(&campaign.path()).await.status;
        let listed = app.get(&format!("/stats/campaigns/{}", campaign.id)).await.status;
        if app.get(&campaign.path()).await.status == before {
            return (before, listed);
        }
    }
}

#[apply(every_connection)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_stops_answering_loses_no_impression_and_no_limit(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let campaign = app.campaign(json!({"impressions_limit": 1, "clicks_limit": 0})).await;
    let clients = app.clients(2).await;
    let writer = OtherWriter::begin(&app).await;
    let answer = app.get(&format!("/ads?client_id={}", clients[0])).await;
    assert_eq!(answer.status, 503, "{}", answer.body);
    writer.finish().await;
    // Whoever asks now gets the one impression there is, unless the first client's turned out to be on disk after all.
    let mut shown = 0;
    for client in [clients[1], clients[0], clients[1]] {
        let answer = app.get(&format!("/ads?client_id={client}")).await;
        shown += u32::from(answer.status == 200);
        assert_ne!(answer.status, 503, "the database answers again: {}", answer.body);
    }
    let (impressions, _, spent) = app.stats(campaign.id).await;
    assert_eq!((impressions, spent), (1, 1.5), "shown {shown} times");
    app.assert_audit_is_clean().await;
}

#[apply(every_connection)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_that_met_a_silent_database_is_in_force_exactly_when_it_is_stored(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let campaign = app.campaign(json!({})).await;
    let clients = app.clients(2).await;
    let writer = OtherWriter::begin(&app).await;
    let (path, impatient) = (app.url(&campaign.path()), reqwest::Client::new());
    let change = impatient.patch(path).json(&json!({"cost_per_impression": 7})).timeout(std::time::Duration::from_secs(6)).send();
    let answer = change.await.map(|answer| answer.status().as_u16());
    assert!(matches!(answer, Err(_) | Ok(503)), "nobody can say yet: {answer:?}");
    writer.finish().await;
    // Takes its turn after whatever the change still does.
    app.campaign_of(campaign.advertiser_id, json!({"start_date": 9})).await;
    let stored = app.get(&campaign.path()).await.expect(200)["cost_per_impression"].as_f64().unwrap();
    app.ad(clients[0]).await.unwrap();
    assert_eq!(app.stats(campaign.id).await.2, stored, "billed as stored");
    app.assert_audit_is_clean().await;
}

/// Somebody else who writes to the same database and takes their time.
struct OtherWriter {
    release: Arc<tokio::sync::Notify>,
    writing: tokio::task::JoinHandle<barker_domain::Result<()>>,
}

impl OtherWriter {
    async fn begin(app: &TestApp) -> Self {
        let (other, release, holding) =
            (app.other_store().await, Arc::<tokio::sync::Notify>::default(), Arc::<tokio::sync::Notify>::default());
        let given = (Arc::clone(&release), Arc::clone(&holding));
        let writing = tokio::spawn(async move {
            let write = other.write(given, |_, (release, holding)| {
                Box::pin(async move {
                    holding.notify_one();
                    release.notified().await;
                    Ok(())
                })
            });
            write.await
        });
        holding.notified().await;
        Self { release, writing }
    }

    async fn finish(self) {
        self.release.notify_one();
        self.writing.await.unwrap().unwrap();
    }
}
