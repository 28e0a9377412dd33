//! Which sources a project's events have, and how fresh each is: read once, and after that only what came since. Events are many and only
//! come, until old ones go all at once; whatever else has sources is read anew each time.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
};

use barker_domain::ProjectId;

/// Of all projects.
#[derive(Debug, Default)]
pub(super) struct Sources(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    /// How many times all was forgotten.
    turn: u64,
    projects: HashMap<ProjectId, Known>,
}

/// Of one project, as a question saw it.
#[derive(Debug, Default, Clone)]
pub(super) struct Known {
    turn: u64,
    /// The greatest `seq` of all.
    through: i64,
    /// By source: when the latest event happened, milliseconds UTC, and the greatest `seq`.
    latest: BTreeMap<String, (i64, i64)>,
}

impl Sources {
    pub(super) fn of(&self, project_id: ProjectId) -> Known {
        let kept = self.kept();
        kept.projects.get(&project_id).cloned().unwrap_or_else(|| Known { turn: kept.turn, ..Known::default() })
    }

    /// What a question saw, unless another one saw more, or events have gone since it began.
    pub(super) fn keep(&self, project_id: ProjectId, known: &Known) {
        let mut kept = self.kept();
        let is_news = kept.projects.get(&project_id).is_none_or(|before| before.through < known.through);
        if is_news && kept.turn == known.turn {
            kept.projects.insert(project_id, known.clone());
        }
    }

    /// Events have gone.
    pub(super) fn forget(&self) {
        let mut kept = self.kept();
        *kept = Kept { turn: kept.turn + 1, ..Kept::default() };
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// After which `seq` events are to be read.
    pub(super) fn through(&self) -> i64 {
        self.through
    }

    /// Events of the source that came since.
    pub(super) fn add(&mut self, source: String, (latest_ms, seq): (i64, i64)) {
        self.through = self.through.max(seq);
        let of_source = self.latest.entry(source).or_insert((latest_ms, seq));
        *of_source = (of_source.0.max(latest_ms), of_source.1.max(seq));
    }

    /// Each source, when its latest event happened, and the greatest `seq`.
    pub(super) fn latest(self) -> impl Iterator<Item = (String, (i64, i64))> {
        self.latest.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(mut known: Known, events: &[(&str, i64, i64)]) -> Known {
        for (source, latest_ms, seq) in events {
            known.add((*source).to_owned(), (*latest_ms, *seq));
        }
        known
    }

    fn told(sources: &Sources, project_id: ProjectId) -> Vec<(String, (i64, i64))> {
        sources.of(project_id).latest().collect()
    }

    #[test]
    fn late_events_make_a_source_no_staler_and_who_saw_less_changes_nothing() {
        let (sources, project_id) = (Sources::default(), ProjectId::generate());
        let slow = sources.of(project_id);
        sources.keep(project_id, &seen(sources.of(project_id), &[("ads", 500, 1), ("mail", 400, 2)]));
        sources.keep(project_id, &seen(sources.of(project_id), &[("ads", 300, 3)]));
        sources.keep(project_id, &seen(slow, &[("ads", 500, 1)]));
        assert_eq!(
            (told(&sources, project_id), sources.of(project_id).through()),
            (vec![("ads".into(), (500, 3)), ("mail".into(), (400, 2))], 3)
        );
        assert_eq!(told(&sources, ProjectId::generate()), []);
    }

    #[test]
    fn what_a_question_saw_before_events_went_is_not_kept() {
        let (sources, project_id) = (Sources::default(), ProjectId::generate());
        let before = seen(sources.of(project_id), &[("ads", 500, 1)]);
        sources.keep(project_id, &before);
        sources.forget();
        assert_eq!(told(&sources, project_id), []);
        sources.keep(project_id, &before);
        assert_eq!(told(&sources, project_id), []);
        sources.keep(project_id, &seen(sources.of(project_id), &[("mail", 400, 2)]));
        assert_eq!(told(&sources, project_id), [("mail".into(), (400, 2))]);
    }
}
