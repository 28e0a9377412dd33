//! Housekeeping: when keys were used is written down, old signing keys are replaced, what is over is forgotten.
//!
//! What only this process knows is written down by a task of its own; the rest are jobs.

use std::time::Duration;

use barker_domain::{Result, membership::Role};
use barker_store::Store;
use serde::{Deserialize, Serialize};

use crate::{
    App,
    job::{Job, Place, Shift, Terms},
};

/// How often: the last use of a key is known this much later at the latest.
const INTERVAL: Duration = Duration::from_mins(1);

/// Keeps house until the application closes.
pub(crate) fn start(app: App) {
    let (tasks, closing) = (app.inner.tasks.clone(), app.inner.closing.clone());
    tasks.spawn(async move {
        let work = async {
            loop {
                tokio::time::sleep(INTERVAL).await;
                if let Err(error) = app.note_key_uses().await {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "the last use of keys is not written down; it will be tried again"
                    );
                }
            }
        };
        tokio::select! {
            () = work => (),
            () = closing.cancelled() => (),
        }
    });
}

impl App {
    /// Writes down when keys were used, replaces signing keys that are old, forgets sessions that are over and failures
    /// that are forgiven.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn keep_house(&self) -> Result<()> {
        self.note_key_uses().await?;
        self.renew_signing_keys().await?;
        self.renew_link_keys().await?;
        forget(&self.inner.store, self.now_ms()).await
    }
}

/// Forgets sessions and links that are over, and failures that are forgiven.
async fn forget(store: &Store, now_ms: i64) -> Result<()> {
    let forget = store.write(now_ms, |transaction, now_ms| {
        Box::pin(async move {
            transaction.prune_sessions(now_ms).await?;
            transaction.prune_password_resets(now_ms).await?;
            transaction.prune_attempts(now_ms).await
        })
    });
    forget.await
}

/// Forgets what is over about accounts.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct TidyAccounts {}

impl Job for TidyAccounts {
    const TERMS: Terms =
        Terms { name: "accounts.tidy", place: Place::Anywhere, max_attempts: 3, timeout: Duration::from_mins(5), role: Role::Owner };

    async fn run(self, shift: Shift) -> Result<()> {
        forget(shift.store(), shift.now_ms()).await
    }
}
