//! A mail server on a free port that keeps what it is given: real SMTP over TCP, with logins, TLS and refusals.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use rustls::{ServerConfig, pki_types::PrivateKeyDer};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

use super::{Letter, dialogue::Dialogue};

/// Largest message it takes unless told otherwise.
const MAX_MESSAGE_BYTES: usize = 2 * 1024 * 1024;

/// Whether and when it encrypts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Never, and it does not offer to.
    Plain,
    /// It offers STARTTLS, and takes neither logins nor mail before.
    StartTls,
    /// From the first byte.
    Tls,
}

/// A message that it took.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// The envelope's sender.
    pub sender: String,
    /// The envelope's recipients.
    pub recipients: Vec<String>,
    /// The letter.
    pub letter: Letter,
    /// Who was logged in.
    pub user: Option<String>,
    /// Whether nobody could listen.
    pub was_encrypted: bool,
    /// Which connection brought it, counted from 1.
    pub connection: usize,
}

/// A running mail server, gone with the value.
#[derive(Debug)]
pub struct MailServer {
    port: u16,
    ca_pem: String,
    post: Arc<Post>,
    accepting: JoinHandle<()>,
}

/// What its connections share.
#[derive(Debug)]
pub(super) struct Post {
    pub(super) security: Security,
    pub(super) login: Option<(String, String)>,
    pub(super) max_message_bytes: AtomicUsize,
    pub(super) deliveries: Mutex<Vec<Delivery>>,
    /// What the next commands are answered instead of what they deserve: the verb and the reply.
    pub(super) refusals: Mutex<VecDeque<(String, String)>>,
    connections: AtomicUsize,
}

impl MailServer {
    /// Starts one on a free port. With a login, nobody else may send.
    ///
    /// # Panics
    /// When it cannot.
    pub async fn start(security: Security, login: Option<(&str, &str)>) -> Self {
        let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
        let ca_pem = certified.cert.pem();
        let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).expect("a key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().expect("TLS");
        let config = config.with_no_client_auth().with_single_cert(vec![certified.cert.der().clone()], key).expect("a certificate");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let post = Arc::new(Post {
            security,
            login: login.map(|(user, password)| (user.to_owned(), password.to_owned())),
            max_message_bytes: AtomicUsize::new(MAX_MESSAGE_BYTES),
            deliveries: Mutex::default(),
            refusals: Mutex::default(),
            connections: AtomicUsize::new(0),
        });
        let accepting = tokio::spawn(accept(listener, TlsAcceptor::from(Arc::new(config)), Arc::clone(&post)));
        Self { port, ca_pem, post, accepting }
    }

    /// Where it listens, on `localhost`.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The certificate that vouches for it, in PEM.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// Answers the next command with that verb (`MAIL`, `RCPT`, `DATA`, `AUTH`, and `.` for the end of the message) by
    /// this reply; `hang up` ends the connection instead, `hang` never answers.
    ///
    /// # Panics
    /// When one of its connections has panicked.
    pub fn refuse(&self, verb: &str, reply: &str) {
        self.post.refusals.lock().expect("a healthy server").push_back((verb.to_owned(), reply.to_owned()));
    }

    /// From now on it takes no larger messages.
    pub fn limit_messages(&self, max_bytes: usize) {
        self.post.max_message_bytes.store(max_bytes, Ordering::SeqCst);
    }

    /// Everything that it took, in order.
    ///
    /// # Panics
    /// When one of its connections has panicked.
    #[must_use]
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.post.deliveries.lock().expect("a healthy server").clone()
    }
}

impl Post {
    pub(super) fn takes(&self, bytes: usize) -> bool {
        bytes <= self.max_message_bytes.load(Ordering::SeqCst)
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, tls: TlsAcceptor, post: Arc<Post>) {
    let mut conversations = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let number = post.connections.fetch_add(1, Ordering::SeqCst) + 1;
        conversations.spawn(converse(stream, tls.clone(), (Arc::clone(&post), number)));
    }
}

async fn converse(stream: TcpStream, tls: TlsAcceptor, (post, number): (Arc<Post>, usize)) {
    let is_encrypted = post.security == Security::Tls;
    let wire: Box<dyn super::dialogue::Wire> = if is_encrypted {
        // Whoever does not trust the certificate hangs up here.
        let Ok(encrypted) = tls.accept(stream).await else { return };
        Box::new(encrypted)
    } else {
        Box::new(stream)
    };
    // A caller who hangs up ends the dialogue, which is no fault.
    let _ended = Dialogue::new(wire, is_encrypted, (post, number)).run(&tls).await;
}
