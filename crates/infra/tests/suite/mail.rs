//! Mail by each carrier: what arrives, and what a failure means.

mod folder;
mod refused;
mod sendgrid;
mod smtp;

use std::sync::Arc;

use barker_infra::mail::{CarrierSettings, Mailer, Message, Settings};
use barker_testkit::ManualClock;

/// In a script that needs encoding everywhere, with lines that begin with dots and one that is long.
pub(crate) fn message() -> Message {
    Message {
        to: "anna@example.org".to_owned(),
        subject: "Пароль Barker: новый 🎭".to_owned(),
        text: format!("Здравствуйте!\n\n.точка\n..две\n{}\n.\nhttps://barker.example/reset?token=a=b%3D\n", "слово ".repeat(300)),
        html: Some("<p>Здравствуйте! <a href=\"https://barker.example/reset?token=a=b%3D\">Новый пароль</a></p>".to_owned()),
    }
}

pub(crate) fn mailer(carrier: CarrierSettings) -> Mailer {
    let settings =
        Settings {
            from: "\"Баркер, билеты\" <no-reply@barker.example>".to_owned(), reply_to: "help@barker.example".to_owned(), carrier
        };
    open(&settings).unwrap()
}

pub(crate) fn open(settings: &Settings) -> barker_domain::Result<Mailer> {
    let _already = rustls::crypto::ring::default_provider().install_default();
    let clock: barker_domain::clock::SharedClock = Arc::new(ManualClock::default());
    Mailer::open(settings, &clock)
}

/// Neither the error nor its causes tell who should have got the mail.
pub(crate) fn assert_discreet(error: &barker_domain::Error) {
    let mut told = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        told = format!("{told}\n{error}\n{error:?}");
        cause = error.source();
    }
    assert!(!told.contains("anna"), "{told}");
}
