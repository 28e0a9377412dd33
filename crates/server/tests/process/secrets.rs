//! No secret gets into a log or an error: not of people, not of keys, not of the services behind the server. The real
//! program, at its most talkative, through what goes well and what fails.

use std::{path::Path, process::Output};

use barker_testkit::{
    mail::{MailServer, Security},
    server::RedisServer,
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::barker::{Barker, command};

const PASSWORD: &str = "correct-horse-battery-1";
const NEW_PASSWORD: &str = "correct-horse-battery-2";
const WRONG_PASSWORD: &str = "wrong-horse-battery-3";
const FORGED_KEY: &str = "barker_forged0000000000000000000000000000000000";
const FORGED_TOKEN: &str = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ.c2lnbmF0dXJlLWZvcmdlZA";
const REDIS_PASSWORD: &str = "redis-password-4";
const SMTP_PASSWORD: &str = "smtp-password-5";
const DATABASE_PASSWORD: &str = "database-password-6";
const S3_SECRET: &str = "s3-secret-access-key-7";
const SENDGRID_KEY: &str = "SG.sendgrid-key-8";
/// `AUTH PLAIN` of SMTP, as it travels.
const SMTP_LOGIN: &str = "AGJhcmtlcgBzbXRwLXBhc3N3b3JkLTU=";

/// A running server, what it answered when it refused, and every secret that came by.
struct Watch {
    barker: Barker,
    refusals: Vec<String>,
    secrets: Vec<String>,
}

impl Watch {
    /// Sends a request; keeps what it is told, if it is refused.
    async fn send(&mut self, token: &str, method: Method, (path, body): (&str, Value)) -> (StatusCode, Value) {
        let request = self.barker.http.request(method, format!("{}{path}", self.barker.address)).bearer_auth(token).json(&body);
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status(), format!("{:?}", answer.headers()));
        let text = answer.text().await.unwrap();
        if !status.is_success() {
            // Not the path, which is what was sent.
            self.refusals.push(format!("{status} {headers} {text}"));
        }
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    async fn post(&mut self, token: &str, path: &str, body: Value) -> (StatusCode, Value) {
        self.send(token, Method::POST, (path, body)).await
    }

    /// A text of an answer that nobody else may learn.
    fn keep(&mut self, secret: &Value) -> String {
        let secret = secret.as_str().unwrap().to_owned();
        self.secrets.push(secret.clone());
        secret
    }

    async fn log_in(&mut self, password: &str) -> (String, String) {
        let (_, tokens) = self.post("", "/api/v1/auth/token", json!({"email": "anna@example.com", "password": password})).await;
        (self.keep(&tokens["access_token"]), self.keep(&tokens["refresh_token"]))
    }
}

#[track_caller]
fn assert_tells_none(text: &str, secrets: &[String], what: &str) {
    for secret in secrets {
        let line = text.lines().find(|line| line.contains(secret.as_str()));
        assert!(line.is_none(), "{what} tells {secret}: {}", line.unwrap_or_default());
    }
}

fn known_secrets() -> Vec<String> {
    let secrets = [
        PASSWORD,
        NEW_PASSWORD,
        WRONG_PASSWORD,
        FORGED_KEY,
        FORGED_TOKEN,
        REDIS_PASSWORD,
        SMTP_PASSWORD,
        SMTP_LOGIN,
        DATABASE_PASSWORD,
        S3_SECRET,
        SENDGRID_KEY,
    ];
    secrets.map(str::to_owned).to_vec()
}

#[expect(clippy::cognitive_complexity, reason = "one step after the other; every macro counts as a branch")]
async fn walk(watch: &mut Watch) {
    let register = json!({"email": "anna@example.com", "password": PASSWORD, "name": "Anna"});
    assert_eq!(watch.post("", "/api/v1/auth/register", register.clone()).await.0, 201);
    watch.post("", "/api/v1/auth/register", register).await;
    watch.post("", "/api/v1/auth/token", json!({"email": "anna@example.com", "password": WRONG_PASSWORD})).await;
    watch.post("", "/api/v1/auth/token", json!({"email": "anna@example.com", "password": [WRONG_PASSWORD]})).await;
    watch.post("", "/api/v1/auth/token", json!({"email": "nobody@example.com", "password": WRONG_PASSWORD})).await;
    let (access, refresh) = watch.log_in(PASSWORD).await;
    let (_, tokens) = watch.post("", "/api/v1/auth/refresh", json!({"refresh_token": refresh})).await;
    watch.keep(&tokens["access_token"]);
    watch.keep(&tokens["refresh_token"]);
    watch.post("", "/api/v1/auth/refresh", json!({"refresh_token": FORGED_TOKEN})).await;
    watch.send(FORGED_TOKEN, Method::GET, ("/api/v1/me", Value::Null)).await;
    watch.send(FORGED_KEY, Method::GET, ("/time", Value::Null)).await;
    watch.send(&access, Method::GET, ("/time", Value::Null)).await;
    watch.send("", Method::GET, (&format!("/api/v1/me?access_token={FORGED_TOKEN}"), Value::Null)).await;
    watch.send("", Method::GET, (&format!("/api/v1/{FORGED_TOKEN}"), Value::Null)).await;
    let (_, project) = watch.post(&access, "/api/v1/projects", json!({"name": "Plush", "currency": "RUB"})).await;
    let project = format!("/api/v1/projects/{}", project["project_id"].as_str().unwrap());
    let (_, key) = watch.post(&access, &format!("{project}/keys"), json!({"name": "Shop", "scopes": ["read"]})).await;
    let secret = watch.keep(&key["secret"]);
    watch.send(&secret, Method::GET, ("/time", Value::Null)).await;
    watch.send(&secret, Method::GET, ("/ads?client_id=1", Value::Null)).await;
    watch.send(&secret, Method::GET, ("/api/v1/me", Value::Null)).await;
    let key_id = key["key_id"].as_str().unwrap();
    watch.send(&access, Method::DELETE, (&format!("{project}/keys/{key_id}"), Value::Null)).await;
    watch.send(&secret, Method::GET, ("/time", Value::Null)).await;
    // The mail server refuses the password, so that both fail behind the scenes or openly.
    watch.post(&access, &format!("{project}/invitations"), json!({"email": "boris@example.com", "role": "viewer"})).await;
    watch.post("", "/api/v1/auth/password/forgotten", json!({"email": "anna@example.com"})).await;
    watch.post("", "/api/v1/auth/password/reset", json!({"token": FORGED_TOKEN, "new_password": NEW_PASSWORD})).await;
    watch.post(&access, "/api/v1/me/invitations", json!({"token": FORGED_TOKEN})).await;
    watch.post(&access, "/api/v1/auth/password", json!({"password": WRONG_PASSWORD, "new_password": NEW_PASSWORD})).await;
    watch.post(&access, "/api/v1/auth/password", json!({"password": PASSWORD, "new_password": NEW_PASSWORD})).await;
    watch.post(&access, "/api/v1/auth/logout", Value::Null).await;
    watch.send(&access, Method::GET, ("/api/v1/me", Value::Null)).await;
    for _ in 0..8 {
        watch.post("", "/api/v1/auth/token", json!({"email": "anna@example.com", "password": WRONG_PASSWORD})).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_gets_into_a_log_or_an_error_of_a_server() {
    let (directory, redis_home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut redis = RedisServer::start(redis_home.path(), Some(REDIS_PASSWORD)).await;
    let mail = MailServer::start(Security::Plain, Some(("barker", "another password"))).await;
    let environment = [
        ("BARKER__LOG__LEVEL", "trace".to_owned()),
        ("BARKER__CACHE__HOME", "redis".to_owned()),
        ("BARKER__CACHE__REDIS_URL", redis.url().replace("redis://", &format!("redis://:{REDIS_PASSWORD}@"))),
        ("BARKER__MAIL__CARRIER", "smtp".to_owned()),
        ("BARKER__MAIL__SMTP__HOST", "localhost".to_owned()),
        ("BARKER__MAIL__SMTP__PORT", mail.port().to_string()),
        ("BARKER__MAIL__SMTP__ENCRYPTION", "none".to_owned()),
        ("BARKER__MAIL__SMTP__USER", "barker".to_owned()),
        ("BARKER__MAIL__SMTP__PASSWORD", SMTP_PASSWORD.to_owned()),
        ("BARKER__OBJECTS__HOME", "s3".to_owned()),
        ("BARKER__OBJECTS__S3__BUCKET", "barker".to_owned()),
        ("BARKER__OBJECTS__S3__ENDPOINT", "http://127.0.0.1:1".to_owned()),
        ("BARKER__OBJECTS__S3__ACCESS_KEY_ID", "access-key".to_owned()),
        ("BARKER__OBJECTS__S3__SECRET_ACCESS_KEY", S3_SECRET.to_owned()),
    ];
    let barker = Barker::start_with(directory.path(), &[], &environment);
    let mut watch = Watch { barker, refusals: Vec::new(), secrets: known_secrets() };
    walk(&mut watch).await;
    redis.kill();
    watch.send("", Method::GET, ("/api/v1/me", Value::Null)).await;
    let Watch { barker, refusals, secrets } = watch;
    let (_, log) = barker.terminate();
    let refusals = refusals.join("\n");
    assert!(log.matches("DEBUG").count() > 30, "every request is logged: {log}");
    assert!(
        refusals.contains("sign-in-failed") && refusals.contains("too-many-attempts") && refusals.contains("link-invalid"),
        "{refusals}"
    );
    assert_tells_none(&log, &secrets, "the log");
    assert_tells_none(&refusals, &secrets, "an error");
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// What the program says when it is started like this, which must not go well.
fn failure(directory: &Path, name: &str, environment: &[(&str, &str)]) -> String {
    let mut command = command(directory, &[name]);
    command.env("BARKER__LOG__LEVEL", "trace").env("BARKER__SERVER__LISTEN", "127.0.0.1:0").envs(environment.iter().copied());
    let output = command.output().unwrap();
    assert!(!output.status.success(), "{name} {environment:?}");
    said(&output)
}

#[test]
fn no_secret_is_told_by_a_server_that_does_not_start_and_a_doctor_who_says_why() {
    let directory = tempfile::tempdir().unwrap();
    let url = |kind: &str| format!("{kind}://barker:{DATABASE_PASSWORD}@127.0.0.1:1/barker");
    let unreachable = [url("postgres"), url("mysql")];
    let odd = [
        url("oracle"),
        url("sqlite"),
        format!("postgres://barker:{DATABASE_PASSWORD}@127.0.0.1:port/barker"),
        format!("postgres://barker:{DATABASE_PASSWORD}@127.0.0.1:1/barker?sslmode=maybe"),
        format!("mysql://barker:{DATABASE_PASSWORD}/x@127.0.0.1:1/barker"),
        DATABASE_PASSWORD.to_owned(),
    ];
    // Each waits some seconds for what does not answer.
    std::thread::scope(|scope| {
        for url in &unreachable {
            scope.spawn(|| {
                let elsewhere = tempfile::tempdir().unwrap();
                let said = failure(elsewhere.path(), "serve", &[("BARKER__DATABASE__URL", url)]);
                assert_tells_none(&said, &known_secrets(), "serve");
            });
        }
    });
    for url in &odd {
        for name in ["serve", "doctor", "migrate", "audit"] {
            let said = failure(directory.path(), name, &[("BARKER__DATABASE__URL", url)]);
            assert_tells_none(&said, &known_secrets(), name);
        }
    }
    let redis = format!("redis://:{REDIS_PASSWORD}@127.0.0.1:1");
    let broken = format!("redis//:{REDIS_PASSWORD}@127.0.0.1:1");
    let unreachable = "http://127.0.0.1:1";
    for environment in [
        &[("BARKER__CACHE__HOME", "redis"), ("BARKER__CACHE__REDIS_URL", redis.as_str())][..],
        &[("BARKER__CACHE__HOME", "redis"), ("BARKER__CACHE__REDIS_URL", broken.as_str())],
        &[
            ("BARKER__MAIL__CARRIER", "smtp"),
            ("BARKER__MAIL__SMTP__HOST", "127.0.0.1"),
            ("BARKER__MAIL__SMTP__PORT", "1"),
            ("BARKER__MAIL__SMTP__USER", "barker"),
            ("BARKER__MAIL__SMTP__PASSWORD", SMTP_PASSWORD),
        ],
        &[
            ("BARKER__MAIL__CARRIER", "sendgrid"),
            ("BARKER__MAIL__SENDGRID__BASE_URL", unreachable),
            ("BARKER__MAIL__SENDGRID__API_KEY", SENDGRID_KEY),
        ],
        &[
            ("BARKER__OBJECTS__HOME", "s3"),
            ("BARKER__OBJECTS__S3__BUCKET", "barker"),
            ("BARKER__OBJECTS__S3__ENDPOINT", unreachable),
            ("BARKER__OBJECTS__S3__TIMEOUT_SECONDS", "1"),
            ("BARKER__OBJECTS__S3__ACCESS_KEY_ID", "access-key"),
            ("BARKER__OBJECTS__S3__SECRET_ACCESS_KEY", S3_SECRET),
        ],
    ] {
        assert_tells_none(&failure(directory.path(), "doctor", environment), &known_secrets(), "doctor");
    }
}
