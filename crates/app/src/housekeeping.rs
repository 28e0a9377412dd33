//! Housekeeping: when keys were used is written down, old signing keys are replaced, what is over is forgotten.

use std::time::Duration;

use barker_domain::Result;

use crate::App;

/// How often: the last use of a key is known this much later at the latest.
const INTERVAL: Duration = Duration::from_mins(1);

/// Keeps house until the application closes.
pub(crate) fn start(app: App) {
    let (tasks, closing) = (app.inner.tasks.clone(), app.inner.closing.clone());
    tasks.spawn(async move {
        let work = async {
            loop {
                tokio::time::sleep(INTERVAL).await;
                if let Err(error) = app.keep_house().await {
                    tracing::warn!(error = &error as &dyn std::error::Error, "could not tidy up; it will be tried again");
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
    /// Writes down when keys were used, replaces a signing key that is old, forgets sessions that are over and failures
    /// that are forgiven.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn keep_house(&self) -> Result<()> {
        self.note_key_uses().await?;
        self.renew_signing_keys().await?;
        let forget = self.inner.store.write(self.now_ms(), |transaction, now_ms| {
            Box::pin(async move {
                transaction.prune_sessions(now_ms).await?;
                transaction.prune_password_resets(now_ms).await?;
                transaction.prune_attempts(now_ms).await
            })
        });
        forget.await
    }
}
