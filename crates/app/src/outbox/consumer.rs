//! A consumer of the outbox: where it stands, what it has gathered since, and what it does with it.

use std::{ops::Range, sync::Arc, time::Duration};

use barker_domain::{Result, fact::Fact};
use barker_store::{
    CounterSums, OutboxRow, Positions, Store, add_to_sums,
    ledger::{self, SpentSums},
    recount,
};
use tokio::time::Instant;

use crate::own_facts::{
    Surroundings, spend,
    touch::{self, Touch},
};

/// Most touches that are kept together.
const TOUCHES_TOGETHER: usize = 10_000;
/// Most postings of one transaction, unless a single read brings more.
const POSTINGS_TOGETHER: usize = 512;
/// Between two times that spend is posted: an advertiser whose ads never rest has 2,880 postings a day.
const POSTING_INTERVAL: Duration = Duration::from_secs(30);
/// Between two times that campaigns are recounted: those whose ads never rest are written as often.
const RECOUNT_INTERVAL: Duration = Duration::from_secs(30);

/// Someone who wants to know what happened.
#[derive(Debug)]
pub(super) struct Consumer {
    /// Its name in `outbox_positions`; never changed.
    pub(super) name: String,
    /// The last row that it has applied; unknown until the database says so, and after anything went wrong.
    position: Option<i64>,
    /// The last row that it has gathered.
    through: i64,
    gathered: Gathered,
    /// When it is to apply what it has gathered.
    due: Instant,
}

/// What is kept of facts until it is applied.
#[derive(Debug)]
enum Gathered {
    Recount { part: u8, sums: CounterSums },
    Ledger(SpentSums),
    Touches(Vec<Touch>),
    Spend(spend::Slices),
}

/// Whose rows are applied: from behind one to another.
#[derive(Debug, Clone)]
struct Rows {
    consumers: Arc<Vec<String>>,
    span: Range<i64>,
}

/// Does what these consumers are there for, who have gathered the same rows, with what they have gathered. After a failure, and
/// when another process has done it, they begin again where the database says.
pub(super) async fn apply(together: &mut [&mut Consumer], surroundings: &Surroundings, now_ms: i64) -> Result<()> {
    let consumers = Arc::new(together.iter().map(|consumer| consumer.name.clone()).collect());
    let Some((first, others)) = together.split_first_mut() else { return Ok(()) };
    let Some((from, to)) = first.span() else { return Ok(()) };
    let mut gathered = first.gathered.take();
    for other in others {
        gathered.absorb(other.gathered.take());
    }
    let applied = gathered.apply(surroundings, Rows { consumers, span: from..to }, now_ms).await;
    let rest = applied.as_ref().ok().copied().flatten();
    for consumer in together {
        consumer.conclude(rest);
    }
    applied.map(drop)
}

impl Consumer {
    /// Reckons the counters of a part of the campaigns a second time.
    pub(super) fn recount(part: u8) -> Self {
        Self::new(recount::consumer(part), Gathered::Recount { part, sums: CounterSums::new() })
    }

    /// Posts what advertisers have spent.
    pub(super) fn ledger() -> Self {
        Self::new(ledger::CONSUMER.to_owned(), Gathered::Ledger(SpentSums::new()))
    }

    /// Brings impressions and clicks into the warehouse.
    pub(super) fn touches() -> Self {
        Self::new(touch::CONSUMER.to_owned(), Gathered::Touches(Vec::new()))
    }

    /// Brings what campaigns have spent into the warehouse.
    pub(super) fn spend() -> Self {
        Self::new(spend::CONSUMER.to_owned(), Gathered::Spend(spend::Slices::new()))
    }

    fn new(name: String, gathered: Gathered) -> Self {
        Self { name, position: None, through: 0, gathered, due: Instant::now() }
    }

    /// Whether the database has to say where it stands.
    pub(super) fn is_lost(&self) -> bool {
        self.position.is_none()
    }

    pub(super) fn stand_at(&mut self, positions: &Positions) {
        let position = positions.of(&self.name);
        (self.position, self.through) = (Some(position), position);
        self.gathered.clear();
    }

    /// How far it has read, once it knows where it stands.
    pub(super) fn read_through(&self) -> Option<i64> {
        self.position.map(|_| self.through)
    }

    /// The rows that it has gathered and not applied: from behind the one to the other.
    pub(super) fn span(&self) -> Option<(i64, i64)> {
        self.position.map(|position| (position, self.through))
    }

    /// Whether rows are gathered that are not applied.
    pub(super) fn has_something(&self) -> bool {
        self.position.is_some_and(|position| position < self.through)
    }

    /// Whether it knows where it stands, and has applied what it has read.
    pub(super) fn is_settled(&self) -> bool {
        self.position == Some(self.through)
    }

