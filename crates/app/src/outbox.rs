//! What follows the outbox. It is read once for all of its consumers: each gathers what it needs of the facts, and causes its
//! effect when it is time. Where it stands moves in the same transaction as the effect; or after it, where causing it again
//! changes nothing. What was gathered and not applied is read again by the next start. So each effect happens exactly once,
//! through any number of restarts.

mod consumer;

use std::{sync::Arc, time::Duration};

use barker_domain::{Error, Result, clock::SharedClock};
use barker_store::{OutboxRow, PRUNED_TOGETHER, Positions, Store, recount};
use tokio::{
    sync::Notify,
    time::{Instant, timeout_at},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{App, own_facts::Surroundings};
use consumer::Consumer;

/// Most outbox rows read together. Under load a row holds a dozen facts or more.
const ROWS_TOGETHER: usize = 128;
/// Most campaigns that are recounted in one transaction, unless a single part of the recount has more: commits wait for
/// their turn.
const RECOUNTED_TOGETHER: usize = 512;
/// Between two reads of a long outbox, so that whoever asks for an ad comes between.
const PAUSE: Duration = Duration::from_millis(20);
/// How long consumers rest after each round at most, so that facts gather.
const REST: Duration = Duration::from_secs(1);
/// The same at least.
const SHORTEST_REST: Duration = Duration::from_millis(200);
/// How many facts gather where more come in a second: what they bring into the warehouse takes a processor core for their time, and
/// whoever asks for an ad waits for it.
const FACTS_OF_A_ROUND: u32 = 2_500;
/// The same after the database has failed them.
const REST_AFTER_FAILURE: Duration = Duration::from_secs(5);
/// How often rows are forgotten that every consumer has applied.
const PRUNE_INTERVAL: Duration = Duration::from_mins(1);

/// Consumers that read the outbox together.
#[derive(Debug)]
pub struct Consumers {
    consumers: Vec<Consumer>,
}

/// When what was gathered is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    /// At once.
    Now,
    /// When it is due, with a pause after each read.
    Due,
}

impl Consumers {
    /// Everyone who wants to know.
    #[must_use]
    pub fn all() -> Self {
        let recount = (0..recount::PARTS).map(Consumer::recount);
        Self { consumers: recount.chain([Consumer::ledger(), Consumer::touches(), Consumer::spend()]).collect() }
    }

    /// The ledger alone, which posts what advertisers have spent.
    #[must_use]
    pub fn ledger() -> Self {
        Self { consumers: vec![Consumer::ledger()] }
    }

    /// The least position of all.
    pub(crate) fn slowest(positions: &Positions) -> i64 {
        Self::all().consumers.iter().map(|consumer| positions.of(&consumer.name)).min().unwrap_or_default()
    }

    /// Applies everything that has been committed, without rests.
    ///
    /// # Errors
    /// When the database or the warehouse does not answer, or a fact cannot be read or applied.
    pub async fn catch_up(mut self, surroundings: &Surroundings, now_ms: i64) -> Result<()> {
        loop {
            self.go_on(surroundings, (now_ms, When::Now)).await?;
            // Where another process was first, what it has left is seen by the next look.
            if self.consumers.iter().all(Consumer::is_settled) {
                return Ok(());
            }
        }
    }

    /// Reads what is new, and applies what is to be applied. One that fails keeps nobody else from it. Answers how many facts it has read.
    async fn go_on(&mut self, surroundings: &Surroundings, (now_ms, when): (i64, When)) -> Result<usize> {
        self.find_their_places(&surroundings.store).await?;
        let (mut facts, mut result) = (0, Ok(()));
        while let Some(from) = self.consumers.iter().filter_map(Consumer::read_through).min() {
            let rows = surroundings.store.list_outbox_after(from, ROWS_TOGETHER as u64).await?;
            facts += rows.iter().map(|row| row.facts.len()).sum::<usize>();
            self.gather(&rows);
            let is_all = rows.len() < ROWS_TOGETHER;
            let is_time = |consumer: &Consumer| consumer.is_full() || is_all && (when == When::Now || consumer.is_due());
            result = result.and(self.apply(surroundings, now_ms, is_time).await);
            if is_all {
                break;
            }
            if when == When::Due {
                tokio::time::sleep(PAUSE).await;
            }
        }
        result.map(|()| facts)
    }

    async fn find_their_places(&mut self, store: &Store) -> Result<()> {
        if self.consumers.iter().any(Consumer::is_lost) {
            let positions = store.read_outbox_positions().await?;
            self.consumers.iter_mut().filter(|consumer| consumer.is_lost()).for_each(|consumer| consumer.stand_at(&positions));
        }
        Ok(())
    }

