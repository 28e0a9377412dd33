//! What advertisers may still spend, reckoned at one moment: what was posted, what they are lent, less what lies in the outbox
//! and is not posted yet.

use std::collections::HashMap;

use barker_domain::{AdvertiserId, Micros, ProjectId, Result, account::Account, fact::Fact, ledger::Book};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, DbBackend, EntityTrait, IsolationLevel, QueryFilter, QueryOrder, QuerySelect, TransactionOptions,
    TransactionTrait,
};

use crate::{
    OutboxRow, Store,
    entity::{account, balance, outbox},
    error::failed,
    ledger::CONSUMER,
    outbox::read_positions,
};

/// Rows of the outbox that are read together.
const ROWS_TOGETHER: u64 = 512;

/// What each advertiser may still spend; below zero when that was passed.
pub type Purses = HashMap<ProjectId, HashMap<AdvertiserId, Micros>>;

impl Store {
    /// What every advertiser may still spend: of all projects, or of one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn read_purses(&self, only: Option<ProjectId>) -> Result<Purses> {
        // SQLite's readers see one moment by nature; the others must be asked to.
        let isolation_level = (self.reader.get_database_backend() != DbBackend::Sqlite).then_some(IsolationLevel::RepeatableRead);
        let options = TransactionOptions { isolation_level, ..TransactionOptions::default() };
        let moment = self.reader.begin_with_options(options).await.map_err(failed("begin to read the balances"))?;
        let purses = read(&moment, only).await?;
        moment.rollback().await.map_err(failed("end reading the balances"))?;
        Ok(purses)
    }
}

async fn read(moment: &DatabaseTransaction, only: Option<ProjectId>) -> Result<Purses> {
    let mut purses = Purses::new();
    let mut accounts = account::Entity::find();
    let mut balances = balance::Entity::find().filter(balance::Column::Book.eq(Book::Advertiser.as_str()));
    if let Some(id) = only {
        accounts = accounts.filter(account::Column::ProjectId.eq(id.0));
        balances = balances.filter(balance::Column::ProjectId.eq(id.0));
    }
    for row in accounts.all(moment).await.map_err(failed("read the accounts"))? {
        let (project_id, account) = (ProjectId(row.project_id), Account::try_from(row)?);
        purses.entry(project_id).or_default().insert(account.advertiser_id, account.terms.credit());
    }
    let mut add = |project_id, advertiser_id, amount: Micros| {
        if let Some(purse) = purses.get_mut(&project_id).and_then(|purses| purses.get_mut(&advertiser_id)) {
            *purse = purse.saturating_add(amount);
        }
    };
    for row in balances.all(moment).await.map_err(failed("read the balances"))? {
        add(ProjectId(row.project_id), AdvertiserId(row.advertiser_id), Micros(row.amount_micros));
    }
    let mut last_id = read_positions(moment).await?.of(CONSUMER);
    loop {
        let waiting = outbox::Entity::find().filter(outbox::Column::Id.gt(last_id)).order_by_asc(outbox::Column::Id);
        let rows = waiting.limit(ROWS_TOGETHER).all(moment).await.map_err(failed("read the outbox"))?;
        let Some(last) = rows.last() else { return Ok(purses) };
        last_id = last.id;
        for row in rows {
            for (project_id, advertiser_id, _, spent) in OutboxRow::try_from(row)?.facts.iter().filter_map(Fact::spent) {
                add(project_id, advertiser_id, Micros(-spent.0));
            }
        }
    }
}
