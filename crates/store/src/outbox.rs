//! The outbox: what happened, in commit order. A consumer applies its effect and moves its position in one transaction,
//! which makes each effect happen exactly once.

use barker_domain::{Code, Error, Result, fact::Fact};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, DbBackend, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Statement,
    sea_query::OnConflict,
};

use crate::{
    Store, Transaction,
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
    /// The last row each of these consumers has applied; 0 for one that never did.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn get_outbox_position(&self, consumer: &str) -> Result<i64> {
        let position = outbox_position::Entity::find_by_id(consumer.to_owned()).one(&self.reader).await;
        Ok(position.map_err(failed("read the outbox"))?.map_or(0, |position| position.last_id))
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
    /// Moves a consumer's position, together with the effect of this transaction. `false` when it is not where the
    /// consumer thought it was: another process has applied these rows, and this transaction must not.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn advance_outbox_position(&self, consumer: &str, from: i64, to: i64) -> Result<bool> {
        use outbox_position::{ActiveModel, Column, Entity};
        if from == 0 {
            let first = ActiveModel { consumer: Set(consumer.to_owned()), last_id: Set(0) };
            let nothing = OnConflict::column(Column::Consumer).do_nothing_on([Column::Consumer]).to_owned();
            let inserted = Entity::insert(first).on_conflict(nothing).exec_without_returning(&self.inner).await;
            match inserted {
                Ok(_) | Err(sea_orm::DbErr::RecordNotInserted) => (),
                Err(error) => return Err(failed("move the outbox position")(error)),
            }
        }
        let moved = Entity::update_many()
            .col_expr(Column::LastId, to.into())
            .filter(Column::Consumer.eq(consumer).and(Column::LastId.eq(from)))
            .exec(&self.inner)
            .await
            .map_err(failed("move the outbox position"))?;
        Ok(moved.rows_affected == 1)
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
