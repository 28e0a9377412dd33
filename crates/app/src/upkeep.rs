//! Upkeep of the database while the application runs: small, regular, in nobody's way.

use std::time::Duration;

use barker_store::Store;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How often the log is written back under load. A little at a time: commits need the same disk, and what takes it for
/// long makes all of them wait.
const BUSY_INTERVAL: Duration = Duration::from_millis(50);
/// How often it is looked at otherwise.
const IDLE_INTERVAL: Duration = Duration::from_secs(1);

/// How often the planner's knowledge is looked at: a bulk of a million rows takes half a minute and more, and is slower
/// until then.
const PLANNER_INTERVAL: Duration = Duration::from_secs(5);

/// Looks after the database until `closing`.
pub(crate) fn start(store: Store, (tasks, closing): (&TaskTracker, &CancellationToken)) {
    let closing = closing.clone();
    tasks.spawn(async move {
        tokio::select! {
            () = async { tokio::join!(write_log_back(&store), refresh_planner(&store)); } => (),
            () = closing.cancelled() => (),
        }
    });
}

// What fails below is done the next time; who needs the database hears of its troubles.

async fn write_log_back(store: &Store) {
    let mut written_back = 0;
    loop {
        let now = store.checkpoint().await.unwrap_or(written_back);
        let interval = if now == written_back { IDLE_INTERVAL } else { BUSY_INTERVAL };
        written_back = now;
        tokio::time::sleep(interval).await;
    }
}

async fn refresh_planner(store: &Store) {
    loop {
        tokio::time::sleep(PLANNER_INTERVAL).await;
        let _next_time = store.refresh_planner().await;
    }
}
