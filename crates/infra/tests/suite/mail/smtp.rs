//! Mail by SMTP, spoken with a server that is strict.

use std::{path::PathBuf, time::Duration};

use barker_domain::Code;
use barker_infra::mail::{CarrierSettings, Encryption, Mailer, Message, SmtpSettings};
use barker_testkit::mail::{MailServer, Security};
use rstest::rstest;
use tempfile::NamedTempFile;

use super::{assert_discreet, mailer, message, open};

/// Long enough for a busy machine, unless a test waits for it.
const TIMEOUT: Duration = Duration::from_secs(20);
const LOGIN: (&str, &str) = ("barker", "пароль: 1");

fn settings(server: &MailServer, encryption: Encryption, ca_file: Option<PathBuf>) -> SmtpSettings {
    SmtpSettings {
        host: "localhost".to_owned(),
        port: server.port(),
        encryption,
        user: LOGIN.0.to_owned(),
        password: LOGIN.1.into(),
        ca_file,
        timeout: TIMEOUT,
    }
}

/// The server's own certificate, as a file.
fn ca_file(server: &MailServer) -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    std::fs::write(file.path(), server.ca_pem()).unwrap();
    file
}

fn without_login(settings: SmtpSettings) -> SmtpSettings {
    SmtpSettings { user: String::new(), ..settings }
}

async fn plain_server() -> (MailServer, Mailer) {
    let server = MailServer::start(Security::Plain, None).await;
    let mailer = mailer(CarrierSettings::Smtp(without_login(settings(&server, Encryption::None, None))));
    (server, mailer)
}

#[rstest]
#[case::plain(Security::Plain, Encryption::None)]
#[case::starttls(Security::StartTls, Encryption::StartTls)]
#[case::tls(Security::Tls, Encryption::Tls)]
#[tokio::test]
async fn a_message_arrives_whole_for_one_reader_from_a_user_who_has_logged_in(#[case] security: Security, #[case] encryption: Encryption) {
    let server = MailServer::start(security, Some(LOGIN)).await;
    let ca = ca_file(&server);
    let mailer = mailer(CarrierSettings::Smtp(settings(&server, encryption, Some(ca.path().to_owned()))));
    assert!(mailer.probe().await.unwrap().contains("takes mail"));
    mailer.send(&message()).await.unwrap();
    mailer.send(&Message { html: None, ..message() }).await.unwrap();
    let deliveries = server.deliveries();
    assert_eq!(deliveries.len(), 2);
    assert_eq!(deliveries[0].connection, deliveries[1].connection, "a connection is kept for the next message");
    let first = &deliveries[0];
    assert_eq!((first.sender.as_str(), first.recipients.as_slice()), ("no-reply@barker.example", &["anna@example.org".to_owned()][..]));
    assert_eq!((first.user.as_deref(), first.was_encrypted), (Some("barker"), encryption != Encryption::None));
    assert_eq!(first.letter.subject, message().subject);
    assert_eq!((first.letter.text.as_str(), &first.letter.html), (message().text.trim_end(), &message().html));
    assert_eq!(first.letter.reply_to.as_deref(), Some("help@barker.example"));
}

#[rstest]
#[case::greylisted("RCPT", "451 4.7.1 <anna@example.org>: come back later")]
#[case::mailbox_busy("RCPT", "450 4.2.1 anna is busy")]
#[case::too_many("MAIL", "421 4.7.0 too many connections")]
#[case::disk_full(".", "452 4.3.1 no room for anna")]
#[case::hung_up("DATA", "hang up")]
#[tokio::test]
async fn not_now_is_told_from_never_and_the_next_try_succeeds(#[case] verb: &str, #[case] reply: &str) {
    let (server, mailer) = plain_server().await;
    server.refuse(verb, reply);
    let error = mailer.send(&message()).await.unwrap_err();
    assert_eq!((error.code, error.is_temporary()), (Code::ServiceUnavailable, true), "{error}");
    assert_discreet(&error);
    mailer.send(&message()).await.unwrap();
    assert_eq!(server.deliveries().len(), 1);
}

