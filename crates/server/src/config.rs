//! Configuration: `config/default.toml`, then a file, then the environment. Unknown keys are errors.

mod cache;
mod jobs;
mod limits;
mod mail;
mod objects;
mod settings;
mod telemetry;
mod tls;
mod warehouse;
mod webhooks;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use barker_domain::{Code, Error, Result, installation::Registration, project::Ranking, text};
use config::{Config as Layers, Environment, File, FileFormat};
use secrecy::SecretString;
use serde::Deserialize;
use tokio::sync::Semaphore;

pub use jobs::Queue;
pub use warehouse::WarehouseSettings;

/// The reference of configuration, as it stands in the repository.
pub const DEFAULTS: &str = include_str!("../../../config/default.toml");

const MAX_OVERSHOOT_PERCENT: u8 = 5;
/// Below it DuckDB cannot even sort what it has read.
const MIN_WAREHOUSE_MEGABYTES: u32 = 64;
const BYTES_PER_MEGABYTE: u64 = 1_000_000;
const MS_PER_HOUR: i64 = 3_600_000;

/// Everything an operator decides. The keys and their meaning stand in `config/default.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml is the documentation of every key")]
pub struct Config {
    pub server: Server,
    pub storage: Storage,
    pub database: Database,
    pub warehouse: warehouse::Warehouse,
    pub mail: mail::Mail,
    pub cache: cache::Cache,
    pub objects: objects::Objects,
    pub jobs: jobs::Jobs,
    pub webhooks: webhooks::Webhooks,
    pub limits: limits::LimitKeys,
    pub serving: Serving,
    pub delivery: Delivery,
    pub accounts: Accounts,
    pub secrets: Secrets,
    pub reports: Reports,
    pub outbox: Outbox,
    pub retention: Retention,
    pub log: Log,
    pub telemetry: telemetry::Telemetry,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml is the documentation of every key")]
pub struct Server {
    pub listen: SocketAddr,
    pub public_url: String,
    pub forwarded_hops: usize,
    pub body_limit_bytes: usize,
    pub request_timeout_seconds: u64,
    pub drain_timeout_seconds: u64,
    pub header_timeout_seconds: u64,
    pub body_timeout_seconds: u64,
    pub idle_timeout_seconds: u64,
    pub max_connections: usize,
    pub cors_origins: String,
    pub tls: tls::Tls,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml is the documentation of every key")]
pub struct Storage {
    pub data_dir: PathBuf,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml is the documentation of every key")]
pub struct Database {
    pub url: SecretString,
    pub max_read_connections: u32,
    pub node: i32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml is the documentation of every key")]
pub struct Serving {
    pub open_project: String,
    pub audience_megabytes: u64,
    pub link_hours: u16,
    pub commit_queue: usize,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml is the documentation of every key")]
pub struct Delivery {
    pub overshoot_percent: u8,
    pub ranking: String,
    pub currency: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml is the documentation of every key")]
pub struct Accounts {
    pub registration: String,
    pub password_memory_kib: u32,
    pub password_iterations: u32,
    pub passwords_at_once: usize,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml is the documentation of every key")]
pub struct Secrets {
    pub keys: SecretString,
    pub key_file: PathBuf,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml is the documentation of every key")]
pub struct Reports {
    pub cache_minutes: u8,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml is the documentation of every key")]
pub struct Outbox {
    pub retention_hours: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml is the documentation of every key")]
pub struct Retention {
    pub impression_days: u16,
    pub event_days: u16,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml is the documentation of every key")]
pub struct Log {
    pub level: String,
    pub format: LogFormat,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

impl Config {
    /// Reads the layers: defaults, the file if one is named, the environment.
    ///
    /// # Errors
    /// [`Code::Misconfigured`] naming the key, or the file that cannot be read.
    pub fn load(file: Option<&Path>) -> Result<Self> {
        let variables = std::env::vars().filter(|(name, _)| name.starts_with("BARKER__")).collect();
        Self::from_layers(file, variables)
    }

    fn from_layers(file: Option<&Path>, variables: config::Map<String, String>) -> Result<Self> {
        let misconfigured = |error: config::ConfigError| Error::new(Code::Misconfigured, error.to_string());
        let mut layers = Layers::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml));
        if let Some(file) = file {
            layers = layers.add_source(File::from(file).format(FileFormat::Toml));
        }
        // Texts stay texts until a key's type asks for a number: a password may look like one.
        let environment = Environment::with_prefix("BARKER").prefix_separator("__").separator("__");
        let layers = layers.add_source(environment.source(Some(variables))).build().map_err(misconfigured)?;
        layers.try_deserialize::<Self>().map_err(misconfigured)?.checked()
    }

