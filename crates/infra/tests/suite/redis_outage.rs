//! A Redis that is gone, hangs, forgets or refuses: nobody waits for it, and it is used again when it is back.

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use barker_domain::Code;
use barker_testkit::server::RedisServer;
use bytes::Bytes;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
    time::Instant,
};

use crate::{
    home::{eventually, in_redis_within},
    rate_limit::{hammer, policy},
};

const HOUR: Duration = Duration::from_hours(1);
/// As operators have it.
const TIMEOUT: Duration = Duration::from_millis(500);
/// What one call may take while Redis does not answer, on a busy machine.
const AT_MOST: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_redis_is_gone_each_process_keeps_the_limit_by_itself_and_then_together_again() {
    let home = tempfile::tempdir().unwrap();
    let mut server = RedisServer::start(home.path(), None).await;
    let services = [(); 2].map(|()| in_redis_within(TIMEOUT, &server.url(), "barker"));
    let limiters = services.each_ref().map(|services| services.rate_limiter.clone());
    let policy = policy(1, HOUR, 40);
    assert_eq!(hammer(&limiters, "key", policy, 200).await, 40);
    server.kill();
    // Refusals are remembered for a tenth of a second.
    tokio::time::sleep(Duration::from_millis(150)).await;
    let start = Instant::now();
    assert_eq!(hammer(&limiters, "key", policy, 2_000).await, 80, "40 in each process");
    assert!(start.elapsed() < AT_MOST, "nobody waits: {:?}", start.elapsed());
    server.restart().await;
    for services in &services {
        let cache = services.cache.namespace("sign of life");
        eventually(async || cache.get("x").await.is_ok()).await;
    }
    assert_eq!(hammer(&limiters, "key", policy, 200).await, 40, "Redis has forgotten everything, its script too, and counts anew");
}

#[tokio::test]
async fn a_redis_that_hangs_is_waited_for_once_and_found_again() {
    let home = tempfile::tempdir().unwrap();
    let server = RedisServer::start(home.path(), None).await;
    let services = in_redis_within(TIMEOUT, &server.url(), "barker");
    let (cache, limiter) = (services.cache.namespace("value"), services.rate_limiter);
    cache.set("a", Bytes::from_static(b"1"), HOUR).await.unwrap();
    server.process().pause();
    let start = Instant::now();
    let error = cache.get("a").await.unwrap_err();
    assert_eq!((error.code, error.is_temporary()), (Code::ServiceUnavailable, true));
    assert!(start.elapsed() < AT_MOST, "{:?}", start.elapsed());
    let mut quickest = Duration::MAX;
    // A busy machine may be slow once.
    for attempt in 0..5 {
        let start = Instant::now();
        assert!(limiter.take(&format!("key {attempt}"), &policy(1, HOUR, 1)).await.is_allowed);
        assert!(cache.set("a", Bytes::new(), HOUR).await.is_err());
        quickest = quickest.min(start.elapsed());
    }
    assert!(quickest < Duration::from_millis(400), "the circuit is open: {quickest:?}");
    server.process().resume();
    eventually(async || cache.get("a").await.is_ok_and(|value| value.is_some())).await;
}

/// What a firewall does that forgets a connection: no byte, no end, and a new connection works.
#[tokio::test]
async fn a_connection_that_leads_nowhere_is_given_up_for_a_new_one() {
    let home = tempfile::tempdir().unwrap();
    let server = RedisServer::start(home.path(), None).await;
    let way = Way::to(server.url().trim_start_matches("redis://")).await;
    let cache = in_redis_within(TIMEOUT, &way.url, "barker").cache.namespace("value");
    cache.set("a", Bytes::from_static(b"1"), HOUR).await.unwrap();
    way.lead_nowhere();
    assert!(cache.get("a").await.is_err());
    eventually(async || cache.get("a").await.is_ok_and(|value| value.is_some())).await;
}

#[tokio::test]
async fn an_outage_is_logged_once_and_so_is_its_end() {
    let lines = Lines::default();
    let writer = lines.clone();
    let _logging = tracing::subscriber::set_default(tracing_subscriber::fmt().with_writer(move || writer.clone()).finish());
    let home = tempfile::tempdir().unwrap();
    let mut server = RedisServer::start(home.path(), None).await;
    let limiter = in_redis_within(TIMEOUT, &server.url(), "barker").rate_limiter;
    limiter.take("key", &policy(1, HOUR, 1)).await;
    for outages in 1..=2 {
        server.kill();
        // Longer than the circuit rests, so that several have tried in vain.
        let start = Instant::now();
        while start.elapsed() < Duration::from_millis(1_200) {
            limiter.take("key", &policy(1, HOUR, 1)).await;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!((lines.count("does not answer"), lines.count("answers again")), (outages, outages - 1));
        server.restart().await;
        eventually(async || {
            limiter.take("key", &policy(1, HOUR, 1)).await;
            lines.count("answers again") == outages
        })
        .await;
    }
}

#[tokio::test]
async fn a_wrong_password_is_a_setting_to_mend_and_is_not_shown() {
    let home = tempfile::tempdir().unwrap();
    let server = RedisServer::start(home.path(), Some("right")).await;
    let with = |login: &str| in_redis_within(TIMEOUT, &server.url().replace("redis://", &format!("redis://{login}")), "barker");
    assert!(with(":right@").cache.probe().await.is_ok());
    for login in [":wrong-secret@", ""] {
        let services = with(login);
        let error = services.cache.probe().await.unwrap_err();
        assert_eq!(error.code, Code::Misconfigured, "{error:?}");
        assert!(!format!("{error:?} {services:?}").contains("wrong-secret"));
        assert!(services.rate_limiter.take("key", &policy(1, HOUR, 1)).await.is_allowed, "people are not turned away for it");
    }
}

#[tokio::test]
async fn a_place_where_nobody_answers_is_not_waited_for() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let services = in_redis_within(TIMEOUT, &format!("redis://{}", silent.local_addr().unwrap()), "barker");
    let start = Instant::now();
    assert!(services.rate_limiter.take("key", &policy(1, HOUR, 1)).await.is_allowed);
    assert!(!services.rate_limiter.take("key", &policy(1, HOUR, 1)).await.is_allowed);
    assert!(start.elapsed() < AT_MOST, "{:?}", start.elapsed());
}

/// A way to a server, whose connections can come to lead nowhere.
struct Way {
    url: String,
    nowhere: watch::Sender<u32>,
}

impl Way {
    async fn to(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("redis://{}", listener.local_addr().unwrap());
        let (server, nowhere) = (server.to_owned(), watch::Sender::new(0));
        let led = nowhere.clone();
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let (mut far, mut led) = (TcpStream::connect(&server).await.unwrap(), led.subscribe());
                tokio::spawn(async move {
                    tokio::select! {
                        _ended = copy_bidirectional(&mut near, &mut far) => (),
                        _now = led.changed() => std::future::pending().await,
                    }
                });
            }
        });
        Self { url, nowhere }
    }

    /// Of every connection that there is now.
    fn lead_nowhere(&self) {
        self.nowhere.send_modify(|times| *times += 1);
    }
}

/// What was logged.
#[derive(Debug, Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn count(&self, words: &str) -> usize {
        String::from_utf8_lossy(&self.0.lock().unwrap()).matches(words).count()
    }
}

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
