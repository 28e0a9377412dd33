//! Mail that stays in a folder.

use std::os::unix::fs::PermissionsExt;

use barker_domain::Code;
use barker_infra::mail::CarrierSettings;
use barker_testkit::mail::read_folder;

use super::{mailer, message};

#[tokio::test]
async fn each_message_is_a_private_file_that_a_mail_program_reads() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("deep/mail");
    let mailer = mailer(CarrierSettings::Folder(folder.clone()));
    mailer.send(&message()).await.unwrap();
    let mut second = message();
    second.to = "boris@example.org".to_owned();
    second.html = None;
    mailer.send(&second).await.unwrap();
    let letters = read_folder(&folder);
    assert_eq!(letters.iter().map(|letter| letter.to.as_str()).collect::<Vec<_>>(), ["anna@example.org", "boris@example.org"]);
    let (first, second) = (&letters[0], &letters[1]);
    assert_eq!(first.from, "Баркер, билеты <no-reply@barker.example>");
    assert_eq!((first.subject.as_str(), first.text.as_str()), (message().subject.as_str(), message().text.trim_end()));
    assert_eq!((first.html.clone(), second.html.clone()), (message().html, None));
    for name in ["Date", "Message-ID", "MIME-Version", "Auto-Submitted", "Reply-To"] {
        assert!(first.headers.iter().any(|header| header == name), "{name} in {:?}", first.headers);
    }
    for entry in std::fs::read_dir(&folder).unwrap() {
        assert_eq!(entry.unwrap().metadata().unwrap().permissions().mode() & 0o077, 0, "nobody else reads it");
    }
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2, "nothing unfinished is left");
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_told_and_one_that_can_is_found() {
    let home = tempfile::tempdir().unwrap();
    let found = mailer(CarrierSettings::Folder(home.path().join("mail"))).probe().await.unwrap();
    assert!(found.contains("not sent"), "{found}");
    std::fs::write(home.path().join("file"), "").unwrap();
    let blocked = mailer(CarrierSettings::Folder(home.path().join("file")));
    assert_eq!(blocked.send(&message()).await.unwrap_err().code, Code::ServiceUnavailable);
    assert!(blocked.probe().await.unwrap_err().detail.contains("file"));
}
