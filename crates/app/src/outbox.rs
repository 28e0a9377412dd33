//! The outbox's consumers: each reads what happened in commit order, and records how far it came in the same
//! transaction as its effect. Each effect happens exactly once, through any number of restarts.

use std::{collections::HashSet, sync::Arc, time::Duration};

use barker_domain::{Error, Result, clock::SharedClock, fact::Fact};
use barker_store::{OutboxRow, PRUNED_TOGETHER, Store, Transaction, Work, recount};
use tokio::sync::Notify;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Most outbox rows applied in one transaction. Under load a row holds a dozen facts or more.
const ROWS_PER_STEP: usize = 128;
/// Most campaigns whose facts are applied in one transaction, unless a single row holds more: commits wait for their
/// turn, and an effect takes as long as there are campaigns in it.
const CAMPAIGNS_PER_STEP: usize = 512;
/// How long a consumer waits between two steps, so that commits that queued behind the first are done before the second.
const PAUSE: Duration = Duration::from_millis(20);
/// How long consumers rest after each round, so that facts gather: those of one campaign are then applied together.
const REST: Duration = Duration::from_secs(1);
/// The same after the database has failed it.
const REST_AFTER_FAILURE: Duration = Duration::from_secs(5);
/// How often rows are forgotten that every consumer has applied.
const PRUNE_INTERVAL: Duration = Duration::from_mins(1);

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
    let mut rows = store.list_outbox_after(from, ROWS_PER_STEP as u64).await?;
    // Under steady load there is always one more: whoever waited for none would never rest.
    let fitting = count_fitting(&rows);
    let is_full = rows.len() == ROWS_PER_STEP || fitting < rows.len();
    rows.truncate(fitting);
    let Some(to) = rows.last().map(|row| row.id) else { return Ok(false) };
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

/// How many of the rows belong into one step: at least one, if there is one.
fn count_fitting(rows: &[OutboxRow]) -> usize {
    let mut campaigns = HashSet::new();
    let fits = |row: &&OutboxRow| {
        campaigns.extend(row.facts.iter().map(Fact::campaign_id));
        campaigns.len() <= CAMPAIGNS_PER_STEP
    };
    rows.iter().take_while(fits).count().max(1).min(rows.len())
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

    /// Brings every consumer up to date, again and again.
    async fn keep_up(&self) {
        loop {
            while let Err(error) = self.catch_up().await {
                tokio::time::sleep(trouble(&error, "an outbox consumer could not go on")).await;
            }
            tokio::time::sleep(REST).await;
            self.work_to_do.notified().await;
        }
    }

    async fn catch_up(&self) -> Result<()> {
        for consumer in CONSUMERS {
            while step(&self.store, *consumer).await? {
                tokio::time::sleep(PAUSE).await;
            }
        }
        Ok(())
    }

    /// Forgets what every consumer has applied, again and again.
    async fn keep_short(&self) {
        loop {
            let rest = self.prune().await.map_or_else(|error| trouble(&error, "old rows of the outbox stay"), |()| PRUNE_INTERVAL);
            tokio::time::sleep(rest).await;
        }
    }

    async fn prune(&self) -> Result<()> {
        let mut applied_through = i64::MAX;
        for consumer in CONSUMERS {
            applied_through = applied_through.min(self.store.get_outbox_position(consumer.name).await?);
        }
        let created_before_ms = self.clock.now_ms() - self.retention_ms;
        while self.store.prune_outbox(applied_through, created_before_ms).await? == PRUNED_TOGETHER {
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }
}

/// Tells of it, and answers how long to wait before the next attempt.
fn trouble(error: &Error, what: &str) -> Duration {
    tracing::warn!(error = error as &dyn std::error::Error, "{what}; it will be tried again");
    REST_AFTER_FAILURE
}

/// Starts the consumers. They end when `closing` is cancelled; what they have not applied waits for the next start.
pub(crate) fn start(runner: Runner, (tasks, closing): (&TaskTracker, &CancellationToken)) {
    let closing = closing.clone();
    tasks.spawn(async move {
        tokio::select! {
            () = async { tokio::join!(runner.keep_up(), runner.keep_short()); } => (),
            () = closing.cancelled() => (),
        }
    });
}
