//! Accounts: when an advertiser pays, what it is lent, and how much is left. What comes in and is given back stands in
//! [`movement`], how it adds up over some days in [`statement`].
//!
//! Whatever is written here is told to the advertiser's purse before the caller hears of it; whatever takes money away is taken
//! out of the purse before it is written.

mod movement;
mod statement;

use std::sync::Arc;

use barker_domain::{
    AdvertiserId, Code, Error, FieldError, Micros, Result,
    account::{Account, AccountTerms},
    error::unless_faulty,
    trail::Action,
};
use barker_serving::{Allowance, Reservation};
use barker_store::AccountBalance;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::{App, Desk, ProjectHandle, purse::spendable};

pub use movement::{Movement, get_posting, list_postings, move_money};
pub use statement::{statement, statement_csv};

pub(crate) use movement::{digest_of, find_posted, post_all, refuse_above_spent, told};

/// An account as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// The account.
    pub account: Account,
    /// ISO 4217.
    pub currency: String,
    /// What was posted.
    pub balance: Micros,
    /// What was spent and is not posted yet.
    pub unposted: Micros,
    /// What may still be spent; `None`: as much as it likes.
    pub spendable: Option<Micros>,
}

/// The account of an advertiser.
///
/// # Errors
/// [`Code::AdvertiserNotFound`].
pub async fn get(app: &App, project: &ProjectHandle, id: AdvertiserId) -> Result<Overview> {
    list(app, project, &[id]).await?.pop().ok_or_else(|| Error::of(Code::AdvertiserNotFound))
}

/// The accounts of these advertisers, in the same order, as far as there are such advertisers.
///
/// # Errors
/// When the database does not answer.
pub async fn list(app: &App, project: &ProjectHandle, ids: &[AdvertiserId]) -> Result<Vec<Overview>> {
    let accounts = project.rows(app).list_accounts(ids).await?;
    let currency = &project.project().currency;
    Ok(ids.iter().filter_map(|id| accounts.get(id)).map(|found| overview(project, found, currency)).collect())
}

fn overview(project: &ProjectHandle, found: &AccountBalance, currency: &str) -> Overview {
    let all = spendable(found);
    // An advertiser without a purse has spent nothing since its balance was posted.
    let left = project.purses().find(found.account.advertiser_id).map_or(all, |purse| Micros(purse.unsettled()));
    Overview {
        account: found.account,
        currency: currency.to_owned(),
        balance: found.balance,
        // The two are read one after the other: a top-up in between is no spend.
        unposted: Micros(all.0.saturating_sub(left.0).max(0)),
        spendable: found.account.terms.credit_limit.map(|_| left),
    }
}

/// Changes an account's terms by `edit`, which sees the present ones; with a version, only while it is still that one.
///
/// # Errors
/// [`Code::AdvertiserNotFound`]; [`Code::VersionConflict`]; [`Code::InvalidRequest`] with every field at fault;
/// [`Code::OverCreditLimit`] when more is owed than would be allowed; whatever `edit` answers.
pub async fn change(
    desk: &Desk,
    (id, version): (AdvertiserId, Option<i32>),
    edit: impl FnOnce(&AccountTerms) -> Result<AccountTerms> + Send + 'static,
) -> Result<Overview> {
    let whole = desk.clone();
    desk.app.see_through(async move { change_whole(&whole, (id, version), edit).await }).await
}

async fn change_whole(
    desk: &Desk,
    (id, version): (AdvertiserId, Option<i32>),
    edit: impl FnOnce(&AccountTerms) -> Result<AccountTerms>,
) -> Result<Overview> {
    let (app, project) = (&desk.app, Arc::clone(&desk.project));
    let turn = project.take_turn().await;
    let before = project.rows(app).find_account(id).await?.ok_or_else(|| Error::of(Code::AdvertiserNotFound))?.account;
    refuse_outdated(&before, version)?;
    let terms = edit(&before.terms)?;
    let faults = terms.faults();
    let terms = unless_faulty(terms, faults)?;
    if terms == before.terms {
        return get(app, &project, id).await;
    }
    let entry = desk.entry(desk.event(Action::AccountChanged).about(id).from(json_of(before.terms)).to(json_of(terms)));
    let after = Account { terms, version: before.version.saturating_add(1), updated_at_ms: entry.occurred_at_ms, ..before };
    let purse = project.purses().get(app, &project, id).await?;
    let refuse = || over_credit_limit("/credit_limit", "must not be below what the advertiser owes, or is about to");
    let effect = PurseEffect::prepare(purse, after.terms.credit().0 - before.terms.credit().0).ok_or_else(refuse)?;
    let update = app.inner.store.write((project.id(), after, entry), |transaction, (project_id, after, entry)| {
        Box::pin(async move {
            transaction.in_project(project_id).update_account(&after).await?;
            transaction.record(&entry).await
        })
    });
    match update.await {
        Ok(()) => effect.conclude(),
        Err(error) => {
            let in_doubt = Arc::new(Mutex::new(Some(effect)));
            let adopt = move |app| adopt_terms(app, Arc::clone(&project), after, Arc::clone(&in_doubt));
            return Err(app.or_in_doubt(error, Some(turn), adopt));
        }
    }
    drop(turn);
    get(app, &project, id).await
}

async fn adopt_terms(app: App, project: Arc<ProjectHandle>, after: Account, in_doubt: Arc<Mutex<Option<PurseEffect>>>) -> Result<()> {
    let stored = project.rows(&app).find_account(after.advertiser_id).await?;
    if let Some(effect) = in_doubt.lock().await.take().filter(|_| stored.is_some_and(|stored| stored.account == after)) {
        effect.conclude();
    }
    Ok(())
}

fn refuse_outdated(account: &Account, version: Option<i32>) -> Result<()> {
    match version {
        Some(version) if version != account.version => {
            Err(Error::new(Code::VersionConflict, format!("it is at version {} by now, not {version}", account.version)))
        }
        _ => Ok(()),
    }
}

/// What a change of money does to a purse: what it takes is held until it is written, what it adds comes after.
#[derive(Debug)]
pub(crate) enum PurseEffect {
    Adds(Allowance, i64),
    Takes(Reservation),
}

impl PurseEffect {
    /// `None` when the purse does not hold what is to be taken.
    pub(crate) fn prepare(purse: Allowance, amount: i64) -> Option<Self> {
        if amount >= 0 {
            return Some(Self::Adds(purse, amount));
        }
        Reservation::take([(&purse, amount.checked_neg()?)]).map(Self::Takes)
    }

    /// What it stands for is durable.
    pub(crate) fn conclude(self) {
        match self {
            Self::Adds(purse, amount) => purse.grow(amount),
            Self::Takes(held) => held.surrender(),
        }
    }
}

pub(crate) fn over_credit_limit(pointer: &str, message: &str) -> Error {
    Error::of(Code::OverCreditLimit).about(FieldError::new(pointer, "range", message))
}

pub(crate) async fn refuse_unknown(app: &App, project: &ProjectHandle, id: AdvertiserId) -> Result<()> {
    project.rows(app).find_advertiser(id).await?.map(drop).ok_or_else(|| Error::of(Code::AdvertiserNotFound))
}

/// An account's terms as the trail shows them.
fn json_of(terms: AccountTerms) -> Value {
    json!({"kind": terms.kind.as_str(), "credit_limit_micros": terms.credit_limit, "low_balance_micros": terms.low_balance})
}
