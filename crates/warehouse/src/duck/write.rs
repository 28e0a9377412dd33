//! The one thread that decides what is written. A commit takes whatever has queued meanwhile; there is no timer.
//!
//! It lays rows out in columns; [`Keeper`]'s thread gives them to DuckDB, in one transaction, and may still be ending the commit before.
//! DuckDB's commit returns after its log is flushed to disk, so that what was answered is there after a power cut.

mod tidy;

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use barker_domain::{Code, Day, Error, ProjectId, Result, clock::SharedClock};
use duckdb::{Connection, params};
use tokio::sync::oneshot;

use super::{
    DuckDbSettings,
    columns::Columns,
    derived::Deriving,
    error::{failed, unavailable},
    keep::{Answer, Callers, Chunk, Keeper},
    standings::Standings,
};
use crate::{
    fact::{Appended, Batch},
    fault,
    known::{Known, Slot},
    layout::{Layout, Sequence},
    schema,
};

/// Rows that end a commit; beyond it the callers at its front would wait too long. Two of DuckDB's row groups: what fills one is
/// written to the file once, compressed, and not to its log before.
const MAX_COMMIT_ROWS: usize = 2 * 122_880;
/// Commits that may be under way when one more is begun.
const MAX_UNDER_WAY: usize = 1;
/// How long replaced rows stay: questions look for them meanwhile.
const SWEPT_AFTER: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct Writer {
    tasks: Option<mpsc::Sender<Task>>,
    queued: Arc<AtomicUsize>,
    queued_rows: usize,
    thread: Option<JoinHandle<()>>,
}

/// What the thread is asked to do.
#[derive(Debug)]
pub(super) enum Task {
    Append { batch: Batch, rows: usize, answer: Answer<Appended> },
    Compact(Answer<u64>),
    RollUp { project_id: ProjectId, before_ms: i64, answer: Answer<u64> },
    RetainEvents { project_id: ProjectId, first: Day, answer: Answer<u64> },
    ForgetVisitor { project_id: ProjectId, client_id: String, answer: Answer<u64> },
    Close(Answer<()>),
}

struct Work {
    /// Reads what was committed, and tidies while nothing is being written.
    connection: Connection,
    keeper: Keeper,
    /// Commits under way, each with the turn of `known` at which it was begun.
    begun: VecDeque<u64>,
    /// How many times it was told that a commit failed, after which nothing is under way.
    failures: usize,
    known: Known,
    clock: SharedClock,
    seq: Sequence,
    queued: Arc<AtomicUsize>,
    standings: Arc<Standings>,
    deriving: Deriving,
    /// When replaced rows go, if there may be any.
    sweep_at: Option<Instant>,
    /// Not before.
    rested_at: Instant,
}

impl Writer {
    pub(super) fn start(
        connection: Connection,
        (settings, standings): (&DuckDbSettings, Arc<Standings>),
        clock: SharedClock,
    ) -> Result<Self> {
        let (tasks, queue) = mpsc::channel();
        let queued = Arc::new(AtomicUsize::new(0));
        let seq = Sequence::after(last_seq(&connection)?);
        let tidying = connection.try_clone().map_err(unavailable)?;
        let keeper = Keeper::start(connection, Arc::clone(&queued))?;
        let (known, begun) = (Known::new(settings.known_events), VecDeque::new());
        let mut work = Work {
            connection: tidying,
            keeper,
            begun,
            failures: 0,
            known,
            clock,
            seq,
            queued: Arc::clone(&queued),
            standings,
            deriving: Deriving::new(settings.memory_megabytes),
            sweep_at: None,
            rested_at: Instant::now(),
        };
        let thread = std::thread::Builder::new().name("warehouse".to_owned()).spawn(move || {
            let closed = work.go_on(&queue);
            // The file first, so that whoever waits may open it again.
            drop(work);
            let _gone = closed.map(|answer| answer.send(Ok(())));
        });
        let thread = thread.map_err(|error| Error::of(Code::Internal).caused_by(error))?;
        Ok(Self { tasks: Some(tasks), queued, queued_rows: settings.queued_rows, thread: Some(thread) })
    }

