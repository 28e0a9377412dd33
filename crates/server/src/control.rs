//! The control socket: how commands work beside a running server, which alone may open the data files.
//!
//! Plain HTTP over a Unix socket in the data directory, for the owner of the directory only.

mod backup;
mod demo;
mod import;
mod lines;
mod warehouse;

use std::{fs, io, path::Path};

use axum::{
    Json, Router,
    extract::State,
    routing::{get, post},
};
use barker_app::{
    App,
    backup::Place,
    seal::care::{self, ListedKey, Rotated},
    user::{self, NewUser},
};
use barker_domain::{Code, Error, Result, UserId, audit::Report, trail::Origin, user::Locale};
use reqwest::Method;
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

/// An account that the operator makes.
#[derive(Clone, Serialize, Deserialize)]
pub struct NewAccount {
    /// What the user logs in with.
    pub email: String,
    /// And its secret.
    pub password: String,
    /// What they are called; may be empty.
    pub name: String,
    /// Whether they run the installation.
    pub is_administrator: bool,
}

/// An account that was made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Account {
    /// The user.
    pub user_id: UserId,
    /// What they log in with.
    pub email: String,
}

impl NewAccount {
    /// Makes the account.
    ///
    /// # Errors
    /// What [`barker_app::user::create`] says.
    pub async fn create(self, app: &App) -> Result<Account> {
        let new = NewUser { email: self.email, password: self.password, name: self.name, locale: Locale::default(), invitation: None };
        let user = user::create(app, new, self.is_administrator, &Origin::system()).await?;
        Ok(Account { user_id: user.id, email: user.email.as_str().to_owned() })
    }
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
    /// What belongs to the installation besides its business database.
    pub places: Vec<Place>,
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
    let router = Router::new()
        .route("/status", get(status))
        .route("/audit", post(audit))
        .route("/users", post(create_user))
        .route("/backup", post(backup::make))
        .route("/import", post(import::carry_out))
        .route("/demo", post(demo::carry_out))
        .route("/warehouse", post(warehouse::carry_out))
        .route("/keys", get(keys))
        .route("/keys/rotate", post(rotate))
        .with_state(control);
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

async fn create_user(State(control): State<Control>, Json(wanted): Json<NewAccount>) -> Result<Json<Account>, Problem> {
    Ok(Json(wanted.create(&control.app).await?))
}

async fn audit(State(control): State<Control>) -> Result<Json<Report>, Problem> {
    Ok(Json(barker_app::audit::run(control.app.store(), control.overshoot_percent).await?))
}

async fn keys(State(control): State<Control>) -> Result<Json<Vec<ListedKey>>, Problem> {
    Ok(Json(care::list(&control.app).await?))
}

async fn rotate(State(control): State<Control>) -> Result<Json<Rotated>, Problem> {
    Ok(Json(care::rotate(&control.app).await?))
}

/// The running server's status; `None` when none runs in that directory.
///
/// # Errors
/// When a server is there and does not answer sensibly.
pub async fn find_status(data_dir: &Path) -> Result<Option<Status>> {
    call::<(), _>(data_dir, Method::GET, "/status", None).await
}

/// An audit by the running server; `None` when none runs in that directory.
///
/// # Errors
/// When a server is there and cannot do it.
pub async fn find_audit(data_dir: &Path) -> Result<Option<Report>> {
    call::<(), _>(data_dir, Method::POST, "/audit", None).await
}

/// An account made by the running server; `None` when none runs in that directory.
///
/// # Errors
/// When a server is there and refuses.
pub async fn find_created_user(data_dir: &Path, wanted: &NewAccount) -> Result<Option<Account>> {
    call(data_dir, Method::POST, "/users", Some(wanted)).await
}

/// The keys of the running server; `None` when none runs in that directory.
///
/// # Errors
/// When a server is there and cannot tell.
pub async fn find_keys(data_dir: &Path) -> Result<Option<Vec<ListedKey>>> {
    call::<(), _>(data_dir, Method::GET, "/keys", None).await
}

/// An exchange of keys by the running server; `None` when none runs in that directory.
///
/// # Errors
/// When a server is there and cannot do it.
pub async fn rotate_keys(data_dir: &Path) -> Result<Option<Rotated>> {
    call::<(), _>(data_dir, Method::POST, "/keys/rotate", None).await
}

pub use backup::{WantedBackup, find_backup};
pub use demo::{WantedDemo, find_demo};
pub use import::{WantedImport, find_import};
pub use warehouse::{WarehouseStats, WarehouseWork, find_warehouse_work};

/// What a problem document says to people.
#[derive(Deserialize)]
struct Refusal {
    detail: String,
}

async fn call<B: Serialize, T: DeserializeOwned>(data_dir: &Path, method: Method, path: &str, body: Option<&B>) -> Result<Option<T>> {
    let Some(response) = send(data_dir, method, path, body).await? else { return Ok(None) };
    response.json().await.map(Some).map_err(silent)
}

/// The answer of a server that has understood.
async fn send<B: Serialize>(data_dir: &Path, method: Method, path: &str, body: Option<&B>) -> Result<Option<reqwest::Response>> {
    let socket = socket_path(data_dir);
    if std::os::unix::net::UnixStream::connect(&socket).is_err() {
        return Ok(None);
    }
    let client = reqwest::Client::builder().unix_socket(socket).build().map_err(silent)?;
    let request = client.request(method, format!("http://barker{path}"));
    let request = match body {
        Some(body) => request.json(body),
        None => request,
    };
    let response = request.send().await.map_err(silent)?;
    if response.status().is_client_error() {
        let Refusal { detail } = response.json().await.map_err(silent)?;
        return Err(Error::new(Code::InvalidRequest, detail));
    }
    response.error_for_status().map(Some).map_err(silent)
}

fn silent(error: reqwest::Error) -> Error {
    Error::new(Code::Internal, "the running server did not answer on its control socket").caused_by(error)
}