    fn gather(&mut self, rows: &[OutboxRow]) {
        for consumer in &mut self.consumers {
            consumer.gather(rows);
        }
    }

    async fn apply(&mut self, surroundings: &Surroundings, now_ms: i64, is_time: impl Fn(&Consumer) -> bool) -> Result<()> {
        let mut result = Ok(());
        let due = self.consumers.iter_mut().filter(|consumer| consumer.has_something() && is_time(consumer));
        for mut together in in_turns(due) {
            result = result.and(consumer::apply(&mut together, surroundings, now_ms).await);
        }
        result
    }

    /// When somebody has something to do who rests now; `None` when nobody has.
    fn next_due(&self) -> Option<Instant> {
        self.consumers.iter().filter_map(Consumer::next_due).min()
    }
}

/// Who is applied together: parts of the recount that have gathered the same rows, and not too many campaigns.
fn in_turns<'a>(consumers: impl Iterator<Item = &'a mut Consumer>) -> Vec<Vec<&'a mut Consumer>> {
    let mut turns: Vec<Vec<&mut Consumer>> = Vec::new();
    let mut campaigns = 0;
    for consumer in consumers {
        let more = consumer.recounted();
        let fits = more.is_some_and(|more| campaigns + more <= RECOUNTED_TOGETHER);
        match turns.last_mut() {
            Some(turn) if fits && turn[0].recounted().is_some() && turn[0].span() == consumer.span() => turn.push(consumer),
            _ => {
                campaigns = 0;
                turns.push(vec![consumer]);
            }
        }
        campaigns += more.unwrap_or_default();
    }
    turns
}

/// How long to rest after a round that read so many facts, the last round having begun so long ago: until about
/// [`FACTS_OF_A_ROUND`] have gathered. Before the first round there was none: then, too, facts came in no shorter time than a rest.
fn rest_after(facts: usize, since_the_last: Duration) -> Duration {
    let facts = u32::try_from(facts).unwrap_or(u32::MAX).max(1);
    (since_the_last.max(SHORTEST_REST) * FACTS_OF_A_ROUND / facts).clamp(SHORTEST_REST, REST)
}

/// Applies everything that has been committed, for every consumer, without rests.
///
/// # Errors
/// As for [`Consumers::catch_up`].
pub async fn catch_up(app: &App) -> Result<()> {
    Consumers::all().catch_up(&app.surroundings(), app.now_ms()).await
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
        let (mut consumers, mut begun) = (Consumers::all(), Instant::now());
        loop {
            let since_the_last = std::mem::replace(&mut begun, Instant::now()).elapsed();
            let read = consumers.go_on(&self.surroundings, (self.clock.now_ms(), When::Due)).await;
            let rest = match read {
                Ok(facts) => rest_after(facts, since_the_last),
                Err(error) => trouble(&error, "an outbox consumer could not go on") + REST,
            };
            tokio::time::sleep(rest).await;
            // Whoever rests has gathered something that nobody will be told of again.
            match consumers.next_due() {
                Some(due) => drop(timeout_at(due, self.work_to_do.notified()).await),
                None => self.work_to_do.notified().await,
            }
        }
    }

    /// Forgets what every consumer has applied, again and again.
    async fn keep_short(&self) {
        loop {
            let rest = self.prune().await.map_or_else(|error| trouble(&error, "old rows of the outbox stay"), |()| PRUNE_INTERVAL);
            tokio::time::sleep(rest).await;
        }
    }

    async fn prune(&self) -> Result<()> {
        let applied_through = Consumers::slowest(&self.surroundings.store.read_outbox_positions().await?);
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

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::the_first_round_finds_nothing(0, Duration::ZERO, REST)]
    #[case::nothing_came(0, Duration::from_mins(1), REST)]
    #[case::a_few_a_second(10, Duration::from_secs(1), REST)]
    #[case::half_as_many_as_a_round_in_its_time(2_500, Duration::from_secs(2), REST)]
    #[case::ten_thousand_a_second(10_000, Duration::from_secs(1), Duration::from_millis(250))]
    #[case::the_same_in_a_shorter_time(2_500, Duration::from_millis(250), Duration::from_millis(250))]
    #[case::a_long_outbox_at_once(1_000_000, Duration::from_millis(100), SHORTEST_REST)]
    #[case::more_than_anybody_counts(usize::MAX, Duration::from_hours(1), SHORTEST_REST)]
    #[case::a_few_after_years(1, Duration::from_hours(100_000), REST)]
    fn consumers_rest_until_about_a_round_has_gathered(#[case] facts: usize, #[case] since_the_last: Duration, #[case] rest: Duration) {
        assert_eq!(rest_after(facts, since_the_last), rest);
    }
}