    /// Whether it is to apply what it has before it gathers more.
    pub(super) fn is_full(&self) -> bool {
        match &self.gathered {
            Gathered::Ledger(sums) => sums.len() >= POSTINGS_TOGETHER,
            Gathered::Touches(touches) => touches.len() >= TOUCHES_TOGETHER,
            Gathered::Recount { .. } | Gathered::Spend(_) => false,
        }
    }

    pub(super) fn is_due(&self) -> bool {
        self.due <= Instant::now()
    }

    /// When it is to do what it has to do; `None` when it has nothing.
    pub(super) fn next_due(&self) -> Option<Instant> {
        (self.is_lost() || self.has_something()).then_some(self.due)
    }

    /// How many campaigns it is to recount; `None` when that is not what it does.
    pub(super) fn recounted(&self) -> Option<usize> {
        if let Gathered::Recount { sums, .. } = &self.gathered { Some(sums.len()) } else { None }
    }

    /// Gathers what these rows bring that it has not read.
    pub(super) fn gather(&mut self, rows: &[OutboxRow]) {
        let Some(last) = rows.last().filter(|_| !self.is_lost()) else { return };
        let through = self.through;
        self.gathered.add(rows.iter().filter(|row| row.id > through).flat_map(|row| &row.facts));
        self.through = through.max(last.id);
    }

    /// `rest` when what was gathered is applied.
    fn conclude(&mut self, rest: Option<Duration>) {
        self.position = rest.map(|_| self.through);
        self.due = Instant::now() + rest.unwrap_or_default();
    }
}

impl Gathered {
    fn clear(&mut self) {
        drop(self.take());
    }

    fn take(&mut self) -> Self {
        match self {
            Self::Recount { part, sums } => Self::Recount { part: *part, sums: std::mem::take(sums) },
            Self::Ledger(sums) => Self::Ledger(std::mem::take(sums)),
            Self::Touches(touches) => Self::Touches(std::mem::take(touches)),
            Self::Spend(slices) => Self::Spend(std::mem::take(slices)),
        }
    }

    fn add<'a>(&mut self, facts: impl Iterator<Item = &'a Fact>) {
        match self {
            Self::Recount { part, sums } => add_to_sums(sums, facts.filter(|fact| recount::part_of(fact.campaign_id()) == *part)),
            Self::Ledger(sums) => ledger::add_spent(sums, facts),
            Self::Touches(touches) => touches.extend(facts.filter_map(Touch::of)),
            Self::Spend(slices) => spend::note(slices, facts),
        }
    }

    /// Answers how long to rest; `None` when another process has applied these rows.
    async fn apply(self, surroundings: &Surroundings, rows: Rows, now_ms: i64) -> Result<Option<Duration>> {
        let store = &surroundings.store;
        let (is_ours, rest) = match self {
            Self::Recount { sums, .. } => (recount(store, rows, sums).await?, RECOUNT_INTERVAL),
            Self::Ledger(sums) => (post_spend(store, rows, (sums, now_ms)).await?, POSTING_INTERVAL),
            Self::Touches(touches) => {
                touch::keep(surroundings, rows.span.start, touches).await?;
                (advance(store, rows).await?, Duration::ZERO)
            }
            Self::Spend(slices) => {
                let rest = spend::replace(surroundings, slices, now_ms).await?;
                (advance(store, rows).await?, rest)
            }
        };
        Ok(is_ours.then_some(rest))
    }

    /// Parts of the recount are applied together, and nothing else is.
    fn absorb(&mut self, other: Self) {
        if let (Self::Recount { sums, .. }, Self::Recount { sums: more, .. }) = (self, other) {
            sums.extend(more);
        }
    }
}

async fn recount(store: &Store, rows: Rows, sums: CounterSums) -> Result<bool> {
    let write = store.write((rows, Arc::new(sums)), |transaction, (rows, sums)| {
        Box::pin(async move {
            let is_ours = transaction.advance_outbox_positions(&rows.consumers, rows.span).await?;
            if is_ours {
                transaction.add_to_recount(&sums).await?;
            }
            Ok(is_ours)
        })
    });
    write.await
}

/// What an advertiser spent on a day is posted once for everything that waits.
async fn post_spend(store: &Store, rows: Rows, (sums, now_ms): (SpentSums, i64)) -> Result<bool> {
    let write = store.write((rows, Arc::new(sums)), move |transaction, (rows, sums)| {
        Box::pin(async move {
            let is_ours = transaction.advance_outbox_positions(&rows.consumers, rows.span).await?;
            if is_ours {
                transaction.post_spend(&sums, now_ms).await?;
            }
            Ok(is_ours)
        })
    });
    write.await
}

/// The effect is on disk already.
async fn advance(store: &Store, rows: Rows) -> Result<bool> {
    let write = store
        .write(rows, |transaction, rows| Box::pin(async move { transaction.advance_outbox_positions(&rows.consumers, rows.span).await }));
    write.await
}
