//! Mail by an SMTP server (RFC 5321), with connections that are kept for the next message.
//!
//! The connections are kept here and not by lettre's own pool, which would use one again whose conversation was cut
//! short by a time limit: each later reply would then be taken for the answer to another question.

mod connect;

use std::{
    path::PathBuf,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use barker_domain::{Code, Error, Result};
use lettre::{
    Message as Letter,
    transport::smtp::{Error as SmtpError, client::AsyncSmtpConnection},
};
use secrecy::SecretString;
use tokio::{sync::Semaphore, time::Instant};

use super::unavailable;
use connect::Connector;

/// Messages on their way at the same time, each on a connection; mail servers count and refuse more.
const MAX_CONNECTIONS: usize = 4;
/// How long a connection is kept without a message. Servers hang up after five minutes (RFC 5321, 4.5.3.2.7).
const MAX_IDLE: Duration = Duration::from_mins(1);
/// Replies that say that we may not send here: not logged in, wrong password, encryption first (RFC 4954, 6).
const NOT_ACCEPTED: [u16; 5] = [432, 530, 534, 535, 538];

/// How to reach an SMTP server.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// Its name, which its certificate must bear.
    pub host: String,
    /// 465 with [`Encryption::Tls`], 587 with [`Encryption::StartTls`], as a rule.
    pub port: u16,
    /// Whether and when the connection is encrypted.
    pub encryption: Encryption,
    /// Empty: nobody logs in.
    pub user: String,
    /// Of that user.
    pub password: SecretString,
    /// Certificates in PEM to trust instead of the system's.
    pub ca_file: Option<PathBuf>,
    /// For a whole message, connecting included.
    pub timeout: Duration,
}

/// Whether and when an SMTP connection is encrypted. There is no "if the server offers it": whoever sits between the
/// two could take the offer away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// Never; for a relay on the same machine.
    None,
    /// Before anything of value is said.
    StartTls,
    /// From the first byte.
    Tls,
}

pub(super) struct Smtp {
    connector: Connector,
    lines: Semaphore,
    idle: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
    timeout: Duration,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Smtp").field("place", &self.connector.place()).finish_non_exhaustive()
    }
}

impl Smtp {
    pub(super) fn open(settings: &SmtpSettings, domain: &str) -> Result<Self> {
        let connector = Connector::new(settings, domain)?;
        Ok(Self { connector, lines: Semaphore::new(MAX_CONNECTIONS), idle: Mutex::default(), timeout: settings.timeout })
    }

    /// A message whose conversation runs out of time, or whose caller hangs up, takes its connection with it.
    pub(super) async fn send(&self, letter: &Letter) -> Result<()> {
        self.in_time(async {
            // The semaphore is never closed.
            let _line = self.lines.acquire().await;
            let mut connection = self.connection().await?;
            let sent = connection.send(letter.envelope(), &letter.formatted()).await;
            sent.map_err(|error| self.not_sent(error))?;
            self.keep(connection);
            Ok(())
        })
        .await
    }

    /// Says hello, encrypts and logs in, as for a message.
    pub(super) async fn probe(&self) -> Result<String> {
        self.in_time(async {
            let connection = self.connection().await?;
            self.keep(connection);
            Ok(format!("{} takes mail from us", self.connector.place()))
        })
        .await
    }

    async fn in_time<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let late = |_elapsed| unavailable(format!("the mail server {} does not answer in time", self.connector.place()));
        tokio::time::timeout(self.timeout, work).await.map_err(late)?
    }

    /// One that was kept and still answers, or a new one.
    async fn connection(&self) -> Result<AsyncSmtpConnection> {
        while let Some((mut connection, since)) = self.pop() {
            if since.elapsed() < MAX_IDLE && connection.test_connected().await {
                return Ok(connection);
            }
        }
        self.connector.connect().await.map_err(|error| self.not_let_in(error))
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        // No more than there are lines, because each line gives back what it took.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push((connection, Instant::now()));
    }

    fn pop(&self) -> Option<(AsyncSmtpConnection, Instant)> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    /// Before any message: whatever the server does not like is ours to mend.
    fn not_let_in(&self, error: SmtpError) -> Error {
        let place = self.connector.place();
        match numbers(&error) {
            Some(reply) if error.is_permanent() || is_not_accepted(&error) => {
                let detail = format!("the mail server {place} does not let us in ({reply}); see mail.smtp.user, password and encryption");
                Error::new(Code::Misconfigured, detail)
            }
            None if error.is_client() => {
                let detail = format!("the mail server {place} does not speak as configured; see mail.smtp.encryption and user");
                Error::new(Code::Misconfigured, detail).caused_by(error)
            }
            _ => self.not_now(error),
        }
    }

    fn not_sent(&self, error: SmtpError) -> Error {
        match numbers(&error) {
            Some(_) if is_not_accepted(&error) => self.not_let_in(error),
            Some(reply) if error.is_permanent() => {
                Error::new(Code::MailRefused, format!("the mail server refuses the message for good ({reply})"))
            }
            None if error.is_client() => Error::new(Code::MailRefused, "the mail server does not know such addresses").caused_by(error),
            _ => self.not_now(error),
        }
    }

    fn not_now(&self, error: SmtpError) -> Error {
        match numbers(&error) {
            Some(reply) => unavailable(format!("the mail server cannot take the message now ({reply})")),
            // Whatever it said, it was no reply; it may still name somebody.
            None if error.is_response() => unavailable(format!("the mail server {} does not speak SMTP", self.connector.place())),
            None => unavailable(format!("the mail server {} does not answer", self.connector.place())).caused_by(error),
        }
    }
}

fn is_not_accepted(error: &SmtpError) -> bool {
    error.status().is_some_and(|status| NOT_ACCEPTED.contains(&u16::from(status)))
}

/// What a reply says in numbers, like `550 5.1.1`. Its words name the recipient and go nowhere.
fn numbers(error: &SmtpError) -> Option<String> {
    error.status().map(|status| format!("{status}{}", enhanced_status(error)))
}

/// The more precise numbers that many servers begin their replies with, like ` 5.1.1` (RFC 3463).
fn enhanced_status(error: &SmtpError) -> String {
    let reply = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    let first = reply.split_whitespace().next().unwrap_or_default();
    let is_status = first.split('.').count() == 3 && first.split('.').all(|part| part.parse::<u16>().is_ok());
    if is_status { format!(" {first}") } else { String::new() }
}
