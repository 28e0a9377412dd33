//! Visitors: clients who ask for ads and click them, many at a time, and who remember what they were answered.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures::future::join_all;
use serde_json::{Value, json};
use uuid::Uuid;

const AT_A_TIME: usize = 48;
/// An answer that took longer than this had waited for somebody. No outage is shorter.
const A_LONG_WAIT: Duration = Duration::from_secs(1);

/// What visitors were answered so far.
#[derive(Debug, Default)]
pub(crate) struct Diary {
    /// Who was given an ad.
    pub(crate) shown: HashSet<Uuid>,
    /// Whose click was taken.
    pub(crate) clicked: HashSet<Uuid>,
    /// Requests that were turned away with advice when to come again.
    pub(crate) turned_away: usize,
    /// How long one of them waited for an answer, at most.
    pub(crate) longest_wait: Duration,
    /// Answers that a client should never see, as they were.
    pub(crate) unexpected: Vec<String>,
}

impl Diary {
    /// Everything that was answered is counted, and nothing above the limit.
    pub(crate) fn assert_kept(&self, stats: &Value, limit: u32) {
        let count = |name: &str| stats[name].as_u64().unwrap();
        let (impressions, clicks) = (count("impressions_count"), count("clicks_count"));
        assert!(impressions >= self.shown.len() as u64, "{impressions} counted, {} answered", self.shown.len());
        assert!(clicks >= self.clicked.len() as u64, "{clicks} counted, {} answered", self.clicked.len());
        assert!(impressions <= u64::from(limit), "{impressions} counted, {limit} allowed");
    }

    /// Everyone was served or got advice, and some had to wait or to come again. A short outage that begins between two
    /// writes turns nobody away: whoever comes then waits until it is over.
    pub(crate) fn assert_only_advice(&self) {
        assert_eq!(self.unexpected, [""; 0]);
        assert!(self.turned_away > 0 || self.longest_wait > A_LONG_WAIT, "the fault went unnoticed");
    }

    /// One of them waited that long.
    fn wait(&mut self, wait: Duration) {
        self.longest_wait = self.longest_wait.max(wait);
    }

    /// What another diary holds, too.
    pub(crate) fn add(&mut self, other: Self) {
        self.shown.extend(other.shown);
        self.clicked.extend(other.clicked);
        self.turned_away += other.turned_away;
        self.longest_wait = self.longest_wait.max(other.longest_wait);
        self.unexpected.extend(other.unexpected);
    }
}

/// Visitors under way.
pub(crate) struct Visitors {
    pub(crate) diary: Arc<Mutex<Diary>>,
    leaving: Arc<AtomicBool>,
    walk: tokio::task::JoinHandle<()>,
}

impl Visitors {
    /// Sends each of the clients once, then again from the first, until told to stop.
    pub(crate) fn send(http: &reqwest::Client, address: &str, clients: &[Uuid]) -> Self {
        let (diary, leaving) = (Arc::<Mutex<Diary>>::default(), Arc::<AtomicBool>::default());
        let next = Arc::new(AtomicUsize::new(0));
        let clients: Arc<[Uuid]> = clients.into();
        let workers = (0..AT_A_TIME).map(|_| {
            let (http, address, clients) = (http.clone(), address.to_owned(), Arc::clone(&clients));
            let (diary, leaving, next) = (Arc::clone(&diary), Arc::clone(&leaving), Arc::clone(&next));
            async move {
                while !leaving.load(Ordering::SeqCst) {
                    let client = clients[next.fetch_add(1, Ordering::SeqCst) % clients.len()];
                    let asked = Instant::now();
                    visit(&http, &address, client, &diary).await;
                    diary.lock().unwrap().wait(asked.elapsed());
                }
            }
        });
        let walk = join_all(workers.collect::<Vec<_>>());
        Self { diary, leaving, walk: tokio::spawn(async move { drop(walk.await) }) }
    }

    /// How many were given an ad so far.
    pub(crate) fn shown(&self) -> usize {
        self.diary.lock().unwrap().shown.len()
    }

    /// Waits for everyone under way.
    pub(crate) async fn leave(self) -> Diary {
        self.leaving.store(true, Ordering::SeqCst);
        self.walk.await.unwrap();
        std::mem::take(&mut *self.diary.lock().unwrap())
    }
}

async fn visit(http: &reqwest::Client, address: &str, client: Uuid, diary: &Mutex<Diary>) {
    // Nobody answers while the server is dead.
    let Ok(answer) = http.get(format!("{address}/ads?client_id={client}")).send().await else { return };
    if answer.status() != 200 {
        return note_refusal(answer, diary).await;
    }
    let Ok(ad) = answer.json::<Value>().await else { return };
    diary.lock().unwrap().shown.insert(client);
    let path = format!("{address}/ads/{}/click", ad["ad_id"].as_str().unwrap());
    match http.post(path).json(&json!({"client_id": client})).send().await {
        Ok(answer) if answer.status() == 204 => drop(diary.lock().unwrap().clicked.insert(client)),
        Ok(answer) => note_refusal(answer, diary).await,
        Err(_) => (),
    }
}

async fn note_refusal(answer: reqwest::Response, diary: &Mutex<Diary>) {
    let (status, advice) = (answer.status().as_u16(), answer.headers().contains_key("retry-after"));
    let body = answer.text().await.unwrap_or_default();
    let mut diary = diary.lock().unwrap();
    match (status, advice) {
        (503, true) => diary.turned_away += 1,
        (404, _) if body.contains("no-ad") => (),
        _ => diary.unexpected.push(format!("{status} {body}")),
    }
}
