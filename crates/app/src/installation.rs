//! The installation as a whole: what its administrators decide while it runs, over what its operator has configured.

use std::sync::Arc;

use arc_swap::ArcSwap;
use barker_domain::{
    Result,
    error::unless_faulty,
    installation::{Change, Decisions, Settings},
    trail::{Action, Entry, Event, Origin},
};
use barker_store::Store;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::{App, doubt::Turn};

/// The settings of the installation, in memory: no request asks the database for them.
#[derive(Debug)]
pub(crate) struct Installation {
    /// What the operator has configured.
    configured: Settings,
    decided: ArcSwap<Decisions>,
    /// Changes, one at a time: store and memory move together.
    changes: Arc<Mutex<()>>,
}

impl Installation {
    pub(crate) async fn read(store: &Store, configured: Settings) -> Result<Self> {
        let decided = ArcSwap::from_pointee(store.get_decisions().await?);
        Ok(Self { configured, decided, changes: Arc::default() })
    }

    /// What the operator has configured.
    pub(crate) fn configured(&self) -> &Settings {
        &self.configured
    }
}

/// What holds, what of it is decided here, and what would hold otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    /// What holds.
    pub settings: Settings,
    /// What administrators have decided.
    pub decided: Decisions,
    /// What the operator has configured.
    pub configured: Settings,
}

impl App {
    /// What holds for the installation now.
    #[must_use]
    pub fn installation(&self) -> InForce {
        in_force(&self.inner.installation, &self.inner.installation.decided.load())
    }
}

fn in_force(installation: &Installation, decided: &Decisions) -> InForce {
    let configured = installation.configured.clone();
    InForce { settings: decided.over(&configured), decided: decided.clone(), configured }
}

/// Changes what administrators have decided. It holds when this answers, and after a restart.
///
/// # Errors
/// [`barker_domain::Code::InvalidRequest`] with every field at fault; when the database does not answer.
pub async fn change(app: &App, change: Change, origin: Origin) -> Result<InForce> {
    let faults = change.faults();
    let change = unless_faulty(change, faults)?;
    let whole = app.clone();
    app.see_through(async move { change_whole(&whole, change, origin).await }).await
}

async fn change_whole(app: &App, change: Change, origin: Origin) -> Result<InForce> {
    let turn: Turn = Arc::clone(&app.inner.installation.changes).lock_owned().await;
    let given = (change, app.inner.installation.configured.clone(), origin, app.now_ms());
    let update = app.inner.store.write(given, |transaction, (change, configured, origin, now_ms)| {
        Box::pin(async move {
            let before = transaction.get_decisions().await?;
            let after = change.applied_to(&before);
            if before == after {
                return Ok(after);
            }
            transaction.update_decisions(&before, &after, now_ms).await?;
            let event = Event::new(Action::InstallationChanged).from(json_of(&before, &configured)).to(json_of(&after, &configured));
            transaction.record(&Entry::now(event, origin, now_ms)).await.map(|()| after)
        })
    });
    match update.await {
        Ok(after) => {
            let in_force = in_force(&app.inner.installation, &after);
            app.inner.installation.decided.store(Arc::new(after));
            drop(turn);
            Ok(in_force)
        }
        Err(error) => Err(app.or_in_doubt(error, Some(turn), adopt_stored)),
    }
}

/// Goes on as is stored, once that is known.
async fn adopt_stored(app: App) -> Result<()> {
    let stored = app.inner.store.get_decisions().await?;
    app.inner.installation.decided.store(Arc::new(stored));
    Ok(())
}

/// The settings as the trail shows them: what holds, and what of it is decided here.
fn json_of(decided: &Decisions, configured: &Settings) -> Value {
    let settings = decided.over(configured);
    json!({
        "registration": settings.registration.as_str(), "default_ranking": settings.default_ranking.as_str(),
        "default_currency": settings.default_currency, "decided": decided.names(),
    })
}
