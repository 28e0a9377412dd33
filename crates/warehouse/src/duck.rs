//! The warehouse in one DuckDB file, which this process alone has open.
//!
//! One thread writes, and takes whatever has queued while it wrote before. Readers have connections of their own and
//! see what was committed when they began; nobody waits for anybody.

mod columns;
mod derived;
pub(crate) mod dialect;
mod error;
mod export;
mod keep;
mod migrate;
mod parquet;
mod read;
mod sources;
mod standings;
mod sweep;
mod write;

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use barker_domain::{Code, Day, Error, ProjectId, Result, clock::SharedClock};
use duckdb::{Config, Connection};
use futures::future::BoxFuture;
use uuid::Uuid;

use crate::{
    engine::{Engine, Export, SourceState, Stats},
    fact::{Appended, Batch},
    question::{Question, Sums},
};
use error::{failed, unavailable};
pub use export::restore;
pub use parquet::parquet_to_csv;
pub(crate) use parquet::rows_of_parquet;
use read::Readers;
use standings::Standings;
use write::{Task, Writer};

/// How long DuckDB's log may become before the file takes it in: small commits leave a row group begun, which is written anew each
/// time. A start after a crash reads the log, some hundred megabytes a second.
const CHECKPOINT_THRESHOLD: &str = "64MiB";

/// The oldest DuckDB that can read the file: newer ways to compress texts cost an append less.
const STORAGE_VERSION: &str = "v1.5.0";

/// How DuckDB may use the machine.
#[derive(Debug, Clone)]
pub struct DuckDbSettings {
    /// The file; its directory is made. Exports are written beside it.
    pub path: PathBuf,
    /// The directory that questions spill to.
    pub spill_directory: PathBuf,
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

impl DuckDbSettings {
    /// A small warehouse in that file, whose directory has room for what spills.
    #[must_use]
    pub fn small(path: PathBuf) -> Self {
        Self {
            spill_directory: path.with_extension("spill"),
            path,
            memory_megabytes: 256,
            spill_megabytes: 10_000,
            threads: 2,
            readers: 2,
            timeout: Duration::from_secs(30),
            queued_rows: 200_000,
            known_events: 1_000_000,
        }
    }
}

/// An open DuckDB file.
pub struct DuckDb {
    readers: Readers,
    writer: Writer,
    standings: Arc<Standings>,
    path: PathBuf,
    exports: PathBuf,
}

impl DuckDb {
    /// Opens the file, made when it is not there, and brings its schema up to date.
    ///
    /// # Errors
    /// `storage-unavailable` when it cannot be opened, `misconfigured` when a newer Barker wrote it.
    pub fn open(settings: &DuckDbSettings, clock: SharedClock) -> Result<Self> {
        let exports = export::clean_directory(&settings.path)?;
        let connection = connect(settings, &exports)?;
        migrate::up(&connection)?;
        let readers = connection.try_clone().map_err(unavailable)?;
        let standings = Arc::new(Standings::read(&connection)?);
        Ok(Self {
            readers: Readers::new(Mutex::new(Some(readers)), settings.readers, settings.timeout),
            writer: Writer::start(connection, (settings, Arc::clone(&standings)), clock)?,
            standings,
            path: settings.path.clone(),
            exports,
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
            let standings = Arc::clone(&self.standings);
            self.readers.ask(move |reading| reading.sums(&question, &standings)).await
        })
    }

    fn sources(&self, project_id: ProjectId) -> BoxFuture<'_, Result<Vec<SourceState>>> {
        let standings = Arc::clone(&self.standings);
        Box::pin(self.readers.ask(move |reading| reading.sources(project_id, standings.sources())))
    }

