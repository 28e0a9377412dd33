//! Purses: what each advertiser of a project may still spend, as allowances that its campaigns share.
//!
//! A purse is granted the balance and what the advertiser is lent, less the spend that is not posted yet. Posting changes
//! nothing about it: what is posted was taken out when it was reserved.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use barker_domain::{AdvertiserId, Code, Error, Micros, Result};
use barker_serving::Allowance;
use barker_store::AccountBalance;

use crate::{App, ProjectHandle};

/// The purses of a project.
#[derive(Debug, Default)]
pub(crate) struct Purses(Mutex<HashMap<AdvertiserId, Allowance>>);

impl Purses {
    /// With what every advertiser may spend when the project is opened.
    pub(crate) fn new(spendable: HashMap<AdvertiserId, Micros>) -> Self {
        Self(Mutex::new(spendable.into_iter().map(|(id, spendable)| (id, Allowance::new(spendable.0, 0))).collect()))
    }

    /// The purse of an advertiser, if it has one yet.
    pub(crate) fn find(&self, id: AdvertiserId) -> Option<Allowance> {
        self.lock().get(&id).cloned()
    }

    /// The purse of an advertiser, made for one that is newer than the opening. Whoever asks has the project's turn.
    ///
    /// # Errors
    /// [`Code::AdvertiserNotFound`].
    pub(crate) async fn get(&self, app: &App, project: &ProjectHandle, id: AdvertiserId) -> Result<Allowance> {
        if let Some(purse) = self.find(id) {
            return Ok(purse);
        }
        let found = project.rows(app).find_account(id).await?.ok_or_else(|| Error::of(Code::AdvertiserNotFound))?;
        // It had no purse, so it has never had a campaign, and nothing it spent lies in the outbox.
        let purse = Allowance::new(spendable(&found).0, 0);
        Ok(self.lock().entry(id).or_insert(purse).clone())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<AdvertiserId, Allowance>> {
        // A panic while holding the lock leaves whole values behind.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an advertiser may spend that has spent nothing since its balance was posted.
pub(crate) fn spendable(found: &AccountBalance) -> Micros {
    found.balance.saturating_add(found.account.terms.credit())
}
