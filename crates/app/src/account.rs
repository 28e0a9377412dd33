//! Money of an advertiser: when it pays and what it is lent, what comes in, what is given back, what is set right.
//!
//! Whatever is written here is told to the advertiser's purse before the caller hears of it; whatever takes money away is taken
//! out of the purse before it is written.

use std::{fmt::Write, sync::Arc};

use barker_domain::{
    AdvertiserId, Code, Day, Error, FieldError, Micros, PostingId, Result,
    account::{Account, AccountTerms, MAX_AMOUNT},
    error::unless_faulty,
    ledger::{Idempotency, LedgerDay, NewPosting, Posting, PostingKind, Statement, amount_fault, key_fault, note_fault},
    money::MICROS_PER_UNIT,
    page::{Listed, Page},
    project::Project,
    trail::{Action, Entry},
};
use barker_serving::{Allowance, Reservation};
use barker_store::{AccountBalance, PostingFilter, PostingSort};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::{App, Desk, ProjectHandle, outbox, purse::spendable, secret::Digest};

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

/// Money that somebody moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// Whose.
    pub advertiser_id: AdvertiserId,
    /// Why; not spend.
    pub kind: PostingKind,
    /// What it adds to the balance.
    pub amount: Micros,
    /// The currency that the caller takes the amount to be in.
    pub currency: Option<String>,
    /// For people.
    pub note: Option<String>,
    /// What the caller calls this movement.
    pub key: String,
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
    Adds(Arc<Allowance>, i64),
    Takes(Reservation),
}

