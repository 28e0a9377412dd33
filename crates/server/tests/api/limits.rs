//! Rate limits: what a caller is told, when they are refused, and who shares what.

use std::sync::Arc;

use barker_infra::RedisSettings;
use barker_server::http::{Allowance, Limits, ServerSettings};
use barker_testkit::{Backend, server::RedisServer};
use reqwest::{Method, header::HeaderMap};
use serde_json::json;
use uuid::Uuid;

use crate::harness::{Answer, TestApp, listener_settings, server_settings, settings};

/// One a second, and so many at once.
fn burst(burst: u32) -> Allowance {
    Allowance { per_second: 1, burst }
}

fn none() -> Allowance {
    Allowance { per_second: 0, burst: 0 }
}

async fn address(app: &TestApp, limits: Limits) -> String {
    app.address_with(ServerSettings { limits, ..server_settings(None) }, listener_settings()).await
}

fn told(headers: &HeaderMap) -> (&str, &str) {
    let text = |name| headers.get(name).map_or("", |value: &reqwest::header::HeaderValue| value.to_str().unwrap());
    (text("ratelimit-policy"), text("ratelimit"))
}

#[track_caller]
fn assert_is_refused(answer: Answer, who: &str) {
    let wait: u64 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=2).contains(&wait), "{wait}");
    assert!(told(&answer.headers).1.starts_with(&format!("\"{who}\";r=0;t=")), "{:?}", answer.headers);
    assert_eq!(answer.problem(429).0, "too-many-requests");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_told_what_it_has_left_and_is_refused_at_the_limit() {
    let app = TestApp::start(Backend::Sqlite).await;
    let anna = app.person("anna").await;
    let project = app.project_of(&anna, "Plush").await;
    let (_, key) = app.key(&anna, project, &["read"]).await;
    let (_, other) = app.key(&anna, project, &["read"]).await;
    let address = address(&app, Limits::new(burst(3), none(), none(), none())).await;
    let url = format!("{address}/time");
    for left in [2, 1, 0] {
        let answer = app.get_as(&key, &url).await;
        let expected = format!("\"key\";r={left};t={}", 3 - left);
        assert_eq!(told(&answer.headers), ("\"key\";q=3;w=3", expected.as_str()));
        answer.expect(200);
    }
    assert_is_refused(app.get_as(&key, &url).await, "key");
    // What is refused for another reason counts as well, and is told so.
    let answer = app.send_as(&other, Method::GET, (&format!("{address}/ads?client_id=1"), None)).await;
    assert_eq!((answer.status.as_u16(), told(&answer.headers).1), (403, "\"key\";r=2;t=1"));
    let unlimited = app.get_as(&anna.access_token, &format!("{address}/api/v1/me")).await;
    assert_eq!(told(&unlimited.headers), ("", ""));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn users_have_limits_of_their_own_whatever_their_sessions() {
    let app = TestApp::start(Backend::Sqlite).await;
    let (anna, boris) = (app.person("anna").await, app.person("boris").await);
    let second = app.log_in(&anna.email).await.0;
    let address = address(&app, Limits::new(none(), burst(2), none(), none())).await;
    let url = format!("{address}/api/v1/me");
    for token in [&anna.access_token, &second] {
        app.get_as(token, &url).await.expect(200);
    }
    assert_is_refused(app.get_as(&anna.access_token, &url).await, "user");
    app.get_as(&boris.access_token, &url).await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_tries_keys_tokens_and_passwords_is_stopped_and_its_neighbours_are_not() {
    let app = TestApp::start(Backend::Sqlite).await;
    let settings = ServerSettings { limits: Limits::new(none(), none(), burst(4), none()), forwarded_hops: 1, ..server_settings(None) };
    let address = app.address_with(settings, listener_settings()).await;
    let from = async |ip: &str, method: Method, path: &str| {
        let request = app.http.request(method, format!("{address}{path}")).header("x-forwarded-for", ip).bearer_auth("wrong");
        Answer::read(request.json(&json!({"email": "a@example.com", "password": "long enough"})).send().await.unwrap()).await
    };
    from("192.0.2.7", Method::GET, "/time").await.expect(401);
    from("192.0.2.7", Method::GET, "/api/v1/me").await.expect(401);
    from("192.0.2.7", Method::GET, &format!("/api/v1/projects/{}", Uuid::now_v7())).await.expect(401);
    from("192.0.2.7", Method::POST, "/api/v1/auth/token").await.expect(401);
    for (method, path) in [(Method::GET, "/time"), (Method::GET, "/api/v1/me"), (Method::POST, "/api/v1/auth/token")] {
        assert_is_refused(from("192.0.2.7", method, path).await, "address");
    }
    from("192.0.2.8", Method::GET, "/time").await.expect(401);
    for last in 1..=4 {
        from(&format!("2001:db8::{last}"), Method::GET, "/time").await.expect(401);
    }
    assert_is_refused(from("2001:db8::5", Method::GET, "/time").await, "address");
    from("2001:db8:0:1::5", Method::GET, "/time").await.expect(401);
    app.http.get(format!("{address}/health")).header("x-forwarded-for", "192.0.2.7").send().await.unwrap().error_for_status().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_open_sandbox_is_limited_by_address_when_it_is_configured() {
    let app = TestApp::start(Backend::Sqlite).await;
    let limits = Limits::new(none(), none(), burst(1), burst(2));
    let settings = ServerSettings { limits, ..server_settings(Some(Arc::clone(&app.project))) };
    let address = app.address_with(settings, listener_settings()).await;
    for _ in 0..2 {
        app.get(&format!("{address}/time")).await.expect(200);
    }
    assert_is_refused(app.get(&format!("{address}/time")).await, "sandbox");
}

/// Two servers with a database each, which share nothing but a Redis.
async fn pair(redis: &RedisServer) -> [(TestApp, String); 2] {
    let settings_of = || RedisSettings {
        url: redis.url().into(),
        key_prefix: "barker".to_owned(),
        // Patient enough for a busy machine.
        timeout: std::time::Duration::from_secs(5),
    };
    let mut pair = Vec::new();
    for _ in 0..2 {
        let app = TestApp::start_beside(Backend::Sqlite, settings(), Some(settings_of())).await;
        let address = address(&app, Limits::new(none(), none(), burst(10), none())).await;
        pair.push((app, address));
    }
    pair.try_into().unwrap_or_else(|_| panic!("two"))
}

/// How many of 40 requests to either server, in turn, are not refused by the limit.
async fn let_through(pair: &[(TestApp, String); 2]) -> usize {
    let mut let_through = 0;
    for (app, address) in pair.iter().cycle().take(40) {
        let_through += usize::from(app.get(&format!("{address}/time")).await.status == 401);
    }
    let_through
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_share_one_bucket_in_redis_and_keep_one_each_while_it_is_gone() {
    let home = tempfile::tempdir().unwrap();
    let mut redis = RedisServer::start(home.path(), None).await;
    let pair = pair(&redis).await;
    let start = std::time::Instant::now();
    let together = let_through(&pair).await;
    // One comes back each second.
    let most = 10 + usize::try_from(start.elapsed().as_secs()).unwrap() + 1;
    assert!((10..=most).contains(&together), "{together} of {most}");
    redis.kill();
    // Refusals are remembered for a tenth of a second.
    tokio::time::sleep(std::time::Duration::from_millis(150)).await;
    let start = std::time::Instant::now();
    let apart = let_through(&pair).await;
    let most = 20 + 2 * (usize::try_from(start.elapsed().as_secs()).unwrap() + 1);
    assert!((18..=most).contains(&apart), "each server goes on by itself: {apart} of {most}");
}
