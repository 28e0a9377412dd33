//! A letter, decoded by a library that the sender does not use.

use std::{fs, path::Path};

use mailparse::{MailHeaderMap, ParsedMail};

/// What a reader sees of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// `From`, decoded.
    pub from: String,
    /// `To`.
    pub to: String,
    /// `Reply-To`.
    pub reply_to: Option<String>,
    /// `Subject`, decoded.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: Option<String>,
    /// The names of all headers, in the order in which they stand.
    pub headers: Vec<String>,
}

impl Letter {
    /// Reads a letter from its bytes.
    ///
    /// # Panics
    /// When no mail program could read it.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        let mail = mailparse::parse_mail(bytes).expect("a letter");
        let header = |name: &str| mail.headers.get_first_value(name);
        Self {
            from: header("From").unwrap_or_default(),
            to: header("To").unwrap_or_default(),
            reply_to: header("Reply-To"),
            subject: header("Subject").unwrap_or_default(),
            text: part(&mail, "text/plain").unwrap_or_default(),
            html: part(&mail, "text/html"),
            headers: mail.headers.iter().map(mailparse::MailHeader::get_key).collect(),
        }
    }
}

/// Every letter in a folder, in the order in which they were written.
///
/// # Panics
/// When something in it cannot be read.
#[must_use]
pub fn read_folder(folder: &Path) -> Vec<Letter> {
    let mut files: Vec<_> = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "eml"));
    files.sort();
    files.iter().map(|path| Letter::parse(&fs::read(path).expect("a readable file"))).collect()
}

fn part(mail: &ParsedMail<'_>, kind: &str) -> Option<String> {
    let part = mail.parts().find(|part| part.subparts.is_empty() && part.ctype.mimetype == kind)?;
    // Lines end in CRLF on the way; the writer wrote LF.
    Some(part.get_body().expect("a body in its own encoding").replace("\r\n", "\n").trim_end().to_owned())
}
