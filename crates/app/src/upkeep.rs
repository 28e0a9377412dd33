//! Upkeep of the database while the application runs: small, regular, in nobody's way.

use std::time::Duration;

use barker_store::Store;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How often the log is written back. Pages that were written several times since are written once, and commits have the
/// disk to themselves in between.
const INTERVAL: Duration = Duration::from_secs(2);

/// Looks after the database until `closing`.
pub(crate) fn start(store: Store, (tasks, closing): (&TaskTracker, &CancellationToken)) {
    let closing = closing.clone();
    tasks.spawn(async move {
        let work = async {
            loop {
                tokio::time::sleep(INTERVAL).await;
                // What fails now is done the next time; who needs the database hears of its troubles.
                let _ignored = store.checkpoint().await;
            }
        };
        tokio::select! {
            () = work => (),
            () = closing.cancelled() => (),
        }
    });
}