    pub(super) async fn append(&self, batch: Batch) -> Result<Appended> {
        batch.check()?;
        let rows = batch.row_count();
        if self.queued.fetch_add(rows, Ordering::AcqRel) > self.queued_rows {
            self.queued.fetch_sub(rows, Ordering::AcqRel);
            return Err(fault::too_many_waiting());
        }
        self.run(move |answer| Task::Append { batch, rows, answer }).await
    }

    pub(super) async fn run<T>(&self, task: impl FnOnce(Answer<T>) -> Task) -> Result<T> {
        let (answer, answered) = oneshot::channel();
        self.tasks.as_ref().ok_or_else(fault::closing)?.send(task(answer)).map_err(|_| fault::closing())?;
        answered.await.map_err(|_| fault::closing())?
    }
}

/// What has queued is still written.
impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.tasks.take());
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }
}

impl Work {
    /// Until nobody can ask any more, or somebody asks for the end; then answers who did.
    fn go_on(&mut self, queue: &mpsc::Receiver<Task>) -> Option<Answer<()>> {
        while let Some(first) = self.next(queue) {
            let (mut appends, mut rows) = (Vec::new(), 0);
            let mut next = Some(first);
            while let Some(task) = next {
                match task {
                    Task::Append { batch, rows: more, answer } => {
                        rows += more;
                        appends.push((batch, answer));
                    }
                    Task::Close(answer) => {
                        self.commit(appends, rows);
                        return Some(answer);
                    }
                    other => {
                        self.commit(std::mem::take(&mut appends), std::mem::take(&mut rows));
                        self.settle();
                        self.tidy(other);
                    }
                }
                next = if rows < MAX_COMMIT_ROWS { queue.try_recv().ok() } else { None };
            }
            self.commit(appends, rows);
        }
        None
    }

    /// Waits for somebody to ask, and sweeps when that is due.
    fn next(&mut self, queue: &mpsc::Receiver<Task>) -> Option<Task> {
        loop {
            if self.sweep_at.is_none() && !self.standings.due().is_empty() {
                self.sweep_at = Some(self.rested_at.max(Instant::now() + SWEPT_AFTER));
            }
            let Some(sweep_at) = self.sweep_at else { return queue.recv().ok() };
            let rest = sweep_at.saturating_duration_since(Instant::now());
            if rest.is_zero() {
                self.sweep_some();
                continue;
            }
            match queue.recv_timeout(rest) {
                Ok(task) => return Some(task),
                Err(mpsc::RecvTimeoutError::Disconnected) => return None,
                Err(mpsc::RecvTimeoutError::Timeout) => {}
            }
        }
    }

    /// All of them, or none. They are answered when it has ended, which is not waited for.
    fn commit(&mut self, appends: Vec<(Batch, Answer<Appended>)>, rows: usize) {
        if appends.is_empty() {
            return;
        }
        self.begin();
        let (batches, answers): (Vec<_>, Vec<_>) = appends.into_iter().unzip();
        let laid_out = self.keeper.chunks().and_then(|chunks| {
            let appended =
                lay_out(&batches, (&self.connection, &mut self.known, &mut self.seq, &self.standings), Columns::new(chunks.clone()))?;
            Ok((chunks, appended))
        });
        match laid_out {
            Ok((chunks, appended)) => {
                let answers = answers.into_iter().zip(appended).collect();
                let _gone = chunks.send(Chunk::Commit(Callers { answers, rows, failures: self.failures }));
            }
            Err(error) => self.abandon(&error, answers, rows),
        }
    }

    /// Another commit is under way.
    fn begin(&mut self) {
        let mut is_whole = true;
        while let Some(is_kept) = self.keeper.outcome_now() {
            is_whole &= is_kept;
            self.begun.pop_front();
        }
        while self.begun.len() > MAX_UNDER_WAY {
            is_whole &= self.keeper.outcome();
            self.begun.pop_front();
        }
        if !is_whole {
            self.start_anew();
        }
        self.begun.push_back(self.known.turn());
        self.known.committed_through(self.begun.front().copied().unwrap_or_default());
        self.seq.is_now(self.clock.now_ms());
    }

