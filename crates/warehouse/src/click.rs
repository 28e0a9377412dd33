//! The warehouse in a ClickHouse server, over HTTP. Chosen where one file on one machine is not enough.
//!
//! ClickHouse has no transactions: a commit is an insert for each table, and questions of several families may see two moments.

mod dialect;
mod export;
mod http;
mod migrate;
mod row_binary;
mod write;

use std::{fmt, path::PathBuf, time::Duration};

use barker_domain::{Code, Day, Error, ProjectId, Result, clock::SharedClock};
use futures::future::BoxFuture;
use secrecy::SecretString;
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::{
    answer::Gathering,
    cell::Cell,
    engine::{Engine, Export, SourceState, Stats},
    fact::{Appended, Batch},
    fault,
    question::{Dimension, Key, Question, Sums},
    schema,
    sql::{MAX_GROUPS, Standing, Statement},
};
use dialect::DIALECT;
use http::Http;
use write::{Task, Writer};

/// Which server, and how it may be used.
#[derive(Debug, Clone)]
pub struct ClickHouseSettings {
    /// `http://host:8123` or `https://host:8443`.
    pub url: String,
    /// The database; it has to be there.
    pub database: String,
    /// The user; the server's default one without a name.
    pub user: Option<String>,
    /// The user's.
    pub password: SecretString,
    /// Memory of one question; what does not fit in half of it spills where it can.
    pub memory_megabytes: u32,
    /// Most that one question spills to disk.
    pub spill_megabytes: u32,
    /// Threads of one question.
    pub threads: u32,
    /// Questions at a time; more wait.
    pub readers: u32,
    /// A question ends after this long.
    pub timeout: Duration,
    /// Rows that may wait to be written.
    pub queued_rows: usize,
    /// Ids of recent events that are kept in memory, 16 bytes each.
    pub known_events: usize,
    /// The directory that exports are written to, made when it is needed. What an interrupted one has left there is removed.
    pub exports: PathBuf,
}

/// A ClickHouse server that can be asked.
pub struct ClickHouse {
    http: Http,
    writer: Writer,
    turns: Semaphore,
    at_once: u32,
    timeout: Duration,
    url: String,
    exports: PathBuf,
}

impl ClickHouse {
    /// Brings the schema up to date.
    ///
    /// # Errors
    /// `storage-unavailable` when the server does not answer, `misconfigured` when a newer Barker wrote there.
    pub async fn open(settings: &ClickHouseSettings, clock: SharedClock) -> Result<Self> {
        let http = Http::new(settings)?;
        export::clean(&settings.exports)?;
        migrate::up(&http).await?;
        Ok(Self {
            writer: Writer::start(http.clone(), settings, clock).await?,
            http,
            turns: Semaphore::new(settings.readers as usize),
            at_once: settings.readers,
            timeout: settings.timeout,
            url: settings.url.clone(),
            exports: settings.exports.clone(),
        })
    }

    async fn answer(&self, question: &Question) -> Result<Sums> {
        question.check()?;
        let standing = self.standing(question.project_id).await?;
        let statements = crate::sql::statements(question, &standing, DIALECT)?;
        let mut gathering = Gathering::new(question);
        for statement in &statements {
            let rows = self.ask(&statement.text, &statement.cells).await?;
            if rows.len() > MAX_GROUPS {
                return Err(fault::too_many_rows());
            }
            for row in &rows {
                gather(question, statement, row, &mut gathering)?;
            }
        }
        let unconverted = if gathering.lacks_rates() { self.unconverted(question, &standing).await? } else { 0 };
        Ok(gathering.finish(unconverted))
    }

    async fn unconverted(&self, question: &Question, standing: &Standing) -> Result<u64> {
        let (text, cells) = crate::sql::unconverted(question, standing, DIALECT)?;
        number(self.ask(&text, &cells).await?.first().and_then(|row| row.first()))
    }

    async fn standing(&self, project_id: ProjectId) -> Result<Standing> {
        let ask = async {
            let _turn = self.turns.acquire().await.map_err(|_| fault::closing())?;
            let rolled_through = write::last_seq_of(&self.http, "rollups", project_id).await?;
            let has_rates = write::last_seq_of(&self.http, "currency_rates", project_id).await? > 0;
            Ok(Standing { has_rates, ..Standing::unknown(rolled_through) })
        };
        tokio::time::timeout(self.timeout, ask).await.map_err(|_| fault::too_slow())?
    }