#[rstest]
#[case::nobody_there("RCPT", "550 5.1.1 <anna@example.org>: unknown", "550 5.1.1")]
#[case::spam(".", "554 5.7.1 anna does not want this", "554 5.7.1")]
#[case::without_detail("RCPT", "553 anna?", "553")]
#[tokio::test]
async fn never_is_told_with_its_numbers_and_the_next_message_goes_out(#[case] verb: &str, #[case] reply: &str, #[case] numbers: &str) {
    let (server, mailer) = plain_server().await;
    server.refuse(verb, reply);
    let error = mailer.send(&message()).await.unwrap_err();
    assert_eq!((error.code, error.is_temporary()), (Code::MailRefused, false));
    assert!(error.detail.ends_with(&format!("({numbers})")), "{error}");
    assert_discreet(&error);
    mailer.send(&message()).await.unwrap();
}

#[tokio::test]
async fn a_message_larger_than_the_server_takes_is_refused_for_good() {
    let (server, mailer) = plain_server().await;
    server.limit_messages(1_000);
    let error = mailer.send(&message()).await.unwrap_err();
    assert_eq!(error.code, Code::MailRefused);
    assert!(error.detail.contains("552 5.3.4"), "{error}");
    mailer.send(&Message { text: "short".to_owned(), html: None, ..message() }).await.unwrap();
}

#[tokio::test]
async fn a_wrong_password_is_a_setting_to_mend_and_is_not_shown() {
    let server = MailServer::start(Security::Plain, Some(("barker", "right"))).await;
    let wrong = SmtpSettings { password: "wrong-secret".into(), ..settings(&server, Encryption::None, None) };
    let mailer = mailer(CarrierSettings::Smtp(wrong));
    for error in [mailer.send(&message()).await.unwrap_err(), mailer.probe().await.unwrap_err()] {
        assert_eq!(error.code, Code::Misconfigured, "{error}");
        assert!(error.detail.contains("mail.smtp.user"), "{error}");
    }
    assert!(!format!("{mailer:?}").contains("wrong-secret"));
    let nobody = super::mailer(CarrierSettings::Smtp(without_login(settings(&server, Encryption::None, None))));
    assert_eq!(nobody.send(&message()).await.unwrap_err().code, Code::Misconfigured, "this server wants a login");
}

