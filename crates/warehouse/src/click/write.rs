//! The one task that writes. A commit takes whatever has queued while the previous one ran; there is no timer.
//!
//! A commit is one insert for each table, the switch of loads last. One whose answer got lost is sent again with the same token.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use barker_domain::{Code, Day, Error, ProjectId, Result, clock::SharedClock};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::{ClickHouseSettings, dialect::DIALECT, http::Http, row_binary::Encoded};
use crate::{
    cell::Cell,
    fact::{Appended, Batch},
    fault,
    known::{Known, Slot},
    layout::{self, Layout, Sequence},
    schema, sql,
};

/// Most rows of one commit: fewer than one block of the server, so that an insert is there whole or not at all.
const MAX_COMMIT_ROWS: usize = 100_000;
/// How often an insert is sent while its answer gets lost, and the pause between.
const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_millis(500);
const DAY_MS: i64 = 86_400_000;

type Answer<T> = oneshot::Sender<Result<T>>;

#[derive(Debug)]
pub(super) struct Writer {
    tasks: mpsc::UnboundedSender<Task>,
    queued: Arc<AtomicUsize>,
    queued_rows: usize,
}

/// What the task is asked to do.
#[derive(Debug)]
pub(super) enum Task {
    Append {
        batch: Batch,
        rows: usize,
        answer: Answer<Appended>,
    },
    Compact(Answer<u64>),
    RollUp {
        project_id: ProjectId,
        before_ms: i64,
        answer: Answer<u64>,
    },
    RetainEvents {
        project_id: ProjectId,
        first: Day,
        answer: Answer<u64>,
    },
    ForgetVisitor {
        project_id: ProjectId,
        client_id: String,
        answer: Answer<u64>,
    },
    /// The last number given out; nothing is swept until the other half is let go.
    Export(Answer<(i64, Arc<()>)>),
    Close(Answer<()>),
}

struct Work {
    http: Http,
    known: Known,
    clock: SharedClock,
    seq: Sequence,
    queued: Arc<AtomicUsize>,
    /// Exports under way hold it as well.
    exports: Arc<()>,
}

impl Writer {
    pub(super) async fn start(http: Http, settings: &ClickHouseSettings, clock: SharedClock) -> Result<Self> {
        let (tasks, queue) = mpsc::unbounded_channel();
        let queued = Arc::new(AtomicUsize::new(0));
        let seq = Sequence::after(last_seq(&http).await?);
        let work = Work { http, known: Known::new(settings.known_events), clock, seq, queued: Arc::clone(&queued), exports: Arc::new(()) };
        // It ends after what has queued is written, once nobody can send it anything more.
        tokio::spawn(work.go_on(queue));
        Ok(Self { tasks, queued, queued_rows: settings.queued_rows })
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
        self.tasks.send(task(answer)).map_err(|_| fault::closing())?;
        answered.await.map_err(|_| fault::closing())?
    }
}

impl Work {
    async fn go_on(mut self, mut queue: mpsc::UnboundedReceiver<Task>) {
        let mut waiting = VecDeque::new();
        while let Some(first) = queue.recv().await {
            waiting.push_back(first);
            while let Ok(task) = queue.try_recv() {
                waiting.push_back(task);
            }
            while let Some(task) = waiting.pop_front() {
                match task {
                    Task::Append { batch, rows, answer } => self.commit((batch, rows, answer), &mut waiting).await,
                    // Whoever has gone lets go of both.
                    Task::Export(answer) => _ = answer.send(Ok((self.seq.last(), Arc::clone(&self.exports)))),
                    Task::Close(answer) => {
                        // Who asked later is refused.
                        queue.close();
                        _ = answer.send(Ok(()));
                        return;
                    }
                    other => self.tidy(other).await,
                }
            }
        }
    }

    async fn tidy(&mut self, task: Task) {
        let (done, answer) = match task {
            Task::Append { .. } | Task::Export(_) | Task::Close(_) => return,
            // They come again.
            Task::Compact(answer) | Task::RetainEvents { answer, .. } if Arc::strong_count(&self.exports) > 1 => (Ok(0), answer),
            Task::Compact(answer) => (self.compact().await, answer),
            Task::RollUp { project_id, before_ms, answer } => (self.roll_up(project_id, before_ms).await, answer),
            Task::RetainEvents { project_id, first, answer } => (self.retain(project_id, first).await, answer),
            Task::ForgetVisitor { project_id, client_id, answer } => (self.forget(project_id, client_id).await, answer),
        };
        let _gone = answer.send(done);
    }