    /// What the types alone cannot tell.
    fn checked(self) -> Result<Self> {
        let checks = [
            (self.delivery.overshoot_percent <= MAX_OVERSHOOT_PERCENT, "delivery.overshoot_percent must be 0 to 5"),
            (Ranking::named(&self.delivery.ranking).is_some(), "delivery.ranking must be expected_profit or blend"),
            (
                text::currency_fault("", &self.delivery.currency).is_none(),
                "delivery.currency must be an ISO 4217 code of three capital letters, like RUB",
            ),
            (self.database.max_read_connections > 0, "database.max_read_connections must be at least 1"),
            (self.warehouse.memory_megabytes >= MIN_WAREHOUSE_MEGABYTES, "warehouse.memory_megabytes must be at least 64"),
            (self.warehouse.questions_at_once > 0, "warehouse.questions_at_once must be at least 1"),
            (self.warehouse.question_timeout_seconds > 0, "warehouse.question_timeout_seconds must be at least 1"),
            (self.warehouse.queued_rows > 0, "warehouse.queued_rows must be at least 1"),
            ((5..=60).contains(&self.reports.cache_minutes), "reports.cache_minutes must be 5 to 60"),
            (self.mail.timeout_seconds > 0, "mail.timeout_seconds must be at least 1"),
            (self.webhooks.timeout_seconds > 0, "webhooks.timeout_seconds must be at least 1"),
            (self.objects.s3.timeout_seconds > 0, "objects.s3.timeout_seconds must be at least 1"),
            (self.cache.redis_timeout_ms > 0, "cache.redis_timeout_ms must be at least 1"),
            (!self.jobs.prefix.is_empty(), "jobs.prefix must not be empty"),
            (self.jobs.concurrency > 0, "jobs.concurrency must be at least 1"),
            (self.jobs.lease_seconds > 0, "jobs.lease_seconds must be at least 1"),
            (self.jobs.ticket_seconds > 0, "jobs.ticket_seconds must be at least 1"),
            (!self.cache.key_prefix.is_empty(), "cache.key_prefix must not be empty"),
            ((1..=8_784).contains(&self.serving.link_hours), "serving.link_hours must be 1 to 8784"),
            (self.serving.commit_queue > 0, "serving.commit_queue must be at least 1"),
            (self.server.body_limit_bytes > 0, "server.body_limit_bytes must be at least 1"),
            (is_web_address(&self.server.public_url), "server.public_url must begin with http:// or https://, or be empty"),
            (Registration::named(&self.accounts.registration).is_some(), "accounts.registration must be open, invite or closed"),
            (self.accounts.passwords_at_once > 0, "accounts.passwords_at_once must be at least 1"),
            (self.server.request_timeout_seconds > 0, "server.request_timeout_seconds must be at least 1"),
            (self.server.header_timeout_seconds > 0, "server.header_timeout_seconds must be at least 1"),
            (self.server.body_timeout_seconds > 0, "server.body_timeout_seconds must be at least 1"),
            (
                self.server.idle_timeout_seconds > self.server.request_timeout_seconds,
                "server.idle_timeout_seconds must be longer than server.request_timeout_seconds",
            ),
            ((1..=Semaphore::MAX_PERMITS).contains(&self.server.max_connections), "server.max_connections must be at least 1"),
            (self.server.tls.is_whole(), "server.tls.certificate_file and server.tls.key_file are set together, or neither"),
        ];
        match checks.into_iter().find(|(is_right, _)| !is_right) {
            Some((_, message)) => Err(Error::new(Code::Misconfigured, message)),
            None => self.cors_origins().and(self.telemetry.settings().map(drop)).map(|()| self),
        }
    }
}

fn is_web_address(url: &str) -> bool {
    url.is_empty() || url.starts_with("http://") || url.starts_with("https://")
}

#[cfg(test)]
mod tests {
    use barker_infra::{mail::CarrierSettings, object_storage};
    use secrecy::ExposeSecret;

    use super::*;
    use barker_infra::mail::Encryption;

