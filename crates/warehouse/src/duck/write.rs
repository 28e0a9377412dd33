//! The one thread that writes. A commit takes whatever has queued while the previous one ran; there is no timer.
//!
//! DuckDB's commit returns after its log is flushed to disk, so that what was answered is there after a power cut.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread::JoinHandle,
};

use barker_domain::{Code, Day, Error, ProjectId, Result, clock::SharedClock};
use duckdb::{Connection, appender_params_from_iter, params};
use tokio::sync::oneshot;

use super::{
    DuckDbSettings,
    error::{closing, failed, unavailable},
    known::Known,
};
use crate::{
    cell::{self, Cell},
    fact::{Appended, Batch, Facts},
    schema,
};

/// Most rows of one commit; beyond it the callers at its front would wait too long.
const MAX_COMMIT_ROWS: usize = 100_000;

type Answer<T> = oneshot::Sender<Result<T>>;

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
    RetainEvents { project_id: ProjectId, first: Day, answer: Answer<u64> },
    Close(Answer<()>),
}

struct Work {
    connection: Connection,
    known: Known,
    clock: SharedClock,
    last_seq: i64,
    queued: Arc<AtomicUsize>,
}

/// Rows of one commit by table.
type Rows = HashMap<&'static str, Vec<Vec<Cell>>>;

