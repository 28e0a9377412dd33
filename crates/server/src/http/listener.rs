//! The listener: takes connections in, in clear or with TLS, and bounds what each of them may cost. Speaks HTTP/1.1 and
//! HTTP/2.
//!
//! - Connections beyond the most wait in the kernel's queue.
//! - The TLS handshake, and the head of the first request, must be there within the header time-out.
//! - A connection on which nothing moves, in either direction, is closed after the idle time-out: it sends its next head
//!   too slowly, does not read its answer, or has nothing to say.

mod connection;
mod tls;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use tls::{Certificates, TlsFiles};

use self::connection::Connections;

/// After a connection could not be taken in, mostly because too many files are open.
const REST_AFTER_FAILURE: Duration = Duration::from_millis(100);

/// How connections are taken in.
#[derive(Debug, Clone)]
pub struct ListenerSettings {
    /// Most connections at a time.
    pub max_connections: usize,
    /// Until the TLS handshake and the head of the first request are there.
    pub header_timeout: Duration,
    /// How long a connection may stay on which nothing moves.
    pub idle_timeout: Duration,
    /// The certificate to show; `None` for no TLS.
    pub certificates: Option<Certificates>,
}

/// Serves connections until `closing`, then finishes what is under way, for at most `patience`. Answers whether everything
/// has finished.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    settings: &ListenerSettings,
    (closing, patience): (&CancellationToken, Duration),
) -> bool {
    let tasks = TaskTracker::new();
    let reloading = settings.certificates.as_ref().map(|certificates| tokio::spawn(certificates.clone().keep_fresh()));
    let connections = Connections::new(router, settings, closing);
    let places = Arc::new(Semaphore::new(settings.max_connections));
    while let Some((place, stream, peer)) = closing.run_until_cancelled(next(&listener, &places)).await {
        let connections = connections.clone();
        tasks.spawn(async move {
            connections.serve(stream, peer).await;
            drop(place);
        });
    }
    drop(listener);
    if let Some(reloading) = reloading {
        reloading.abort();
    }
    tasks.close();
    tokio::time::timeout(patience, tasks.wait()).await.is_ok()
}

/// The next connection, once there is a place for it.
async fn next(listener: &TcpListener, places: &Arc<Semaphore>) -> (OwnedSemaphorePermit, TcpStream, SocketAddr) {
    loop {
        // It is never closed.
        let Ok(place) = Arc::clone(places).acquire_owned().await else { return std::future::pending().await };
        match listener.accept().await {
            Ok((stream, peer)) => return (place, stream, peer),
            Err(error) => after_failure(&error).await,
        }
    }
}

/// A connection that was gone before it was taken in is nobody's fault.
#[expect(clippy::cognitive_complexity, reason = "the macros count as branches")]
async fn after_failure(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::error!(cause = %error, "cannot take a connection in");
        tokio::time::sleep(REST_AFTER_FAILURE).await;
    }
}
