//! The outbox's consumers: each reads what happened in commit order, and records how far it came in the same
//! transaction as its effect. Each effect happens exactly once, through any number of restarts.

use std::{sync::Arc, time::Duration};

use barker_domain::{Result, clock::SharedClock, fact::Fact};
use barker_store::{OutboxRow, Store, Transaction, Work, recount};
use tokio::sync::Notify;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Outbox rows applied in one transaction: under load a row holds some dozens of facts, and commits wait for their turn.
const ROWS_PER_STEP: u64 = 10;
/// How long a consumer rests after each round, so that facts gather and consumers do not compete with every commit.
const REST: Duration = Duration::from_secs(1);
/// The same after the database has failed it.
const REST_AFTER_FAILURE: Duration = Duration::from_secs(5);

/// Someone who wants to know what happened.
#[derive(Clone, Copy)]
pub struct Consumer {
    /// Its name in `outbox_positions`; never changed.
    pub name: &'static str,
    /// Its effect, inside the transaction that moves its position.
    pub apply: for<'t> fn(&'t Transaction, Vec<Fact>) -> Work<'t, ()>,
}

/// Everyone who wants to know.
pub const CONSUMERS: &[Consumer] =
    &[Consumer { name: recount::CONSUMER, apply: |transaction, facts| Box::pin(transaction.add_to_recount(facts)) }];

/// Applies the next rows. Whether more were waiting behind them; `false` too when another process has applied them.
///
/// # Errors
/// When the database does not answer, or a fact cannot be read or applied.
pub async fn step(store: &Store, consumer: Consumer) -> Result<bool> {
    let from = store.get_outbox_position(consumer.name).await?;
    let rows = store.list_outbox_after(from, ROWS_PER_STEP).await?;
    let Some(to) = rows.last().map(|row| row.id) else { return Ok(false) };
    // Under steady load there is always one more: whoever waited for none would never rest.
    let is_full = u64::try_from(rows.len()).is_ok_and(|count| count == ROWS_PER_STEP);
    let apply = store.write((Arc::new(rows), consumer, from..to), |transaction, (rows, consumer, span)| {
        Box::pin(async move {
            let is_ours = transaction.advance_outbox_position(consumer.name, span.start, span.end).await?;
            if is_ours {
                (consumer.apply)(transaction, rows.iter().flat_map(facts).collect()).await?;
            }
            Ok(is_ours)
        })
    });
    Ok(apply.await? && is_full)
}

fn facts(row: &OutboxRow) -> impl Iterator<Item = Fact> {
    row.facts.iter().cloned()
}

/// Wakes the consumers when there is something to do.
pub(crate) fn signal() -> (Arc<Notify>, Arc<Notify>) {
    let signal = Arc::new(Notify::new());
    (Arc::clone(&signal), signal)
}

/// What the background task needs.
pub(crate) struct Runner {
    store: Store,
    clock: SharedClock,
    retention_ms: i64,
    work_to_do: Arc<Notify>,
}

impl Runner {
    pub(crate) fn new(store: Store, clock: SharedClock, retention_ms: i64, work_to_do: Arc<Notify>) -> Self {
        Self { store, clock, retention_ms, work_to_do }
    }

    /// Brings every consumer up to date and forgets what all of them have applied.
    async fn catch_up(&self) -> Result<()> {
        let mut applied_through = i64::MAX;
        for consumer in CONSUMERS {
            while step(&self.store, *consumer).await? {}
            applied_through = applied_through.min(self.store.get_outbox_position(consumer.name).await?);
        }
        self.store.prune_outbox(applied_through, self.clock.now_ms() - self.retention_ms).await.map(drop)
    }
}

/// Starts the consumers. They end when `closing` is cancelled; what they have not applied waits for the next start.
pub(crate) fn start(runner: Runner, (tasks, closing): (&TaskTracker, &CancellationToken)) {
    let closing = closing.clone();
    tasks.spawn(async move {
        let work = async {
            loop {
                if let Err(error) = runner.catch_up().await {
                    tracing::warn!(error = &error as &dyn std::error::Error, "an outbox consumer could not go on; it will try again");
                    tokio::time::sleep(REST_AFTER_FAILURE).await;
                }
                tokio::time::sleep(REST).await;
                runner.work_to_do.notified().await;
            }
        };
        tokio::select! {
            () = work => (),
            () = closing.cancelled() => (),
        }
    });
}
