//! One SMTP conversation (RFC 5321, 3207, 4954, 1870): as strict about order and sizes as real servers are.

use std::{
    io,
    sync::{Arc, atomic::Ordering},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio_rustls::TlsAcceptor;

use super::{Delivery, Letter, Security, server::Post};

/// Longest line of a command, and of a message without its end (RFC 5321, 4.5.3.1).
const MAX_LINE_BYTES: usize = 1000;

/// TCP, or TLS over it.
pub(super) trait Wire: AsyncRead + AsyncWrite + Unpin + Send + Sync {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + Sync> Wire for T {}

pub(super) struct Dialogue {
    wire: BufReader<Box<dyn Wire>>,
    is_encrypted: bool,
    has_greeted: bool,
    user: Option<String>,
    envelope: Option<(String, Vec<String>)>,
    post: Arc<Post>,
    connection: usize,
}

impl Dialogue {
    pub(super) fn new(wire: Box<dyn Wire>, is_encrypted: bool, (post, connection): (Arc<Post>, usize)) -> Self {
        Self { wire: BufReader::new(wire), is_encrypted, has_greeted: false, user: None, envelope: None, post, connection }
    }

    pub(super) async fn run(mut self, tls: &TlsAcceptor) -> io::Result<()> {
        self.say("220 stand-in ESMTP").await?;
        loop {
            let line = self.line().await?;
            let (verb, argument) = line.split_once(' ').unwrap_or((&line, ""));
            let verb = verb.to_ascii_uppercase();
            match (self.refusal(&verb).await?, verb.as_str()) {
                (Some(refusal), _) => self.say(&refusal).await?,
                (None, "QUIT") => return self.say("221 bye").await,
                (None, "STARTTLS") => self = self.encrypt(tls).await?,
                (None, verb) => self.obey(verb, argument).await?,
            }
        }
    }

    async fn obey(&mut self, verb: &str, argument: &str) -> io::Result<()> {
        match verb {
            "DATA" => self.message().await,
            "AUTH" => self.log_in(argument).await,
            _ => {
                let reply = self.reply(verb, argument);
                self.say(&reply).await
            }
        }
    }

    fn reply(&mut self, verb: &str, argument: &str) -> String {
        match verb {
            "EHLO" | "HELO" if argument.is_empty() => "501 5.5.4 who is there?".to_owned(),
            "EHLO" => self.greet(),
            "HELO" => {
                self.has_greeted = true;
                "250 stand-in".to_owned()
            }
            "NOOP" => "250 2.0.0 ok".to_owned(),
            "RSET" => {
                self.envelope = None;
                "250 2.0.0 ok".to_owned()
            }
            "MAIL" => self.mail(argument),
            "RCPT" => self.recipient(argument),
            _ => "500 5.5.2 unknown".to_owned(),
        }
    }

    fn greet(&mut self) -> String {
        self.has_greeted = true;
        let mut lines =
            vec!["stand-in".to_owned(), format!("SIZE {}", self.post.max_message_bytes.load(Ordering::SeqCst)), "8BITMIME".to_owned()];
        if self.post.security == Security::StartTls && !self.is_encrypted {
            lines.push("STARTTLS".to_owned());
        } else if self.post.login.is_some() {
            lines.push("AUTH PLAIN LOGIN".to_owned());
        }
        let last = lines.len() - 1;
        let reply = lines.iter().enumerate().map(|(place, line)| format!("250{}{line}", if place == last { ' ' } else { '-' }));
        reply.collect::<Vec<_>>().join("\r\n")
    }

    fn mail(&mut self, argument: &str) -> String {
        let Some((sender, options)) = path(argument, "FROM:") else { return "501 5.5.4 FROM:<...>".to_owned() };
        let size = options.split_whitespace().find_map(|option| option.strip_prefix("SIZE=")?.parse::<usize>().ok());
        if !self.has_greeted || self.envelope.is_some() {
            return "503 5.5.1 not now".to_owned();
        }
        if self.post.security == Security::StartTls && !self.is_encrypted {
            return "530 5.7.0 STARTTLS first".to_owned();
        }
        if self.post.login.is_some() && self.user.is_none() {
            return "530 5.7.0 log in first".to_owned();
        }
        if size.is_some_and(|size| !self.post.takes(size)) {
            return "552 5.3.4 too large".to_owned();
        }
        self.envelope = Some((sender.to_owned(), Vec::new()));
        "250 2.1.0 ok".to_owned()
    }

    fn recipient(&mut self, argument: &str) -> String {
        let Some((recipient, _)) = path(argument, "TO:") else { return "501 5.5.4 TO:<...>".to_owned() };
        let Some((_, recipients)) = &mut self.envelope else { return "503 5.5.1 MAIL first".to_owned() };
        recipients.push(recipient.to_owned());
        "250 2.1.5 ok".to_owned()
    }

    /// AUTH PLAIN and LOGIN, with the first answer in the command or after a 334.
    async fn log_in(&mut self, argument: &str) -> io::Result<()> {
        let (mechanism, first) = argument.split_once(' ').unwrap_or((argument, ""));
        let given = match mechanism.to_ascii_uppercase().as_str() {
            "PLAIN" => {
                let answer = self.answer(first, "").await?;
                let mut parts = answer.split('\0').skip(1).map(str::to_owned);
                parts.next().zip(parts.next())
            }
            "LOGIN" => Some((self.answer(first, "VXNlcm5hbWU6").await?, self.answer("", "UGFzc3dvcmQ6").await?)),
            _ => return self.say("504 5.5.4 PLAIN or LOGIN").await,
        };
        if given.is_some() && given == self.post.login {
            self.user = given.map(|(user, _)| user);
            return self.say("235 2.7.0 welcome").await;
        }
        self.say("535 5.7.8 wrong").await
    }

    async fn answer(&mut self, given: &str, prompt: &str) -> io::Result<String> {
        let encoded = if given.is_empty() {
            self.say(&format!("334 {prompt}")).await?;
            self.line().await?
        } else {
            given.to_owned()
        };
        Ok(String::from_utf8_lossy(&STANDARD.decode(encoded).unwrap_or_default()).into_owned())
    }

    async fn message(&mut self) -> io::Result<()> {
        if self.envelope.as_ref().is_none_or(|(_, recipients)| recipients.is_empty()) {
            return self.say("503 5.5.1 RCPT first").await;
        }
        self.say("354 go on").await?;
        let mut bytes = Vec::new();
        loop {
            let line = self.line().await?;
            if line == "." {
                break;
            }
            // A dot in front was doubled on the way.
            bytes.extend_from_slice(line.strip_prefix('.').unwrap_or(&line).as_bytes());
            bytes.extend_from_slice(b"\r\n");
        }
        let Some((sender, recipients)) = self.envelope.take() else { return Ok(()) };
        if let Some(refusal) = self.refusal(".").await? {
            return self.say(&refusal).await;
        }
        if !self.post.takes(bytes.len()) {
            return self.say("552 5.3.4 too large").await;
        }
        let (letter, user) = (Letter::parse(&bytes), self.user.clone());
        let delivery = Delivery { sender, recipients, letter, user, was_encrypted: self.is_encrypted, connection: self.connection };
        self.post.deliveries.lock().expect("a healthy server").push(delivery);
        self.say("250 2.0.0 taken").await
    }

    async fn encrypt(mut self, tls: &TlsAcceptor) -> io::Result<Self> {
        if self.post.security != Security::StartTls || self.is_encrypted {
            self.say("502 5.5.1 no").await?;
            return Ok(self);
        }
        self.say("220 2.0.0 go on").await?;
        let encrypted = tls.accept(self.wire.into_inner()).await?;
        // Whatever was said before does not count (RFC 3207, 4.2).
        Ok(Self::new(Box::new(encrypted), true, (self.post, self.connection)))
    }

    /// What a test wants this verb to be answered.
    async fn refusal(&self, verb: &str) -> io::Result<Option<String>> {
        let wanted = {
            let mut refusals = self.post.refusals.lock().expect("a healthy server");
            let is_next = refusals.front().is_some_and(|(refused, _)| refused == verb);
            if is_next { refusals.pop_front() } else { None }
        };
        match wanted.map(|(_, reply)| reply) {
            Some(reply) if reply == "hang up" => Err(io::ErrorKind::ConnectionAborted.into()),
            Some(reply) if reply == "hang" => std::future::pending().await,
            reply => Ok(reply),
        }
    }

    async fn line(&mut self) -> io::Result<String> {
        let mut line = Vec::new();
        self.wire.read_until(b'\n', &mut line).await?;
        let Some(line) = line.strip_suffix(b"\r\n") else { return Err(io::ErrorKind::UnexpectedEof.into()) };
        if line.len() > MAX_LINE_BYTES - 2 {
            return Err(io::Error::other("a line is too long"));
        }
        String::from_utf8(line.to_vec()).map_err(io::Error::other)
    }

    async fn say(&mut self, reply: &str) -> io::Result<()> {
        self.wire.write_all(format!("{reply}\r\n").as_bytes()).await?;
        self.wire.flush().await
    }
}

/// `FROM:<a@b> SIZE=1` is the address and the options.
fn path<'a>(argument: &'a str, name: &str) -> Option<(&'a str, &'a str)> {
    let head = argument.get(..name.len()).filter(|head| head.eq_ignore_ascii_case(name))?;
    let rest = argument[head.len()..].trim_start().strip_prefix('<')?;
    rest.split_once('>')
}
