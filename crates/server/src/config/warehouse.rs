//! The section `[warehouse]`: where events and facts are kept, and what questions may take. Its keys are explained in
//! `config/default.toml`.

use std::{
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use barker_warehouse::{ClickHouseSettings, DuckDbSettings};
use secrecy::SecretString;
use serde::Deserialize;

/// Where events and facts are kept, and what questions may take.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Warehouse {
    pub engine: EngineKind,
    pub file: PathBuf,
    pub spill_dir: PathBuf,
    pub memory_megabytes: u32,
    pub spill_megabytes: u32,
    pub threads: u32,
    pub questions_at_once: u32,
    pub question_timeout_seconds: u64,
    pub queued_rows: usize,
    pub known_events: usize,
    pub clickhouse: ClickHouse,
}

/// One of the two engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EngineKind {
    /// A file.
    DuckDb,
    /// A server.
    ClickHouse,
}

/// The server of engine `clickhouse`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClickHouse {
    pub url: String,
    pub database: String,
    pub user: String,
    pub password: SecretString,
}

/// What is opened.
#[derive(Debug, Clone)]
pub enum WarehouseSettings {
    /// A file.
    DuckDb(DuckDbSettings),
    /// A server.
    ClickHouse(ClickHouseSettings),
}

impl Warehouse {
    pub(super) fn settings(&self, data_dir: &Path) -> WarehouseSettings {
        match self.engine {
            EngineKind::DuckDb => WarehouseSettings::DuckDb(self.of_file(data_dir)),
            EngineKind::ClickHouse => WarehouseSettings::ClickHouse(self.of_server(data_dir)),
        }
    }

    fn of_server(&self, data_dir: &Path) -> ClickHouseSettings {
        let ClickHouse { url, database, user, password } = self.clickhouse.clone();
        ClickHouseSettings {
            url,
            database,
            user: Some(user).filter(|user| !user.is_empty()),
            password,
            memory_megabytes: self.memory_megabytes,
            spill_megabytes: self.spill_megabytes,
            threads: self.threads,
            readers: self.questions_at_once,
            timeout: Duration::from_secs(self.question_timeout_seconds),
            queued_rows: self.queued_rows,
            known_events: self.known_events,
            exports: data_dir.join("warehouse.exports"),
        }
    }

    fn of_file(&self, data_dir: &Path) -> DuckDbSettings {
        let or = |path: &PathBuf, default: PathBuf| if path.as_os_str().is_empty() { default } else { path.clone() };
        let path = or(&self.file, data_dir.join("warehouse.duckdb"));
        let cores = || thread::available_parallelism().map_or(1, |cores| u32::try_from(cores.get()).unwrap_or(u32::MAX));
        DuckDbSettings {
            spill_directory: or(&self.spill_dir, path.with_extension("spill")),
            path,
            memory_megabytes: self.memory_megabytes,
            spill_megabytes: self.spill_megabytes,
            threads: if self.threads == 0 { cores() } else { self.threads },
            readers: self.questions_at_once,
            timeout: Duration::from_secs(self.question_timeout_seconds),
            queued_rows: self.queued_rows,
            known_events: self.known_events,
        }
    }
}