    async fn ask(&self, text: &str, cells: &[Cell<'_>]) -> Result<Vec<Vec<String>>> {
        let ask = async {
            let _turn = self.turns.acquire().await.map_err(|_| fault::closing())?;
            self.http.ask(text, cells).await
        };
        tokio::time::timeout(self.timeout, ask).await.map_err(|_| fault::too_slow())?
    }

    async fn list_sources(&self, project_id: ProjectId) -> Result<Vec<SourceState>> {
        let sources = crate::sql::sources(project_id, 0, DIALECT);
        let rows = self.ask(&sources.text, &sources.cells).await?;
        let state = |row: Vec<String>| {
            let [facts, source, account, latest, seq] = <[String; 5]>::try_from(row).ok()?;
            SourceState::of_row((&facts, source, account), (latest.parse().ok()?, seq.parse().ok()?))
        };
        Ok(rows.into_iter().filter_map(state).collect())
    }

    async fn write_tables(&self) -> Result<Export> {
        let (last_seq, _nothing_is_swept) = self.writer.run(Task::Export).await?;
        let _turn = self.turns.acquire().await.map_err(|_| fault::closing())?;
        let written = export::write(&self.http, self.exports.join(Uuid::now_v7().to_string()), last_seq);
        tokio::time::timeout(export::PATIENCE, written).await.map_err(|_| fault::too_slow())?
    }

    async fn count(&self) -> Result<Stats> {
        let mut tables = Vec::new();
        for table in schema::tables() {
            let _turn = self.turns.acquire().await.map_err(|_| fault::closing())?;
            let rows = self.http.ask(&format!("SELECT count() FROM {}", table.name), &[]).await?;
            tables.push((table.name, number(rows.first().and_then(|row| row.first()))?));
        }
        let bytes = self.http.ask("SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND database = currentDatabase()", &[]).await?;
        let bytes = number(bytes.first().and_then(|row| row.first()))?;
        Ok(Stats { engine: "clickhouse", schema_version: migrate::version(&self.http).await?, tables, bytes })
    }
}

impl Engine for ClickHouse {
    fn append(&self, batch: Batch) -> BoxFuture<'_, Result<Appended>> {
        Box::pin(self.writer.append(batch))
    }

    fn sums(&self, question: Question) -> BoxFuture<'_, Result<Sums>> {
        Box::pin(async move { self.answer(&question).await })
    }

    fn sources(&self, project_id: ProjectId) -> BoxFuture<'_, Result<Vec<SourceState>>> {
        Box::pin(self.list_sources(project_id))
    }

    fn stats(&self) -> BoxFuture<'_, Result<Stats>> {
        Box::pin(self.count())
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
        Box::pin(self.write_tables())
    }

    fn close(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async {
            self.writer.run(Task::Close).await?;
            // Whoever is out of time ends soon after.
            let _ended = tokio::time::timeout(self.timeout, self.turns.acquire_many(self.at_once)).await;
            self.turns.close();
            Ok(())
        })
    }
}

impl fmt::Debug for ClickHouse {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ClickHouse").field("url", &self.url).finish_non_exhaustive()
    }
}

/// Absent sums, of no rows, are 0.
fn gather(question: &Question, statement: &Statement, row: &[String], gathering: &mut Gathering<'_>) -> Result<()> {
    let (keys, sums) = row.split_at(statement.keys.min(row.len()));
    let keys = keys.iter().zip(&question.group_by).map(|(text, dimension)| key(text, dimension)).collect();
    let read = |text: &String| if text == NULL { Ok(0) } else { number(Some(text)) };
    let sums = sums.iter().map(read).collect::<Result<Vec<i128>>>()?;
    gathering.add(statement, (keys, &sums), false);
    Ok(())
}

/// As the format of answers writes an absent value.
const NULL: &str = "ᴺᵁᴸᴸ";

fn key(text: &str, dimension: &Dimension) -> Key {
    match text.parse() {
        Ok(number) if dimension.is_time() => Key::Number(number),
        _ if text.is_empty() => Key::None,
        _ => Key::Text(text.to_owned()),
    }
}

fn number<N: std::str::FromStr>(text: Option<&String>) -> Result<N> {
    let garbled = || Error::new(Code::Internal, "ClickHouse answers something else than a number");
    text.and_then(|text| text.parse().ok()).ok_or_else(garbled)
}
