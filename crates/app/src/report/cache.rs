//! Answers of the warehouse, kept for a while: equal questions are asked once, and what was kept is not read any more once the
//! project's facts have changed.
//!
//! A name holds this process's own word and the version of the project's facts, so that nothing has to be deleted, and what another
//! process left in Redis is not taken for today's.

use std::{
    collections::HashMap,
    fmt::Write,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use barker_domain::{ProjectId, Result};
use barker_infra::cache::{Cache, Namespace};
use barker_warehouse::{
    SourceState,
    question::{Key, Question, Sums, SumsRow},
};
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::{App, secret::Digest};

/// Questions under way whose names are kept before those that nobody waits for any more are dropped.
const MAX_FORGOTTEN: usize = 256;

type Answer = OnceCell<Arc<Sums>>;
type Sources = OnceCell<Arc<Vec<SourceState>>>;

/// What is known without asking.
#[derive(Debug)]
pub(crate) struct Reports {
    kept: Namespace,
    lifetime: Duration,
    process: Uuid,
    versions: Mutex<HashMap<ProjectId, Version>>,
    under_way: Mutex<HashMap<String, Weak<Answer>>>,
}

/// A project's facts as they are now.
#[derive(Debug, Default, Clone)]
struct Version {
    number: u64,
    sources: Arc<Sources>,
}

impl Reports {
    pub(crate) fn new(cache: &Cache, lifetime: Duration) -> Self {
        let kept = cache.namespace("report");
        Self { kept, lifetime, process: Uuid::now_v7(), versions: Mutex::default(), under_way: Mutex::default() }
    }

    /// The project's facts have changed.
    pub(crate) fn forget(&self, project_id: ProjectId) {
        let mut versions = lock(&self.versions);
        let version = versions.entry(project_id).or_default();
        *version = Version { number: version.number + 1, sources: Arc::default() };
    }

    fn version(&self, project_id: ProjectId) -> Version {
        lock(&self.versions).entry(project_id).or_default().clone()
    }

    /// Where the project's facts come from.
    pub(super) async fn sources(&self, app: &App, project_id: ProjectId) -> Result<Arc<Vec<SourceState>>> {
        let version = self.version(project_id);
        let ask = async || app.warehouse().sources(project_id).await.map(Arc::new);
        version.sources.get_or_try_init(ask).await.cloned()
    }

    /// The answer to a question, from here or from the warehouse. Of equal questions at the same time one is asked; when whoever
    /// asks it leaves, the next one who waits does.
    pub(super) async fn sums(&self, app: &App, question: Question) -> Result<Arc<Sums>> {
        let name = self.name(&question);
        let answer = self.join(&name);
        let sums = answer.get_or_try_init(async || self.find_or_ask(app, &name, question).await).await.cloned();
        lock(&self.under_way).remove(&name);
        sums
    }

    fn join(&self, name: &str) -> Arc<Answer> {
        let mut under_way = lock(&self.under_way);
        if let Some(answer) = under_way.get(name).and_then(Weak::upgrade) {
            return answer;
        }
        if under_way.len() > MAX_FORGOTTEN {
            under_way.retain(|_, answer| answer.strong_count() > 0);
        }
        let answer = Arc::default();
        under_way.insert(name.to_owned(), Arc::downgrade(&answer));
        answer
    }

    async fn find_or_ask(&self, app: &App, name: &str, question: Question) -> Result<Arc<Sums>> {
        // A cache that does not answer, or holds what cannot be read, is as good as an empty one.
        let kept = self.kept.get(name).await.ok().flatten();
        if let Some(kept) = kept.and_then(|bytes| serde_json::from_slice::<Kept>(&bytes).ok()) {
            metrics::counter!("barker_reports_kept_total").increment(1);
            return Ok(Arc::new(kept.into()));
        }
        metrics::counter!("barker_reports_asked_total").increment(1);
        let sums = app.warehouse().sums(question).await?;
        if let Ok(bytes) = serde_json::to_vec(&Kept::from(&sums)) {
            // What is too long is asked again.
            let _too_long = self.kept.set(name, bytes.into(), self.lifetime).await;
        }
        Ok(Arc::new(sums))
    }

    fn name(&self, question: &Question) -> String {
        let mut text = String::new();
        let zone = question.time_zone.iana_name();
        // Every field but the project, which stands in the name itself. Writing into a String does not fail.
        let _written = write!(text, "{:?}", (question.days, question.between_ms, zone, &question.currency, &question.measures));
        let _written = write!(text, "{:?}", (&question.group_by, &question.filters, question.sales, question.is_net_of_refunds));
        let _written = write!(text, "{:?}", (&question.conversion_events, question.attribution, question.limit));
        let project_id = question.project_id;
        format!("{}/{project_id}/{}/{}", self.process, self.version(project_id).number, Digest::of(text.as_bytes()).to_hex())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics while it holds one of these, and maps are whole at any time.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Sums as they are kept.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    rows: Vec<(Vec<KeptKey>, Vec<Option<i128>>)>,
    totals: Vec<Option<i128>>,
    is_cut: bool,
    unconverted: u64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum KeptKey {
    Number(i64),
    Text(String),
    None,
}

impl From<&Sums> for Kept {
    fn from(sums: &Sums) -> Self {
        let key = |key: &Key| match key {
            Key::None => KeptKey::None,
            Key::Number(number) => KeptKey::Number(*number),
            Key::Text(text) => KeptKey::Text(text.clone()),
        };
        let row = |row: &SumsRow| (row.keys.iter().map(key).collect(), row.sums.clone());
        Self { rows: sums.rows.iter().map(row).collect(), totals: sums.totals.clone(), is_cut: sums.is_cut, unconverted: sums.unconverted }
    }
}

impl From<Kept> for Sums {
    fn from(kept: Kept) -> Self {
        let key = |key: KeptKey| match key {
            KeptKey::None => Key::None,
            KeptKey::Number(number) => Key::Number(number),
            KeptKey::Text(text) => Key::Text(text),
        };
        let row = |(keys, sums): (Vec<KeptKey>, _)| SumsRow { keys: keys.into_iter().map(key).collect(), sums };
        Self { rows: kept.rows.into_iter().map(row).collect(), totals: kept.totals, is_cut: kept.is_cut, unconverted: kept.unconverted }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_what_was_answered() {
        let keys = vec![Key::None, Key::Number(-5), Key::Text("20".into()), Key::Text(String::new())];
        let sums = Sums {
            rows: vec![SumsRow { keys, sums: vec![None, Some(i128::MAX), Some(-1)] }],
            totals: vec![None, Some(i128::MIN), Some(0)],
            is_cut: true,
            unconverted: u64::MAX,
        };
        let bytes = serde_json::to_vec(&Kept::from(&sums)).unwrap();
        assert_eq!(Sums::from(serde_json::from_slice::<Kept>(&bytes).unwrap()), sums);
    }
}
