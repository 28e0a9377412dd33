//! The kinds of jobs there are, and the terms they run on.

use std::time::Duration;

use barker_domain::{Code, Error, Result, job::NewJob, membership::Role};
use barker_infra::job_queue::Line;
use barker_store::{Transaction, Work};
use futures::future::BoxFuture;
use serde::{Serialize, de::DeserializeOwned};

use super::{Shift, tidy};
use crate::{client, demo, file, housekeeping, import, invitation, password_reset, signing, warehouse, webhook};

/// Every kind. A new one gets its line here; names are never changed, because waiting jobs carry them.
pub const KINDS: &[Kind] = &[
    Kind::of::<invitation::MailInvitation>(),
    Kind::of::<password_reset::MailReset>(),
    Kind::of::<housekeeping::TidyAccounts>(),
    Kind::of::<signing::RenewSigningKeys>(),
    Kind::of::<tidy::TidyJobs>(),
    Kind::of::<import::ImportUpload>(),
    Kind::of::<client::ForgetVisitor>(),
    Kind::of::<import::TidyImports>(),
    Kind::of::<warehouse::CompactWarehouse>(),
    Kind::of::<warehouse::RollUpEvents>(),
    Kind::of::<warehouse::RetainEvents>(),
    Kind::of::<demo::KeepShop>(),
    Kind::of::<webhook::DeliverWebhook>(),
    Kind::of::<webhook::TidyWebhooks>(),
    Kind::of::<file::TidyFiles>(),
];

/// Where a kind may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In any process that is a worker: it changes nothing that the server keeps in memory.
    Anywhere,
    /// In the process that owns the database.
    Owner,
}

/// What a kind is called, and what it may take.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// Its name: what it is about, a dot, what it does.
    pub name: &'static str,
    /// Where it may run.
    pub place: Place,
    /// How often it is tried in all.
    pub max_attempts: i32,
    /// How long one attempt may take.
    pub timeout: Duration,
    /// Who in a project sees such a job, and may retry and cancel it.
    pub role: Role,
}

/// A job: what it is given, and what it does. It may be run again after it has been run in part: what it does is either
/// in one transaction with [`Shift::complete_in`], or does no harm twice.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// What it is called, and what it may take.
    const TERMS: Terms;

    /// Does it.
    fn run(self, shift: Shift) -> impl Future<Output = Result<()>> + Send;

    /// Draws the consequences when it has failed for good, in the transaction that says so.
    fn give_up(self, _transaction: &Transaction, _now_ms: i64) -> Work<'_, ()> {
        Box::pin(async { Ok(()) })
    }
}

/// The job that is to be done.
///
/// # Errors
/// [`Code::Internal`] for what cannot be written as JSON.
pub fn new<J: Job>(job: &J) -> Result<NewJob> {
    let unwritable = |error| Error::new(Code::Internal, "could not write what a job is given").caused_by(error);
    Ok(NewJob {
        kind: J::TERMS.name,
        project_id: None,
        key: None,
        payload: serde_json::to_string(job).map_err(unwritable)?,
        user_id: None,
        max_attempts: J::TERMS.max_attempts,
        due_at_ms: None,
    })
}

/// A kind of job, whatever it is given.
#[derive(Clone, Copy)]
pub struct Kind {
    /// Its terms.
    pub terms: Terms,
    run: fn(&str, Shift) -> BoxFuture<'static, Result<()>>,
    give_up: for<'t> fn(&str, &'t Transaction, i64) -> Work<'t, ()>,
}

impl std::fmt::Debug for Kind {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Kind").field(&self.terms.name).finish()
    }
}

impl Kind {
    /// The kind of that job.
    #[must_use]
    pub const fn of<J: Job>() -> Self {
        Self { terms: J::TERMS, run: run::<J>, give_up: give_up::<J> }
    }

    pub(super) fn run(&self, payload: &str, shift: Shift) -> BoxFuture<'static, Result<()>> {
        (self.run)(payload, shift)
    }

    pub(super) fn give_up<'t>(&self, payload: &str, transaction: &'t Transaction, now_ms: i64) -> Work<'t, ()> {
        (self.give_up)(payload, transaction, now_ms)
    }

    pub(super) fn line(&self) -> Line {
        match self.terms.place {
            Place::Anywhere => Line::Anywhere,
            Place::Owner => Line::Owner,
        }
    }
}

fn run<J: Job>(payload: &str, shift: Shift) -> BoxFuture<'static, Result<()>> {
    match read::<J>(payload) {
        Ok(job) => Box::pin(job.run(shift)),
        Err(error) => Box::pin(async { Err(error) }),
    }
}

fn give_up<'t, J: Job>(payload: &str, transaction: &'t Transaction, now_ms: i64) -> Work<'t, ()> {
    match read::<J>(payload) {
        Ok(job) => job.give_up(transaction, now_ms),
        // Nobody knows what it was for.
        Err(_) => Box::pin(async { Ok(()) }),
    }
}

fn read<J: Job>(payload: &str) -> Result<J> {
    // What it was given may be about people: the reason, which quotes it, is kept out of the error.
    serde_json::from_str(payload).map_err(|_| Error::new(Code::Internal, "this version cannot read what the job is given"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_apart_and_fit_their_column() {
        let mut names: Vec<_> = KINDS.iter().map(|kind| kind.terms.name).collect();
        assert!(names.iter().all(|name| name.len() <= 32 && name.split('.').count() == 2));
        assert!(KINDS.iter().all(|kind| kind.terms.max_attempts > 0 && kind.terms.timeout > Duration::ZERO));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), KINDS.len());
    }
}
