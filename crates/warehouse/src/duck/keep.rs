//! The thread that gives rows to DuckDB, one transaction for each commit, and answers whoever waits for it.
//!
//! While it ends a commit, the next one is laid out already, on the word that this one succeeds. So after one that failed it refuses those
//! that were begun before that was known: they took rows for written that are not.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc::{self, Receiver, SyncSender},
    },
    thread::{self, JoinHandle},
};

use barker_domain::{Code, Error, Result};
use duckdb::{Appender, Connection, arrow::array::RecordBatch};
use tokio::sync::oneshot;

use super::error::{failed, unavailable};
use crate::{fact::Appended, fault};

/// Chunks between laying out and writing: about half of a long commit is laid out while the one before it ends.
const QUEUED_CHUNKS: usize = 16;

pub(super) type Answer<T> = oneshot::Sender<Result<T>>;

/// What goes to whoever writes.
#[derive(Debug)]
pub(super) enum Chunk {
    /// Rows of a table.
    Rows(&'static str, RecordBatch),
    /// There are no more: what was sent since the last end is to be kept.
    Commit(Callers),
    /// It is not.
    Abandon,
}

/// Who waits for a commit.
#[derive(Debug)]
pub(super) struct Callers {
    /// What each of them is told.
    pub(super) answers: Vec<(Answer<Appended>, Appended)>,
    /// Rows that have queued for them.
    pub(super) rows: usize,
    /// How many commits had failed when this one was begun, as far as was known.
    pub(super) failures: usize,
}

/// The thread, from outside.
#[derive(Debug)]
pub(super) struct Keeper {
    chunks: Option<SyncSender<Chunk>>,
    outcomes: Receiver<bool>,
    thread: Option<JoinHandle<()>>,
}

/// The thread, from inside.
struct Keeping {
    connection: Connection,
    chunks: Receiver<Chunk>,
    outcomes: mpsc::Sender<bool>,
    queued: Arc<AtomicUsize>,
    failures: usize,
}

/// A commit under way.
struct Transaction<'connection> {
    connection: &'connection Connection,
    appenders: Vec<(&'static str, Appender<'connection>)>,
    is_begun: bool,
}

impl Keeper {
    /// `queued` loses the rows of each commit that has ended.
    pub(super) fn start(connection: Connection, queued: Arc<AtomicUsize>) -> Result<Self> {
        let (chunks, incoming) = mpsc::sync_channel(QUEUED_CHUNKS);
        let (reports, outcomes) = mpsc::channel();
        let mut keeping = Keeping { connection, chunks: incoming, outcomes: reports, queued, failures: 0 };
        let thread = thread::Builder::new().name("warehouse-rows".to_owned()).spawn(move || while keeping.keep() {});
        let thread = thread.map_err(|error| Error::of(Code::Internal).caused_by(error))?;
        Ok(Self { chunks: Some(chunks), outcomes, thread: Some(thread) })
    }

    /// Where rows go.
    pub(super) fn chunks(&self) -> Result<SyncSender<Chunk>> {
        self.chunks.clone().ok_or_else(fault::closing)
    }

    /// Whether the oldest commit that nobody was told of succeeded: when it has ended.
    pub(super) fn outcome(&self) -> bool {
        self.outcomes.recv().unwrap_or(false)
    }

    /// The same, if it has ended.
    pub(super) fn outcome_now(&self) -> Option<bool> {
        self.outcomes.try_recv().ok()
    }
}

/// What was sent is still written, and the file let go.
impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.chunks.take());
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }
}

impl Keeping {
    /// One commit. False when there will be no more.
    fn keep(&mut self) -> bool {
        let mut transaction = Transaction::new(&self.connection);
        let mut taken = Ok(());
        let callers = loop {
            match self.chunks.recv() {
                Ok(Chunk::Rows(table, rows)) => taken = taken.and_then(|()| transaction.append(table, rows)),
                Ok(Chunk::Commit(callers)) => break callers,
                Ok(Chunk::Abandon) => return true,
                Err(mpsc::RecvError) => return false,
            }
        };
        let is_founded = callers.failures == self.failures;
        let ended = if is_founded { taken.and_then(|()| transaction.commit()) } else { Err(fault::unfounded()) };
        drop(transaction);
        self.failures += usize::from(is_founded && ended.is_err());
        self.tell(&ended, callers);
        true
    }

    fn tell(&self, ended: &Result<()>, callers: Callers) {
        self.queued.fetch_sub(callers.rows, Ordering::AcqRel);
        if let Err(error) = ended {
            tracing::error!(error = error as &dyn std::error::Error, batches = callers.answers.len(), "a commit of the warehouse failed");
        }
        // Before the answers: who is answered and sends again is laid out knowing of it.
        let _gone = self.outcomes.send(ended.is_ok());
        for (answer, appended) in callers.answers {
            // Whoever has gone needs no answer; what they sent is kept all the same.
            let _gone = answer.send(ended.as_ref().map(|()| appended).map_err(fault::repeated));
        }
    }
}

