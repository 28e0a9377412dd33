//! A new connection to an SMTP server: greeted, encrypted and logged in.

use std::time::Duration;

use barker_domain::{Code, Error, Result};
use lettre::transport::smtp::{
    Error as SmtpError,
    authentication::{Credentials, Mechanism},
    client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters, TlsParametersBuilder},
    extension::ClientId,
};
use secrecy::ExposeSecret;

use super::{Encryption, SmtpSettings};

/// Passwords are sent as they are; encryption keeps them secret.
const MECHANISMS: [Mechanism; 2] = [Mechanism::Plain, Mechanism::Login];
/// What a file with certificates holds.
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----";

pub(super) struct Connector {
    host: String,
    port: u16,
    name: ClientId,
    starttls: Option<TlsParameters>,
    tls: Option<TlsParameters>,
    credentials: Option<Credentials>,
    timeout: Duration,
}

impl Connector {
    pub(super) fn new(settings: &SmtpSettings, domain: &str) -> Result<Self> {
        if settings.host.is_empty() {
            return Err(Error::new(Code::Misconfigured, "mail.smtp.host is empty"));
        }
        let trusted = || tls(settings);
        let (starttls, tls) = match settings.encryption {
            Encryption::None => (None, None),
            Encryption::StartTls => (Some(trusted()?), None),
            Encryption::Tls => (None, Some(trusted()?)),
        };
        let has_user = !settings.user.is_empty();
        Ok(Self {
            host: settings.host.clone(),
            port: settings.port,
            name: ClientId::Domain(domain.to_owned()),
            starttls,
            tls,
            credentials: has_user.then(|| Credentials::new(settings.user.clone(), settings.password.expose_secret().to_owned())),
            timeout: settings.timeout,
        })
    }

    /// Where the server is, for people.
    pub(super) fn place(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    pub(super) async fn connect(&self) -> Result<AsyncSmtpConnection, SmtpError> {
        let server = (self.host.as_str(), self.port);
        let mut connection = AsyncSmtpConnection::connect_tokio1(server, Some(self.timeout), &self.name, self.tls.clone(), None).await?;
        if let Some(tls) = &self.starttls {
            connection.starttls(tls.clone(), &self.name).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(&MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }
}

/// Whose certificates are believed.
fn tls(settings: &SmtpSettings) -> Result<TlsParameters> {
    let mut parameters = TlsParametersBuilder::new(settings.host.clone());
    if let Some(file) = &settings.ca_file {
        let unreadable = || Error::new(Code::Misconfigured, format!("mail.smtp.ca_file: {} holds no certificate", file.display()));
        let pem = std::fs::read_to_string(file).map_err(|error| unreadable().caused_by(error))?;
        if !pem.contains(CERTIFICATE) {
            return Err(unreadable());
        }
        let certificate = Certificate::from_pem(pem.as_bytes()).map_err(|error| unreadable().caused_by(error))?;
        parameters = parameters.certificate_store(CertificateStore::None).add_root_certificate(certificate);
    }
    parameters.build().map_err(|error| Error::new(Code::Misconfigured, "TLS for mail cannot be set up").caused_by(error))
}
