//! TLS by configuration: which certificate is shown, that it changes with its files, and what is told about bad ones.

use std::{path::Path, sync::Arc, time::Duration};

use barker_server::http::listener::{Certificates, ListenerSettings, TlsFiles};
use barker_testkit::Backend;
use rustls::{ClientConfig, RootCertStore, pki_types::ServerName, version};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::harness::{TestApp, listener_settings, server_settings};

/// A certificate of our own, in files. Answers it in PEM.
fn write_certificate(directory: &Path) -> (TlsFiles, String) {
    let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let files = TlsFiles { certificate: directory.join("certificate.pem"), key: directory.join("key.pem") };
    std::fs::write(&files.certificate, certified.cert.pem()).unwrap();
    std::fs::write(&files.key, certified.signing_key.serialize_pem()).unwrap();
    (files, certified.cert.pem())
}

async fn address(app: &TestApp, files: TlsFiles) -> String {
    let certificates = Some(Certificates::open(files).unwrap());
    app.address_with(server_settings(None), ListenerSettings { certificates, ..listener_settings() }).await
}

/// Shakes hands with somebody who must show this certificate.
async fn shake_hands(
    address: &str,
    pem: &str,
    versions: &[&'static rustls::SupportedProtocolVersion],
) -> std::io::Result<TlsStream<TcpStream>> {
    use rustls::pki_types::{CertificateDer, pem::PemObject};
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
    let mut config = ClientConfig::builder_with_protocol_versions(versions).with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let stream = TcpStream::connect(address.trim_start_matches("https://")).await.unwrap();
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("localhost").unwrap(), stream).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_api_is_served_encrypted_and_offers_http_2() {
    let (app, home) = (TestApp::start(Backend::Sqlite).await, TempDir::new().unwrap());
    let (files, pem) = write_certificate(home.path());
    let address = address(&app, files).await;
    let root = reqwest::Certificate::from_pem(pem.as_bytes()).unwrap();
    let port = address.rsplit(':').next().unwrap();
    let http = reqwest::Client::builder().tls_certs_only([root]).build().unwrap();
    let answer = http.get(format!("https://localhost:{port}/health")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    for one in [&version::TLS13, &version::TLS12] {
        let stream = shake_hands(&address, &pem, &[one]).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    }
    let in_clear = app.http.get(format!("http://localhost:{port}/health")).send().await;
    assert!(in_clear.is_err(), "nothing is said in clear");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_certificate_is_shown_without_a_restart_and_a_broken_one_is_not() {
    let (app, home) = (TestApp::start(Backend::Sqlite).await, TempDir::new().unwrap());
    let (files, first) = write_certificate(home.path());
    let address = address(&app, files.clone()).await;
    let versions = [&version::TLS13];
    shake_hands(&address, &first, &versions).await.unwrap();
    std::fs::write(&files.key, "not a key").unwrap();
    // Longer than it takes the server to look.
    tokio::time::sleep(Duration::from_secs(5)).await;
    shake_hands(&address, &first, &versions).await.unwrap();
    let (_, second) = write_certificate(home.path());
    let start = std::time::Instant::now();
    while shake_hands(&address, &second, &versions).await.is_err() {
        assert!(start.elapsed() < Duration::from_secs(30), "the new one is shown");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(shake_hands(&address, &first, &versions).await.is_err(), "the former one is gone");
}

#[test]
fn files_that_are_not_right_are_named() {
    let (home, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let (files, _) = write_certificate(home.path());
    let (others, _) = write_certificate(other.path());
    let empty = home.path().join("empty.pem");
    std::fs::write(&empty, "").unwrap();
    let cases = [
        (TlsFiles { key: others.key, ..files.clone() }, "server.tls.key_file", "does not belong to the certificate"),
        (TlsFiles { key: files.certificate.clone(), ..files.clone() }, "server.tls.key_file", "holds no private key"),
        (TlsFiles { certificate: empty, ..files.clone() }, "server.tls.certificate_file", "holds no certificate"),
        (TlsFiles { certificate: home.path().join("gone.pem"), ..files }, "server.tls.certificate_file", "cannot be read"),
    ];
    for (files, setting, problem) in cases {
        let error = Certificates::open(files).unwrap_err();
        assert!(error.detail.contains(setting) && error.detail.contains(problem), "{error}");
    }
}
