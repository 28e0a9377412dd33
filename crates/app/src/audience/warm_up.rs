//! Warming up: after a start, clients are read into the audience before they are here, many at a time, so that those who
//! come first do not wait for the database. As many as fit; who they are is the order of their ids.

use std::time::Duration;

use barker_domain::{ClientId, ProjectId, Result};
use barker_store::Store;
use tokio::time::Instant;

use super::{Audience, load::visitor};

/// Clients that are read together, and wait for it if they happen to come.
const CLIENTS_TOGETHER: u64 = 256;
/// Part of the audience's memory that is filled, in percent: the rest is for whoever comes meanwhile.
const FILLED_PERCENT: u64 = 90;
/// How long a round rests, in percent of what it took: most of the time is left to others who read.
const REST_PERCENT: u32 = 50;
/// Pause after the database has failed it.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(1);

impl Audience {
    /// Reads clients of these projects until all are here, or no more fit. Answers how many were read.
    pub(crate) async fn warm_up(&self, store: &Store, project_ids: &[ProjectId]) -> u64 {
        let mut count = 0;
        for project_id in project_ids {
            let mut last_id = None;
            while self.slots.weighted_size() < self.max_bytes / 100 * FILLED_PERCENT {
                let started = Instant::now();
                let Ok(ids) = self.warm_up_some(store, *project_id, last_id).await else {
                    tokio::time::sleep(PAUSE_AFTER_FAILURE).await;
                    continue;
                };
                let Some(last) = ids.last() else { break };
                (last_id, count) = (Some(*last), count + ids.len() as u64);
                tokio::time::sleep(started.elapsed() * REST_PERCENT / 100).await;
            }
        }
        count
    }

    /// Answers who was read, or was here already.
    async fn warm_up_some(&self, store: &Store, project_id: ProjectId, last_id: Option<ClientId>) -> Result<Vec<ClientId>> {
        let rows = store.in_project(project_id);
        let ids = rows.list_client_ids_after(last_id, CLIENTS_TOGETHER).await?;
        let mut empty = Vec::with_capacity(ids.len());
        for id in &ids {
            let slot = self.slots.get_with((project_id, *id), Default::default);
            // Whoever is with this client now reads them.
            let Ok(guard) = std::sync::Arc::clone(&slot.visitor).try_lock_owned() else { continue };
            if guard.is_none() {
                empty.push((*id, slot, guard));
            }
        }
        let wanted: Vec<_> = empty.iter().map(|(id, ..)| *id).collect();
        let mut found = rows.list_viewers(&wanted).await?;
        for (id, slot, mut guard) in empty {
            let Some(record) = found.remove(&id) else { continue };
            let visitor = visitor(record);
            self.weigh((project_id, id), &slot, &visitor);
            *guard = Some(visitor);
        }
        // Sizes are reckoned when the cache has the time.
        self.slots.run_pending_tasks();
        Ok(ids)
    }
}
