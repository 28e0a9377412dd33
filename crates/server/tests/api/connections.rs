//! Connections that send too slowly, too much, or nothing: over real sockets.

use std::time::{Duration, Instant};

use barker_server::http::{ServerSettings, listener::ListenerSettings};
use barker_testkit::Backend;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::harness::{TestApp, listener_settings, server_settings};

/// How long a busy machine may take for what should be immediate.
const PATIENCE: Duration = Duration::from_secs(15);
/// Time-outs of these tests.
const SHORT: Duration = Duration::from_millis(300);

async fn connect(address: &str) -> TcpStream {
    TcpStream::connect(address.trim_start_matches("http://")).await.unwrap()
}

/// Everything the server sends until it closes the connection.
async fn rest(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset is an end as well.
    let _reset = timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.unwrap_or_else(|_| panic!("the server closes the connection"));
    String::from_utf8_lossy(&bytes).into_owned()
}

async fn short(app: &TestApp) -> String {
    let listening = ListenerSettings { header_timeout: SHORT, ..listener_settings() };
    app.address_with(server_settings(None), listening).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_never_finishes_its_first_head_is_closed() {
    let app = TestApp::start(Backend::Sqlite).await;
    let address = short(&app).await;
    // Nothing at all; a head without end; the beginning of HTTP/2's preface.
    for beginning in ["", "GET /health HTTP/1.1\r\nHost: here\r\n", "PRI * HT"] {
        let mut stream = connect(&address).await;
        stream.write_all(beginning.as_bytes()).await.unwrap();
        assert_eq!(rest(stream).await, "", "{beginning:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trickling_bytes_do_not_keep_a_connection_open() {
    let app = TestApp::start(Backend::Sqlite).await;
    let mut stream = connect(&short(&app).await).await;
    stream.write_all(b"GET /health HTTP/1.1\r\n").await.unwrap();
    let start = Instant::now();
    let mut answer = [0];
    while timeout(Duration::from_millis(20), stream.read(&mut answer)).await.is_err() {
        if stream.write_all(b"X-A: a\r\n").await.is_err() {
            break;
        }
        assert!(start.elapsed() < PATIENCE, "it is closed");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_rests_too_long_is_closed_and_one_that_does_not_is_kept() {
    let app = TestApp::start(Backend::Sqlite).await;
    let listening = ListenerSettings { header_timeout: PATIENCE, idle_timeout: Duration::from_secs(1), ..listener_settings() };
    let mut stream = connect(&app.address_with(server_settings(None), listening).await).await;
    for _ in 0..3 {
        stream.write_all(b"GET /health HTTP/1.1\r\nHost: here\r\n\r\n").await.unwrap();
        let mut answer = vec![0; 4096];
        let read = timeout(PATIENCE, stream.read(&mut answer)).await.unwrap().unwrap();
        assert!(answer[..read].starts_with(b"HTTP/1.1 200"));
    }
    let start = Instant::now();
    assert_eq!(rest(stream).await, "");
    assert!(start.elapsed() > Duration::from_millis(500), "it was kept for a while");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_does_not_arrive_is_told_so() {
    let app = TestApp::start(Backend::Sqlite).await;
    let settings = ServerSettings { body_timeout: SHORT, ..server_settings(Some(app.project.clone())) };
    let mut stream = connect(&app.address_with(settings, listener_settings()).await).await;
    stream.write_all(b"POST /clients/bulk HTTP/1.1\r\nHost: here\r\nContent-Length: 1000\r\n\r\n[").await.unwrap();
    let mut answer = vec![0; 4096];
    let read = timeout(PATIENCE, stream.read(&mut answer)).await.unwrap().unwrap();
    let answer = String::from_utf8_lossy(&answer[..read]).into_owned() + &rest(stream).await;
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("body-timeout"), "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heads_that_are_too_long_or_too_many_are_refused() {
    let app = TestApp::start(Backend::Sqlite).await;
    let address = app.closed_address().await;
    let long = format!("X-Long: {}\r\n", "a".repeat(100_000));
    let many = "X-Many: a\r\n".repeat(200);
    for lines in [long, many] {
        let mut stream = connect(&address).await;
        // The server may hang up before it has read everything.
        let _reset = stream.write_all(format!("GET /health HTTP/1.1\r\nHost: here\r\n{lines}\r\n").as_bytes()).await;
        let answer = rest(stream).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
    }
    app.get(&format!("{address}/health")).await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_beyond_the_most_wait_for_a_place() {
    let app = TestApp::start(Backend::Sqlite).await;
    let listening = ListenerSettings { max_connections: 1, ..listener_settings() };
    let address = app.address_with(server_settings(None), listening).await;
    let first = connect(&address).await;
    let mut second = connect(&address).await;
    second.write_all(b"GET /health HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut byte = [0];
    assert!(timeout(SHORT, second.read(&mut byte)).await.is_err(), "it is not served yet");
    drop(first);
    assert!(rest(second).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopping_server_finishes_what_is_under_way_and_lets_idle_connections_go() {
    use barker_server::{
        http::{ServerState, listener, router},
        telemetry,
    };
    use tokio_util::sync::CancellationToken;

    let app = TestApp::start(Backend::Sqlite).await;
    let closing = CancellationToken::new();
    let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap().to_string();
    let router = router(ServerState::new(app.app.clone(), server_settings(Some(app.project.clone())), telemetry::metrics().unwrap()));
    let stop = closing.clone();
    let served = tokio::spawn(async move { listener::serve(socket, router, &listener_settings(), (&stop, PATIENCE)).await });
    let mut idle = connect(&address).await;
    idle.write_all(b"GET /health HTTP/1.1\r\nHost: here\r\n\r\n").await.unwrap();
    let mut answer = vec![0; 4096];
    assert!(timeout(PATIENCE, idle.read(&mut answer)).await.unwrap().unwrap() > 0);
    let mut busy = connect(&address).await;
    let body = json!([{"advertiser_id": uuid::Uuid::now_v7(), "name": "Smart"}]).to_string();
    let (head, tail) = body.split_at(10);
    let request = format!("POST /advertisers/bulk HTTP/1.1\r\nHost: here\r\nContent-Length: {}\r\n\r\n{head}", body.len());
    busy.write_all(request.as_bytes()).await.unwrap();
    // Until the server has surely begun with it.
    tokio::time::sleep(SHORT).await;
    closing.cancel();
    assert_eq!(rest(idle).await, "");
    busy.write_all(tail.as_bytes()).await.unwrap();
    assert!(rest(busy).await.starts_with("HTTP/1.1 201"));
    assert!(timeout(PATIENCE, served).await.unwrap().unwrap(), "everything has finished");
    assert!(TcpStream::connect(&address).await.is_err(), "nobody is taken in any more");
}