    /// Waits until nothing is under way.
    fn settle(&mut self) {
        let mut is_whole = true;
        while self.begun.pop_front().is_some() {
            is_whole &= self.keeper.outcome();
        }
        if !is_whole {
            self.start_anew();
        }
    }

    /// What is under way was founded on a commit that failed, and fails as well.
    fn start_anew(&mut self) {
        while self.begun.pop_front().is_some() {
            self.keeper.outcome();
        }
        self.failures += 1;
        self.known.forget_all();
    }

    /// What was taken for known has to be read again, once all that is under way is there to be read.
    fn abandon(&mut self, error: &Error, answers: Vec<Answer<Appended>>, rows: usize) {
        tracing::error!(error = error as &dyn std::error::Error, batches = answers.len(), "a commit of the warehouse was not laid out");
        let _gone = self.keeper.chunks().map(|chunks| chunks.send(Chunk::Abandon));
        self.begun.pop_back();
        self.settle();
        self.known.forget_all();
        self.queued.fetch_sub(rows, Ordering::AcqRel);
        for answer in answers {
            let _gone = answer.send(Err(fault::repeated(error)));
        }
    }
}

/// The rows of the batches, less events that are known.
fn lay_out(
    batches: &[Batch],
    (reading, known, seq, standings): (&Connection, &mut Known, &mut Sequence, &Standings),
    mut columns: Columns,
) -> Result<Vec<Appended>> {
    let mut layout = Layout::new(seq, &mut columns);
    let mut admit = |slot: Slot, event_id: &str| {
        if known.is_unseen(slot.0) {
            known.span(slot.0, days_of_events(reading, slot.0)?);
        }
        if known.is_unread(slot) {
            read_day(reading, slot, known)?;
        }
        Ok(known.admit(slot, event_id))
    };
    let mut add = |batch| {
        let appended = layout.add(batch, &mut admit)?;
        standings.come(batch.project_id, &batch.facts, layout.last_seq());
        Ok(appended)
    };
    let appended = batches.iter().map(&mut add).collect::<Result<Vec<_>>>()?;
    layout.finish()?;
    columns.finish()?;
    for batch in batches {
        standings.people_come(batch, seq.last());
    }
    Ok(appended)
}

/// The first and the last day with events of the project.
fn days_of_events(connection: &Connection, project_id: ProjectId) -> Result<Option<(i32, i32)>> {
    let text = "SELECT min(utc_day), max(utc_day) FROM events WHERE project_id = CAST(? AS UUID)";
    let days: (Option<i32>, Option<i32>) =
        connection.query_row(text, params![project_id.0], |row| Ok((row.get(0)?, row.get(1)?))).map_err(failed)?;
    Ok(days.0.zip(days.1))
}

fn read_day(connection: &Connection, slot: Slot, known: &mut Known) -> Result<()> {
    let text = "SELECT event_id FROM events WHERE project_id = CAST(? AS UUID) AND utc_day = ?";
    let mut statement = connection.prepare_cached(text).map_err(failed)?;
    let ids = statement.query_map(params![slot.0.0, slot.1], |row| row.get::<_, String>(0)).map_err(failed)?;
    let ids = ids.collect::<duckdb::Result<Vec<_>>>().map_err(failed)?;
    known.learn(slot, ids.iter().map(String::as_str));
    Ok(())
}

fn last_seq(connection: &Connection) -> Result<i64> {
    let tables = schema::tables();
    let parts: Vec<_> = tables.iter().map(|table| format!("SELECT max(seq) AS seq FROM {}", table.name)).collect();
    let text = format!("SELECT coalesce(max(seq), 0) FROM ({})", parts.join(" UNION ALL "));
    connection.query_row(&text, [], |row| row.get(0)).map_err(failed)
}