    fn with(variables: &[(&str, &str)]) -> Result<Config> {
        Config::from_layers(None, variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn the_shipped_defaults_are_complete() {
        let config = with(&[]).unwrap();
        assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.store_settings().url.expose_secret(), "sqlite://data/barker.db?mode=rwc");
    }

    #[test]
    fn the_environment_overlays_the_defaults() {
        let config = with(&[("BARKER__SERVER__LISTEN", "0.0.0.0:9000"), ("BARKER__DELIVERY__OVERSHOOT_PERCENT", "5")]).unwrap();
        assert_eq!((config.server.listen.port(), config.delivery.overshoot_percent), (9000, 5));
    }

    #[test]
    fn objects_are_kept_in_the_data_directory_unless_a_bucket_is_named() {
        let home = |variables| with(variables).unwrap().service_settings().objects;
        assert!(matches!(home(&[]), object_storage::Settings::Folder(folder) if folder == Path::new("data/objects")));
        let s3 = home(&[("BARKER__OBJECTS__HOME", "s3"), ("BARKER__OBJECTS__S3__BUCKET", "ads")]);
        assert!(matches!(s3, object_storage::Settings::S3(s3) if s3.bucket == "ads" && s3.region == "us-east-1"));
    }

    #[test]
    fn a_secret_stays_the_text_it_is_and_never_shows() {
        for password in ["0123456789", "1e5", "true", "пароль"] {
            let config = with(&[("BARKER__MAIL__SMTP__PASSWORD", password)]).unwrap();
            assert_eq!(config.mail.smtp.password.expose_secret(), password);
            assert!(!format!("{config:?} {:?}", config.service_settings()).contains(password));
        }
    }

    #[test]
    fn the_address_of_the_database_never_shows() {
        let config = with(&[("BARKER__DATABASE__URL", "postgres://barker:hush@db/barker")]).unwrap();
        assert!(!format!("{config:?} {:?}", config.store_settings()).contains("hush"));
    }

    #[test]
    fn mail_is_kept_in_the_data_directory_unless_a_carrier_is_named() {
        let carrier = |variables| with(variables).unwrap().service_settings().mail.carrier;
        assert!(matches!(carrier(&[]), CarrierSettings::Folder(folder) if folder == Path::new("data/mail")));
        let smtp = carrier(&[("BARKER__MAIL__CARRIER", "smtp"), ("BARKER__MAIL__SMTP__PORT", "2525")]);
        assert!(matches!(smtp, CarrierSettings::Smtp(smtp) if smtp.port == 2525 && smtp.encryption == Encryption::StartTls));
        let sendgrid = carrier(&[("BARKER__MAIL__CARRIER", "sendgrid")]);
        assert!(matches!(sendgrid, CarrierSettings::SendGrid(sendgrid) if sendgrid.base_url == "https://api.sendgrid.com"));
    }

    #[test]
    fn a_file_overlays_the_defaults_and_names_what_it_gets_wrong() {
        let file = tempfile::NamedTempFile::with_suffix(".toml").unwrap();
        std::fs::write(file.path(), "[serving]\naudience_megabytes = 7\n").unwrap();
        assert_eq!(Config::from_layers(Some(file.path()), config::Map::new()).unwrap().serving.audience_megabytes, 7);
        std::fs::write(file.path(), "[serving]\naudience_gigabytes = 7\n").unwrap();
        let error = Config::from_layers(Some(file.path()), config::Map::new()).unwrap_err();
        assert!(error.detail.contains("audience_gigabytes"), "{error}");
    }

    #[test]
    fn unknown_and_impossible_keys_are_errors_that_name_the_key() {
        let cases = [
            (("BARKER__SERVER__LISTENS", "x"), "listens"),
            (("BARKER__NOWHERE__KEY", "1"), "nowhere"),
            (("BARKER__DELIVERY__OVERSHOOT_PERCENT", "6"), "overshoot_percent"),
            (("BARKER__DELIVERY__RANKING", "best"), "ranking"),
            (("BARKER__WAREHOUSE__MEMORY_MEGABYTES", "63"), "warehouse.memory_megabytes"),
            (("BARKER__WAREHOUSE__QUESTIONS_AT_ONCE", "0"), "warehouse.questions_at_once"),
            (("BARKER__JOBS__QUEUE", "paper"), "jobs.queue"),
            (("BARKER__JOBS__LEASE_SECONDS", "0"), "jobs.lease_seconds"),
            (("BARKER__CACHE__KEY_PREFIX", ""), "cache.key_prefix"),
            (("BARKER__CACHE__HOME", "disk"), "cache.home"),
            (("BARKER__OBJECTS__HOME", "disk"), "objects.home"),
            (("BARKER__OBJECTS__S3__TIMEOUT_SECONDS", "0"), "objects.s3.timeout_seconds"),
            (("BARKER__MAIL__CARRIER", "pigeon"), "mail.carrier"),
            (("BARKER__MAIL__SMTP__ENCRYPTION", "maybe"), "mail.smtp.encryption"),
            (("BARKER__MAIL__SMTP__PASWORD", "x"), "pasword"),
            (("BARKER__SERVER__CORS_ORIGINS", "shop.example"), "server.cors_origins"),
            (("BARKER__SERVER__IDLE_TIMEOUT_SECONDS", "30"), "server.idle_timeout_seconds"),
            (("BARKER__SERVER__MAX_CONNECTIONS", "0"), "server.max_connections"),
            (("BARKER__SERVER__TLS__KEY_FILE", "key.pem"), "server.tls"),
            (("BARKER__TELEMETRY__ENDPOINT", "collector:4318"), "telemetry.endpoint"),
            (("BARKER__TELEMETRY__SAMPLE_RATIO", "1.5"), "telemetry.sample_ratio"),
            (("BARKER__TELEMETRY__HEADERS", "secret"), "telemetry.headers"),
        ];
        for (variable, key) in cases {
            let error = with(&[variable]).unwrap_err();
            assert_eq!(error.code, Code::Misconfigured);
            assert!(error.detail.contains(key), "{error}");
        }
    }
}
