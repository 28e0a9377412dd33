//! The trail: what leaves a line by itself because nothing else is written, and how lines are read.
//!
//! A change writes its line in its own transaction; see `store::Transaction::record`.

use barker_domain::{
    Code, Error, Result,
    page::{Listed, Page},
    trail::{Action, Entry, Event, Origin},
};
use barker_store::{Store, TrailFilter};
use futures::Stream;
use serde_json::json;
use tokio::sync::oneshot;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    App,
    lane::{Lane, Limits, Worker},
    running::went_silent,
};

/// Lines that wait, and that are written together.
const LIMITS: Limits = Limits { queue: 1_024, batch: 256 };

/// Lines that an export reads at once.
const EXPORT_PORTION: u64 = 500;

/// A line that nothing else is written with.
#[derive(Debug)]
pub(crate) struct Pending {
    entry: Entry,
    reply: oneshot::Sender<Result<()>>,
}

/// Takes note of something that changes nothing: a refusal, an export. It is in the trail when this answers.
///
/// # Errors
/// [`barker_domain::Code::Busy`] when too much waits to be noted; when the database does not answer.
pub async fn note(app: &App, event: Event, origin: &Origin) -> Result<()> {
    let (reply, answer) = oneshot::channel();
    app.inner.notes.submit(Pending { entry: app.entry(event, origin), reply })?;
    answer.await.map_err(went_silent)?
}

/// A page of the trail, newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn list(app: &App, filter: &TrailFilter, page: Page) -> Result<Listed<Entry>> {
    app.inner.store.list_trail(filter, page).await
}

/// The trail in portions, newest first. The export leaves a line itself, before anything is answered.
///
/// # Errors
/// [`Code::ProjectNotFound`]; when the database does not answer.
pub async fn export(app: &App, filter: TrailFilter, origin: &Origin) -> Result<impl Stream<Item = Result<Vec<Entry>>> + Send + 'static> {
    if let Some(project_id) = filter.project_id {
        // Nobody's project has no trail, and a line about it could not be written.
        app.inner.store.find_project(project_id).await?.ok_or_else(|| Error::of(Code::ProjectNotFound))?;
    }
    let restrictions = json!({
        "user_id": filter.user_id, "key_id": filter.key_id, "action": filter.action, "subject_id": filter.subject_id,
        "from_ms": filter.from_ms, "before_ms": filter.before_ms,
    });
    let event = Event { project_id: filter.project_id, ..Event::new(Action::TrailExported) }.to(restrictions);
    note(app, event, origin).await?;
    let store = app.inner.store.clone();
    Ok(futures::stream::try_unfold((store, filter, None), |(store, filter, last): (Store, TrailFilter, Option<Entry>)| async move {
        let portion = store.list_trail_below(&filter, last.as_ref(), EXPORT_PORTION).await?;
        let Some(last) = portion.last().cloned() else { return Ok(None) };
        Ok(Some((portion, (store, filter, Some(last)))))
    }))
}

impl App {
    /// The line that an event leaves now.
    pub(crate) fn entry(&self, event: Event, origin: &Origin) -> Entry {
        Entry::now(event, origin.clone(), self.now_ms())
    }
}

pub(crate) fn start(store: Store, running: (&TaskTracker, &CancellationToken)) -> Lane<Pending> {
    Lane::start("trail", LIMITS, running, Writer { store })
}

struct Writer {
    store: Store,
}

impl Worker<Pending> for Writer {
    async fn work(&mut self, batch: &mut Vec<Pending>) {
        let entries: Vec<_> = batch.iter().map(|pending| pending.entry.clone()).collect();
        let write = self.store.write(entries, |transaction, entries| {
            Box::pin(async move {
                for entry in &entries {
                    transaction.record(entry).await?;
                }
                Ok(())
            })
        });
        let written = write.await;
        for pending in batch.drain(..) {
            let answer = written.as_ref().copied().map_err(|error| Error::new(error.code, error.detail.clone()));
            // Whoever no longer waits for an answer needs none.
            drop(pending.reply.send(answer));
        }
    }
}
