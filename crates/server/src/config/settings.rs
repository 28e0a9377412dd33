//! What the configuration becomes: the settings of each part that runs.

use std::time::Duration;

use barker_app::{
    PasswordCost, Settings as AppSettings,
    backup::{Place, PlaceKind},
    seal::KeySource,
    webhook,
};
use barker_domain::{
    Result,
    installation::{Registration, Settings as InstallationSettings},
    project::Ranking,
};
use barker_infra::{Settings as ServiceSettings, mail::CarrierSettings, object_storage};
use barker_store::{Claim, Settings as StoreSettings};
use secrecy::ExposeSecret;

use super::{BYTES_PER_MEGABYTE, Config, MS_PER_HOUR, Secrets, WarehouseSettings};
use crate::{
    http::{
        CorsOrigins,
        listener::{Certificates, ListenerSettings},
    },
    roles::Roles,
};

impl Config {
    /// How to reach the database.
    #[must_use]
    pub fn store_settings(&self) -> StoreSettings {
        let file = self.storage.data_dir.join("barker.db");
        let configured = self.database.url.expose_secret();
        let url = if configured.is_empty() { format!("sqlite://{}?mode=rwc", file.display()) } else { configured.to_owned() };
        StoreSettings { url: url.into(), max_read_connections: self.database.max_read_connections, node: self.database.node }
    }

    /// How the warehouse is opened.
    #[must_use]
    pub fn warehouse_settings(&self) -> WarehouseSettings {
        self.warehouse.settings(&self.storage.data_dir)
    }

    /// How to reach services outside of Barker.
    #[must_use]
    pub fn service_settings(&self) -> ServiceSettings {
        let data_dir = &self.storage.data_dir;
        ServiceSettings {
            mail: self.mail.settings(data_dir),
            cache: self.cache.settings(),
            objects: self.objects.settings(data_dir),
            jobs: self.jobs.queue_settings(data_dir),
            courier: self.webhooks.settings(),
        }
    }

    /// What belongs to the installation besides its business database.
    #[must_use]
    pub fn places(&self) -> Vec<Place> {
        let services = self.service_settings();
        // The queue of jobs is without worth: its tickets are written again.
        let mut places = Vec::new();
        // Copies of a server are its operator's business.
        if let WarehouseSettings::DuckDb(file) = self.warehouse_settings() {
            places.push(Place { name: "warehouse", path: file.path, kind: PlaceKind::Warehouse });
        }
        if let object_storage::Settings::Folder(path) = services.objects {
            places.push(Place { name: "objects", path, kind: PlaceKind::Folder });
        }
        if let CarrierSettings::Folder(path) = services.mail.carrier {
            places.push(Place { name: "mail", path, kind: PlaceKind::Folder });
        }
        if let KeySource::File(path) = self.key_source() {
            places.push(Place { name: "secrets.keys", path, kind: PlaceKind::Keys });
        }
        places
    }

    /// Where the keys of sealed columns are.
    #[must_use]
    pub fn key_source(&self) -> KeySource {
        let Secrets { keys, key_file } = &self.secrets;
        if !keys.expose_secret().is_empty() {
            return KeySource::Given(keys.clone());
        }
        let is_named = !key_file.as_os_str().is_empty();
        KeySource::File(if is_named { key_file.clone() } else { self.storage.data_dir.join("secrets.keys") })
    }

    /// What the application needs to know.
    #[must_use]
    pub fn app_settings(&self, claim: Claim, roles: Roles) -> AppSettings {
        AppSettings {
            overshoot_percent: self.delivery.overshoot_percent,
            audience_bytes: self.serving.audience_megabytes.saturating_mul(BYTES_PER_MEGABYTE),
            commit_queue: self.serving.commit_queue,
            link_life_ms: i64::from(self.serving.link_hours).saturating_mul(MS_PER_HOUR),
            outbox_retention_ms: i64::from(self.outbox.retention_hours).saturating_mul(MS_PER_HOUR),
            impression_retention_days: Some(i32::from(self.retention.impression_days)).filter(|days| *days > 0),
            event_retention_days: Some(i32::from(self.retention.event_days)).filter(|days| *days > 0),
            installation: self.installation_settings(),
            password_cost: PasswordCost {
                memory_kib: self.accounts.password_memory_kib,
                iterations: self.accounts.password_iterations,
                at_once: self.accounts.passwords_at_once,
            },
            jobs: self.jobs.settings(roles),
            keys: self.key_source(),
            webhook_look_interval: webhook::LOOK_INTERVAL,
            report_lifetime: Duration::from_mins(u64::from(self.reports.cache_minutes)),
            claim,
        }
    }

    /// Where people reach the server that listens at `address`, without a slash at the end.
    #[must_use]
    pub fn public_url(&self, address: &str) -> String {
        let url = self.server.public_url.trim_end_matches('/');
        if url.is_empty() { address.to_owned() } else { url.to_owned() }
    }

    /// What holds where administrators have decided nothing else.
    fn installation_settings(&self) -> InstallationSettings {
        InstallationSettings {
            registration: Registration::named(&self.accounts.registration).unwrap_or(Registration::Closed),
            default_ranking: Ranking::named(&self.delivery.ranking).unwrap_or_default(),
            default_currency: self.delivery.currency.clone(),
        }
    }

    /// Whose pages may call the API.
    ///
    /// # Errors
    /// [`Code::Misconfigured`] naming what is not an origin.
    pub fn cors_origins(&self) -> Result<CorsOrigins> {
        CorsOrigins::read(&self.server.cors_origins)
    }

    /// How connections are taken in.
    ///
    /// # Errors
    /// [`Code::Misconfigured`] when the certificate or its key cannot be used.
    pub fn listener_settings(&self) -> Result<ListenerSettings> {
        Ok(ListenerSettings {
            max_connections: self.server.max_connections,
            header_timeout: Duration::from_secs(self.server.header_timeout_seconds),
            idle_timeout: Duration::from_secs(self.server.idle_timeout_seconds),
            certificates: self.server.tls.files().map(Certificates::open).transpose()?,
        })
    }

    /// Longest time the body of a request may take to arrive.
    #[must_use]
    pub fn body_timeout(&self) -> Duration {
        Duration::from_secs(self.server.body_timeout_seconds)
    }

    /// Longest time a request may take.
    #[must_use]
    pub fn request_timeout(&self) -> Duration {
        Duration::from_secs(self.server.request_timeout_seconds)
    }

    /// Longest time requests may take to finish after SIGTERM.
    #[must_use]
    pub fn drain_timeout(&self) -> Duration {
        Duration::from_secs(self.server.drain_timeout_seconds)
    }
}
