//! Attempts to log in, slowed down after failures. An attempt is counted before the password is looked at and taken back
//! when it was right, so that a thousand attempts at once are a thousand attempts.

use std::time::Duration;

use barker_domain::{
    Code, Error, Result, UserId,
    attempt::{Failures, OF_ACCOUNT, OF_ADDRESS, Patience, network},
    trail::{Action, Event, Origin},
};
use barker_store::Transaction;
use serde_json::json;

use crate::{App, secret::Digest, trail};

/// An attempt that was counted.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    subjects: Vec<Subject>,
}

/// What failures are counted of, by its digest: no list of e-mails that people mistyped comes about.
#[derive(Debug, Clone)]
struct Subject {
    digest: String,
    patience: Patience,
    /// Whether a success forgives all failures. Not those of an address: whoever has one account there would wash off what
    /// they tried on others.
    forgives: bool,
}

impl Attempt {
    /// Counts an attempt on an account from an address, unless one of them has to wait.
    ///
    /// # Errors
    /// [`Code::TooManyAttempts`] with the time to wait.
    pub(crate) async fn begin(app: &App, account: &str, origin: &Origin) -> Result<Self> {
        let of_account = Subject::new(&format!("account {account}"), OF_ACCOUNT, true);
        let subjects = std::iter::once(of_account).chain(Subject::of_address(origin)).collect();
        Self::count(app, subjects).await
    }

    /// Counts an attempt from an address, on whatever account.
    ///
    /// # Errors
    /// [`Code::TooManyAttempts`] with the time to wait.
    pub(crate) async fn begin_from_address(app: &App, origin: &Origin) -> Result<Self> {
        Self::count(app, Subject::of_address(origin).into_iter().collect()).await
    }

    async fn count(app: &App, subjects: Vec<Subject>) -> Result<Self> {
        let count = app.inner.store.write((subjects.clone(), app.now_ms()), |transaction, (subjects, now_ms)| {
            Box::pin(async move {
                let mut counted = Vec::with_capacity(subjects.len());
                for subject in &subjects {
                    let failures = transaction.get_failures(&subject.digest).await?;
                    let wait_ms = failures.wait_ms(subject.patience, now_ms);
                    if wait_ms > 0 {
                        return Err(Error::of(Code::TooManyAttempts).retry_after(Duration::from_millis(wait_ms.unsigned_abs())));
                    }
                    counted.push((subject, failures.and_one_at(now_ms)));
                }
                for (subject, failures) in counted {
                    transaction.set_failures(&subject.digest, failures).await?;
                }
                Ok(())
            })
        });
        count.await.map(|()| Self { subjects })
    }

    /// Takes the attempt back, in the transaction of what it was made for.
    pub(crate) async fn succeed(&self, transaction: &Transaction) -> Result<()> {
        for subject in &self.subjects {
            let failures = transaction.get_failures(&subject.digest).await?;
            let count = if subject.forgives { 0 } else { failures.count - 1 };
            transaction.set_failures(&subject.digest, Failures { count, ..failures }).await?;
        }
        Ok(())
    }

    /// Lets the attempt stand, with a line in the trail. Answers the refusal.
    pub(crate) async fn refuse(&self, app: &App, code: Code, (user_id, origin): (Option<UserId>, &Origin)) -> Error {
        let subject_id = user_id.map(Into::into);
        let event = Event { subject_id, ..Event::new(Action::SessionRefused) }.to(json!({"reason": code.as_str()}));
        match trail::note(app, event, origin).await {
            Ok(()) => Error::of(code),
            Err(error) => error,
        }
    }
}

impl Subject {
    fn new(name: &str, patience: Patience, forgives: bool) -> Self {
        Self { digest: Digest::of(name.as_bytes()).to_hex(), patience, forgives }
    }

    fn of_address(origin: &Origin) -> Option<Self> {
        let network = network(origin.address?);
        Some(Self::new(&format!("address {network}"), OF_ADDRESS, false))
    }
}
