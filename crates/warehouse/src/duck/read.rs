//! Questions: a connection each, at most so many at a time, with an end in time.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use barker_domain::{Code, Error, ProjectId, Result};
use duckdb::{
    Connection, InterruptHandle, ToSql, params_from_iter,
    types::{ToSqlOutput, Value},
};
use tokio::sync::Semaphore;

use super::{
    derived,
    dialect::DIALECT,
    error::{failed, unavailable},
    migrate,
    sources::Sources,
    standings::Standings,
};
use crate::{
    answer::Gathering,
    cell::Cell,
    engine::{SourceState, Stats},
    fault,
    question::{Key, Question, Sums},
    schema,
    sql::{self, EVENTS, MAX_GROUPS, Standing, Statement, Totals},
};

/// How often a question that nobody waits for is told again: one that has not begun does not hear it.
const REPEAT: Duration = Duration::from_millis(20);

#[derive(Debug)]
pub(super) struct Readers {
    /// None once it is closed.
    source: Mutex<Option<Connection>>,
    turns: Arc<Semaphore>,
    at_once: u32,
    timeout: Duration,
}

/// A connection on which one question is answered.
pub(super) struct Reading {
    pub(super) connection: Connection,
    is_over: Arc<AtomicBool>,
}

/// Ends the work of a question when it is dropped before the work is done.
struct Interrupting {
    handle: Arc<InterruptHandle>,
    is_over: Arc<AtomicBool>,
}

impl Readers {
    pub(super) fn new(source: Mutex<Option<Connection>>, readers: u32, timeout: Duration) -> Self {
        Self { source, turns: Arc::new(Semaphore::new(readers as usize)), at_once: readers, timeout }
    }

    /// Does the work on a thread where it may block. It ends when the time is over or this future is dropped.
    pub(super) async fn ask<T: Send + 'static>(&self, work: impl FnOnce(&Reading) -> Result<T> + Send + 'static) -> Result<T> {
        self.ask_for(self.timeout, work).await
    }

    /// The same with another limit of time.
    pub(super) async fn ask_for<T: Send + 'static>(
        &self,
        timeout: Duration,
        work: impl FnOnce(&Reading) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let answer = async {
            let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| fault::closing())?;
            let connection = {
                let source = self.source.lock().map_err(|_| Error::of(Code::Internal))?;
                source.as_ref().ok_or_else(fault::closing)?.try_clone().map_err(unavailable)?
            };
            let is_over = Arc::new(AtomicBool::new(false));
            let _interrupting = Interrupting { handle: connection.interrupt_handle(), is_over: Arc::clone(&is_over) };
            let task = tokio::task::spawn_blocking(move || {
                let reading = Reading { connection, is_over };
                let result = work(&reading);
                drop(reading);
                drop(turn);
                result
            });
            task.await.map_err(|error| Error::of(Code::Internal).caused_by(error))?
        };
        tokio::time::timeout(timeout, answer).await.map_err(|_| fault::too_slow())?
    }

    /// Lets the file go once questions under way are answered or out of time; later ones are refused.
    pub(super) async fn close(&self) -> Result<()> {
        // Whoever is out of time ends soon after: then the connections go with the last of them.
        let _ended = tokio::time::timeout(self.timeout, self.turns.acquire_many(self.at_once)).await;
        self.turns.close();
        let source = self.source.lock().map_err(|_| Error::of(Code::Internal))?.take();
        // The last connection writes DuckDB's log back, which may take a while.
        tokio::task::spawn_blocking(move || drop(source)).await.map_err(|error| Error::of(Code::Internal).caused_by(error))
    }
}

impl Drop for Interrupting {
    fn drop(&mut self) {
        if self.is_over.load(Ordering::Acquire) {
            return;
        }
        self.handle.interrupt();
        let (handle, is_over) = (Arc::clone(&self.handle), Arc::clone(&self.is_over));
        // Outside of a runtime there is nobody to go on telling it; then the process is ending.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                while !is_over.load(Ordering::Acquire) {
                    handle.interrupt();
                    tokio::time::sleep(REPEAT).await;
                }
            });
        }
    }
}

