//! TLS: a certificate and its key from files, read again when they change.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use arc_swap::ArcSwap;
use barker_domain::{Code, Error, Result};
use rustls::{
    ServerConfig,
    crypto::ring::default_provider,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// Between two looks at the files.
const INTERVAL: Duration = Duration::from_secs(2);
/// What is spoken inside, the best first.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// Where a certificate is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate and those that lead to a known authority, in PEM, its own first.
    pub certificate: PathBuf,
    /// Its private key, in PEM.
    pub key: PathBuf,
}

/// The certificate that the server shows. Clones share it.
#[derive(Debug, Clone)]
pub struct Certificates {
    inner: Arc<Inner>,
}

struct Inner {
    files: TlsFiles,
    shown: Arc<Shown>,
    config: Arc<ServerConfig>,
}

#[derive(Debug)]
struct Shown(ArcSwap<CertifiedKey>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

/// The key is nobody's business.
impl std::fmt::Debug for Inner {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Certificates").field("files", &self.files).finish_non_exhaustive()
    }
}

impl Certificates {
    /// Reads the files.
    ///
    /// # Errors
    /// [`Code::Misconfigured`] naming the setting that is at fault: the file cannot be read, holds no certificate or key,
    /// or the two do not belong together.
    pub fn open(files: TlsFiles) -> Result<Self> {
        let shown = Arc::new(Shown(ArcSwap::from_pointee(read(&files)?)));
        let failed = |error: rustls::Error| Error::new(Code::Internal, "cannot set TLS up").caused_by(error);
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()));
        // TLS 1.2 and 1.3; rustls knows nothing older.
        let config = config.with_safe_default_protocol_versions().map_err(failed)?.with_no_client_auth();
        let mut config = config.with_cert_resolver(Arc::clone(&shown) as _);
        config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
        Ok(Self { inner: Arc::new(Inner { files, shown, config: Arc::new(config) }) })
    }

    /// Shakes hands.
    pub(super) async fn accept(&self, stream: TcpStream) -> std::io::Result<TlsStream<TcpStream>> {
        TlsAcceptor::from(Arc::clone(&self.inner.config)).accept(stream).await
    }

    /// Reads the files again whenever they have changed. While they are not right, the server shows what it has.
    pub(super) async fn keep_fresh(self) {
        let mut seen = self.inner.files.stamps();
        loop {
            tokio::time::sleep(INTERVAL).await;
            let stamps = self.inner.files.stamps();
            if stamps != seen {
                self.reload();
                seen = stamps;
            }
        }
    }

    #[expect(clippy::cognitive_complexity, reason = "the logging macros count as branches")]
    fn reload(&self) {
        match read(&self.inner.files) {
            Ok(fresh) => {
                self.inner.shown.0.store(Arc::new(fresh));
                tracing::info!("the TLS certificate was read again");
            }
            Err(error) => tracing::warn!(cause = error.detail, "the TLS certificate has changed and is not right; the former one stays"),
        }
    }
}

impl TlsFiles {
    /// What changes with the files.
    fn stamps(&self) -> [Option<(SystemTime, u64)>; 2] {
        [&self.certificate, &self.key].map(|file| fs::metadata(file).and_then(|found| Ok((found.modified()?, found.len()))).ok())
    }
}

fn read(files: &TlsFiles) -> Result<CertifiedKey> {
    let chain = pem(&files.certificate, "server.tls.certificate_file")?;
    let chain: Vec<_> = CertificateDer::pem_slice_iter(&chain)
        .collect::<Result<_, _>>()
        .map_err(|error| misconfigured(&files.certificate, "server.tls.certificate_file", "is not PEM").caused_by(error))?;
    if chain.is_empty() {
        return Err(misconfigured(&files.certificate, "server.tls.certificate_file", "holds no certificate"));
    }
    let key = pem(&files.key, "server.tls.key_file")?;
    // The cause may quote what it found.
    let key = PrivateKeyDer::from_pem_slice(&key).map_err(|_| misconfigured(&files.key, "server.tls.key_file", "holds no private key"))?;
    CertifiedKey::from_der(chain, key, &default_provider()).map_err(|error| {
        let problem = match error {
            rustls::Error::InconsistentKeys(_) => "does not belong to the certificate in server.tls.certificate_file",
            _ => "does not go with the certificate: one of the two cannot be used",
        };
        misconfigured(&files.key, "server.tls.key_file", problem).caused_by(error)
    })
}

fn pem(file: &Path, setting: &str) -> Result<Vec<u8>> {
    fs::read(file).map_err(|error| misconfigured(file, setting, "cannot be read").caused_by(error))
}

fn misconfigured(file: &Path, setting: &str, problem: &str) -> Error {
    Error::new(Code::Misconfigured, format!("{setting}: {} {problem}", file.display()))
}
