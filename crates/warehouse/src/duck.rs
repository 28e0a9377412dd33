//! The warehouse in one DuckDB file, which this process alone has open.
//!
//! One thread writes, and takes whatever has queued while it wrote before. Readers have connections of their own and
//! see what was committed when they began; nobody waits for anybody.

mod dialect;
mod error;
mod known;
mod migrate;
mod read;
mod write;

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    sync::Mutex,
    time::Duration,
};

use barker_domain::{Code, Day, Error, ProjectId, Result, clock::SharedClock};
use duckdb::{Config, Connection};
use futures::future::BoxFuture;

use crate::{
    engine::{Engine, Stats},
    fact::{Appended, Batch},
    question::{Question, Sums},
};
use dialect::DIALECT;
use error::{failed, unavailable};
use read::Readers;
use write::{Task, Writer};

/// How DuckDB may use the machine.
#[derive(Debug, Clone)]
pub struct DuckDbSettings {
    /// The file; its directory is made. Beside it stands the directory that questions spill to.
    pub path: PathBuf,
    /// Memory of DuckDB's own; what does not fit spills.
    pub memory_megabytes: u32,
    /// Most that questions spill to disk.
    pub spill_megabytes: u32,
    /// Threads that all questions share.
    pub threads: u32,
    /// Questions at a time; more wait.
    pub readers: u32,
    /// A question ends after this long.
    pub timeout: Duration,
    /// Rows that may wait to be written.
    pub queued_rows: usize,
    /// Ids of recent events that are kept in memory, 16 bytes each.
    pub known_events: usize,
}

/// An open DuckDB file.
pub struct DuckDb {
    readers: Readers,
    writer: Writer,
    path: PathBuf,
}

impl DuckDb {
    /// Opens the file, made when it is not there, and brings its schema up to date.
    ///
    /// # Errors
    /// `storage-unavailable` when it cannot be opened, `misconfigured` when a newer Barker wrote it.
    pub fn open(settings: &DuckDbSettings, clock: SharedClock) -> Result<Self> {
        let connection = connect(settings)?;
        migrate::up(&connection)?;
        let readers = connection.try_clone().map_err(unavailable)?;
        Ok(Self {
            readers: Readers::new(Mutex::new(readers), settings.readers, settings.timeout),
            writer: Writer::start(connection, settings, clock)?,
            path: settings.path.clone(),
        })
    }
}

impl Engine for DuckDb {
    fn append(&self, batch: Batch) -> BoxFuture<'_, Result<Appended>> {
        Box::pin(self.writer.append(batch))
    }

    fn sums(&self, question: Question) -> BoxFuture<'_, Result<Sums>> {
        Box::pin(async move {
            question.check()?;
            let statements = crate::sql::statements(&question, DIALECT)?;
            self.readers.ask(move |reading| reading.sums(&question, &statements)).await
        })
    }

    fn stats(&self) -> BoxFuture<'_, Result<Stats>> {
        Box::pin(async move {
            let bytes = [self.path.clone(), log_of(&self.path)].iter().filter_map(|path| fs::metadata(path).ok()).map(|it| it.len()).sum();
            self.readers.ask(move |reading| reading.stats(bytes)).await
        })
    }

    fn compact(&self) -> BoxFuture<'_, Result<u64>> {
        Box::pin(self.writer.run(Task::Compact))
    }

    fn retain_events(&self, project_id: ProjectId, first: Day) -> BoxFuture<'_, Result<u64>> {
        Box::pin(self.writer.run(move |answer| Task::RetainEvents { project_id, first, answer }))
    }
}

impl fmt::Debug for DuckDb {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("DuckDb").field("path", &self.path).finish_non_exhaustive()
    }
}

fn connect(settings: &DuckDbSettings) -> Result<Connection> {
    let Some(directory) = settings.path.parent() else {
        return Err(Error::new(Code::Misconfigured, "the warehouse's path names no file"));
    };
    fs::create_dir_all(directory)
        .map_err(|error| Error::new(Code::StorageUnavailable, "the warehouse's directory cannot be made").caused_by(error))?;
    let spill = settings.path.with_extension("spill");
    let config = || -> duckdb::Result<Config> {
        Config::default()
            .max_memory(&format!("{}MiB", settings.memory_megabytes))?
            .threads(i64::from(settings.threads))?
            .with("temp_directory", spill.to_string_lossy())?
            .with("max_temp_directory_size", format!("{}MiB", settings.spill_megabytes))?
            // Answers are ordered here; keeping rows in order of arrival costs memory.
            .with("preserve_insertion_order", "false")?
            .with("autoinstall_known_extensions", "false")?
            .with("autoload_known_extensions", "false")
    };
    let connection = config().and_then(|config| Connection::open_with_flags(&settings.path, config)).map_err(unavailable)?;
    // No statement reads files or changes what was set here, whatever finds its way into one.
    connection.execute_batch("SET enable_external_access = false; SET lock_configuration = true").map_err(failed)?;
    Ok(connection)
}

/// Where DuckDB writes first.
fn log_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".wal");
    name.into()
}