/// Also when the work panics.
impl Drop for Reading {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Release);
    }
}

/// The greatest `seq` of the table in the project as the connection sees it now, else 0.
pub(super) fn last_seq(connection: &Connection, table: &str, project_id: ProjectId) -> Result<i64> {
    let text = format!("{}CAST(? AS UUID)", sql::last_seq(table));
    let last: Option<i64> = connection.query_row(&text, [project_id.0], |row| row.get(0)).map_err(failed)?;
    Ok(last.unwrap_or(0))
}

impl Reading {
    /// All statements see one moment, which the first one fixes.
    pub(super) fn sums(&self, question: &Question, standings: &Standings) -> Result<Sums> {
        let before = standings.of(question.project_id);
        self.connection.execute_batch("BEGIN TRANSACTION READ ONLY").map_err(failed)?;
        let seen = derived::seen(&self.connection, question.project_id)?;
        let standing = before.standing(&standings.of(question.project_id), seen);
        let mut gathering = Gathering::new(question);
        for statement in sql::statements(question, &standing, DIALECT)? {
            self.gather(&statement, &mut gathering)?;
        }
        let unconverted = if gathering.lacks_rates() { self.unconverted(question, &standing)? } else { 0 };
        self.connection.execute_batch("COMMIT").map_err(failed)?;
        Ok(gathering.finish(unconverted))
    }

    fn unconverted(&self, question: &Question, standing: &Standing) -> Result<u64> {
        let (text, cells) = sql::unconverted(question, standing, DIALECT)?;
        self.connection.query_row(&text, params_from_iter(&cells), |row| row.get(0)).map_err(failed)
    }

    fn gather(&self, statement: &Statement, gathering: &mut Gathering<'_>) -> Result<()> {
        tracing::trace!(text = statement.text, cells = ?statement.cells, "a question is asked");
        let keys = statement.keys;
        let sums = statement.measures.len();
        let mut prepared = self.connection.prepare(&statement.text).map_err(failed)?;
        let mut rows = prepared.query(params_from_iter(&statement.cells)).map_err(failed)?;
        let mut read = 0;
        while let Some(row) = rows.next().map_err(failed)? {
            let is_total = statement.totals == Totals::Marked && row.get(keys + sums + 1).map_err(failed)?;
            read += usize::from(!is_total);
            if read > MAX_GROUPS {
                return Err(fault::too_many_rows());
            }
            let key = (0..keys).map(|place| row.get::<_, Value>(place).map(key)).collect::<duckdb::Result<Vec<_>>>().map_err(failed)?;
            let read_sum = |place| row.get::<_, Option<i128>>(keys + place).map(|sum| sum.unwrap_or(0));
            let cells = (0..=sums).map(read_sum).collect::<duckdb::Result<Vec<_>>>().map_err(failed)?;
            gathering.add(statement, (key, cells.as_slice()), is_total);
        }
        Ok(())
    }

    pub(super) fn sources(&self, project_id: ProjectId, sources: &Sources) -> Result<Vec<SourceState>> {
        let mut events = sources.of(project_id);
        let statement = sql::sources(project_id, events.through(), DIALECT);
        let mut prepared = self.connection.prepare(&statement.text).map_err(failed)?;
        let mut rows = prepared.query(params_from_iter(&statement.cells)).map_err(failed)?;
        let mut states = Vec::new();
        while let Some(row) = rows.next().map_err(failed)? {
            let read = || Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?));
            let (facts, source, account, latest, seq) = read().map_err(failed)?;
            if facts == EVENTS {
                events.add(source, (latest, seq));
            } else {
                states.extend(SourceState::of_row((&facts, source, account), (latest, seq)));
            }
        }
        sources.keep(project_id, &events);
        states.extend(events.latest().filter_map(|(source, latest)| SourceState::of_row((EVENTS, source, String::new()), latest)));
        states.sort();
        Ok(states)
    }

    pub(super) fn stats(&self, bytes: u64) -> Result<Stats> {
        let count = |name: &'static str| {
            let text = format!("SELECT count(*) FROM {name}");
            self.connection.query_row(&text, [], |row| row.get::<_, u64>(0)).map(|rows| (name, rows)).map_err(failed)
        };
        let tables = schema::tables().iter().map(|table| count(table.name)).collect::<Result<_>>()?;
        Ok(Stats { engine: "duckdb", schema_version: migrate::version(&self.connection)?, tables, bytes })
    }
}

