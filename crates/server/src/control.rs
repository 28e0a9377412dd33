//! The control socket: how commands work beside a running server, which alone may open the data files.
//!
//! Plain HTTP over a Unix socket in the data directory, for the owner of the directory only.

use std::{fs, io, path::Path};

use axum::{
    Json, Router,
    extract::State,
    routing::{get, post},
};
use barker_app::App;
use barker_domain::{Code, Error, Result, audit::Report};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tokio::{net::UnixListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::{
    data_dir::{make_private, socket_path},
    http::problem::Problem,
};

/// What a running server says about itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Status {
    /// Its version.
    pub version: String,
    /// Its process id.
    pub process_id: u32,
    /// Where it listens.
    pub listening_on: String,
    /// Its database.
    pub database: String,
    /// The project that requests without a key speak to; empty when there is none.
    pub open_project: String,
}

/// What the control socket can do.
#[derive(Clone)]
pub struct Control {
    /// The application.
    pub app: App,
    /// Percent by which limits may be passed.
    pub overshoot_percent: u8,
    /// What it says about itself.
    pub status: Status,
}

/// Serves the control socket of a data directory until `closing` is cancelled.
///
/// # Errors
/// What the operating system says when the socket cannot be made.
pub fn serve(data_dir: &Path, control: Control, closing: CancellationToken) -> io::Result<JoinHandle<()>> {
    let path = socket_path(data_dir);
    // We hold the directory's lock, so a socket that is there was left behind.
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => (),
    }
    let listener = UnixListener::bind(&path)?;
    make_private(&path)?;
    let router = Router::new().route("/status", get(status)).route("/audit", post(audit)).with_state(control);
    let serving = axum::serve(listener, router).with_graceful_shutdown(closing.cancelled_owned());
    Ok(tokio::spawn(async move {
        if let Err(error) = serving.await {
            tracing::warn!(%error, "the control socket failed");
        }
        // Left behind, it would only be removed by the next start.
        let _ignored = fs::remove_file(path);
    }))
}

async fn status(State(control): State<Control>) -> Json<Status> {
    Json(control.status)
}

async fn audit(State(control): State<Control>) -> Result<Json<Report>, Problem> {
    Ok(Json(barker_app::audit::run(control.app.store(), control.overshoot_percent).await?))
}

/// The running server's status; `None` when none runs in that directory.
///
/// # Errors
/// When a server is there and does not answer sensibly.
pub async fn find_status(data_dir: &Path) -> Result<Option<Status>> {
    call(data_dir, reqwest::Method::GET, "/status").await
}

/// An audit by the running server; `None` when none runs in that directory.
///
/// # Errors
/// When a server is there and cannot do it.
pub async fn find_audit(data_dir: &Path) -> Result<Option<Report>> {
    call(data_dir, reqwest::Method::POST, "/audit").await
}

async fn call<T: DeserializeOwned>(data_dir: &Path, method: reqwest::Method, path: &str) -> Result<Option<T>> {
    let socket = socket_path(data_dir);
    if std::os::unix::net::UnixStream::connect(&socket).is_err() {
        return Ok(None);
    }
    let failed =
        |error: reqwest::Error| Error::new(Code::Internal, "the running server did not answer on its control socket").caused_by(error);
    let client = reqwest::Client::builder().unix_socket(socket).build().map_err(failed)?;
    let response = client.request(method, format!("http://barker{path}")).send().await.map_err(failed)?;
    response.error_for_status().map_err(failed)?.json().await.map(Some).map_err(failed)
}
