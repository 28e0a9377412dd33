//! What a worker does with a ticket, whichever queue it comes from.

use std::sync::Arc;

use apalis_core::{error::BoxDynError, error::WorkerError, task::data::Data};
use barker_domain::Error;
use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;
use tower::limit::ConcurrencyLimitLayer;
use uuid::Uuid;

use super::failed;

/// Is given each ticket. A ticket is done with when this ends.
#[derive(Clone)]
pub struct Handler(Arc<dyn Fn(Uuid) -> BoxFuture<'static, ()> + Send + Sync>);

impl Handler {
    /// Does this with each ticket.
    pub fn new<F: Future<Output = ()> + Send + 'static>(handle: impl Fn(Uuid) -> F + Send + Sync + 'static) -> Self {
        Self(Arc::new(move |ticket| Box::pin(handle(ticket))))
    }

    pub(super) async fn handle(&self, ticket: Uuid) {
        (self.0)(ticket).await;
    }
}

impl std::fmt::Debug for Handler {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Handler")
    }
}

/// A ticket as an apalis worker is given it.
pub(super) async fn take(ticket: Uuid, handler: Data<Handler>) -> Result<(), BoxDynError> {
    handler.handle(ticket).await;
    Ok(())
}

/// Takes no ticket before the one before it is done with: whoever cannot begin a job leaves its ticket to others.
pub(super) fn one_at_a_time() -> ConcurrencyLimitLayer {
    ConcurrencyLimitLayer::new(1)
}

/// A name that no worker had before: a queue remembers those that were killed.
pub(super) fn name() -> String {
    format!("barker-{}", Uuid::now_v7())
}

/// What ends a worker.
pub(super) async fn closed(closing: CancellationToken) -> Result<(), WorkerError> {
    closing.cancelled().await;
    Ok(())
}

/// How a worker ended.
pub(super) fn ended(outcome: Result<(), WorkerError>) -> barker_domain::Result<()> {
    outcome.map_err(|error| -> Error { failed("be worked on")(error.into()) })
}
