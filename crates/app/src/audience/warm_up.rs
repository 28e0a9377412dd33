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

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use barker_domain::{client::Client, project::Project};
    use barker_testkit::{Backend, TestDatabase, build};
    use tokio_util::{sync::CancellationToken, task::TaskTracker};

    use super::*;

    /// More than are read together.
    const CLIENTS: usize = 600;

    struct World {
        store: Store,
        project: Project,
        clients: Vec<Client>,
        audience: Arc<Audience>,
        // Both live as long as the audience's lane is needed.
        _database: TestDatabase,
        _closing: CancellationToken,
    }

    impl World {
        async fn create(max_bytes: u64) -> Self {
            let database = TestDatabase::with_schema(Backend::Sqlite).await;
            let store = database.connect().await.unwrap();
            let (tasks, closing) = (TaskTracker::new(), CancellationToken::new());
            let audience = Arc::new(Audience::start(store.clone(), max_bytes, (&tasks, &closing)));
            let clients = (0..CLIENTS).map(|_| build::client()).collect();
            let world = Self { store, project: build::sandbox("warm"), clients, audience, _database: database, _closing: closing };
            let insert = world
                .store
                .write(world.project.clone(), |transaction, project| Box::pin(async move { transaction.insert_project(&project).await }));
            insert.await.unwrap();
            world.upsert("as read").await;
            world
        }

        /// Gives every client that login, behind the audience's back.
        async fn upsert(&self, login: &str) {
            let clients = self.clients.iter().map(|client| Client { login: login.to_owned(), ..client.clone() });
            let upsert = self.store.write((self.project.id, clients.collect::<Vec<_>>()), |transaction, (project, clients)| {
                Box::pin(async move { transaction.in_project(project).upsert_clients(&clients).await })
            });
            upsert.await.unwrap();
        }

        async fn warm_up(&self) -> u64 {
            self.audience.warm_up(&self.store, &[self.project.id]).await
        }

        async fn login_of(&self, place: usize) -> String {
            let mut checkout = self.audience.check_out(self.project.id, self.clients[place].id).await.unwrap();
            checkout.visitor().unwrap().viewer.client.login.clone()
        }

        /// How many are here: the others are read when they come, and are called otherwise by then.
        async fn count_here(&self) -> usize {
            self.upsert("read later").await;
            let mut count = 0;
            for place in 0..CLIENTS {
                count += usize::from(self.login_of(place).await == "as read");
            }
            count
        }
    }

    #[tokio::test]
    async fn everybody_is_here_before_they_come() {
        let world = World::create(10_000_000).await;
        assert_eq!(world.warm_up().await, CLIENTS as u64);
        assert_eq!(world.count_here().await, CLIENTS);
    }

    #[tokio::test]
    async fn a_client_who_changes_afterwards_is_read_again() {
        let world = World::create(10_000_000).await;
        world.warm_up().await;
        world.upsert("changed").await;
        world.audience.forget(world.project.id, [world.clients[7].id]);
        assert_eq!(world.login_of(7).await, "changed");
        assert_eq!(world.login_of(8).await, "as read");
    }

    #[tokio::test]
    async fn it_ends_when_nine_tenths_of_the_memory_are_full() {
        let world = World::create(100_000).await;
        let read = world.warm_up().await;
        assert!(read < CLIENTS as u64, "{read} clients in 100 kB");
        let bytes = world.audience.slots.weighted_size();
        assert!((90_000..=100_000).contains(&bytes), "{bytes} bytes");
    }

    #[tokio::test]
    async fn it_waits_for_nobody_who_is_served_meanwhile() {
        let world = World::create(10_000_000).await;
        let served = world.audience.check_out(world.project.id, world.clients[0].id).await.unwrap();
        let read = tokio::time::timeout(Duration::from_secs(30), world.warm_up()).await;
        assert_eq!(read.unwrap(), CLIENTS as u64);
        drop(served);
        assert_eq!(world.count_here().await, CLIENTS);
    }
}
