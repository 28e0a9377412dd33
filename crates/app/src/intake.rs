//! Intake: the one door through which facts come into the warehouse, whoever brings them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Instant,
};

use barker_domain::{Code, ProjectId, Result};
use barker_store::Store;
use barker_warehouse::{
    Engine,
    fact::{Appended, Batch, Facts, SpendLoad},
};
use futures::future::join_all;
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::report::Reports;

/// Rows of loads that are given to the warehouse together.
const ROWS_TOGETHER: usize = 10_000;

/// Takes facts in. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Intake {
    warehouse: Arc<dyn Engine>,
    /// Told of every change: answers from before it are not read any more.
    reports: Arc<Reports>,
    /// Whoever looks up who was erased, and whoever erases.
    turn: Arc<Mutex<()>>,
    /// Of nobody who was erased does a row of the outbox tell behind this one.
    erased_through: Arc<AtomicI64>,
}

impl Intake {
    /// Who was erased before the start may be told of up to the outbox's last row.
    pub(crate) fn new(warehouse: Arc<dyn Engine>, reports: Arc<Reports>, last_outbox_id: i64) -> Self {
        Self { warehouse, reports, turn: Arc::default(), erased_through: Arc::new(AtomicI64::new(last_outbox_id)) }
    }

    /// Keeps facts; the answer comes after they are on disk.
    ///
    /// # Errors
    /// What [`Engine::append`] says.
    pub async fn keep(&self, batch: Batch) -> Result<Appended> {
        let (kind, begun, project_id) = (name_of(&batch.facts), Instant::now(), batch.project_id);
        let appended = self.warehouse.append(batch).await;
        // After a failure nobody knows whether they are kept.
        self.reports.forget(project_id);
        let appended = appended?;
        metrics::histogram!("barker_facts_seconds", "kind" => kind).record(begun.elapsed());
        metrics::counter!("barker_facts_total", "kind" => kind, "outcome" => "kept").increment(appended.rows);
        metrics::counter!("barker_facts_total", "kind" => kind, "outcome" => "duplicate").increment(appended.duplicates);
        Ok(appended)
    }

    /// Keeps loads of spend, no two of which speak of the same days of an account. Answers how many rows are on disk now because of it.
    ///
    /// # Errors
    /// What [`Engine::append`] says; some of them may be kept.
    pub(crate) async fn keep_loads(&self, project_id: ProjectId, loads: Vec<SpendLoad>) -> Result<u64> {
        let mut rows = 0;
        for together in portions(loads) {
            // Whatever has queued is one commit: thousands of accounts are a few flushes of the disk and not thousands.
            let kept = join_all(together.iter().map(|load| self.keep_load(project_id, load.clone()))).await;
            for (load, kept) in together.into_iter().zip(kept) {
                rows += match kept {
                    // More than may wait together, by others' rows or by the operator's word: it has room by itself, or not at all.
                    Err(error) if error.code == Code::Busy => self.keep_load(project_id, load).await?,
                    kept => kept?,
                };
            }
        }
        Ok(rows)
    }

    async fn keep_load(&self, project_id: ProjectId, load: SpendLoad) -> Result<u64> {
        Ok(self.keep(Batch { project_id, facts: Facts::Spend(load) }).await?.rows)
    }

    /// Takes a visitor out of what is known.
    ///
    /// # Errors
    /// What [`Engine::forget_visitor`] says.
    pub(crate) async fn forget(&self, store: &Store, project_id: ProjectId, client_id: String) -> Result<()> {
        let _turn = self.take_turn().await;
        self.note_erasure(store).await?;
        let forgotten = self.warehouse.forget_visitor(project_id, client_id).await;
        self.reports.forget(project_id);
        forgotten.map(|_| ())
    }

    /// Takes note that somebody is gone from the database: no later row tells of them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn note_erasure(&self, store: &Store) -> Result<()> {
        self.erased_through.fetch_max(store.find_last_outbox_id().await?, Ordering::SeqCst);
        Ok(())
    }

    /// Whether somebody of whom rows of the outbox tell that come after this one may have been erased.
    pub(crate) fn may_be_erased(&self, rows_after: i64) -> bool {
        rows_after < self.erased_through.load(Ordering::SeqCst)
    }

    /// The turn of whoever brings what is known about people, or takes it away: neither may fall between two steps of the
    /// other.
    pub(crate) async fn take_turn(&self) -> OwnedMutexGuard<()> {
        Arc::clone(&self.turn).lock_owned().await
    }

    /// What has come in.
    #[must_use]
    pub fn warehouse(&self) -> &Arc<dyn Engine> {
        &self.warehouse
    }
}

