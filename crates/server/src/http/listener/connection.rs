//! One connection: its handshake, its requests, and the end of it when nothing moves any more.

use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{Router, body::Body, extract::ConnectInfo, response::Response};
use hyper::{Request, body::Incoming, service::Service};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Instant, MissedTickBehavior},
};
use tokio_util::sync::CancellationToken;

use super::{Certificates, ListenerSettings};

/// Longest head of a request, in bytes; longer ones are answered 431. Their number is bounded by hyper: 100.
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// Requests under way on one HTTP/2 connection.
const MAX_STREAMS: u32 = 128;

/// What all connections share.
#[derive(Clone)]
pub(super) struct Connections {
    router: Router,
    builder: Builder<TokioExecutor>,
    certificates: Option<Certificates>,
    header_timeout: Duration,
    idle_timeout: Duration,
    closing: CancellationToken,
}

impl Connections {
    pub(super) fn new(router: Router, settings: &ListenerSettings, closing: &CancellationToken) -> Self {
        let mut builder = Builder::new(TokioExecutor::new());
        builder.http1().timer(TokioTimer::new()).header_read_timeout(settings.idle_timeout).max_buf_size(MAX_HEAD_BYTES);
        let mut http2 = builder.http2();
        http2.timer(TokioTimer::new()).max_header_list_size(u32::try_from(MAX_HEAD_BYTES).unwrap_or(u32::MAX));
        http2.max_concurrent_streams(MAX_STREAMS);
        Self {
            router,
            builder,
            certificates: settings.certificates.clone(),
            header_timeout: settings.header_timeout,
            idle_timeout: settings.idle_timeout,
            closing: closing.clone(),
        }
    }

    /// Serves a connection until either side ends it.
    #[expect(clippy::cognitive_complexity, reason = "the macros count as branches")]
    pub(super) async fn serve(self, stream: TcpStream, peer: SocketAddr) {
        // Answers are written whole: waiting for more helps nobody. A connection that refuses is gone already.
        let _gone = stream.set_nodelay(true);
        let deadline = Instant::now() + self.header_timeout;
        match &self.certificates {
            None => self.serve_stream(stream, peer, deadline).await,
            Some(certificates) => match tokio::time::timeout_at(deadline, certificates.accept(stream)).await {
                Ok(Ok(stream)) => self.serve_stream(stream, peer, deadline).await,
                Ok(Err(error)) => tracing::debug!(cause = %error, "a TLS handshake failed"),
                Err(_elapsed) => tracing::debug!("a TLS handshake took too long"),
            },
        }
    }

    #[expect(clippy::cognitive_complexity, reason = "the macros count as branches")]
    async fn serve_stream(&self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, peer: SocketAddr, deadline: Instant) {
        let progress = Arc::<Progress>::default();
        let service = Requests { router: self.router.clone(), peer, progress: Arc::clone(&progress) };
        let stream = TokioIo::new(Watched { stream, progress: Arc::clone(&progress) });
        let mut connection = pin!(self.builder.serve_connection(stream, service));
        let mut stalled = pin!(stalled(&progress, deadline, self.idle_timeout));
        let mut is_closing = false;
        loop {
            tokio::select! {
                ended = &mut connection => {
                    if let Err(error) = ended {
                        tracing::debug!(cause = error, "a connection broke off");
                    }
                    return;
                }
                () = &mut stalled => return tracing::debug!("a connection on which nothing moved was closed"),
                () = self.closing.cancelled(), if !is_closing => {
                    is_closing = true;
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
    }
}

/// How far a connection has come.
#[derive(Debug, Default)]
struct Progress {
    requests: AtomicU64,
    /// Reads and writes that moved something.
    moves: AtomicU64,
}

/// Ends when the first request does not come, or nothing moves any more. Looks now and then: a stalled connection is
/// noticed within twice the idle time-out.
async fn stalled(progress: &Progress, first_request_by: Instant, idle_timeout: Duration) {
    tokio::time::sleep_until(first_request_by).await;
    if progress.requests.load(Ordering::Relaxed) == 0 {
        return;
    }
    let mut looks = tokio::time::interval(idle_timeout);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut seen = u64::MAX;
    loop {
        looks.tick().await;
        let moves = progress.moves.load(Ordering::Relaxed);
        if moves == seen {
            return;
        }
        seen = moves;
    }
}

/// Requests of one connection: each knows where it comes from.
struct Requests {
    router: Router,
    peer: SocketAddr,
    progress: Arc<Progress>,
}

impl Service<Request<Incoming>> for Requests {
    type Response = Response;
    type Error = Infallible;
    type Future = <TowerToHyperService<Router> as Service<Request<Body>>>::Future;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        self.progress.requests.fetch_add(1, Ordering::Relaxed);
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(self.peer));
        TowerToHyperService::new(self.router.clone()).call(request)
    }
}

/// A stream that takes note of what moves.
struct Watched<S> {
    stream: S,
    progress: Arc<Progress>,
}

impl<S> Watched<S> {
    fn note<T>(&self, moved: &Poll<io::Result<T>>) {
        if matches!(moved, Poll::Ready(Ok(_))) {
            self.progress.moves.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.note(&read);
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.note(&written);
        written
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, context: &mut Context<'_>, slices: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.note(&written);
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
