//! Reading clients into the audience, together with everyone who asked while the previous read ran.

use std::collections::HashMap;

use barker_domain::{ClientId, Error, ProjectId, Result, campaign::Show};
use barker_serving::{Shown, Viewer};
use barker_store::{Store, ViewerRecord};
use hashbrown::HashSet;
use tokio::sync::oneshot;

use super::{Key, Visitor};
use crate::lane::Worker;

/// A client to be read; the answer is `None` when there is no such client.
#[derive(Debug)]
pub(super) struct Load {
    pub(super) key: Key,
    pub(super) reply: oneshot::Sender<Result<Option<Visitor>>>,
}

pub(super) struct Loader {
    store: Store,
}

impl Loader {
    pub(super) fn new(store: Store) -> Self {
        Self { store }
    }

    async fn load(&self, project_id: ProjectId, wanted: Vec<Load>) {
        let ids: Vec<_> = wanted.iter().map(|load| load.key.1).collect();
        metrics::histogram!("barker_viewer_load_batch_size").record(u32::try_from(ids.len()).unwrap_or(u32::MAX));
        // Whoever no longer waits for an answer needs none.
        match self.store.in_project(project_id).list_viewers(&ids).await {
            Ok(mut found) => wanted.into_iter().for_each(|load| drop(load.reply.send(Ok(found.remove(&load.key.1).map(visitor))))),
            Err(error) => refuse_all(wanted, &error),
        }
    }
}

impl Worker<Load> for Loader {
    async fn work(&mut self, batch: &mut Vec<Load>) {
        let mut by_project: HashMap<ProjectId, HashMap<ClientId, Load>> = HashMap::new();
        let mut again = Vec::new();
        for load in batch.drain(..) {
            // Two slots of one client, of which one has left the cache: the second is read in its own turn.
            if let Some(former) = by_project.entry(load.key.0).or_default().insert(load.key.1, load) {
                again.push(former);
            }
        }
        for (project_id, wanted) in by_project {
            self.load(project_id, wanted.into_values().collect()).await;
        }
        for load in again {
            self.load(load.key.0, vec![load]).await;
        }
    }
}

fn refuse_all(wanted: Vec<Load>, error: &Error) {
    for load in wanted {
        drop(load.reply.send(Err(Error::new(error.code, error.detail.clone()))));
    }
}

pub(super) fn visitor(record: ViewerRecord) -> Visitor {
    let clicked: HashSet<_> = record.clicked.iter().filter(|(_, followed)| *followed).map(|(campaign, _)| *campaign).collect();
    let stray_clicks = record.clicked.iter().filter(|(_, followed)| !followed).map(|(campaign, _)| *campaign).collect();
    let mut viewer = Viewer::new(record.client);
    viewer.scores = record.scores.into_iter().collect();
    viewer.history.reserve(record.shown.len());
    for row in record.shown {
        let is_clicked = clicked.contains(&row.campaign_id);
        let last = Show::new(row.day, row.occurred_at_ms);
        viewer.note(row.campaign_id, Shown { impression_id: row.impression_id, ad_id: row.ad_id, nth: row.nth, last, is_clicked });
    }
    Visitor { viewer, stray_clicks, set_aside: record.set_aside.into_iter().collect() }
}
