//! Accounts: opened with their advertisers, read with their balance, changed.

use std::collections::HashMap;

use barker_domain::{
    AdvertiserId, Micros, Result,
    account::{Account, AccountKind, AccountTerms},
    ledger::Book,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::OnConflict};

use crate::{
    bulk::{ROWS_PER_STATEMENT, insert_all},
    entity::{
        account::{ActiveModel, Column, Entity, Model},
        balance,
    },
    error::{failed, unreadable},
    tenant::{InProject, InProjectMut},
};

/// An account and what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountBalance {
    /// The account.
    pub account: Account,
    /// What was posted.
    pub balance: Micros,
}

impl InProject<'_> {
    /// The accounts of these advertisers with their balances, as far as there are such advertisers.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_accounts(&self, ids: &[AdvertiserId]) -> Result<HashMap<AdvertiserId, AccountBalance>> {
        let mut found = HashMap::with_capacity(ids.len());
        for ids in ids.chunks(ROWS_PER_STATEMENT) {
            let balances = self.balances_of(ids).await?;
            let accounts = Entity::find().filter(Column::ProjectId.eq(self.project_id.0));
            let accounts = accounts.filter(self.among(Column::AdvertiserId, ids.iter().map(|id| id.0)));
            for row in accounts.all(&self.executor).await.map_err(failed("read the accounts"))? {
                let account = Account::try_from(row)?;
                let balance = balances.get(&account.advertiser_id).copied().unwrap_or_default();
                found.insert(account.advertiser_id, AccountBalance { account, balance });
            }
        }
        Ok(found)
    }

    /// The account of an advertiser with its balance; `None` when there is no such advertiser.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_account(&self, id: AdvertiserId) -> Result<Option<AccountBalance>> {
        Ok(self.list_accounts(&[id]).await?.remove(&id))
    }

    /// Which advertisers' webhooks are told when less than how much may be spent.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_low_balances(&self) -> Result<Vec<(AdvertiserId, Micros)>> {
        let rows = Entity::find().filter(Column::ProjectId.eq(self.project_id.0)).filter(Column::LowBalanceMicros.is_not_null());
        let rows = rows.all(&self.executor).await.map_err(failed("read the accounts"))?;
        Ok(rows.into_iter().filter_map(|row| Some((AdvertiserId(row.advertiser_id), Micros(row.low_balance_micros?)))).collect())
    }

    /// The balances of these advertisers, at most [`ROWS_PER_STATEMENT`]; one without any posting has none.
    pub(crate) async fn balances_of(&self, ids: &[AdvertiserId]) -> Result<HashMap<AdvertiserId, Micros>> {
        use balance::{Column, Entity};
        let rows = Entity::find().filter(Column::ProjectId.eq(self.project_id.0));
        let rows = rows.filter(self.among(Column::AdvertiserId, ids.iter().map(|id| id.0)));
        let rows = rows.filter(Column::Book.eq(Book::Advertiser.as_str())).all(&self.executor).await;
        let rows = rows.map_err(failed("read the balances"))?;
        Ok(rows.into_iter().map(|row| (AdvertiserId(row.advertiser_id), Micros(row.amount_micros))).collect())
    }
}

impl InProjectMut<'_> {
    /// Opens an account for each of these advertisers that has none: postpaid, without a limit.
    pub(crate) async fn open_accounts(&self, ids: impl Iterator<Item = AdvertiserId>, now_ms: i64) -> Result<()> {
        let terms = AccountTerms::default();
        let rows = ids.map(|id| ActiveModel {
            project_id: Set(self.project_id.0),
            advertiser_id: Set(id.0),
            kind: Set(terms.kind.as_str().to_owned()),
            credit_limit_micros: Set(terms.credit_limit.map(|limit| limit.0)),
            low_balance_micros: Set(terms.low_balance.map(|amount| amount.0)),
            version: Set(1),
            created_at_ms: Set(now_ms),
            updated_at_ms: Set(now_ms),
        });
        let key = [Column::ProjectId, Column::AdvertiserId];
        let nothing = OnConflict::columns(key).do_nothing_on(key).to_owned();
        insert_all(&self.executor, &rows.collect::<Vec<_>>(), Some(&nothing)).await.map_err(failed("open the accounts"))
    }

    /// Stores the terms of an account that exists.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn update_account(&self, account: &Account) -> Result<()> {
        let update = Entity::update_many()
            .col_expr(Column::Kind, account.terms.kind.as_str().into())
            .col_expr(Column::CreditLimitMicros, account.terms.credit_limit.map(|limit| limit.0).into())
            .col_expr(Column::LowBalanceMicros, account.terms.low_balance.map(|amount| amount.0).into())
            .col_expr(Column::Version, account.version.into())
            .col_expr(Column::UpdatedAtMs, account.updated_at_ms.into())
            .filter(Column::ProjectId.eq(self.project_id.0))
            .filter(Column::AdvertiserId.eq(account.advertiser_id.0));
        update.exec(&self.executor).await.map(drop).map_err(failed("change the account"))
    }
}

impl TryFrom<Model> for Account {
    type Error = barker_domain::Error;

    fn try_from(row: Model) -> Result<Self> {
        let kind = AccountKind::named(&row.kind).ok_or_else(|| unreadable("accounts", "kind"))?;
        Ok(Self {
            advertiser_id: AdvertiserId(row.advertiser_id),
            terms: AccountTerms {
                kind,
                credit_limit: row.credit_limit_micros.map(Micros),
                low_balance: row.low_balance_micros.map(Micros),
            },
            version: row.version,
            created_at_ms: row.created_at_ms,
            updated_at_ms: row.updated_at_ms,
        })
    }
}
