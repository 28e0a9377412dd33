//! Mail: one message to one person, carried by a folder, an SMTP server or SendGrid.
//!
//! What a message says is its sender's business, as is trying again; here stands how it leaves, and whether a failure
//! is worth another try. Addresses never get into logs or errors.

mod folder;
mod letter;
mod sendgrid;
mod smtp;

use std::path::PathBuf;

use barker_domain::{Code, Error, Result, clock::SharedClock};
use lettre::message::Mailbox;

use folder::Folder;
use sendgrid::SendGrid;
pub use sendgrid::SendGridSettings;
use smtp::Smtp;
pub use smtp::{Encryption, SmtpSettings};

/// How mail leaves, and in whose name.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `Name <address>`, or an address alone.
    pub from: String,
    /// Where answers go, in the same form; empty: to `from`.
    pub reply_to: String,
    /// Who carries it.
    pub carrier: CarrierSettings,
}

/// Who carries mail.
#[derive(Debug, Clone)]
pub enum CarrierSettings {
    /// Nobody: each message becomes a file in this folder.
    Folder(PathBuf),
    /// An SMTP server.
    Smtp(SmtpSettings),
    /// SendGrid's HTTP API.
    SendGrid(SendGridSettings),
}

impl Settings {
    /// Mail that stays in a folder.
    #[must_use]
    pub fn in_folder(folder: PathBuf) -> Self {
        Self { from: "Barker <barker@localhost>".to_owned(), reply_to: String::new(), carrier: CarrierSettings::Folder(folder) }
    }
}

/// One message to one person.
#[derive(Clone)]
pub struct Message {
    /// An address, without a name.
    pub to: String,
    /// One line of up to 255 characters.
    pub subject: String,
    /// For every reader.
    pub text: String,
    /// The same for readers that show HTML.
    pub html: Option<String>,
}

/// Neither who gets it nor what it says is for logs.
impl std::fmt::Debug for Message {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Message").finish_non_exhaustive()
    }
}

/// Sends mail. One for the whole process: it keeps connections.
#[derive(Debug)]
pub struct Mailer {
    sender: Sender,
    carrier: Carrier,
    clock: SharedClock,
}

/// In whose name mail is sent.
#[derive(Debug)]
struct Sender {
    from: Mailbox,
    reply_to: Option<Mailbox>,
}

#[derive(Debug)]
enum Carrier {
    Folder(Folder),
    Smtp(Smtp),
    SendGrid(SendGrid),
}

impl Mailer {
    /// Reads the settings; nothing is reached yet.
    ///
    /// # Errors
    /// [`Code::Misconfigured`], naming the setting.
    pub fn open(settings: &Settings, clock: &SharedClock) -> Result<Self> {
        let from = mailbox("mail.from", &settings.from)?;
        let reply_to = match settings.reply_to.as_str() {
            "" => None,
            address => Some(mailbox("mail.reply_to", address)?),
        };
        let carrier = match &settings.carrier {
            CarrierSettings::Folder(folder) => Carrier::Folder(Folder::new(folder.clone())),
            CarrierSettings::Smtp(smtp) => Carrier::Smtp(Smtp::open(smtp, from.email.domain())?),
            CarrierSettings::SendGrid(sendgrid) => Carrier::SendGrid(SendGrid::open(sendgrid, clock)?),
        };
        Ok(Self { sender: Sender { from, reply_to }, carrier, clock: SharedClock::clone(clock) })
    }

    /// Hands the message over. Once this is `Ok` it is the carrier's; whether it reaches its reader is not known.
    ///
    /// # Errors
    /// [`Code::ServiceUnavailable`] when it may be sent again later, after `retry_after` if the carrier said so;
    /// [`Code::MailRefused`] when the message or its address will never be taken; [`Code::Misconfigured`] when the
    /// carrier does not accept us.
    pub async fn send(&self, message: &Message) -> Result<()> {
        let outcome = self.carry(message).await;
        let word = match &outcome {
            Ok(()) => "sent",
            Err(error) if error.is_temporary() => "unavailable",
            Err(_) => "refused",
        };
        metrics::counter!("barker_mails_total", "outcome" => word).increment(1);
        outcome
    }

    async fn carry(&self, message: &Message) -> Result<()> {
        let to = letter::checked(message)?;
        match &self.carrier {
            Carrier::Folder(folder) => folder.keep(&letter::write(&self.sender, to, message, self.clock.now_ms())?).await,
            Carrier::Smtp(smtp) => smtp.send(&letter::write(&self.sender, to, message, self.clock.now_ms())?).await,
            Carrier::SendGrid(sendgrid) => sendgrid.send(&self.sender, &to, message).await,
        }
    }

    /// Asks the carrier whether it would take mail from us, and says what was found.
    ///
    /// # Errors
    /// As [`Mailer::send`].
    pub async fn probe(&self) -> Result<String> {
        match &self.carrier {
            Carrier::Folder(folder) => folder.probe().await,
            Carrier::Smtp(smtp) => smtp.probe().await,
            Carrier::SendGrid(sendgrid) => sendgrid.probe().await,
        }
    }
}

fn mailbox(key: &'static str, text: &str) -> Result<Mailbox> {
    text.parse()
        .map_err(|error| Error::new(Code::Misconfigured, format!("{key} must be an address or \"Name <address>\"")).caused_by(error))
}

fn unavailable(detail: impl Into<String>) -> Error {
    Error::new(Code::ServiceUnavailable, detail)
}
