//! Which events are known already: a bounded memory of whole days, read from the table when a day is first touched.
//!
//! An event's id is kept as 128 bits of a hash whose keys are drawn at every start, so that nobody can send two ids
//! that are taken for one.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher, RandomState},
};

use barker_domain::{ProjectId, Result};
use duckdb::{Connection, params};

use super::error::failed;

type Slot = (ProjectId, i32);

#[derive(Debug)]
pub(super) struct Known {
    keys: (RandomState, RandomState),
    days: HashMap<Slot, Day>,
    ids: usize,
    max_ids: usize,
    turn: u64,
    /// Days touched later than this have ids that are not in the table yet.
    committed_turn: u64,
}

#[derive(Debug, Default)]
struct Day {
    ids: HashSet<u128>,
    used_at: u64,
}

impl Known {
    pub(super) fn new(max_ids: usize) -> Self {
        Self { keys: (RandomState::new(), RandomState::new()), days: HashMap::new(), ids: 0, max_ids, turn: 0, committed_turn: 0 }
    }

    /// What was admitted until now is in the table.
    pub(super) fn begin_commit(&mut self) {
        self.committed_turn = self.turn;
    }

    /// Whether the event is new; from now on it is not.
    pub(super) fn admit(&mut self, connection: &Connection, slot: Slot, event_id: &str) -> Result<bool> {
        self.turn += 1;
        if !self.days.contains_key(&slot) {
            self.read(connection, slot)?;
        }
        let id = self.hash(event_id);
        let Some(day) = self.days.get_mut(&slot) else { return Ok(true) };
        day.used_at = self.turn;
        let is_new = day.ids.insert(id);
        self.ids += usize::from(is_new);
        Ok(is_new)
    }

    /// After a commit that failed, nothing that was admitted for it may be believed; and days may have been deleted.
    pub(super) fn forget_all(&mut self) {
        self.days.clear();
        self.ids = 0;
    }

    fn read(&mut self, connection: &Connection, slot: Slot) -> Result<()> {
        self.make_room();
        let mut statement =
            connection.prepare_cached("SELECT event_id FROM events WHERE project_id = CAST(? AS UUID) AND utc_day = ?").map_err(failed)?;
        let mut rows = statement.query(params![slot.0.0, slot.1]).map_err(failed)?;
        let mut day = Day { ids: HashSet::new(), used_at: self.turn };
        while let Some(row) = rows.next().map_err(failed)? {
            day.ids.insert(self.hash(row.get_ref(0).map_err(failed)?.as_str().unwrap_or_default()));
        }
        self.ids += day.ids.len();
        self.days.insert(slot, day);
        Ok(())
    }

    /// Forgets the day that was not touched for longest. What is forgotten is in the table, so what this commit touched stays.
    fn make_room(&mut self) {
        while self.ids > self.max_ids {
            let committed = self.days.iter().filter(|(_, day)| day.used_at <= self.committed_turn);
            let Some(slot) = committed.min_by_key(|(_, day)| day.used_at).map(|(slot, _)| *slot) else { return };
            self.ids -= self.days.remove(&slot).map_or(0, |day| day.ids.len());
        }
    }

    fn hash(&self, event_id: &str) -> u128 {
        (u128::from(self.keys.0.hash_one(event_id)) << 64) | u128::from(self.keys.1.hash_one(event_id))
    }
}