/// In their order, as many together as have [`ROWS_TOGETHER`] rows; a longer one by itself. An empty one takes the place of a row.
fn portions(loads: Vec<SpendLoad>) -> Vec<Vec<SpendLoad>> {
    let mut portions: Vec<Vec<SpendLoad>> = Vec::new();
    let mut room = 0;
    for load in loads {
        let rows = load.rows.len().max(1);
        match portions.last_mut() {
            Some(portion) if rows <= room => portion.push(load),
            _ => {
                portions.push(vec![load]);
                room = ROWS_TOGETHER;
            }
        }
        room = room.saturating_sub(rows);
    }
    portions
}

fn name_of(facts: &Facts) -> &'static str {
    match facts {
        Facts::Spend(_) => "spend",
        Facts::Events(_) => "events",
        Facts::Identities(_) => "identities",
        Facts::Orders(_) => "orders",
        Facts::OrderItems(_) => "order_items",
        Facts::Products(_) => "products",
        Facts::Refunds(_) => "refunds",
        Facts::Deals(_) => "deals",
        Facts::Rates(_) => "rates",
        Facts::WebSessions(_) => "web_sessions",
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use barker_domain::{Day, clock::SystemClock};
    use barker_infra::cache::Cache;
    use barker_warehouse::{
        DuckDb, DuckDbSettings,
        fact::{Level, Spend},
    };
    use uuid::Uuid;

    use super::*;

    fn load(rows: usize) -> SpendLoad {
        SpendLoad {
            load_id: Uuid::now_v7(),
            source: "ads".into(),
            account: rows.to_string(),
            level: Level::Campaign,
            days: (Day(0), Day(0)),
            loaded_at_ms: 0,
            rows: vec![Spend::default(); rows],
        }
    }

    #[tokio::test]
    async fn loads_that_find_no_room_together_are_kept_one_by_one() {
        let home = tempfile::tempdir().unwrap();
        let settings = DuckDbSettings { queued_rows: 1, ..DuckDbSettings::small(home.path().join("warehouse.duckdb")) };
        let warehouse = Arc::new(DuckDb::open(&settings, Arc::new(SystemClock)).unwrap());
        let reports = Arc::new(Reports::new(&Cache::in_process(1), Duration::ZERO));
        let intake = Intake::new(Arc::clone(&warehouse) as Arc<dyn Engine>, reports, 0);
        let project_id = ProjectId::generate();
        let loads: Vec<_> = [2, 3, 4].map(load).into();
        let alone = |load: &SpendLoad| warehouse.append(Batch { project_id, facts: Facts::Spend(load.clone()) });
        let at_once = join_all(loads.iter().map(alone)).await;
        assert!(at_once.iter().any(|kept| kept.as_ref().is_err_and(|error| error.code == Code::Busy)), "there is room for one");
        // Each with a row for its day.
        assert_eq!(intake.keep_loads(project_id, loads).await.unwrap(), 9 + 3);
    }

    #[test]
    fn loads_go_together_as_long_as_their_rows_are_not_too_many() {
        let sizes = |loads: &[usize]| {
            let portions = portions(loads.iter().map(|rows| load(*rows)).collect());
            portions.iter().map(|portion| portion.iter().map(|load| load.rows.len()).collect::<Vec<_>>()).collect::<Vec<_>>()
        };
        assert_eq!(sizes(&[]), Vec::<Vec<usize>>::new());
        assert_eq!(sizes(&[4_000, 0, 5_999, 1, 20_000, 2]), [vec![4_000, 0, 5_999], vec![1], vec![20_000], vec![2]]);
        assert_eq!(sizes(&vec![0; ROWS_TOGETHER + 1]).iter().map(Vec::len).collect::<Vec<_>>(), [ROWS_TOGETHER, 1]);
    }
}