impl Writer {
    pub(super) fn start(connection: Connection, settings: &DuckDbSettings, clock: SharedClock) -> Result<Self> {
        let (tasks, queue) = mpsc::channel();
        let queued = Arc::new(AtomicUsize::new(0));
        let last_seq = last_seq(&connection)?;
        let mut work = Work { connection, known: Known::new(settings.known_events), clock, last_seq, queued: Arc::clone(&queued) };
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
            return Err(Error::new(Code::Busy, "more rows wait to be written than are accepted"));
        }
        self.run(move |answer| Task::Append { batch, rows, answer }).await
    }

    pub(super) async fn run<T>(&self, task: impl FnOnce(Answer<T>) -> Task) -> Result<T> {
        let (answer, answered) = oneshot::channel();
        self.tasks.as_ref().ok_or_else(closing)?.send(task(answer)).map_err(|_| closing())?;
        answered.await.map_err(|_| closing())?
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
        while let Ok(first) = queue.recv() {
            let mut appends = Vec::new();
            let mut rows = 0;
            let mut next = Some(first);
            while let Some(task) = next {
                match task {
                    Task::Append { batch, rows: more, answer } => {
                        rows += more;
                        appends.push((batch, answer));
                    }
                    Task::Close(answer) => {
                        self.commit(appends);
                        return Some(answer);
                    }
                    other => {
                        self.commit(std::mem::take(&mut appends));
                        self.queued.fetch_sub(std::mem::take(&mut rows), Ordering::AcqRel);
                        self.tidy(other);
                    }
                }
                next = if rows < MAX_COMMIT_ROWS { queue.try_recv().ok() } else { None };
            }
            self.commit(appends);
            self.queued.fetch_sub(rows, Ordering::AcqRel);
        }
        None
    }

    /// All of them, or none.
    fn commit(&mut self, appends: Vec<(Batch, Answer<Appended>)>) {
        if appends.is_empty() {
            return;
        }
        let (batches, answers): (Vec<_>, Vec<_>) = appends.into_iter().unzip();
        match self.write(&batches) {
            Ok(appended) => {
                for (answer, appended) in answers.into_iter().zip(appended) {
                    // Whoever has gone needs no answer; what they sent is kept all the same.
                    let _gone = answer.send(Ok(appended));
                }
            }
            Err(error) => self.undo(&error, answers),
        }
    }

    fn undo(&mut self, error: &Error, answers: Vec<Answer<Appended>>) {
        tracing::error!(error = error as &dyn std::error::Error, batches = answers.len(), "a commit of the warehouse failed");
        self.known.forget_all();
        let _nothing_begun = self.connection.execute_batch("ROLLBACK");
        for answer in answers {
            let _gone = answer.send(Err(Error::new(error.code, error.detail.clone())));
        }
    }

    fn write(&mut self, batches: &[Batch]) -> Result<Vec<Appended>> {
        self.known.begin_commit();
        let mut rows = Rows::new();
        let appended = batches.iter().map(|batch| self.lay_out(batch, &mut rows)).collect::<Result<Vec<_>>>()?;
        self.connection.execute_batch("BEGIN").map_err(unavailable)?;
        for (table, rows) in &rows {
            let mut appender = self.connection.appender(table).map_err(failed)?;
            for row in rows {
                appender.append_row(appender_params_from_iter(row)).map_err(failed)?;
            }
            appender.flush().map_err(unavailable)?;
        }
        self.connection.execute_batch("COMMIT").map_err(unavailable)?;
        Ok(appended)
    }

    fn lay_out(&mut self, batch: &Batch, rows: &mut Rows) -> Result<Appended> {
        let project = batch.project_id;
        let mut appended = Appended::default();
        let mut put = |table, cells| {
            rows.entry(table).or_default().push(cells);
            appended.rows += 1;
        };
        match &batch.facts {
            Facts::Spend(load) => {
                for row in &load.rows {
                    put("ad_spend", cell::of_spend(project, load, row, self.next_seq()));
                }
                for day in load.days.0.through(load.days.1) {
                    put("loads", cell::of_load(project, load, day.0, self.next_seq()));
                }
            }
            Facts::Identities(all) => all.iter().for_each(|row| put("identities", cell::of_identity(project, row, self.next_seq()))),
            Facts::Orders(all) => all.iter().for_each(|row| put("orders", cell::of_order(project, row, self.next_seq()))),
            Facts::Refunds(all) => all.iter().for_each(|row| put("refunds", cell::of_refund(project, row, self.next_seq()))),
            Facts::Deals(all) => all.iter().for_each(|row| put("deals", cell::of_deal(project, row, self.next_seq()))),
            Facts::Rates(all) => all.iter().for_each(|row| put("currency_rates", cell::of_rate(project, row, self.next_seq()))),
            Facts::Events(all) => {
                let mut duplicates = 0;
                for event in all {
                    let slot = (project, cell::utc_day(event.occurred_at_ms));
                    if self.known.admit(&self.connection, slot, &event.event_id)? {
                        put("events", cell::of_event(project, event, self.next_seq()));
                    } else {
                        duplicates += 1;
                    }
                }
                appended.duplicates = duplicates;
            }
        }
        Ok(appended)
    }

    fn tidy(&mut self, task: Task) {
        let (done, answer) = match task {
            Task::Append { .. } | Task::Close(_) => return,
            Task::Compact(answer) => (self.compact(), answer),
            Task::RetainEvents { project_id, first, answer } => {
                self.known.forget_all();
                let text = "DELETE FROM events WHERE project_id = CAST(? AS UUID) AND utc_day < ?";
                (self.connection.execute(text, params![project_id.0, first.0]).map_err(unavailable), answer)
            }
        };
        let _gone = answer.send(done.map(|rows| rows as u64));
    }

    fn compact(&self) -> Result<usize> {
        let rank = "row_number() OVER (PARTITION BY project_id, source, account, level, day ORDER BY seq DESC)";
        let spend = format!(
            "DELETE FROM ad_spend s WHERE NOT EXISTS (
                SELECT 1 FROM (SELECT * FROM loads QUALIFY {rank} = 1) c
                WHERE s.project_id = c.project_id AND s.source = c.source AND s.account = c.account AND s.level = c.level AND s.day = c.day
                    AND s.load_id = c.load_id)"
        );
        let loads = format!("DELETE FROM loads WHERE seq NOT IN (SELECT seq FROM loads QUALIFY {rank} = 1)");
        let run = || -> duckdb::Result<usize> {
            self.connection.execute_batch("BEGIN")?;
            let rows = self.connection.execute(&spend, [])? + self.connection.execute(&loads, [])?;
            self.connection.execute_batch("COMMIT; CHECKPOINT")?;
            Ok(rows)
        };
        run().map_err(|error| {
            let _nothing_begun = self.connection.execute_batch("ROLLBACK");
            unavailable(error)
        })
    }

    /// Greater than every one before, also when the clock is set back.
    fn next_seq(&mut self) -> i64 {
        self.last_seq = (self.last_seq + 1).max(self.clock.now_ms().saturating_mul(1_000));
        self.last_seq
    }
}

fn last_seq(connection: &Connection) -> Result<i64> {
    let tables = schema::tables();
    let parts: Vec<_> = tables.iter().map(|table| format!("SELECT max(seq) AS seq FROM {}", table.name)).collect();
    let text = format!("SELECT coalesce(max(seq), 0) FROM ({})", parts.join(" UNION ALL "));
    connection.query_row(&text, [], |row| row.get(0)).map_err(failed)
}
