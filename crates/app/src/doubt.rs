//! Changes in doubt: the database failed in the middle of a commit, and nobody knows whether it took place.
//!
//! The caller is told at once. The engine follows as soon as the database answers again and nothing of the change can
//! be under way any more; until then the project takes no other change.

use std::{future::Future, time::Duration};

use barker_domain::{Error, Result};
use tokio::sync::OwnedMutexGuard;

use crate::App;

/// How long to wait before the database is asked again.
const PAUSE: Duration = Duration::from_millis(500);

/// A project's turn to change, as long as it is held.
pub(crate) type Turn = OwnedMutexGuard<()>;

impl App {
    /// Hands the error back. When it leaves the outcome open, `adopt` brings the engine in step with what is stored, as
    /// soon as that is known. It runs again when the database fails it.
    pub(crate) fn or_in_doubt<W, F>(&self, error: Error, turn: Option<Turn>, adopt: W) -> Error
    where
        W: Fn(Self) -> F + Send + 'static,
        F: Future<Output = Result<()>> + Send,
    {
        if error.is_temporary() {
            let app = self.clone();
            self.inner.tasks.spawn(async move {
                tokio::select! {
                    () = settle(&app, adopt) => (),
                    // The next start reads everything anew.
                    () = app.inner.closing.cancelled() => (),
                }
                drop(turn);
            });
        }
        error
    }
}

async fn settle<F: Future<Output = Result<()>>>(app: &App, adopt: impl Fn(App) -> F) {
    loop {
        let settled = app.inner.store.settle().await;
        match settled {
            Ok(()) if adopt(app.clone()).await.is_ok() => return,
            _ => tokio::time::sleep(PAUSE).await,
        }
    }
}
