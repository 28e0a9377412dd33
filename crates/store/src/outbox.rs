//! The outbox: what happened, in commit order. A consumer applies its effect and moves its position in one transaction,
//! which makes each effect happen exactly once.

use std::{collections::HashMap, ops::Range};

use barker_domain::{Code, Error, Result, fact::Fact};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Statement,
};

use crate::{
    Store, Transaction,
    bulk::insert_all,
    entity::{outbox, outbox_position},
    error::failed,
};

/// Rows that are forgotten in one statement: commits wait for it.
pub const PRUNED_TOGETHER: u64 = 500;

/// One commit's facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// Grows with every commit.
    pub id: i64,
    /// What the commit made durable.
    pub facts: Vec<Fact>,
}

/// How far each consumer is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Positions(HashMap<String, i64>);

impl Positions {
    /// The last row that this consumer has applied; 0 for one that never did.
    #[must_use]
    pub fn of(&self, consumer: &str) -> i64 {
        self.0.get(consumer).copied().unwrap_or_default()
    }
}

pub(crate) async fn read_positions(executor: &impl ConnectionTrait) -> Result<Positions> {
    let rows = outbox_position::Entity::find().all(executor).await.map_err(failed("read the outbox"))?;
    Ok(Positions(rows.into_iter().map(|row| (row.consumer, row.last_id)).collect()))
}

/// The statement that adds one row with all facts of a transaction; none when there are no facts.
pub(crate) fn append(backend: DbBackend, facts: &[Fact], now_ms: i64) -> Result<Option<Statement>> {
    if facts.is_empty() {
        return Ok(None);
    }
    let facts = serde_json::to_string(facts).map_err(|error| Error::new(Code::Internal, "could not write facts").caused_by(error))?;
    let row = outbox::ActiveModel { id: NotSet, created_at_ms: Set(now_ms), facts: Set(facts) };
    Ok(Some(outbox::Entity::insert(row).build(backend)))
}

impl Store {
    /// The last row each consumer has applied.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn read_outbox_positions(&self) -> Result<Positions> {
        read_positions(&self.reader).await
    }

    /// Rows that lie after a position, oldest first.
    ///
    /// # Errors
    /// When the database does not answer, or a row is not readable by this version.
    pub async fn list_outbox_after(&self, last_id: i64, limit: u64) -> Result<Vec<OutboxRow>> {
        let rows = outbox::Entity::find()
            .filter(outbox::Column::Id.gt(last_id))
            .order_by_asc(outbox::Column::Id)
            .limit(limit)
            .all(&self.reader)
            .await
            .map_err(failed("read the outbox"))?;
        // Thousands of facts, and whoever asks for an ad waits for the threads that answer.
        let read = tokio::task::spawn_blocking(|| rows.into_iter().map(OutboxRow::try_from).collect());
        read.await.map_err(|error| Error::of(Code::Internal).caused_by(error))?
    }

    /// The last row there is; 0 when there is none.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_last_outbox_id(&self) -> Result<i64> {
        let last = outbox::Entity::find().select_only().column(outbox::Column::Id).order_by_desc(outbox::Column::Id).limit(1);
        Ok(last.into_tuple::<i64>().one(&self.reader).await.map_err(failed("read the outbox"))?.unwrap_or_default())
    }

    /// When the oldest row after a position was written, in milliseconds UTC; `None` when there is none.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_outbox_moment_after(&self, last_id: i64) -> Result<Option<i64>> {
        use outbox::{Column, Entity};
        let oldest = Entity::find().select_only().column(Column::CreatedAtMs).filter(Column::Id.gt(last_id)).order_by_asc(Column::Id);
        oldest.limit(1).into_tuple::<i64>().one(&self.reader).await.map_err(failed("read the outbox"))
    }

    /// Forgets the oldest rows that every consumer has applied and that are older than `created_before_ms`, at most
    /// [`PRUNED_TOGETHER`] of them. Answers how many there were.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn prune_outbox(&self, applied_through: i64, created_before_ms: i64) -> Result<u64> {
        use outbox::{Column, Entity};
        // Rows lie in the order of commits, so that the oldest are found without looking at the others.
        let oldest = Entity::find().select_only().columns([Column::Id, Column::CreatedAtMs]).filter(Column::Id.lte(applied_through));
        let oldest = oldest.order_by_asc(Column::Id).limit(PRUNED_TOGETHER).into_tuple::<(i64, i64)>().all(&self.reader).await;
        let oldest = oldest.map_err(failed("prune the outbox"))?;
        let Some((last_id, _)) = oldest.into_iter().take_while(|(_, created_at_ms)| *created_at_ms < created_before_ms).last() else {
            return Ok(0);
        };
        let deleted = Entity::delete_many().filter(Column::Id.lte(last_id)).exec(&self.writer).await;
        Ok(deleted.map_err(failed("prune the outbox"))?.rows_affected)
    }
}

impl Transaction {
    /// Moves the position of these consumers, together with the effect of this transaction. `false` when one is not where it was
    /// thought to be: another process has applied these rows, and this transaction must not.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn advance_outbox_positions(&self, consumers: &[String], span: Range<i64>) -> Result<bool> {
        use outbox_position::{ActiveModel, Column, Entity};
        let failed = failed("move the outbox position");
        let positions = read_positions(&self.inner).await?;
        if consumers.iter().any(|consumer| positions.of(consumer) != span.start) {
            return Ok(false);
        }
        let moved = Entity::update_many().col_expr(Column::LastId, span.end.into()).filter(Column::Consumer.is_in(consumers));
        moved.exec(&self.inner).await.map_err(&failed)?;
        let new = consumers.iter().filter(|consumer| !positions.0.contains_key(*consumer));
        let new = new.map(|consumer| ActiveModel { consumer: Set(consumer.clone()), last_id: Set(span.end) });
        insert_all(&self.inner, &new.collect::<Vec<_>>(), None).await.map_err(failed)?;
        Ok(true)
    }
}

impl TryFrom<outbox::Model> for OutboxRow {
    type Error = Error;

    fn try_from(row: outbox::Model) -> Result<Self> {
        let facts = serde_json::from_str(&row.facts)
            .map_err(|error| Error::new(Code::Internal, "the outbox holds facts this version cannot read").caused_by(error))?;
        Ok(Self { id: row.id, facts })
    }
}