/// A cell goes to DuckDB as it is.
impl ToSql for Cell<'_> {
    fn to_sql(&self) -> duckdb::Result<ToSqlOutput<'_>> {
        match self {
            Self::Uuid(uuid) => uuid.to_sql(),
            Self::Text(text) => text.to_sql(),
            Self::Integer(number) => number.to_sql(),
            Self::Big(number) => number.to_sql(),
            Self::Boolean(is) => is.to_sql(),
        }
    }
}

fn key(value: Value) -> Key {
    match value {
        Value::Text(text) if !text.is_empty() => Key::Text(text),
        Value::Int(number) => Key::Number(number.into()),
        Value::BigInt(number) => Key::Number(number),
        Value::HugeInt(number) => Key::Number(i64::try_from(number).unwrap_or(i64::MAX)),
        _ => Key::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hours of work.
    const ENDLESS: &str = "SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b";

    fn readers(timeout: Duration) -> Readers {
        Readers::new(Mutex::new(Some(Connection::open_in_memory().unwrap())), 1, timeout)
    }

    impl Reading {
        pub(crate) fn run(&self, text: &str) -> Result<()> {
            self.connection.execute_batch(text).map_err(failed)
        }
    }

    fn work(reading: &Reading) -> Result<()> {
        reading.run(ENDLESS)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_question_ends_when_its_time_is_over_and_the_next_one_has_its_turn() {
        let readers = readers(Duration::from_millis(200));
        assert_eq!(readers.ask(work).await.unwrap_err().code, Code::Busy);
        // There is one turn: it is free again only when the work itself has ended.
        let _turn = tokio::time::timeout(Duration::from_secs(20), readers.turns.acquire()).await.unwrap().unwrap();
    }

    /// Groups of about 100 MB.
    const WIDE: &str = "SELECT count(*) FROM (
        SELECT md5(CAST(range AS VARCHAR)) || md5(CAST(range + 1 AS VARCHAR)) AS text, count(*) FROM range(1000000) GROUP BY text)";

    #[test]
    fn what_does_not_fit_in_memory_spills_and_what_does_not_fit_there_is_refused() {
        for (spill_megabytes, is_answered) in [(4_000, true), (1, false)] {
            let directory = tempfile::tempdir().unwrap();
            let small = crate::DuckDbSettings::small(directory.path().join("warehouse.duckdb"));
            let settings = crate::DuckDbSettings { memory_megabytes: 64, spill_megabytes, ..small };
            let connection = super::super::connect(&settings, directory.path()).unwrap();
            let count = connection.query_row(WIDE, [], |row| row.get::<_, u64>(0)).map_err(failed);
            assert_eq!(count.map_err(|error| error.code), if is_answered { Ok(1_000_000) } else { Err(Code::Busy) });
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_question_that_nobody_waits_for_ends() {
        let readers = readers(Duration::from_hours(1));
        for patience in [0, 1, 100] {
            let asked = tokio::time::timeout(Duration::from_millis(patience), readers.ask(work)).await;
            assert!(asked.is_err(), "the caller leaves");
            let turn = tokio::time::timeout(Duration::from_secs(20), readers.turns.acquire()).await;
            assert!(turn.is_ok(), "after {patience} ms");
        }
    }
}
