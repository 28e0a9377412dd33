//! What a commit writes: batches as rows of tables, one after the other. The same for both engines.
//!
//! Events that name a visitor and a person say who the visitor is: they bring rows of `identities` along.

use std::collections::HashMap;

use barker_domain::{ProjectId, Result};

use crate::{
    cell::{self, Cell},
    fact::{Appended, Batch, Event, Facts, Identity},
    known::Slot,
};

/// What takes the rows of a commit.
pub(crate) trait Sink {
    /// A row of the table, its cells in the order of the columns.
    fn put(&mut self, table: &'static str, row: &[Cell<'_>]) -> Result<()>;
}

#[derive(Debug)]
pub(crate) struct Layout<'batch, 'commit, S> {
    seq: &'commit mut Sequence,
    sink: &'commit mut S,
    /// When each visitor was seen last as each person.
    seen_at_ms: HashMap<(ProjectId, &'batch str, &'batch str), i64>,
}

/// Counts rows: every one is greater than all before, also when the clock is set back.
#[derive(Debug)]
pub(crate) struct Sequence {
    last: i64,
    now_micros: i64,
}

impl Sequence {
    pub(crate) fn after(last: i64) -> Self {
        Self { last, now_micros: last }
    }

    /// What comes from now on has come at this time.
    pub(crate) fn is_now(&mut self, now_ms: i64) {
        self.now_micros = now_ms.saturating_mul(1_000);
    }

    /// The last one that was given.
    pub(crate) fn last(&self) -> i64 {
        self.last
    }

    fn next(&mut self) -> i64 {
        self.last = (self.last + 1).max(self.now_micros);
        self.last
    }
}

/// The project's days that events of the batch occurred on, each once.
pub(crate) fn slots(batch: &Batch) -> Vec<Slot> {
    let Facts::Events(events) = &batch.facts else { return Vec::new() };
    let mut days: Vec<_> = events.iter().map(|event| (batch.project_id, cell::utc_day(event.occurred_at_ms))).collect();
    days.sort_unstable();
    days.dedup();
    days
}

impl<'batch, 'commit, S: Sink> Layout<'batch, 'commit, S> {
    pub(crate) fn new(seq: &'commit mut Sequence, sink: &'commit mut S) -> Self {
        Self { seq, sink, seen_at_ms: HashMap::new() }
    }

    /// `admit` says whether an event is new.
    pub(crate) fn add(&mut self, batch: &'batch Batch, admit: &mut dyn FnMut(Slot, &str) -> Result<bool>) -> Result<Appended> {
        let project = batch.project_id;
        let mut appended = Appended::default();
        match &batch.facts {
            Facts::Events(all) => {
                for event in all {
                    if admit((project, cell::utc_day(event.occurred_at_ms)), &event.event_id)? {
                        self.put("events", |seq| cell::of_event(project, event, seq))?;
                        self.sight(project, event);
                        appended.rows += 1;
                    } else {
                        appended.duplicates += 1;
                    }
                }
                return Ok(appended);
            }
            Facts::Spend(load) => {
                load.rows.iter().try_for_each(|row| self.put("ad_spend", |seq| cell::of_spend(project, load, row, seq)))?;
                load.days.0.through(load.days.1).try_for_each(|day| self.put("loads", |seq| cell::of_load(project, load, day.0, seq)))?;
            }
            Facts::WebSessions(load) => {
                load.rows.iter().try_for_each(|row| self.put("web_sessions_daily", |seq| cell::of_sessions(project, load, row, seq)))?;
                load.days
                    .0
                    .through(load.days.1)
                    .try_for_each(|day| self.put("loads", |seq| cell::of_sessions_load(project, load, day.0, seq)))?;
            }
            Facts::Identities(all) => all.iter().try_for_each(|row| self.put("identities", |seq| cell::of_identity(project, row, seq)))?,
            Facts::Orders(all) => all.iter().try_for_each(|row| self.put("orders", |seq| cell::of_order(project, row, seq)))?,
            Facts::OrderItems(all) => {
                all.iter().try_for_each(|row| self.put("order_items", |seq| cell::of_order_item(project, row, seq)))?;
            }
            Facts::Products(all) => all.iter().try_for_each(|row| self.put("products", |seq| cell::of_product(project, row, seq)))?,
            Facts::Refunds(all) => all.iter().try_for_each(|row| self.put("refunds", |seq| cell::of_refund(project, row, seq)))?,
            Facts::Deals(all) => all.iter().try_for_each(|row| self.put("deals", |seq| cell::of_deal(project, row, seq)))?,
            Facts::Rates(all) => all.iter().try_for_each(|row| self.put("currency_rates", |seq| cell::of_rate(project, row, seq)))?,
        }
        appended.rows = batch.row_count() as u64;
        Ok(appended)
    }

    /// Of the row that came last.
    pub(crate) fn last_seq(&self) -> i64 {
        self.seq.last()
    }

    /// What the events said about people.
    pub(crate) fn finish(mut self) -> Result<()> {
        for ((project, client_id, user_key), seen_at_ms) in std::mem::take(&mut self.seen_at_ms) {
            let identity = Identity { client_id: client_id.to_owned(), user_key: user_key.to_owned(), seen_at_ms };
            self.put("identities", |seq| cell::of_identity(project, &identity, seq))?;
        }
        Ok(())
    }

    fn put<'row>(&mut self, table: &'static str, row: impl FnOnce(i64) -> Vec<Cell<'row>>) -> Result<()> {
        let row = row(self.seq.next());
        self.sink.put(table, &row)
    }

    fn sight(&mut self, project: ProjectId, event: &'batch Event) {
        if event.client_id.is_empty() || event.user_key.is_empty() {
            return;
        }
        let seen = self.seen_at_ms.entry((project, &event.client_id, &event.user_key)).or_insert(event.occurred_at_ms);
        *seen = event.occurred_at_ms.max(*seen);
    }
}
