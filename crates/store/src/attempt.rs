//! Failed attempts, counted by a digest of what they were made on: an account or an address.

use barker_domain::{
    Result,
    attempt::{FORGIVEN_AFTER_MS, Failures},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::OnConflict};

use crate::{
    Transaction,
    entity::attempt::{ActiveModel, Column, Entity},
    error::failed,
};

impl Transaction {
    /// The failures of a subject; none when there is no row.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn get_failures(&self, subject: &str) -> Result<Failures> {
        let row = Entity::find_by_id(subject).one(&self.inner).await.map_err(failed("read the attempts"))?;
        Ok(row.map(|row| Failures { count: row.failures, last_at_ms: row.last_at_ms }).unwrap_or_default())
    }

    /// Sets the failures of a subject; none are forgotten.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn set_failures(&self, subject: &str, failures: Failures) -> Result<()> {
        if failures.count <= 0 {
            let forget = Entity::delete_many().filter(Column::Subject.eq(subject));
            return forget.exec(&self.inner).await.map(drop).map_err(failed("forget the attempts"));
        }
        let row = ActiveModel { subject: Set(subject.to_owned()), failures: Set(failures.count), last_at_ms: Set(failures.last_at_ms) };
        let set = OnConflict::column(Column::Subject).update_columns([Column::Failures, Column::LastAtMs]).to_owned();
        let upsert = Entity::insert(row).on_conflict(set).exec_without_returning(&self.inner);
        upsert.await.map(drop).map_err(failed("count the attempt"))
    }

    /// Forgets failures that are forgiven.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn prune_attempts(&self, now_ms: i64) -> Result<()> {
        let forgiven = Entity::delete_many().filter(Column::LastAtMs.lte(now_ms - FORGIVEN_AFTER_MS));
        forgiven.exec(&self.inner).await.map(drop).map_err(failed("forget the attempts"))
    }
}
