//! The outbox's consumers: each reads what happened in commit order, and records how far it came in the same
//! transaction as its effect; or after it, where causing it again changes nothing. Each effect happens exactly once, through
//! any number of restarts.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
    sync::Arc,
    time::Duration,
};

use barker_domain::{Error, Result, clock::SharedClock, fact::Fact};
use barker_store::{
    OutboxRow, PRUNED_TOGETHER, Store, Transaction, Work,
    ledger::{self, SpentSums},
    recount,
};
use tokio::{sync::Notify, time::Instant};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    App,
    own_facts::{Surroundings, spend, touch},
};

/// Most outbox rows applied in one transaction. Under load a row holds a dozen facts or more.
const ROWS_PER_STEP: usize = 128;
/// Most campaigns whose facts are applied in one transaction, unless a single row holds more: commits wait for their
/// turn, and an effect takes as long as there are campaigns in it.
const CAMPAIGNS_PER_STEP: usize = 512;
/// Most postings of one transaction, unless a single row holds more.
const POSTINGS_PER_STEP: usize = 512;
/// Between two times that spend is posted: an advertiser whose ads never rest has 2,880 postings a day.
const POSTING_INTERVAL: Duration = Duration::from_secs(30);
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
    /// How its effect is caused once.
    pub effect: Effect,
}

/// An effect inside a transaction.
pub type Apply = for<'t> fn(&'t Transaction, Vec<Fact>) -> Work<'t, ()>;

/// How an effect is caused once.
#[derive(Clone, Copy)]
pub enum Effect {
    /// Inside the transaction that moves the position.
    Transaction(Apply),
    /// Before the position moves: caused again when the process dies in between, which changes nothing.
    Touches,
    /// The same, for all rows that there are at once.
    Spend,
    /// Inside the transaction that moves the position, for all rows that there are at once.
    Ledger,
}

/// Everyone who wants to know.
pub const CONSUMERS: &[Consumer] = &[
    Consumer { name: recount::CONSUMER, effect: Effect::Transaction(|transaction, facts| Box::pin(transaction.add_to_recount(facts))) },
    LEDGER,
    Consumer { name: touch::CONSUMER, effect: Effect::Touches },
    Consumer { name: spend::CONSUMER, effect: Effect::Spend },
];

/// Posts what advertisers have spent.
pub(crate) const LEDGER: Consumer = Consumer { name: ledger::CONSUMER, effect: Effect::Ledger };

/// What came of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stepped {
    /// Whether more was waiting behind it; `false` too when another process has taken it.
    pub is_behind: bool,
    /// How long the consumer is to rest before the next.
    pub rest: Duration,
}

impl Stepped {
    const DONE: Self = Self { is_behind: false, rest: Duration::ZERO };

    fn with_more(is_behind: bool) -> Self {
        Self { is_behind, ..Self::DONE }
    }
}

/// Applies everything that has been committed, for every consumer, without rests.
///
/// # Errors
/// As [`step`].
pub async fn catch_up(app: &App) -> Result<()> {
    let surroundings = app.surroundings();
    for consumer in CONSUMERS {
        loop {
            step(&surroundings, *consumer, app.now_ms()).await?;
            let position = surroundings.store.get_outbox_position(consumer.name).await?;
            if surroundings.store.find_outbox_moment_after(position).await?.is_none() {
                break;
            }
        }
    }
    Ok(())
}

/// Applies the next rows.
///
/// # Errors
/// When the database or the warehouse does not answer, or a fact cannot be read or applied.
pub async fn step(surroundings: &Surroundings, consumer: Consumer, now_ms: i64) -> Result<Stepped> {
    let from = surroundings.store.get_outbox_position(consumer.name).await?;
    match consumer.effect {
        Effect::Spend => return step_over_all(surroundings, (consumer, from), now_ms).await,
        Effect::Ledger => return post_spend(&surroundings.store, (consumer, from), now_ms).await,
        Effect::Transaction(_) | Effect::Touches => (),
    }
    let mut rows = surroundings.store.list_outbox_after(from, ROWS_PER_STEP as u64).await?;
    // Under steady load there is always one more: whoever waited for none would never rest.
    let fitting = count_fitting(&rows);
    let is_full = rows.len() == ROWS_PER_STEP || fitting < rows.len();
    rows.truncate(fitting);
    let Some(to) = rows.last().map(|row| row.id) else { return Ok(Stepped::DONE) };
    let facts: Vec<_> = rows.into_iter().flat_map(|row| row.facts).collect();
    let is_ours = if let Effect::Transaction(apply) = consumer.effect {
        apply_in_transaction(&surroundings.store, (consumer.name, from..to), (apply, facts)).await?
    } else {
        touch::keep(surroundings, &facts).await?;
        move_position(&surroundings.store, consumer.name, from..to).await?
    };
    Ok(Stepped::with_more(is_ours && is_full))
}