impl PurseEffect {
    /// `None` when the purse does not hold what is to be taken.
    pub(crate) fn prepare(purse: Arc<Allowance>, amount: i64) -> Option<Self> {
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

/// Posts what was spent up to now: it can be given back as well.
pub(crate) async fn post_all(app: &App) -> Result<()> {
    while outbox::step(&app.surroundings(), outbox::LEDGER, app.now_ms()).await?.is_behind {}
    Ok(())
}

/// Tops up, refunds or adjusts. The same key with the same request changes nothing and answers the same.
///
/// # Errors
/// [`Code::AdvertiserNotFound`]; [`Code::InvalidRequest`] with every field at fault; [`Code::IdempotencyConflict`];
/// [`Code::OverCreditLimit`] when an adjustment takes more than may be spent.
pub async fn move_money(desk: &Desk, movement: Movement) -> Result<Posting> {
    if movement.kind == PostingKind::Refund {
        post_all(&desk.app).await?;
    }
    let whole = desk.clone();
    desk.app.see_through(async move { move_whole(&whole, movement).await }).await
}

async fn move_whole(desk: &Desk, movement: Movement) -> Result<Posting> {
    let (app, project) = (&desk.app, Arc::clone(&desk.project));
    let turn = project.take_turn().await;
    unless_faulty((), key_fault(&movement.key).into_iter().collect())?;
    let idempotency = movement.idempotency();
    if let Some(posted) = find_posted(app, &project, &idempotency).await? {
        return Ok(posted);
    }
    let found = project.rows(app).find_account(movement.advertiser_id).await?.ok_or_else(|| Error::of(Code::AdvertiserNotFound))?;
    let purse = project.purses().get(app, &project, movement.advertiser_id).await?;
    let balance = Micros(purse.unsettled().saturating_sub(found.account.terms.credit().0));
    unless_faulty((), movement.faults(&project.project(), balance))?;
    if movement.kind == PostingKind::Refund {
        refuse_above_spent(app, &project, (movement.advertiser_id, movement.amount, "/amount")).await?;
    }
    let refuse = || over_credit_limit("/amount", "must not take more than the advertiser may still spend");
    let effect = PurseEffect::prepare(purse, movement.amount.0).ok_or_else(refuse)?;
    let new = NewPosting {
        id: PostingId::generate(),
        advertiser_id: movement.advertiser_id,
        kind: movement.kind,
        amount: movement.amount,
        day: project.today(app.now_ms()),
        clicks: 0,
        note: movement.note.clone(),
        idempotency: Some(idempotency),
    };
    let entry = desk.entry(desk.event(movement.action()).about(movement.advertiser_id).to(told(&new, &project.project().currency)));
    let given = (project.id(), project.project(), new.clone(), entry);
    let post = app.inner.store.write(given, |transaction, (project_id, project, new, entry): (_, Arc<Project>, NewPosting, Entry)| {
        Box::pin(async move {
            let posted = transaction.in_project(project_id).post(vec![new], (&project.currency, entry.occurred_at_ms)).await?;
            transaction.record(&entry).await?;
            posted.into_iter().next().ok_or_else(|| Error::new(Code::Internal, "nothing was posted"))
        })
    });
    match post.await {
        Ok(posted) => {
            effect.conclude();
            Ok(posted)
        }
        Err(error) => {
            let in_doubt = Arc::new(Mutex::new(Some(effect)));
            let adopt = move |app| adopt_posting(app, Arc::clone(&project), new.id, Arc::clone(&in_doubt));
            Err(app.or_in_doubt(error, Some(turn), adopt))
        }
    }
}

/// What was posted under that key already.
pub(crate) async fn find_posted(app: &App, project: &ProjectHandle, wanted: &Idempotency) -> Result<Option<Posting>> {
    let Some(posted) = project.rows(app).find_posting_by_key(&wanted.key).await? else { return Ok(None) };
    if posted.new.idempotency.as_ref() == Some(wanted) {
        Ok(Some(posted))
    } else {
        let field = FieldError::new("/Idempotency-Key", "conflict", "was used for something else");
        Err(Error::of(Code::IdempotencyConflict).about(field))
    }
}

/// Tells the purse of a posting whose outcome was unknown, if it is there.
async fn adopt_posting(app: App, project: Arc<ProjectHandle>, id: PostingId, in_doubt: Arc<Mutex<Option<PurseEffect>>>) -> Result<()> {
    let stored = project.rows(&app).find_posting(id).await?;
    if let Some(effect) = in_doubt.lock().await.take().filter(|_| stored.is_some()) {
        effect.conclude();
    }
    Ok(())
}

/// A page of an advertiser's postings.
///
/// # Errors
/// [`Code::AdvertiserNotFound`].
pub async fn list_postings(
    app: &App,
    project: &ProjectHandle,
    (id, filter): (AdvertiserId, PostingFilter),
    order: (PostingSort, Page),
) -> Result<Listed<Posting>> {
    refuse_unknown(app, project, id).await?;
    project.rows(app).list_postings(id, filter, order).await
}

/// An advertiser's money over some days.
///
/// # Errors
/// [`Code::AdvertiserNotFound`]; [`Code::InvalidRequest`] when the last day comes before the first.
pub async fn statement(app: &App, project: &ProjectHandle, id: AdvertiserId, (first, last): (Day, Day)) -> Result<Statement> {
    if last < first {
        return Err(Error::invalid(vec![FieldError::new("/date_to", "order", "must not be before date_from")]));
    }
    refuse_unknown(app, project, id).await?;
    Ok(Statement::of((first, last), project.rows(app).list_ledger_days(id, last).await?))
}

/// The digest of a request: what it asks for, in one order.
pub(crate) fn digest_of(request: &Value) -> String {
    Digest::of(request.to_string().as_bytes()).to_hex()
}

pub(crate) fn over_credit_limit(pointer: &str, message: &str) -> Error {
    Error::of(Code::OverCreditLimit).about(FieldError::new(pointer, "range", message))
}

pub(crate) async fn refuse_unknown(app: &App, project: &ProjectHandle, id: AdvertiserId) -> Result<()> {
    project.rows(app).find_advertiser(id).await?.map(drop).ok_or_else(|| Error::of(Code::AdvertiserNotFound))
}

/// No more is given back than was taken, whether for clicks or out of courtesy. Whoever asks has the project's turn.
pub(crate) async fn refuse_above_spent(
    app: &App,
    project: &ProjectHandle,
    (id, amount, pointer): (AdvertiserId, Micros, &str),
) -> Result<()> {
    let spent = not_given_back(&project.rows(app).list_ledger_days(id, Day(i32::MAX)).await?);
    let message = || format!("must be at most {}, which was spent and not given back", exact(spent));
    if amount <= spent { Ok(()) } else { Err(Error::invalid(vec![FieldError::new(pointer, "range", message())])) }
}

/// What was spent, less what was given back.
fn not_given_back(days: &[LedgerDay]) -> Micros {
    let taken = days.iter().filter(|row| matches!(row.kind, PostingKind::Spend | PostingKind::Refund));
    taken.fold(Micros::ZERO, |spent, row| Micros(spent.0.saturating_sub(row.amount.0)))
}

impl Movement {
    /// Every field that breaks a rule.
    fn faults(&self, project: &Project, balance: Micros) -> Vec<FieldError> {
        let mut faults: Vec<_> = amount_fault(self.kind, self.amount).into_iter().collect();
        let after = i128::from(balance.0) + i128::from(self.amount.0);
        // Spend may take a balance lower than that; nobody tops one up higher.
        if faults.is_empty() && self.amount.0 > 0 && after > i128::from(MAX_AMOUNT.0) {
            let message = format!("the balance would be above {}", MAX_AMOUNT.0 / MICROS_PER_UNIT);
            faults.push(FieldError::new("/amount", "range", message));
        }
        faults.extend(currency_fault(self.currency.as_deref(), project));
        faults.extend(self.note.as_deref().and_then(note_fault));
        faults
    }

    fn idempotency(&self) -> Idempotency {
        let request = json!([self.kind.as_str(), self.advertiser_id, self.amount, self.currency, self.note]);
        Idempotency { key: self.key.clone(), digest: digest_of(&request) }
    }

    fn action(&self) -> Action {
        match self.kind {
            PostingKind::TopUp => Action::AccountToppedUp,
            PostingKind::Refund => Action::AccountRefunded,
            PostingKind::Spend | PostingKind::Adjustment => Action::AccountAdjusted,
        }
    }
}

fn currency_fault(currency: Option<&str>, project: &Project) -> Option<FieldError> {
    let message = || format!("must be {}, the currency of the project", project.currency);
    currency.filter(|currency| *currency != project.currency).map(|_| FieldError::new("/currency", "enum", message()))
}

/// An account's terms as the trail shows them.
fn json_of(terms: AccountTerms) -> Value {
    json!({"kind": terms.kind.as_str(), "credit_limit_micros": terms.credit_limit})
}

/// A posting as the trail shows it.
pub(crate) fn told(new: &NewPosting, currency: &str) -> Value {
    let key = new.idempotency.as_ref().map(|same| same.key.as_str());
    json!({
        "transaction_id": new.id, "kind": new.kind.as_str(), "amount_micros": new.amount, "currency": currency,
        "note": new.note, "clicks": new.clicks, "idempotency_key": key,
    })
}

/// A statement as CSV: opening balance, postings by day and kind, closing balance.
#[must_use]
pub fn statement_csv(statement: &Statement, project: &Project) -> String {
    let date = |day| project.civil_day(day).date();
    let mut csv = "date,kind,postings,amount,balance,currency\n".to_owned();
    let mut balance = statement.opening;
    let mut line = |day, kind: &str, (postings, amount): (i64, Option<Micros>), balance: Micros| {
        let amount = amount.map(exact).unwrap_or_default();
        // Writing to a text does not fail.
        let _written = writeln!(csv, "{},{kind},{postings},{amount},{},{}", date(day), exact(balance), project.currency);
    };
    line(statement.first, "opening", (0, None), balance);
    for row in &statement.rows {
        balance = balance.saturating_add(row.amount);
        line(row.day, row.kind.as_str(), (row.postings, Some(row.amount)), balance);
    }
    line(statement.last, "closing", (0, None), statement.closing);
    csv
}

/// An amount to the micro, without a float in between: at least two decimals, at most six.
fn exact(amount: Micros) -> String {
    let (sign, size) = (if amount.0 < 0 { "-" } else { "" }, amount.0.unsigned_abs());
    let unit = MICROS_PER_UNIT.unsigned_abs();
    let fraction = format!("{:06}", size % unit);
    let kept = fraction.trim_end_matches('0').len().max(2);
    format!("{sign}{}.{}", size / unit, &fraction[..kept])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_to_the_micro() {
        for (micros, text) in [(0, "0.00"), (1, "0.000001"), (-1_500_000, "-1.50"), (i64::MAX, "9223372036854.775807"), (10, "0.00001")] {
            assert_eq!(exact(Micros(micros)), text);
        }
    }

    #[test]
    fn what_may_be_given_back_is_what_was_spent_and_not_given_back() {
        let row = |kind, amount| LedgerDay { day: Day(0), kind, postings: 1, amount: Micros(amount) };
        let days = [row(PostingKind::TopUp, 100), row(PostingKind::Spend, -30), row(PostingKind::Refund, 10)];
        assert_eq!(not_given_back(&days), Micros(20));
    }
}
