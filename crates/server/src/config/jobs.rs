//! The section `[jobs]`: where tickets wait, and how jobs are done. Its keys are explained in `config/default.toml`.

use std::{path::Path, time::Duration};

use barker_app::job;
use barker_infra::job_queue;
use secrecy::SecretString;
use serde::Deserialize;

use crate::roles::Roles;

const SECONDS_PER_DAY: u64 = 24 * 60 * 60;

/// Where tickets wait, and how jobs are done.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jobs {
    pub queue: Queue,
    pub postgres_url: SecretString,
    pub redis_url: SecretString,
    pub rabbitmq_url: SecretString,
    pub prefix: String,
    pub concurrency: usize,
    pub lease_seconds: u64,
    pub ticket_seconds: u64,
    pub drain_seconds: u64,
    pub retention_days: u64,
}

/// One of the homes of tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Queue {
    /// A file in the data directory.
    Sqlite,
    /// PostgreSQL.
    Postgres,
    /// Redis.
    Redis,
    /// `RabbitMQ`.
    RabbitMq,
}

impl Jobs {
    pub(super) fn queue_settings(&self, data_dir: &Path) -> job_queue::Settings {
        let prefix = self.prefix.clone();
        match self.queue {
            Queue::Sqlite => job_queue::Settings::Sqlite(data_dir.join("jobs.db")),
            Queue::Postgres => job_queue::Settings::Postgres(self.postgres_url.clone()),
            Queue::Redis => job_queue::Settings::Redis { url: self.redis_url.clone(), prefix },
            Queue::RabbitMq => job_queue::Settings::RabbitMq { url: self.rabbitmq_url.clone(), prefix },
        }
    }

    /// What a process with these roles does about jobs.
    #[must_use]
    pub fn settings(&self, roles: Roles) -> job::Settings {
        job::Settings {
            is_worker: roles.worker,
            is_scheduler: roles.scheduler,
            concurrency: self.concurrency,
            lease: Duration::from_secs(self.lease_seconds),
            ticket_life: Duration::from_secs(self.ticket_seconds),
            drain: Duration::from_secs(self.drain_seconds),
            retention: Duration::from_secs(self.retention_days.saturating_mul(SECONDS_PER_DAY)),
            ..job::Settings::default()
        }
    }
}
