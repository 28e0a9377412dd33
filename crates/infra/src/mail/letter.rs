//! A message as it travels: checked, addressed, dated, in MIME.

use std::time::{Duration, UNIX_EPOCH};

use barker_domain::{Code, Error, Result};
use lettre::{
    Address,
    message::{
        Mailbox, Message as Letter, MultiPart, SinglePart,
        header::{HeaderName, HeaderValue},
    },
};
use uuid::Uuid;

use super::{Message, Sender};

/// Longest subject: a header line holds no more than 998 bytes (RFC 5322, 2.1.1), in any script.
const MAX_SUBJECT_CHARS: usize = 255;
/// Longest text and HTML together. Mails are letters; files are linked.
const MAX_BODY_BYTES: usize = 1024 * 1024;

/// The address of a message that may travel.
///
/// # Errors
/// [`Code::MailRefused`], without naming the address.
pub(super) fn checked(message: &Message) -> Result<Address> {
    let refused = |detail: &str| Error::new(Code::MailRefused, detail);
    if message.subject.chars().any(char::is_control) || message.subject.chars().count() > MAX_SUBJECT_CHARS {
        return Err(refused("the subject must be one line of up to 255 characters"));
    }
    if message.text.len() + message.html.as_deref().unwrap_or_default().len() > MAX_BODY_BYTES {
        return Err(refused("the message must not be longer than 1 MiB"));
    }
    message.to.parse().map_err(|_unlike_any| refused("the recipient's address is not one"))
}

/// The whole letter with its envelope.
pub(super) fn write(sender: &Sender, to: Address, message: &Message, now_ms: i64) -> Result<Letter> {
    let since_1970 = Duration::from_millis(u64::try_from(now_ms).unwrap_or_default());
    let id = format!("<{}@{}>", Uuid::now_v7(), sender.from.email.domain());
    let mut letter = Letter::builder()
        .from(sender.from.clone())
        .to(Mailbox::new(None, to))
        .subject(message.subject.as_str())
        .date(UNIX_EPOCH + since_1970)
        .message_id(Some(id))
        .raw_header(written_by_a_program());
    if let Some(reply_to) = &sender.reply_to {
        letter = letter.reply_to(reply_to.clone());
    }
    let letter = match &message.html {
        None => letter.singlepart(SinglePart::plain(message.text.clone())),
        Some(html) => letter.multipart(MultiPart::alternative_plain_html(message.text.clone(), html.clone())),
    };
    letter.map_err(|error| Error::new(Code::MailRefused, "the message cannot be put into a letter").caused_by(error))
}

/// RFC 3834: nobody's automatic answer is wanted.
fn written_by_a_program() -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned())
}