impl<'connection> Transaction<'connection> {
    /// Nothing is begun before there are rows: on a quiet day nothing is to stay open.
    fn new(connection: &'connection Connection) -> Self {
        Self { connection, appenders: Vec::new(), is_begun: false }
    }

    fn append(&mut self, table: &'static str, rows: RecordBatch) -> Result<()> {
        if !self.is_begun {
            self.connection.execute_batch("BEGIN").map_err(unavailable)?;
            self.is_begun = true;
        }
        if self.appenders.iter().all(|(known, _)| *known != table) {
            self.appenders.push((table, self.connection.appender(table).map_err(failed)?));
        }
        let appender = self.appenders.iter_mut().find(|(known, _)| *known == table);
        appender.ok_or_else(|| fault::misfit(table))?.1.append_record_batch(rows).map_err(unavailable)
    }

    fn commit(&mut self) -> Result<()> {
        if !self.is_begun {
            return Ok(());
        }
        for (_, mut appender) in self.appenders.drain(..) {
            appender.flush().map_err(unavailable)?;
        }
        self.connection.execute_batch("COMMIT").map_err(unavailable)?;
        self.is_begun = false;
        Ok(())
    }
}

/// What was not committed is undone.
impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        self.appenders.clear();
        if self.is_begun {
            let _nothing_begun = self.connection.execute_batch("ROLLBACK");
        }
    }
}

#[cfg(test)]
mod tests {
    use duckdb::arrow::{
        array::Int32Array,
        datatypes::{DataType, Field, Schema},
    };

    use super::*;

    struct Home {
        keeper: Keeper,
        reading: Connection,
        queued: Arc<AtomicUsize>,
    }

    impl Home {
        fn new() -> Self {
            let connection = Connection::open_in_memory().unwrap();
            connection.execute_batch("CREATE TABLE kept (number INTEGER)").unwrap();
            let (reading, queued) = (connection.try_clone().unwrap(), Arc::new(AtomicUsize::new(100)));
            Self { keeper: Keeper::start(connection, Arc::clone(&queued)).unwrap(), reading, queued }
        }

        fn send(&self, table: &'static str, number: i32) {
            let schema = Schema::new(vec![Field::new("number", DataType::Int32, false)]);
            let rows = RecordBatch::try_new(Arc::new(schema), vec![Arc::new(Int32Array::from(vec![number]))]).unwrap();
            self.keeper.chunks().unwrap().send(Chunk::Rows(table, rows)).unwrap();
        }

        fn commit(&self, failures: usize) -> oneshot::Receiver<Result<Appended>> {
            let (answer, answered) = oneshot::channel();
            let callers = Callers { answers: vec![(answer, Appended { rows: 1, duplicates: 0 })], rows: 10, failures };
            self.keeper.chunks().unwrap().send(Chunk::Commit(callers)).unwrap();
            answered
        }

        fn kept(&self) -> Vec<i32> {
            let mut statement = self.reading.prepare("SELECT number FROM kept ORDER BY number").unwrap();
            statement.query_map([], |row| row.get(0)).unwrap().map(duckdb::Result::unwrap).collect()
        }
    }

    #[test]
    fn what_was_begun_on_the_word_of_a_commit_that_failed_is_refused_and_what_knows_of_it_is_kept() {
        let home = Home::new();
        let [before, failed, unfounded, after] = [("kept", 0), ("lost", 0), ("kept", 0), ("kept", 1)]
            .into_iter()
            .enumerate()
            .map(|(number, (table, failures))| {
                home.send(table, i32::try_from(number).unwrap());
                home.commit(failures)
            })
            .collect::<Vec<_>>()
            .try_into()
            .unwrap();
        assert_eq!([(); 4].map(|()| home.keeper.outcome()), [true, false, false, true]);
        assert!(before.blocking_recv().unwrap().is_ok() && failed.blocking_recv().unwrap().is_err());
        assert_eq!(unfounded.blocking_recv().unwrap().unwrap_err().code, Code::StorageUnavailable);
        assert_eq!(after.blocking_recv().unwrap().unwrap(), Appended { rows: 1, duplicates: 0 });
        assert_eq!((home.kept(), home.queued.load(Ordering::Acquire)), (vec![0, 3], 60));
    }

    #[test]
    fn what_is_abandoned_or_left_is_not_kept_and_leaves_nothing_open() {
        let home = Home::new();
        home.send("kept", 1);
        home.keeper.chunks().unwrap().send(Chunk::Abandon).unwrap();
        home.send("kept", 2);
        assert!(home.commit(0).blocking_recv().unwrap().is_ok());
        assert!(home.commit(0).blocking_recv().unwrap().is_ok(), "nothing to write is no failure");
        assert_eq!(home.kept(), [2]);
        home.send("kept", 3);
        let Home { keeper, reading, .. } = home;
        drop(keeper);
        assert_eq!(reading.query_row("SELECT count(*) FROM kept", [], |row| row.get::<_, u64>(0)).unwrap(), 1);
    }
}
