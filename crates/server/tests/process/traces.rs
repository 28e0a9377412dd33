//! Traces reach a collector, say nothing about people, and hold nobody up when it is away.

use std::time::{Duration, Instant};

use barker_testkit::collector::{CollectedSpan, Collector};
use serde_json::json;
use uuid::Uuid;

use crate::barker::Barker;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

fn environment(endpoint: &str, ratio: &str) -> Vec<(&'static str, String)> {
    vec![
        ("BARKER__TELEMETRY__ENDPOINT", endpoint.to_owned()),
        ("BARKER__TELEMETRY__SERVICE_NAME", "shop-ads".to_owned()),
        ("BARKER__TELEMETRY__SAMPLE_RATIO", ratio.to_owned()),
        ("BARKER__TELEMETRY__HEADERS", "authorization=Bearer secret-of-the-collector, x-scope = shop".to_owned()),
        ("BARKER__LOG__LEVEL", "debug".to_owned()),
    ]
}

async fn ask(barker: &Barker, path: &str, traceparent: Option<&str>) -> u16 {
    let request = barker.http.get(format!("{}{path}", barker.address)).header("x-request-id", "asked-by-test");
    let request = traceparent.iter().fold(request, |request, parent| request.header("traceparent", *parent));
    request.send().await.unwrap().status().as_u16()
}

fn named<'s>(spans: &'s [CollectedSpan], name: &str) -> Vec<&'s CollectedSpan> {
    spans.iter().filter(|span| span.name == name).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_commits_and_jobs_are_traced_without_a_word_about_people() {
    let (directory, collector) = (tempfile::tempdir().unwrap(), Collector::start().await);
    let barker = Barker::start_with(directory.path(), &[], &environment(&format!("{}/", collector.endpoint), "1"));
    let campaign = barker.campaign(10).await;
    let client = barker.clients(1).await[0];
    let traceparent = format!("00-{TRACE}-{CALLER}-01");
    assert_eq!(ask(&barker, &format!("/ads?client_id={client}"), Some(&traceparent)).await, 200);
    assert_eq!(ask(&barker, &format!("/clients/{}", Uuid::now_v7()), None).await, 404);
    assert_eq!(ask(&barker, "/ads", Some("nonsense")).await, 400);
    // A link to set a new password is mailed by a job, if there is such a person.
    let person = json!({"email": "anna@example.com", "password": "correct horse battery"});
    barker.post("/api/v1/auth/register", &person).await;
    barker.post("/api/v1/auth/password/forgotten", &json!({"email": "anna@example.com"})).await;
    let begun = Instant::now();
    while named(&collector.spans(), "job").is_empty() && begun.elapsed() < Duration::from_secs(20) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let (ended_well, log) = tokio::task::spawn_blocking(move || barker.terminate()).await.unwrap();
    assert!(ended_well, "{log}");
    let spans = collector.spans();
    let ads = named(&spans, "GET /ads");
    let ad = ads.iter().find(|span| span.trace_id == TRACE).expect("the caller's trace");
    assert_eq!((ad.parent_span_id.as_str(), ad.kind, ad.status), (CALLER, 2, 0));
    let told = ["http.request.method", "http.route", "http.response.status_code", "request.id"].map(|name| ad.attribute(name));
    assert_eq!(told, ["GET", "/ads", "200", "asked-by-test"]);
    assert!(ads.iter().any(|span| span.trace_id != TRACE && span.attribute("http.response.status_code") == "400"), "{ads:?}");
    let missing = named(&spans, "GET /clients/{clientId}");
    assert_eq!((missing[0].attribute("http.response.status_code"), missing[0].parent_span_id.as_str()), ("404".to_owned(), ""));
    assert_eq!(named(&spans, "commit")[0].attribute("batch_size"), "1");
    let job = named(&spans, "job")[0];
    assert_eq!(
        (job.attribute("kind").is_empty(), job.attribute("attempt"), job.attribute("outcome")),
        (false, "1".to_owned(), "done".to_owned())
    );
    let service = [("service.name", "shop-ads"), ("service.version", env!("CARGO_PKG_VERSION"))];
    assert_eq!(collector.resources(), [service.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()]);
    let head = &collector.heads()[0];
    assert!(head.contains("authorization: bearer secret-of-the-collector") && head.contains("x-scope: shop"), "{head}");
    let everything = collector.everything();
    for secret in [&client.to_string(), &campaign.to_string(), "anna", "secret-of", "127.0.0.1", "barker.db", "SELECT", "INSERT"] {
        assert!(!everything.contains(secret), "{secret} in {everything}");
    }
    assert!(!log.contains("secret-of-the-collector") && !log.contains(TRACE), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_decides_about_its_own_traces_and_the_ratio_about_the_rest() {
    let (directory, collector) = (tempfile::tempdir().unwrap(), Collector::start().await);
    let barker = Barker::start_with(directory.path(), &[], &environment(&collector.endpoint, "0"));
    assert_eq!(ask(&barker, "/health", None).await, 200);
    assert_eq!(ask(&barker, "/health", Some(&format!("00-{TRACE}-{CALLER}-00"))).await, 200);
    assert_eq!(ask(&barker, "/health", Some(&format!("00-{TRACE}-{CALLER}-01"))).await, 200);
    assert!(tokio::task::spawn_blocking(move || barker.terminate()).await.unwrap().0);
    let names: Vec<_> = collector.spans().into_iter().map(|span| (span.name, span.trace_id)).collect();
    assert_eq!(names, [("GET /health".to_owned(), TRACE.to_owned())]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_is_away_or_silent_holds_nobody_up_and_is_mentioned_once() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = format!("http://{}", silent.local_addr().unwrap());
    for endpoint in ["http://127.0.0.1:1", &silent] {
        let directory = tempfile::tempdir().unwrap();
        let barker = Barker::start_with(directory.path(), &[], &environment(endpoint, "1"));
        barker.campaign(1_000).await;
        for client in barker.clients(100).await {
            let begun = Instant::now();
            assert_eq!(ask(&barker, &format!("/ads?client_id={client}"), None).await, 200);
            assert!(begun.elapsed() < Duration::from_secs(4), "less than the collector is waited for: {:?}", begun.elapsed());
        }
        let begun = Instant::now();
        let (ended_well, log) = tokio::task::spawn_blocking(move || barker.terminate()).await.unwrap();
        assert!(ended_well, "{log}");
        assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
        let told =
            ["the collector does not take traces", "the last traces did not reach the collector"].map(|line| log.matches(line).count());
        assert!(told == [1, 0] || told == [0, 1] || told == [1, 1], "{told:?} {log}");
    }
}