    /// The first one and the appends that wait right behind it.
    async fn commit(&mut self, (first, mut rows, answer): (Batch, usize, Answer<Appended>), waiting: &mut VecDeque<Task>) {
        let (mut batches, mut answers) = (vec![first], vec![answer]);
        while rows < MAX_COMMIT_ROWS && matches!(waiting.front(), Some(Task::Append { .. })) {
            let Some(Task::Append { batch, rows: more, answer }) = waiting.pop_front() else { break };
            rows += more;
            batches.push(batch);
            answers.push(answer);
        }
        match self.write(&batches).await {
            Ok(appended) => {
                for (answer, appended) in answers.into_iter().zip(appended) {
                    // Whoever has gone needs no answer; what they sent is kept all the same.
                    let _gone = answer.send(Ok(appended));
                }
            }
            Err(error) => self.refuse(&error, answers),
        }
        self.queued.fetch_sub(rows, Ordering::AcqRel);
    }

    fn refuse(&mut self, error: &Error, answers: Vec<Answer<Appended>>) {
        tracing::error!(error = error as &dyn std::error::Error, batches = answers.len(), "a commit of the warehouse failed");
        self.known.forget_all();
        for answer in answers {
            let _gone = answer.send(Err(Error::new(error.code, error.detail.clone())));
        }
    }

    async fn write(&mut self, batches: &[Batch]) -> Result<Vec<Appended>> {
        self.known.begin_commit();
        for slot in batches.iter().flat_map(layout::slots) {
            if self.known.is_unseen(slot.0) {
                self.read_days(slot.0).await?;
            }
            if self.known.is_unread(slot) {
                self.read_day(slot).await?;
            }
        }
        let (appended, mut encoded) = self.lay_out(batches)?;
        let token = Uuid::now_v7();
        // In the order of the schema, but loads are switched when their rows are there.
        let (switch, first): (Vec<_>, Vec<_>) = schema::tables().into_iter().partition(|table| table.name == "loads");
        for table in first.iter().chain(&switch) {
            if let Some(rows) = encoded.tables.remove(table.name) {
                self.insert(table.name, rows, &format!("{token} {}", table.name)).await?;
            }
        }
        Ok(appended)
    }

    fn lay_out(&mut self, batches: &[Batch]) -> Result<(Vec<Appended>, Encoded)> {
        self.seq.is_now(self.clock.now_ms());
        let mut encoded = Encoded::default();
        let mut layout = Layout::new(&mut self.seq, &mut encoded);
        let known = &mut self.known;
        let mut admit = |slot, event_id: &str| Ok(known.admit(slot, event_id));
        let appended = batches.iter().map(|batch| layout.add(batch, &mut admit)).collect::<Result<Vec<_>>>()?;
        layout.finish()?;
        Ok((appended, encoded))
    }

    async fn insert(&self, table: &str, rows: Vec<u8>, token: &str) -> Result<()> {
        let mut attempt = 1;
        loop {
            match self.http.insert(table, rows.clone(), token).await {
                Err(error) if error.code == Code::StorageUnavailable && attempt < ATTEMPTS => {
                    attempt += 1;
                    tokio::time::sleep(PAUSE).await;
                }
                other => return other,
            }
        }
    }

    async fn read_days(&mut self, project_id: ProjectId) -> Result<()> {
        let text = "SELECT min(utc_day), max(utc_day), count() FROM events WHERE project_id = {p1:UUID}";
        let rows = self.http.ask(text, &[Cell::Uuid(project_id.0)]).await?;
        let number = |place: usize| rows.first().and_then(|row| row.get(place)).and_then(|text| text.parse::<i32>().ok());
        let days = number(0).zip(number(1));
        // Without events both are 0.
        let is_empty = rows.first().and_then(|row| row.get(2)).is_none_or(|count| count == "0");
        self.known.span(project_id, days.filter(|_| !is_empty));
        Ok(())
    }

    async fn read_day(&mut self, slot: Slot) -> Result<()> {
        let text = "SELECT event_id FROM events WHERE project_id = {p1:UUID} AND utc_day = {p2:Int32}";
        let rows = self.http.ask(text, &[Cell::Uuid(slot.0.0), Cell::Integer(slot.1)]).await?;
        self.known.learn(slot, rows.iter().filter_map(|row| row.first()).map(String::as_str));
        Ok(())
    }

