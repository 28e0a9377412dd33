//! Ownership of the database, watched while the application runs. How it is kept safe is the store's business.

use std::time::Duration;

use barker_domain::Code;
use barker_store::Store;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How often the claim is looked after: whoever was taken over knows it this much later at the latest.
const INTERVAL: Duration = Duration::from_secs(2);

/// Looks after the claim until `closing`. The token that is answered is cancelled once another process has taken over.
pub(crate) fn keep(store: Store, (tasks, closing): (&TaskTracker, &CancellationToken)) -> CancellationToken {
    let taken_over = CancellationToken::new();
    let (closing, signal) = (closing.clone(), taken_over.clone());
    tasks.spawn(async move {
        let watch = async {
            loop {
                tokio::time::sleep(INTERVAL).await;
                // A database that does not answer is told by whoever needs it; the claim waits for it to come back.
                if store.keep_claim().await.is_err_and(|error| error.code == Code::TakenOver) {
                    return signal.cancel();
                }
            }
        };
        tokio::select! {
            () = watch => (),
            () = closing.cancelled() => (),
        }
    });
    taken_over
}
