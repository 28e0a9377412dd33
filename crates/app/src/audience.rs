//! The audience: clients that were here lately, cached under a byte bound, one caller at a time for each client.
//!
//! A slot is made empty and filled under its own lock, so whoever changes a client after that finds the slot and can
//! empty it: nothing stale survives. What falls out of the cache is read again; the store's unique keys make even two
//! slots of one client harmless.

mod load;
mod warm_up;

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use barker_domain::{CampaignId, ClientId, Code, Error, ProjectId, Result, click::Unbilled};
use barker_serving::Viewer;
use barker_store::Store;
use hashbrown::HashSet;
use moka::{ops::compute::Op, sync::Cache};
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    lane::{Lane, Limits},
    running::went_silent,
};
use load::{Load, Loader};

/// What a slot costs besides its client: the key, the cache's own books, the locks.
const SLOT_BYTES: u32 = 400;
/// Clients that wait to be read, and that are read together.
const LOAD_LIMITS: Limits = Limits { queue: 16_384, batch: 500 };

type Key = (ProjectId, ClientId);

/// Everything known about a client that is here.
#[derive(Debug)]
pub(crate) struct Visitor {
    pub(crate) viewer: Viewer,
    /// Campaigns the client clicked without an impression; such a click is kept once.
    pub(crate) stray_clicks: HashSet<CampaignId>,
    /// What was kept and is no click of theirs: each is kept once, too.
    pub(crate) set_aside: HashSet<(CampaignId, Unbilled)>,
}

#[derive(Debug, Default)]
struct Slot {
    visitor: Arc<Mutex<Option<Visitor>>>,
    bytes: AtomicU32,
}

/// A client, exclusively, until it is dropped.
#[derive(Debug)]
pub(crate) struct Checkout {
    guard: OwnedMutexGuard<Option<Visitor>>,
}

/// Clients that were here lately.
#[derive(Debug)]
pub(crate) struct Audience {
    slots: Cache<Key, Arc<Slot>>,
    max_bytes: u64,
    loads: Lane<Load>,
}

impl Checkout {
    /// The client; `None` only when an event of theirs was left in doubt.
    pub(crate) fn visitor(&mut self) -> Option<&mut Visitor> {
        self.guard.as_mut()
    }

    /// Forgets what is known, so that it is read again: what is stored is in doubt.
    pub(crate) fn forget(&mut self) {
        *self.guard = None;
    }
}

impl Audience {
    pub(crate) fn start(store: Store, max_bytes: u64, running: (&TaskTracker, &CancellationToken)) -> Self {
        let weigher = |_: &Key, slot: &Arc<Slot>| SLOT_BYTES.saturating_add(slot.bytes.load(Ordering::Relaxed));
        let slots = Cache::builder().max_capacity(max_bytes).weigher(weigher).build();
        Self { slots, max_bytes, loads: Lane::start("viewers", LOAD_LIMITS, running, Loader::new(store)) }
    }

    /// Waits for the client's turn and reads them if they are not here.
    ///
    /// # Errors
    /// [`Code::ClientNotFound`]; when the database does not answer.
    pub(crate) async fn check_out(&self, project_id: ProjectId, client_id: ClientId) -> Result<Checkout> {
        let key = (project_id, client_id);
        let slot = self.slots.get_with(key, Arc::default);
        let mut guard = Arc::clone(&slot.visitor).lock_owned().await;
        if guard.is_none() {
            let Some(visitor) = self.load(key).await? else {
                self.slots.invalidate(&key);
                return Err(Error::of(Code::ClientNotFound));
            };
            self.weigh(key, &slot, &visitor);
            *guard = Some(visitor);
        }
        Ok(Checkout { guard })
    }

    /// Lets these clients be read again, because something about them has changed in the store.
    pub(crate) fn forget(&self, project_id: ProjectId, client_ids: impl IntoIterator<Item = ClientId>) {
        for client_id in client_ids {
            let key = (project_id, client_id);
            let Some(slot) = self.slots.get(&key) else { continue };
            match slot.visitor.try_lock() {
                Ok(mut visitor) => *visitor = None,
                // Someone is with this client now. They finish with what they know; whoever comes next starts anew.
                Err(_) => self.slots.invalidate(&key),
            }
        }
    }

    /// Forgets a client who is not there any more: whoever waits for their turn looks for them anew, and finds nobody.
    pub(crate) fn dismiss(&self, project_id: ProjectId, client_id: ClientId, mut turn: Checkout) {
        turn.forget();
        self.slots.invalidate(&(project_id, client_id));
    }

    async fn load(&self, key: Key) -> Result<Option<Visitor>> {
        let (reply, answer) = oneshot::channel();
        self.loads.submit(Load { key, reply })?;
        answer.await.map_err(went_silent)?
    }

    /// Books the client's weight, unless another slot has taken this one's place meanwhile.
    fn weigh(&self, key: Key, slot: &Arc<Slot>, visitor: &Visitor) {
        slot.bytes.store(u32::try_from(visitor.viewer.bytes()).unwrap_or(u32::MAX), Ordering::Relaxed);
        self.slots.entry(key).and_compute_with(|entry| match entry {
            Some(entry) if Arc::ptr_eq(entry.value(), slot) => Op::Put(Arc::clone(slot)),
            _ => Op::Nop,
        });
    }
}