    fn stats(&self) -> BoxFuture<'_, Result<Stats>> {
        Box::pin(async move {
            let bytes = [self.path.clone(), log_of(&self.path)].iter().filter_map(|path| fs::metadata(path).ok()).map(|it| it.len()).sum();
            self.readers.ask(move |reading| reading.stats(bytes)).await
        })
    }

    fn roll_up(&self, project_id: ProjectId, before_ms: i64) -> BoxFuture<'_, Result<u64>> {
        Box::pin(self.writer.run(move |answer| Task::RollUp { project_id, before_ms, answer }))
    }

    fn compact(&self) -> BoxFuture<'_, Result<u64>> {
        Box::pin(self.writer.run(Task::Compact))
    }

    fn retain_events(&self, project_id: ProjectId, first: Day) -> BoxFuture<'_, Result<u64>> {
        Box::pin(self.writer.run(move |answer| Task::RetainEvents { project_id, first, answer }))
    }

    fn forget_visitor(&self, project_id: ProjectId, client_id: String) -> BoxFuture<'_, Result<u64>> {
        Box::pin(self.writer.run(move |answer| Task::ForgetVisitor { project_id, client_id, answer }))
    }

    fn export(&self) -> BoxFuture<'_, Result<Export>> {
        let directory = self.exports.join(Uuid::now_v7().to_string());
        Box::pin(self.readers.ask_for(export::PATIENCE, move |reading| reading.export(directory)))
    }

    fn close(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async {
            self.writer.run(Task::Close).await?;
            self.readers.close().await
        })
    }
}

impl fmt::Debug for DuckDb {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("DuckDb").field("path", &self.path).finish_non_exhaustive()
    }
}

/// Statements can reach the files of that directory, and no others.
fn connect(settings: &DuckDbSettings, reachable: &Path) -> Result<Connection> {
    let Some(directory) = settings.path.parent() else {
        return Err(Error::new(Code::Misconfigured, "the warehouse's path names no file"));
    };
    fs::create_dir_all(directory)
        .map_err(|error| Error::new(Code::StorageUnavailable, "the warehouse's directory cannot be made").caused_by(error))?;
    let config = || -> duckdb::Result<Config> {
        Config::default()
            .max_memory(&format!("{}MiB", settings.memory_megabytes))?
            .threads(i64::from(settings.threads))?
            .with("temp_directory", settings.spill_directory.to_string_lossy())?
            // Answers are ordered here; keeping rows in order of arrival costs memory.
            .with("preserve_insertion_order", "false")?
            .with("checkpoint_threshold", CHECKPOINT_THRESHOLD)?
            .with("storage_compatibility_version", STORAGE_VERSION)?
            .with("autoinstall_known_extensions", "false")?
            .with("autoload_known_extensions", "false")
    };
    let connection = config().and_then(|config| Connection::open_with_flags(&settings.path, config)).map_err(unavailable)?;
    derived::attach(&connection).map_err(failed)?;
    // Rows are kept in order on this connection, which is the one that writes: two threads in no order leave half-filled groups of rows
    // behind, which are written a second time.
    // No statement reads files or changes what was set here, whatever finds its way into one.
    // The bound on what spills holds only when it is set afterwards.
    let shut = format!(
        "SET SESSION preserve_insertion_order = true; SET max_temp_directory_size = '{}MiB'; SET allowed_directories = [{}]; SET enable_external_access = false; SET lock_configuration = true",
        settings.spill_megabytes,
        export::literal(reachable)?
    );
    connection.execute_batch(&shut).map_err(failed)?;
    Ok(connection)
}

/// Where DuckDB writes first.
fn log_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".wal");
    name.into()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use barker_domain::clock::SystemClock;

    use super::*;
    use crate::fact::{Event, Facts};

    /// Hours of work over what is being appended to.
    const ENDLESS: &str = "SELECT sum((a.seq + b.range) % 7) FROM events a, range(100000000000) b";

    fn batch(project_id: ProjectId, number: usize) -> Batch {
        let event = |id: usize| Event { event_id: id.to_string(), ..Event::default() };
        Batch { project_id, facts: Facts::Events((number * 100..(number + 1) * 100).map(event).collect()) }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn appending_goes_on_while_a_question_is_being_answered() {
        let directory = tempfile::tempdir().unwrap();
        let small = DuckDbSettings::small(directory.path().join("warehouse.duckdb"));
        let settings = DuckDbSettings { readers: 1, timeout: Duration::from_hours(1), ..small };
        let engine = DuckDb::open(&settings, Arc::new(SystemClock)).unwrap();
        let project = ProjectId::generate();
        engine.append(batch(project, 0)).await.unwrap();
        let endless = engine.readers.ask(|reading| reading.run(ENDLESS));
        let appends = async {
            for number in 1..20 {
                engine.append(batch(project, number)).await.unwrap();
            }
        };
        // Whichever ends first: it has to be the appends.
        tokio::select! {
            answer = endless => panic!("the question cannot have been answered: {answer:?}"),
            () = appends => {}
        }
    }
}
