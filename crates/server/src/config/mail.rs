//! The section `[mail]`: who carries mail. Its keys are explained in `config/default.toml`.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use barker_infra::mail::{CarrierSettings, Encryption, SendGridSettings, Settings, SmtpSettings};
use secrecy::SecretString;
use serde::Deserialize;

/// How mail leaves.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    pub carrier: Carrier,
    pub from: String,
    pub reply_to: String,
    pub folder: PathBuf,
    pub timeout_seconds: u64,
    pub smtp: Smtp,
    pub sendgrid: SendGrid,
}

/// Who carries mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Carrier {
    /// A folder.
    Folder,
    /// An SMTP server.
    Smtp,
    /// SendGrid's API.
    SendGrid,
}

/// The server of carrier `smtp`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    pub host: String,
    pub port: u16,
    pub encryption: SmtpEncryption,
    pub user: String,
    pub password: SecretString,
    pub ca_file: PathBuf,
}

/// How the connection to the SMTP server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmtpEncryption {
    /// Not at all.
    None,
    /// Before anything of value is said.
    StartTls,
    /// From the first byte.
    Tls,
}

/// The account of carrier `sendgrid`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SendGrid {
    pub api_key: SecretString,
    pub base_url: String,
}

impl Mail {
    pub(super) fn settings(&self, data_dir: &Path) -> Settings {
        let carrier = match self.carrier {
            Carrier::Folder => CarrierSettings::Folder(self.folder(data_dir)),
            Carrier::Smtp => CarrierSettings::Smtp(self.smtp()),
            Carrier::SendGrid => CarrierSettings::SendGrid(self.sendgrid()),
        };
        Settings { from: self.from.clone(), reply_to: self.reply_to.clone(), carrier }
    }

    fn folder(&self, data_dir: &Path) -> PathBuf {
        if self.folder.as_os_str().is_empty() { data_dir.join("mail") } else { self.folder.clone() }
    }

    fn smtp(&self) -> SmtpSettings {
        let Smtp { host, port, encryption, user, password, ca_file } = self.smtp.clone();
        SmtpSettings {
            host,
            port,
            encryption: match encryption {
                SmtpEncryption::None => Encryption::None,
                SmtpEncryption::StartTls => Encryption::StartTls,
                SmtpEncryption::Tls => Encryption::Tls,
            },
            user,
            password,
            ca_file: Some(ca_file).filter(|file| !file.as_os_str().is_empty()),
            timeout: self.timeout(),
        }
    }

    fn sendgrid(&self) -> SendGridSettings {
        let SendGrid { api_key, base_url } = self.sendgrid.clone();
        SendGridSettings { api_key, base_url, timeout: self.timeout() }
    }

    fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds)
    }
}
