//! A bucket that does not let us in, breaks, or says nothing.

use std::{
    collections::VecDeque,
    future::IntoFuture,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use barker_domain::Code;
use barker_infra::object_storage::{Folder, Head, Key, ObjectStorage, S3Settings, Settings};
use bytes::Bytes;
use futures::{TryStreamExt, stream};
use rstest::rstest;
use tokio::time::Instant;

use crate::objects::{open, s3};

fn key() -> Key {
    Key::parse("unreachable/a.txt").unwrap()
}

fn wrong_key(settings: S3Settings) -> S3Settings {
    S3Settings { access_key_id: "AKIAUNKNOWN".to_owned(), ..settings }
}

fn wrong_secret(settings: S3Settings) -> S3Settings {
    S3Settings { secret_access_key: "wrong-secret".into(), ..settings }
}

fn wrong_bucket(settings: S3Settings) -> S3Settings {
    S3Settings { bucket: "nobodys".to_owned(), ..settings }
}

#[rstest]
#[case::key(wrong_key, "access_key_id")]
#[case::secret(wrong_secret, "access_key_id")]
#[case::bucket(wrong_bucket, "[objects]")]
#[tokio::test]
async fn who_is_not_let_in_is_told_what_to_mend(#[case] spoil: fn(S3Settings) -> S3Settings, #[case] named: &str) {
    let storage = open(&Settings::S3(spoil(s3())));
    let listed: Result<Vec<Head>, _> = storage.list(&Folder::root()).try_collect().await;
    let large = stream::iter([Ok(Bytes::from(vec![0; 9 * 1024 * 1024]))]);
    let errors = [
        storage.put(&key(), Bytes::from_static(b"x")).await.unwrap_err(),
        storage.put_stream(&key(), large).await.unwrap_err(),
        storage.probe().await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!((error.code, error.is_temporary()), (Code::Misconfigured, false), "{error:?}");
        assert!(error.detail.contains(named), "{error}");
        assert!(!format!("{error:?} {storage:?}").contains("wrong-secret"));
    }
    assert!(named == "[objects]" || listed.is_err_and(|error| error.code == Code::Misconfigured));
}

#[test]
fn a_bucket_without_a_name_is_named_by_its_key() {
    let nameless = S3Settings { bucket: String::new(), ..somewhere("http://127.0.0.1:1") };
    let error = ObjectStorage::open(&Settings::S3(nameless)).unwrap_err();
    assert!(error.detail.contains("objects.s3.bucket"), "{error}");
}

#[tokio::test]
async fn an_answer_that_asks_for_another_try_gets_one() {
    let server = Faulty::start().await;
    let slow_down = || (StatusCode::SERVICE_UNAVAILABLE, "<Error><Code>SlowDown</Code></Error>").into_response();
    server.answer([slow_down(), slow_down(), (StatusCode::OK, [(header::ETAG, "\"1\"")]).into_response()]);
    server.storage().put(&key(), Bytes::from_static(b"x")).await.unwrap();
    assert_eq!(server.left(), 0);
}

#[tokio::test]
async fn a_server_that_stays_broken_is_given_up_after_some_tries() {
    let server = Faulty::start().await;
    server.answer((0..20).map(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response()));
    let error = server.storage().find(&key()).await.unwrap_err();
    assert_eq!((error.code, error.is_temporary()), (Code::ServiceUnavailable, true), "{error:?}");
    assert_eq!(server.left(), 16, "one request and three more");
}

#[tokio::test]
async fn a_silent_server_is_not_waited_for_longer_than_configured() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let settings = somewhere(&format!("http://{}", silent.local_addr().unwrap()));
    let storage = open(&Settings::S3(S3Settings { timeout: Duration::from_millis(100), ..settings }));
    let start = Instant::now();
    assert_eq!(storage.find(&key()).await.unwrap_err().code, Code::ServiceUnavailable);
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_body_that_stops_in_the_middle_is_an_error_and_not_an_object() {
    let server = Faulty::start().await;
    let pieces = stream::iter([Ok(Bytes::from_static(b"half")), Err(std::io::Error::other("gone"))]);
    let headers = [(header::CONTENT_LENGTH, "8"), (header::ETAG, "\"1\""), (header::LAST_MODIFIED, "Sat, 21 Nov 2026 00:00:00 GMT")];
    server.answer([(headers, axum::body::Body::from_stream(pieces)).into_response()]);
    // What was asked for again after the break finds nobody, either.
    let read = async { server.storage().find(&key()).await?.unwrap().into_bytes().await };
    assert_eq!(read.await.unwrap_err().code, Code::ServiceUnavailable);
}

fn somewhere(endpoint: &str) -> S3Settings {
    S3Settings {
        bucket: "ads".to_owned(),
        region: "us-east-1".to_owned(),
        endpoint: endpoint.to_owned(),
        access_key_id: "key".to_owned(),
        secret_access_key: "secret".into(),
        timeout: Duration::from_secs(20),
    }
}

/// Answers one request after the other as it was told, and the rest with 503.
struct Faulty {
    address: String,
    answers: Arc<Mutex<VecDeque<Response>>>,
}

impl Faulty {
    async fn start() -> Self {
        let answers = Arc::new(Mutex::new(VecDeque::new()));
        let next = Arc::clone(&answers);
        let router = Router::new().fallback(move || {
            let answer = next.lock().unwrap().pop_front();
            async move { answer.unwrap_or_else(|| StatusCode::SERVICE_UNAVAILABLE.into_response()) }
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(axum::serve(listener, router).into_future());
        Self { address, answers }
    }

    fn answer(&self, answers: impl IntoIterator<Item = Response>) {
        self.answers.lock().unwrap().extend(answers);
    }

    fn left(&self) -> usize {
        self.answers.lock().unwrap().len()
    }

    fn storage(&self) -> ObjectStorage {
        open(&Settings::S3(somewhere(&self.address)))
    }
}
