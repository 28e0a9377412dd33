//! Which events are known already: a bounded memory of whole days, read from the table when a day is first touched.
//!
//! An event's id is kept as 128 bits of a hash whose keys are drawn at every start, so that nobody can send two ids
//! that are taken for one.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher, RandomState},
};

use barker_domain::ProjectId;

/// The span of a project without events.
const NO_DAYS: (i32, i32) = (i32::MAX, i32::MIN);

/// A project's UTC day.
pub(crate) type Slot = (ProjectId, i32);

#[derive(Debug)]
pub(crate) struct Known {
    keys: (RandomState, RandomState),
    days: HashMap<Slot, Day>,
    /// The first and the last day of each project that may have events in the table.
    spans: HashMap<ProjectId, (i32, i32)>,
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
        Self {
            keys: (RandomState::new(), RandomState::new()),
            days: HashMap::new(),
            spans: HashMap::new(),
            ids: 0,
            max_ids,
            turn: 0,
            committed_turn: 0,
        }
    }

    /// What was admitted until now is in the table.
    pub(crate) fn begin_commit(&mut self) {
        self.committed_through(self.turn);
    }

    /// Now: what is admitted from here on has a later turn.
    pub(crate) fn turn(&self) -> u64 {
        self.turn
    }

    /// What was admitted until that turn is in the table.
    pub(crate) fn committed_through(&mut self, turn: u64) {
        self.committed_turn = turn;
    }

    /// Whether it has to be said which days the project's events lie on, by [`Self::span`].
    pub(crate) fn is_unseen(&self, project_id: ProjectId) -> bool {
        !self.spans.contains_key(&project_id)
    }

    /// The first and the last day of the project's events in the table, if there are any.
    pub(crate) fn span(&mut self, project_id: ProjectId, days: Option<(i32, i32)>) {
        self.spans.insert(project_id, days.unwrap_or(NO_DAYS));
    }

    /// Whether the day's events have to be read, and [`Self::learn`]ed, before any of them is admitted. One that is known stays
    /// so until the next commit.
    pub(crate) fn is_unread(&mut self, slot: Slot) -> bool {
        self.turn += 1;
        if let Some(day) = self.days.get_mut(&slot) {
            day.used_at = self.turn;
            return false;
        }
        let is_unread = self.may_hold_events(slot);
        if !is_unread {
            self.learn(slot, std::iter::empty());
        }
        is_unread
    }

    fn may_hold_events(&self, (project_id, day): Slot) -> bool {
        self.spans.get(&project_id).is_none_or(|(first, last)| (*first..=*last).contains(&day))
    }

    /// The ids of all events of the day that are in the table.
    pub(crate) fn learn<'id>(&mut self, slot: Slot, event_ids: impl Iterator<Item = &'id str>) {
        self.make_room();
        self.turn += 1;
        let day = Day { ids: event_ids.map(|id| self.hash(id)).collect(), used_at: self.turn };
        self.ids += day.ids.len();
        self.days.insert(slot, day);
        // Events are about to be there, and the day may be forgotten before it is touched again.
        if let Some((first, last)) = self.spans.get_mut(&slot.0) {
            (*first, *last) = ((*first).min(slot.1), (*last).max(slot.1));
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> (Known, ProjectId) {
        (Known::new(1), ProjectId::generate())
    }

    #[test]
    fn only_days_that_may_hold_events_are_read() {
        let (mut known, project) = known();
        assert!(known.is_unseen(project));
        known.span(project, Some((10, 20)));
        assert!(!known.is_unseen(project));
        assert_eq!([9, 10, 15, 20, 21].map(|day| known.is_unread((project, day))), [false, true, true, true, false]);
    }

    #[test]
    fn a_day_that_was_empty_and_is_forgotten_is_read_when_it_comes_again() {
        let (mut known, project) = known();
        known.span(project, None);
        for day in [30, 28, 31] {
            known.begin_commit();
            assert!(!known.is_unread((project, day)), "{day}");
            assert!(known.admit((project, day), "one") && known.admit((project, day), "two"));
            assert!(!known.admit((project, day), "one"));
        }
        known.begin_commit();
        assert!(known.is_unread((project, 28)), "it has been forgotten, and its events are in the table");
        assert!(known.is_unread((project, 29)), "between days with events");
        known.forget_all();
        assert!(known.is_unread((project, 31)) && !known.is_unread((project, 32)));
    }

    #[test]
    fn a_project_of_which_nothing_was_said_is_read() {
        let (mut known, project) = known();
        assert!(known.is_unread((project, 1)));
    }
}
