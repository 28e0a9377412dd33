//! Which events are known already: a bounded memory of whole days, read from the table when a day is first touched.
//!
//! An event's id is kept as 128 bits of a hash whose keys are drawn at every start, so that nobody can send two ids
//! that are taken for one.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher, RandomState},
};

use barker_domain::ProjectId;

/// A project's UTC day.
pub(crate) type Slot = (ProjectId, i32);

#[derive(Debug)]
pub(crate) struct Known {
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
    pub(crate) fn new(max_ids: usize) -> Self {
        Self { keys: (RandomState::new(), RandomState::new()), days: HashMap::new(), ids: 0, max_ids, turn: 0, committed_turn: 0 }
    }

    /// What was admitted until now is in the table.
    pub(crate) fn begin_commit(&mut self) {
        self.committed_turn = self.turn;
    }

    /// Whether the day's events have to be read, and [`Self::learn`]ed, before any of them is admitted. One that is known stays
    /// so until the next commit.
    pub(crate) fn is_unread(&mut self, slot: Slot) -> bool {
        self.turn += 1;
        let Some(day) = self.days.get_mut(&slot) else { return true };
        day.used_at = self.turn;
        false
    }

    /// The ids of all events of the day that are in the table.
    pub(crate) fn learn<'id>(&mut self, slot: Slot, event_ids: impl Iterator<Item = &'id str>) {
        self.make_room();
        self.turn += 1;
        let day = Day { ids: event_ids.map(|id| self.hash(id)).collect(), used_at: self.turn };
        self.ids += day.ids.len();
        self.days.insert(slot, day);
    }

    /// Whether the event is new; from now on it is not.
    pub(crate) fn admit(&mut self, slot: Slot, event_id: &str) -> bool {
        self.turn += 1;
        let id = self.hash(event_id);
        let Some(day) = self.days.get_mut(&slot) else { return true };
        day.used_at = self.turn;
        let is_new = day.ids.insert(id);
        self.ids += usize::from(is_new);
        is_new
    }

    /// After a commit that failed, nothing that was admitted for it may be believed; and days may have been deleted.
    pub(crate) fn forget_all(&mut self) {
        self.days.clear();
        self.ids = 0;
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
