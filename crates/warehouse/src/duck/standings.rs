//! What is known of each project's rows without reading them, so that a question need not look for what is not there.
//!
//! Two things are kept: which `seq` came last to a table, raised before its row is committed, and through which `seq` replaced rows are
//! gone, said after that was committed. A question takes the second before it begins and the first once its moment is fixed: whatever it
//! sees has been raised by then, and whatever was said to be gone is gone.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use barker_domain::{ProjectId, Result};
use duckdb::Connection;
use uuid::Uuid;

use super::{error::failed, sources::Sources};
use crate::{
    fact::{Batch, Event, Facts},
    sql::{Derived, Standing, Swept},
};

/// Tables that are told apart by whether a project has anything in them, or by whether what they have was swept.
const TABLES: [Told; 6] = [Told::Orders, Told::Refunds, Told::Deals, Told::Loads, Told::Rates, Told::Identities];

/// Those whose replaced rows are swept.
const SWEPT: [Told; 4] = [Told::Orders, Told::Refunds, Told::Deals, Told::Loads];

/// A table of facts that replace each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    Orders,
    Refunds,
    Deals,
    Loads,
    Rates,
    Identities,
}

/// Of all projects.
#[derive(Debug)]
pub(super) struct Standings {
    projects: Mutex<HashMap<ProjectId, Rows>>,
    sources: Sources,
}

/// Of one project.
#[derive(Debug, Clone, Default)]
pub(super) struct Rows {
    /// The `seq` that came last to each table; 0: none did.
    last: [i64; TABLES.len()],
    swept: Option<(i64, Arc<Swept>)>,
}

/// What a question's moment shows of the marks themselves.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    /// Events are counted up through this `seq`; 0: none are.
    pub(super) rolled_through: i64,
    /// What is derived is of this `seq`; 0: nothing is.
    pub(super) derived_through: i64,
}

impl Told {
    pub(super) fn table(self) -> &'static str {
        match self {
            Self::Orders => "orders",
            Self::Refunds => "refunds",
            Self::Deals => "deals",
            Self::Loads => "loads",
            Self::Rates => "currency_rates",
            Self::Identities => "identities",
        }
    }

    fn of(facts: &Facts) -> Option<Self> {
        match facts {
            Facts::Orders(_) => Some(Self::Orders),
            Facts::Refunds(_) => Some(Self::Refunds),
            Facts::Deals(_) => Some(Self::Deals),
            Facts::Spend(_) | Facts::WebSessions(_) => Some(Self::Loads),
            Facts::Rates(_) => Some(Self::Rates),
            Facts::Identities(_) => Some(Self::Identities),
            Facts::Events(_) | Facts::OrderItems(_) | Facts::Products(_) => None,
        }
    }
}

impl Rows {
    pub(super) fn last(&self, table: Told) -> i64 {
        self.last[table as usize]
    }

    /// Through which `seq` it was swept; 0: never.
    pub(super) fn swept_through(&self) -> i64 {
        self.swept.as_ref().map_or(0, |(through, _)| *through)
    }

    pub(super) fn swept(&self) -> Option<&Arc<Swept>> {
        self.swept.as_ref().map(|(_, swept)| swept)
    }

    /// Whether something has come to one of the tables since.
    pub(super) fn has_come(&self, tables: &[Told]) -> bool {
        tables.iter().any(|it| self.last(*it) > self.swept_through())
    }

    /// Whether something that replaces other rows has come since.
    pub(super) fn is_replaced(&self) -> bool {
        self.has_come(&SWEPT)
    }

    /// Whether something that replaces other rows or tells who somebody is has come since.
    pub(super) fn is_due(&self) -> bool {
        self.swept.is_none() || self.is_replaced() || self.has_come(&[Told::Identities])
    }

    /// `self` as it was before the question began, `now` since its moment is fixed, which shows `seen`.
    pub(super) fn standing(&self, now: &Self, seen: Seen) -> Standing {
        let is_whole = |through: i64| now.swept_through() == through && SWEPT.iter().all(|it| now.last(*it) <= through);
        let swept = self.swept.as_ref().filter(|(through, _)| is_whole(*through));
        let derived = swept.filter(|(through, _)| *through == seen.derived_through);
        Standing {
            rolled_through: seen.rolled_through,
            has_rates: now.last(Told::Rates) > 0,
            has_refunds: now.last(Told::Refunds) > 0,
            has_deals: now.last(Told::Deals) > 0,
            swept: swept.map(|(_, swept)| Arc::clone(swept)),
            derived: derived.map(|(through, _)| Derived { through: *through, is_somebody_later: now.last(Told::Identities) > *through }),
        }
    }
}

impl Standings {
    /// Reads what came last.
    pub(super) fn read(connection: &Connection) -> Result<Self> {
        let mut projects = HashMap::<ProjectId, Rows>::new();
        for table in TABLES {
            let text = format!("SELECT project_id, max(seq) FROM {} GROUP BY project_id", table.table());
            let mut statement = connection.prepare(&text).map_err(failed)?;
            let rows = statement.query_map([], |row| Ok((row.get::<_, Uuid>(0)?, row.get(1)?))).map_err(failed)?;
            for row in rows {
                let (project, seq) = row.map_err(failed)?;
                projects.entry(ProjectId(project)).or_default().last[table as usize] = seq;
            }
        }
        Ok(Self { projects: Mutex::new(projects), sources: Sources::default() })
    }

    /// What is known of the sources of events.
    pub(super) fn sources(&self) -> &Sources {
        &self.sources
    }

    pub(super) fn of(&self, project_id: ProjectId) -> Rows {
        self.projects().get(&project_id).cloned().unwrap_or_default()
    }

    /// Before these facts, the last of which has that `seq`, are committed.
    pub(super) fn come(&self, project_id: ProjectId, facts: &Facts, seq: i64) {
        if let Some(table) = Told::of(facts) {
            self.projects().entry(project_id).or_default().last[table as usize] = seq;
        }
    }

    /// Before what events say of people is committed, the last of it with that `seq`.
    pub(super) fn people_come(&self, batch: &Batch, seq: i64) {
        let is_told = |event: &Event| !event.client_id.is_empty() && !event.user_key.is_empty();
        if matches!(&batch.facts, Facts::Events(events) if events.iter().any(is_told)) {
            self.projects().entry(batch.project_id).or_default().last[Told::Identities as usize] = seq;
        }
    }

    /// After that was committed.
    pub(super) fn swept(&self, project_id: ProjectId, through: i64, swept: Swept) {
        self.projects().entry(project_id).or_default().swept = Some((through, Arc::new(swept)));
    }

    /// Nothing is known of what is there any more, before it changes in another way than by coming.
    pub(super) fn unswept(&self, project_id: ProjectId) {
        self.projects().entry(project_id).or_default().swept = None;
    }

    /// The projects in which something may have been replaced.
    pub(super) fn due(&self) -> Vec<ProjectId> {
        self.projects().iter().filter(|(_, rows)| rows.is_due()).map(|(project_id, _)| *project_id).collect()
    }

    fn projects(&self) -> MutexGuard<'_, HashMap<ProjectId, Rows>> {
        self.projects.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
