//! `kill -9` in the middle of load: nothing that was answered is missing, nothing is counted twice.

use std::{
    collections::HashSet,
    sync::atomic::{AtomicUsize, Ordering},
};

use futures::{StreamExt, stream};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::barker::{Barker, run};

const ROUNDS: usize = 4;
const CLIENTS_PER_ROUND: usize = 1_500;
/// Answers after which the server is killed, while as many again are under way.
const ANSWERS_BEFORE_THE_KILL: usize = 700;
const LIMIT: u32 = 2_300;

/// Everyone who got an answer before the server was gone: who, and whether their click was answered too.
async fn load(barker: Barker, clients: &[Uuid]) -> Vec<(Uuid, bool)> {
    let (http, address) = (barker.http.clone(), barker.address.clone());
    let answers = AtomicUsize::new(0);
    let server = std::sync::Mutex::new(Some(barker));
    let visits = clients.iter().map(|client| {
        let (http, address, answers, server) = (&http, &address, &answers, &server);
        async move {
            let ad: Value = http.get(format!("{address}/ads?client_id={client}")).send().await.ok()?.json().await.ok()?;
            let campaign = ad["ad_id"].as_str()?;
            if answers.fetch_add(1, Ordering::SeqCst) == ANSWERS_BEFORE_THE_KILL {
                server.lock().unwrap().take().unwrap().kill();
            }
            let click = http.post(format!("{address}/ads/{campaign}/click")).json(&json!({"client_id": client})).send().await;
            Some((*client, click.is_ok_and(|answer| answer.status() == 204)))
        }
    });
    let answered = stream::iter(visits).buffer_unordered(64).filter_map(|visit| async move { visit }).collect().await;
    if let Some(unharmed) = server.into_inner().unwrap() {
        unharmed.kill();
    }
    answered
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_survives_and_nothing_is_counted_twice() {
    let directory = tempfile::tempdir().unwrap();
    let barker = Barker::start(directory.path(), &[]);
    let campaign = barker.campaign(LIMIT).await;
    let clients = barker.clients(u32::try_from(ROUNDS * CLIENTS_PER_ROUND).unwrap()).await;
    barker.kill();
    let (mut shown, mut clicked) = (HashSet::new(), HashSet::new());
    for clients in clients.chunks(CLIENTS_PER_ROUND) {
        let answered = load(Barker::start(directory.path(), &[]), clients).await;
        assert!(!answered.is_empty());
        shown.extend(answered.iter().map(|(client, _)| *client));
        clicked.extend(answered.iter().filter(|(_, clicked)| *clicked).map(|(client, _)| *client));
        let audit = run(directory.path(), &["audit"]);
        assert!(audit.status.success(), "{}", String::from_utf8_lossy(&audit.stdout));
    }
    let barker = Barker::start(directory.path(), &[]);
    let stats = barker.get(&format!("/stats/campaigns/{campaign}")).await;
    let (impressions, clicks) = (stats["impressions_count"].as_u64().unwrap(), stats["clicks_count"].as_u64().unwrap());
    assert!(impressions >= shown.len() as u64, "{impressions} counted, {} answered", shown.len());
    assert!(clicks >= clicked.len() as u64, "{clicks} counted, {} answered", clicked.len());
    assert!(impressions <= u64::from(LIMIT));
    // Whoever was answered has their impression: asking again is a repeat, or nothing once they clicked. Never a new count.
    for client in &shown {
        barker.http.get(format!("{}/ads?client_id={client}", barker.address)).send().await.unwrap();
    }
    let again = barker.get(&format!("/stats/campaigns/{campaign}")).await;
    assert_eq!(again["impressions_count"].as_u64().unwrap(), impressions);
    let audit = run(directory.path(), &["audit"]);
    assert!(audit.status.success(), "beside the running server: {}", String::from_utf8_lossy(&audit.stdout));
    assert!(barker.terminate().0);
}
