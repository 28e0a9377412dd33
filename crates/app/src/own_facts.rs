//! Barker's own facts on their way into the warehouse: impressions and clicks as touches, campaigns as spend of the source
//! `barker`.
//!
//! Both follow the outbox. An effect is on disk before its position moves, and causing it again changes nothing: a touch is
//! known by its id, and a day of spend is replaced from the exact counters, whatever they say by then. So nothing is
//! missing and nothing is there twice, wherever the process is killed.

pub(crate) mod agreement;
pub(crate) mod order;
pub(crate) mod spend;
pub(crate) mod touch;

use barker_domain::{Error, Result};
use barker_store::Store;

use crate::{App, intake::Intake};

/// What Barker is called among the sources of spend and events.
pub const SOURCE: &str = "barker";
/// The channel of ads on one's own sites.
pub(crate) const CHANNEL: &str = "display";

/// What follows the outbox works with.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// The business data.
    pub store: Store,
    /// The way into the warehouse.
    pub intake: Intake,
}

/// Makes the warehouse agree with the counters of every open project, in the background.
pub(crate) fn start(app: &App) {
    let (whole, closing) = (app.clone(), app.inner.closing.clone());
    app.inner.tasks.spawn(async move {
        if let Some(agreed) = closing.run_until_cancelled(agree(&whole)).await {
            tell(&agreed);
        }
    });
}

/// Makes the warehouse agree with the exact counters of every open project. Answers how many slices had to be replaced.
///
/// # Errors
/// When the database or the warehouse does not answer.
pub async fn agree(app: &App) -> Result<usize> {
    let (surroundings, mut replaced) = (app.surroundings(), 0);
    for project in surroundings.store.list_open_projects().await? {
        replaced += agreement::reach(&surroundings, &project, app.now_ms()).await?;
    }
    Ok(replaced)
}

fn tell(agreed: &Result<usize>) {
    match agreed {
        Ok(0) => (),
        Ok(replaced) => tracing::info!(replaced, "days of spend in the warehouse were replaced from the counters"),
        Err(error) => warn(error),
    }
}

fn warn(error: &Error) {
    tracing::warn!(error = error as &dyn std::error::Error, "the warehouse was not compared with the counters; the next start does it");
}