/// What a listener in between would arrange: the password must not leave.
#[rstest]
#[case::offer_taken_away(Security::Plain, Encryption::StartTls, Code::Misconfigured)]
#[case::no_tls_at_all(Security::Plain, Encryption::Tls, Code::ServiceUnavailable)]
#[tokio::test]
async fn encryption_that_is_asked_for_is_never_done_without(
    #[case] security: Security,
    #[case] encryption: Encryption,
    #[case] code: Code,
) {
    let server = MailServer::start(security, Some(LOGIN)).await;
    let impatient = SmtpSettings { timeout: Duration::from_millis(500), ..settings(&server, encryption, None) };
    let error = mailer(CarrierSettings::Smtp(impatient)).send(&message()).await.unwrap_err();
    assert_eq!(error.code, code, "{error}");
    assert!(server.deliveries().is_empty());
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_not_trusted() {
    let server = MailServer::start(Security::Tls, None).await;
    let stranger = MailServer::start(Security::Tls, None).await;
    let ca = ca_file(&stranger);
    for trusted in [None, Some(ca.path().to_owned())] {
        let mailer = mailer(CarrierSettings::Smtp(without_login(settings(&server, Encryption::Tls, trusted))));
        assert!(mailer.send(&message()).await.is_err());
    }
    assert!(server.deliveries().is_empty());
}

#[tokio::test]
async fn a_server_that_says_nothing_is_not_waited_for_longer_than_configured() {
    let server = MailServer::start(Security::Plain, None).await;
    let impatient = SmtpSettings { timeout: Duration::from_millis(100), ..without_login(settings(&server, Encryption::None, None)) };
    server.refuse("MAIL", "hang");
    let mailer = mailer(CarrierSettings::Smtp(impatient));
    let sent = tokio::time::timeout(Duration::from_secs(5), mailer.send(&message())).await;
    assert_eq!(sent.expect("an end").unwrap_err().code, Code::ServiceUnavailable);
}

/// The reply to the message that took too long must not be taken for the reply to the next one.
#[tokio::test]
async fn a_message_that_took_too_long_takes_its_connection_with_it() {
    let server = MailServer::start(Security::Plain, None).await;
    let impatient = SmtpSettings { timeout: Duration::from_millis(300), ..without_login(settings(&server, Encryption::None, None)) };
    let mailer = mailer(CarrierSettings::Smtp(impatient));
    server.refuse(".", "hang");
    mailer.send(&message()).await.unwrap_err();
    server.refuse("RCPT", "550 5.1.1 unknown");
    assert_eq!(mailer.send(&message()).await.unwrap_err().code, Code::MailRefused);
    mailer.send(&message()).await.unwrap();
    let connections: Vec<_> = server.deliveries().iter().map(|delivery| delivery.connection).collect();
    assert_eq!(connections, [3]);
}

#[tokio::test]
async fn an_address_in_another_script_is_refused_by_a_server_that_does_not_know_it() {
    let (server, mailer) = plain_server().await;
    let cyrillic = Message { to: "анна@example.org".to_owned(), ..message() };
    let error = mailer.send(&cyrillic).await.unwrap_err();
    assert_eq!((error.code, error.is_temporary()), (Code::MailRefused, false), "{error}");
    assert!(server.deliveries().is_empty());
}

#[tokio::test]
async fn a_server_that_has_hung_up_meanwhile_is_called_again() {
    let (server, mailer) = plain_server().await;
    mailer.send(&message()).await.unwrap();
    server.refuse("NOOP", "hang up");
    mailer.send(&message()).await.unwrap();
    let connections: Vec<_> = server.deliveries().iter().map(|delivery| delivery.connection).collect();
    assert_eq!(connections, [1, 2]);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_worth_another_try() {
    let server = MailServer::start(Security::Plain, None).await;
    let gone = without_login(settings(&server, Encryption::None, None));
    drop(server);
    tokio::task::yield_now().await;
    let error = mailer(CarrierSettings::Smtp(gone)).send(&message()).await.unwrap_err();
    assert_eq!((error.code, error.is_temporary()), (Code::ServiceUnavailable, true));
}

#[tokio::test]
async fn many_messages_at_once_share_a_few_connections() {
    let (server, mailer) = plain_server().await;
    let messages = vec![message(); 40];
    let sent = futures::future::join_all(messages.iter().map(|message| mailer.send(message))).await;
    assert!(sent.iter().all(Result::is_ok));
    let deliveries = server.deliveries();
    assert_eq!(deliveries.len(), 40);
    let connections = deliveries.iter().map(|delivery| delivery.connection).max();
    assert!(connections <= Some(4), "{connections:?}");
}

#[rstest]
#[case::no_host(|settings: &mut SmtpSettings| settings.host = String::new(), "mail.smtp.host")]
#[case::no_certificate(|settings: &mut SmtpSettings| settings.ca_file = Some("/dev/null".into()), "mail.smtp.ca_file")]
#[case::no_file(|settings: &mut SmtpSettings| settings.ca_file = Some("/nowhere/ca.pem".into()), "mail.smtp.ca_file")]
#[tokio::test]
async fn what_is_misconfigured_is_named_by_its_key(#[case] spoil: fn(&mut SmtpSettings), #[case] key: &str) {
    let server = MailServer::start(Security::Tls, None).await;
    let mut smtp = settings(&server, Encryption::Tls, None);
    spoil(&mut smtp);
    let settings =
        barker_infra::mail::Settings { from: "a@example.org".to_owned(), reply_to: String::new(), carrier: CarrierSettings::Smtp(smtp) };
    let error = open(&settings).unwrap_err();
    assert_eq!(error.code, Code::Misconfigured);
    assert!(error.detail.contains(key), "{error}");
}
