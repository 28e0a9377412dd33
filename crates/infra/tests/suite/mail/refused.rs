//! Messages and settings that no carrier takes.

use barker_domain::Code;
use barker_infra::mail::{CarrierSettings, Message, Settings};
use barker_testkit::mail::read_folder;
use rstest::rstest;

use super::{assert_discreet, mailer, message, open};

#[rstest]
#[case::header_in_the_subject(|message: &mut Message| message.subject = "Hello\r\nBcc: eve@example.org".to_owned())]
#[case::line_feed_in_the_subject(|message: &mut Message| message.subject = "Hello\nBcc: eve@example.org".to_owned())]
#[case::endless_subject(|message: &mut Message| message.subject = "я".repeat(256))]
#[case::header_in_the_address(|message: &mut Message| message.to = "anna@example.org\r\nBcc: eve@example.org".to_owned())]
#[case::two_addresses(|message: &mut Message| message.to = "anna@example.org, eve@example.org".to_owned())]
#[case::command_in_the_address(|message: &mut Message| message.to = "anna@example.org> SIZE=1\r\nRCPT TO:<eve@example.org".to_owned())]
#[case::quoted_line_in_the_address(|message: &mut Message| message.to = "\"anna\r\n\"@example.org".to_owned())]
#[case::no_address(|message: &mut Message| message.to = "anna".to_owned())]
#[case::endless_text(|message: &mut Message| message.text = "a".repeat(1024 * 1024))]
#[tokio::test]
async fn what_could_carry_more_than_one_message_is_refused_for_good(#[case] spoil: fn(&mut Message)) {
    let home = tempfile::tempdir().unwrap();
    let mut spoilt = message();
    spoil(&mut spoilt);
    let error = mailer(CarrierSettings::Folder(home.path().to_owned())).send(&spoilt).await.unwrap_err();
    assert_eq!((error.code, error.is_temporary()), (Code::MailRefused, false));
    assert_discreet(&error);
    assert_eq!(read_folder(home.path()), []);
}

#[tokio::test]
async fn a_body_cannot_become_a_header_or_end_the_message() {
    let home = tempfile::tempdir().unwrap();
    let text = "\r\nBcc: eve@example.org\r\n\r\n.\r\nMAIL FROM:<eve@example.org>\r\n";
    let sly = Message { text: text.to_owned(), html: None, ..message() };
    mailer(CarrierSettings::Folder(home.path().to_owned())).send(&sly).await.unwrap();
    let letters = read_folder(home.path());
    assert!(!letters[0].headers.iter().any(|name| name == "Bcc"), "{:?}", letters[0].headers);
    assert_eq!(letters[0].text, text.replace("\r\n", "\n").trim_end());
}

#[rstest]
#[case::no_address("Barker", "", "mail.from")]
#[case::header_in_the_name("Barker\r\nBcc: eve@example.org <a@example.org>", "", "mail.from")]
#[case::reply_to_nowhere("a@example.org", "nowhere", "mail.reply_to")]
#[tokio::test]
async fn a_sender_who_is_none_is_named_by_its_key(#[case] from: &str, #[case] reply_to: &str, #[case] key: &str) {
    let settings = Settings { from: from.to_owned(), reply_to: reply_to.to_owned(), carrier: CarrierSettings::Folder("mail".into()) };
    let error = open(&settings).unwrap_err();
    assert_eq!(error.code, Code::Misconfigured);
    assert!(error.detail.contains(key), "{error}");
}

#[test]
fn a_message_does_not_show_itself_in_a_log() {
    assert_eq!(format!("{:?}", message()), "Message { .. }");
}