async fn apply_in_transaction(store: &Store, (name, span): (&'static str, Range<i64>), (apply, facts): (Apply, Vec<Fact>)) -> Result<bool> {
    let write = store.write((Arc::new(facts), span), move |transaction, (facts, span)| {
        Box::pin(async move {
            let is_ours = transaction.advance_outbox_position(name, span.start, span.end).await?;
            if is_ours {
                apply(transaction, facts.to_vec()).await?;
            }
            Ok(is_ours)
        })
    });
    write.await
}

/// The effect is on disk already.
async fn move_position(store: &Store, name: &'static str, span: Range<i64>) -> Result<bool> {
    let write = store.write(span, move |transaction, span| {
        Box::pin(async move { transaction.advance_outbox_position(name, span.start, span.end).await })
    });
    write.await
}

/// A day is replaced once for everything that happened on it.
async fn step_over_all(surroundings: &Surroundings, (consumer, from): (Consumer, i64), now_ms: i64) -> Result<Stepped> {
    let (mut slices, mut to) = (spend::Slices::new(), from);
    loop {
        let rows = surroundings.store.list_outbox_after(to, ROWS_PER_STEP as u64).await?;
        let is_full = rows.len() == ROWS_PER_STEP;
        for row in rows {
            spend::note(&mut slices, &row.facts);
            to = row.id;
        }
        if !is_full {
            break;
        }
    }
    if to == from {
        return Ok(Stepped::DONE);
    }
    let rest = spend::replace(surroundings, slices, now_ms).await?;
    move_position(&surroundings.store, consumer.name, from..to).await?;
    Ok(Stepped { is_behind: false, rest })
}

/// What an advertiser spent on a day is posted once for everything that waits.
async fn post_spend(store: &Store, (consumer, from): (Consumer, i64), now_ms: i64) -> Result<Stepped> {
    let (mut sums, mut to, mut is_behind) = (SpentSums::new(), from, true);
    while is_behind && sums.len() < POSTINGS_PER_STEP {
        let rows = store.list_outbox_after(to, ROWS_PER_STEP as u64).await?;
        is_behind = rows.len() == ROWS_PER_STEP;
        for row in rows {
            for (project_id, advertiser_id, day, spent) in row.facts.iter().filter_map(Fact::spent) {
                let sum = sums.entry((project_id, advertiser_id, day)).or_default();
                *sum = sum.saturating_add(spent);
            }
            to = row.id;
        }
    }
    if to == from {
        return Ok(Stepped::DONE);
    }
    let given = (Arc::new(sums), from..to, consumer.name, now_ms);
    let write = store.write(given, |transaction, (sums, span, name, now_ms)| {
        Box::pin(async move {
            let is_ours = transaction.advance_outbox_position(name, span.start, span.end).await?;
            if is_ours {
                transaction.post_spend(&sums, now_ms).await?;
            }
            Ok(is_ours)
        })
    });
    let is_ours = write.await?;
    Ok(Stepped { is_behind: is_ours && is_behind, rest: POSTING_INTERVAL })
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

/// Wakes the consumers when there is something to do.
pub(crate) fn signal() -> (Arc<Notify>, Arc<Notify>) {
    let signal = Arc::new(Notify::new());
    (Arc::clone(&signal), signal)
}

/// What the background task needs.
pub(crate) struct Runner {
    surroundings: Surroundings,
    clock: SharedClock,
    retention_ms: i64,
    work_to_do: Arc<Notify>,
}

impl Runner {
    pub(crate) fn new(surroundings: Surroundings, clock: SharedClock, retention_ms: i64, work_to_do: Arc<Notify>) -> Self {
        Self { surroundings, clock, retention_ms, work_to_do }
    }

    /// Brings every consumer up to date, again and again.
    async fn keep_up(&self) {
        let mut rests = HashMap::new();
        loop {
            while let Err(error) = self.catch_up(&mut rests).await {
                tokio::time::sleep(trouble(&error, "an outbox consumer could not go on")).await;
            }
            tokio::time::sleep(REST).await;
            // Whoever rests may have left something behind that nobody will be told of again.
            match rests.values().min() {
                Some(end) => drop(tokio::time::timeout_at(*end, self.work_to_do.notified()).await),
                None => self.work_to_do.notified().await,
            }
        }
    }

    async fn catch_up(&self, rests: &mut HashMap<&'static str, Instant>) -> Result<()> {
        for consumer in CONSUMERS {
            if rests.get(consumer.name).is_some_and(|end| *end > Instant::now()) {
                continue;
            }
            rests.remove(consumer.name);
            loop {
                let Stepped { is_behind, rest } = step(&self.surroundings, *consumer, self.clock.now_ms()).await?;
                if !rest.is_zero() {
                    rests.insert(consumer.name, Instant::now() + rest);
                }
                if !is_behind {
                    break;
                }
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
            applied_through = applied_through.min(self.surroundings.store.get_outbox_position(consumer.name).await?);
        }
        let created_before_ms = self.clock.now_ms() - self.retention_ms;
        while self.surroundings.store.prune_outbox(applied_through, created_before_ms).await? == PRUNED_TOGETHER {
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