    async fn retain(&mut self, project_id: ProjectId, first: Day) -> Result<u64> {
        self.known.forget_all();
        let (hours, first_ms) = ("project_id = {p1:UUID} AND hour_ms < {p2:Int64}", i64::from(first.0) * DAY_MS);
        self.delete("event_hours", hours, &[Cell::Uuid(project_id.0), Cell::Big(first_ms)]).await?;
        let which = "project_id = {p1:UUID} AND utc_day < {p2:Int32}";
        self.delete("events", which, &[Cell::Uuid(project_id.0), Cell::Integer(first.0)]).await
    }

    /// Hours whose line is not there, because a call broke off between the two, are never read.
    async fn roll_up(&self, project_id: ProjectId, before_ms: i64) -> Result<u64> {
        let after = last_seq_of(&self.http, "rollups", project_id).await?;
        let through = before_ms.saturating_mul(1_000).min(self.seq.last());
        if through <= after {
            return Ok(0);
        }
        let load_id = Uuid::now_v7();
        for (text, cells) in sql::roll_up(DIALECT, project_id.0, load_id, (after, through)) {
            self.http.run(&text, &cells).await?;
        }
        self.count("event_hours", "project_id = {p1:UUID} AND load_id = {p2:UUID}", &[Cell::Uuid(project_id.0), Cell::Uuid(load_id)]).await
    }

    /// Identities last: a call that broke off between the two is made again by whoever asked.
    async fn forget(&self, project_id: ProjectId, client_id: String) -> Result<u64> {
        let (which, who) = ("project_id = {p1:UUID} AND client_id = {p2:String}", [Cell::Uuid(project_id.0), Cell::Text(client_id.into())]);
        let rows = self.count("events", which, &who).await?;
        if rows > 0 {
            self.http.run(&format!("ALTER TABLE events UPDATE {} WHERE {which}", schema::NOBODY), &who).await?;
        }
        self.delete("identities", which, &who).await?;
        Ok(rows)
    }

    async fn compact(&self) -> Result<u64> {
        let current = "SELECT project_id, source, account, level, day, argMax(load_id, seq) FROM loads GROUP BY project_id, source, account, level, day";
        let latest = "SELECT max(seq) FROM loads GROUP BY project_id, source, account, level, day";
        let known_later = "SELECT argMax(seq, (seen_at_ms, user_key, seq)) FROM identities GROUP BY project_id, client_id";
        let mut rows = 0;
        for (table, which) in [
            ("ad_spend", format!("(project_id, source, account, level, day, load_id) NOT IN ({current})")),
            ("web_sessions_daily", format!("(project_id, source, account, toInt32(4), day, load_id) NOT IN ({current})")),
            ("loads", format!("seq NOT IN ({latest})")),
            ("identities", format!("seq NOT IN ({known_later})")),
        ] {
            rows += self.delete(table, &which, &[]).await?;
        }
        Ok(rows)
    }

    async fn delete(&self, table: &str, which: &str, cells: &[Cell<'_>]) -> Result<u64> {
        let count = self.count(table, which, cells).await?;
        if count > 0 {
            self.http.run(&format!("DELETE FROM {table} WHERE {which}"), cells).await?;
        }
        Ok(count)
    }

    async fn count(&self, table: &str, which: &str, cells: &[Cell<'_>]) -> Result<u64> {
        let counted = self.http.ask(&format!("SELECT count() FROM {table} WHERE {which}"), cells).await?;
        Ok(counted.first().and_then(|row| row.first()?.parse().ok()).unwrap_or(0))
    }
}

/// The greatest `seq` of the table in the project, else 0.
pub(super) async fn last_seq_of(http: &Http, table: &str, project_id: ProjectId) -> Result<i64> {
    let rows = http.ask(&format!("{}{{p1:UUID}}", sql::last_seq(table)), &[Cell::Uuid(project_id.0)]).await?;
    Ok(rows.first().and_then(|row| row.first()?.parse().ok()).unwrap_or(0))
}

async fn last_seq(http: &Http) -> Result<i64> {
    let tables = schema::tables();
    let parts: Vec<_> = tables.iter().map(|table| format!("SELECT max(seq) AS seq FROM {}", table.name)).collect();
    let rows = http.ask(&format!("SELECT max(seq) FROM ({}) every", parts.join(" UNION ALL ")), &[]).await?;
    Ok(rows.first().and_then(|row| row.first()?.parse().ok()).unwrap_or(0))
}
