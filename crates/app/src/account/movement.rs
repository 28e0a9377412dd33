//! Movements of money: top-ups, refunds and adjustments, each posted once under the key that its caller gave it.

use std::sync::Arc;

use barker_domain::{
    AdvertiserId, Code, Day, Error, FieldError, Micros, PostingId, Result,
    account::MAX_AMOUNT,
    error::unless_faulty,
    ledger::{Idempotency, LedgerDay, NewPosting, Posting, PostingKind, amount_fault, key_fault, note_fault},
    money::MICROS_PER_UNIT,
    page::{Listed, Page},
    project::Project,
    trail::{Action, Entry},
};
use barker_store::{PostingFilter, PostingSort};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::{PurseEffect, over_credit_limit, refuse_unknown, statement::exact};
use crate::{App, Desk, ProjectHandle, outbox::Consumers, secret::Digest};

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

/// Posts what was spent up to now: it can be given back as well.
pub(crate) async fn post_all(app: &App) -> Result<()> {
    Consumers::ledger().catch_up(&app.surroundings(), app.now_ms()).await
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

/// A page of an advertiser's postings, or of a project's.
///
/// # Errors
/// [`Code::AdvertiserNotFound`].
pub async fn list_postings(
    app: &App,
    project: &ProjectHandle,
    filter: &PostingFilter,
    order: (PostingSort, Page),
) -> Result<Listed<Posting>> {
    if let Some(id) = filter.advertiser_id {
        refuse_unknown(app, project, id).await?;
    }
    project.rows(app).list_postings(filter, order).await
}

/// The posting with that id.
///
/// # Errors
/// [`Code::TransactionNotFound`].
pub async fn get_posting(app: &App, project: &ProjectHandle, id: PostingId) -> Result<Posting> {
    project.rows(app).find_posting(id).await?.ok_or_else(|| Error::of(Code::TransactionNotFound))
}

/// The digest of a request: what it asks for, in one order.
pub(crate) fn digest_of(request: &Value) -> String {
    Digest::of(request.to_string().as_bytes()).to_hex()
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

/// A posting as the trail shows it.
pub(crate) fn told(new: &NewPosting, currency: &str) -> Value {
    let key = new.idempotency.as_ref().map(|same| same.key.as_str());
    json!({
        "transaction_id": new.id, "kind": new.kind.as_str(), "amount_micros": new.amount, "currency": currency,
        "note": new.note, "clicks": new.clicks, "idempotency_key": key,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_given_back_is_what_was_spent_and_not_given_back() {
        let row = |kind, amount| LedgerDay { day: Day(0), kind, postings: 1, amount: Micros(amount) };
        let days = [row(PostingKind::TopUp, 100), row(PostingKind::Spend, -30), row(PostingKind::Refund, 10)];
        assert_eq!(not_given_back(&days), Micros(20));
    }
}
