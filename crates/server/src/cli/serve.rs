//! `barker serve`: everything up in order, one line when ready, everything down in order.

mod outpost;

use std::{net::SocketAddr, sync::Arc};

use barker_app::{App, Foundations, ProjectHandle, project::NewSandbox};
use barker_domain::{
    Code, Error, Result,
    clock::{SharedClock, SystemClock},
};
use barker_infra::Services;
use barker_store::{Claim, Store};
use barker_warehouse::{ClickHouse, DuckDb, Engine as Warehouse};
use secrecy::ExposeSecret;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use super::{Common, demo, migrate::occupied, table::say};
use crate::{
    config::{Config, Queue, WarehouseSettings},
    control::{self, Control, Status},
    data_dir::OwnedDataDir,
    http::{
        ServerSettings, ServerState,
        listener::{self, ListenerSettings},
        router,
    },
    roles::Roles,
    telemetry::{self, Traces},
};

/// The project that `--sandbox` opens when no other is named.
pub(crate) const SANDBOX: &str = "sandbox";

/// Options of `barker serve`.
#[derive(Debug, clap::Args)]
pub(super) struct ServeArgs {
    #[command(flatten)]
    common: Common,
    /// Address and port to listen on (configuration key `server.listen`, by default 127.0.0.1:8080). Port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Open a sandbox to requests without a key: a project whose day is set by hand. Made when it is not there.
    #[arg(long)]
    sandbox: bool,
    /// Take the database from a server that holds it and cannot be stopped, because its host is gone. That server is
    /// locked out for good: it can write nothing more and ends.
    #[arg(long)]
    take_over: bool,
    /// Open a sandbox with a made-up online shop in it: 90 days of advertising, visits, orders and deals up to now, and each
    /// hour that comes.
    #[arg(long)]
    demo: bool,
    /// What this process does: api, worker, scheduler, or several with commas between. Without `api` it runs jobs beside
    /// the process that has it, on the same database and the same queue.
    #[arg(long, value_name = "ROLES", default_value_t)]
    roles: Roles,
}

pub(super) async fn run(args: ServeArgs) -> Result<()> {
    let config = configured(&args)?;
    let traces = config.telemetry.settings()?.map(Traces::open).transpose()?;
    telemetry::start(&config.log, traces.as_ref())?;
    let ended = serve(args, config).await;
    if let Some(traces) = traces {
        traces.shut_down().await;
    }
    ended
}

#[expect(clippy::cognitive_complexity, reason = "one step after the other; every `?` and macro counts as a branch")]
async fn serve(args: ServeArgs, config: Config) -> Result<()> {
    if !args.roles.are_complete() {
        refuse_lonely_roles(&config, args.roles)?;
    }
    if !args.roles.api {
        return outpost::run(&config, args.roles).await;
    }
    let owned = own_data_dir(&config).await?;
    let (app, open_project, login) = start(&args, &config).await?;
    let listening = config.listener_settings()?;
    let listener = bind(config.server.listen).await?;
    let address = address(&listener, &listening)?;
    let closing = CancellationToken::new();
    let no_socket = |error| Error::new(Code::Misconfigured, "cannot open the control socket").caused_by(error);
    let control = control::serve(owned.path(), control(&app, &config, &address), closing.clone()).map_err(no_socket)?;
    close_on_signal(&closing)?;
    let state = server_state(&app, &config, (open_project, &address))?;
    say(&format!("listening on {address}"));
    if args.demo {
        demo::show_where_to_go(&address, login.as_ref());
    }
    let lost = close_when_taken_over(&app, &closing);
    if !listener::serve(listener, router(state), &listening, (&closing, config.drain_timeout())).await {
        tracing::warn!("some requests did not finish in time and were dropped");
    }
    // Nothing the control socket does is worth waiting for longer.
    control.abort();
    app.shut_down().await?;
    tracing::info!("stopped");
    if lost.await.unwrap_or_default() { Err(Error::of(Code::TakenOver)) } else { Ok(()) }
}

/// A process with some roles needs others with the rest, and these need what all of them reach.
fn refuse_lonely_roles(config: &Config, roles: Roles) -> Result<()> {
    let refuse = |what: &str| Err(Error::new(Code::Misconfigured, format!("roles {roles:?} need {what}", roles = roles.to_string())));
    if config.jobs.queue == Queue::Sqlite {
        return refuse("a queue that other processes reach: set jobs.queue to postgres, redis or rabbitmq");
    }
    if config.store_settings().url.expose_secret().starts_with("sqlite:") {
        return refuse("a database that other processes reach: set database.url to a PostgreSQL or MySQL server");
    }
    Ok(())
}

async fn own_data_dir(config: &Config) -> Result<OwnedDataDir> {
    if let Some(owned) = OwnedDataDir::acquire(&config.storage.data_dir)? {
        return Ok(owned);
    }
    let server = control::find_status(&config.storage.data_dir).await?.ok_or_else(occupied)?;
    let message = format!("process {} serves this data directory on {} already", server.process_id, server.listening_on);
    Err(Error::new(Code::Misconfigured, message))
}

/// The application with its schema up to date, the project that requests without a key speak to, and the demo's login.
async fn start(args: &ServeArgs, config: &Config) -> Result<(App, Option<Arc<ProjectHandle>>, Option<demo::Login>)> {
    let app = start_app(config, args.take_over, args.roles).await?;
    let open_project =
        if args.demo { demo::open_project(&app, config).await.map(Some)? } else { open_project(&app, config, args.sandbox).await? };
    let login = match &open_project {
        Some(project) if args.demo => demo::prepare(&app, project, &config.storage.data_dir).await?,
        _ => None,
    };
    Ok((app, open_project, login))
}

/// The application as it is configured, with its schema up to date.
async fn start_app(config: &Config, by_force: bool, roles: Roles) -> Result<App> {
    let store = Store::connect(&config.store_settings()).await?;
    let clock: SharedClock = Arc::new(SystemClock);
    let services = Services::open(&config.service_settings(), &clock)?;
    let warehouse = open_warehouse(config, &clock).await?;
    App::start(Foundations { store, services, warehouse, clock }, config.app_settings(claim(by_force), roles)).await
}

/// The caller owns the data directory.
async fn open_warehouse(config: &Config, clock: &SharedClock) -> Result<Arc<dyn Warehouse>> {
    let clock = Arc::clone(clock);
    match config.warehouse_settings() {
        WarehouseSettings::DuckDb(settings) => {
            let opened = tokio::task::spawn_blocking(move || DuckDb::open(&settings, clock)).await;
            Ok(Arc::new(opened.map_err(|error| Error::of(Code::Internal).caused_by(error))??))
        }
        WarehouseSettings::ClickHouse(settings) => Ok(Arc::new(ClickHouse::open(&settings, clock).await?)),
    }
}

/// The same for a command that does its work by itself, because no server runs.
pub(super) async fn start_for_command(config: &Config) -> Result<App> {
    start_app(config, false, Roles::COMMAND).await
}

fn claim(by_force: bool) -> Claim {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = if host.trim().is_empty() { "an unnamed host" } else { host.trim() };
    Claim { holder: format!("process {} on {host}", std::process::id()), by_force }
}

fn control(app: &App, config: &Config, address: &str) -> Control {
    let mut control = Control::without_server(app, config);
    address.clone_into(&mut control.status.listening_on);
    control
}

impl Control {
    /// What commands do when no server does it for them.
    pub(super) fn without_server(app: &App, config: &Config) -> Self {
        let status = Status {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            process_id: std::process::id(),
            listening_on: String::new(),
            database: app.store().backend_name().to_owned(),
            open_project: config.serving.open_project.clone(),
        };
        Self { app: app.clone(), overshoot_percent: config.delivery.overshoot_percent, status, places: config.places() }
    }
}

fn server_state(app: &App, config: &Config, (open_project, address): (Option<Arc<ProjectHandle>>, &str)) -> Result<ServerState> {
    let settings = ServerSettings {
        open_project,
        public_url: config.public_url(address),
        forwarded_hops: config.server.forwarded_hops,
        body_limit_bytes: config.server.body_limit_bytes,
        request_timeout: config.request_timeout(),
        body_timeout: config.body_timeout(),
        limits: config.limits.limits(),
        cors_origins: config.cors_origins()?,
    };
    Ok(ServerState::new(app.clone(), settings, telemetry::metrics()?))
}

fn configured(args: &ServeArgs) -> Result<Config> {
    let mut config = args.common.config()?;
    if let Some(listen) = args.listen {
        config.server.listen = listen;
    }
    if (args.sandbox || args.demo) && config.serving.open_project.is_empty() {
        SANDBOX.clone_into(&mut config.serving.open_project);
    }
    Ok(config)
}

/// The project that requests without a key speak to.
async fn open_project(app: &App, config: &Config, make_it: bool) -> Result<Option<Arc<ProjectHandle>>> {
    let name = config.serving.open_project.clone();
    if name.is_empty() {
        return Ok(None);
    }
    let is_missing = app.find_project_by_alias(&name).await.is_none();
    if is_missing && !make_it {
        let message = format!("serving.open_project names {name:?}, which does not exist; start once with --sandbox to make it");
        return Err(Error::new(Code::Misconfigured, message));
    }
    app.open_sandbox(new_sandbox(app, name)).await.map(Some)
}

/// A sandbox as the installation's defaults say.
pub(crate) fn new_sandbox(app: &App, name: String) -> NewSandbox {
    let defaults = app.installation().settings;
    NewSandbox { name, currency: defaults.default_currency, ranking: defaults.default_ranking, first_day: None }
}

/// Answers whether that is why the server ends.
fn close_when_taken_over(app: &App, closing: &CancellationToken) -> JoinHandle<bool> {
    let (app, closing) = (app.clone(), closing.clone());
    tokio::spawn(async move {
        tokio::select! {
            () = app.taken_over() => {
                tracing::error!("another server has taken the database over; ending");
                closing.cancel();
                true
            }
            () = closing.cancelled() => false,
        }
    })
}

async fn bind(address: SocketAddr) -> Result<TcpListener> {
    let failed = |error| Error::new(Code::Misconfigured, format!("cannot listen on {address}")).caused_by(error);
    TcpListener::bind(address).await.map_err(failed)
}

/// Where the server is reached on this machine.
fn address(listener: &TcpListener, settings: &ListenerSettings) -> Result<String> {
    let address = listener.local_addr().map_err(|error| Error::new(Code::Internal, "cannot tell the address").caused_by(error))?;
    let scheme = if settings.certificates.is_some() { "https" } else { "http" };
    Ok(format!("{scheme}://{address}"))
}

/// SIGTERM and Ctrl-C ask for a drain; a second one ends the process at once, as the system does by default.
fn close_on_signal(closing: &CancellationToken) -> Result<()> {
    let failed = |error| Error::new(Code::Internal, "cannot wait for signals").caused_by(error);
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let closing = closing.clone();
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = terminate.recv() => (),
                _ = interrupt.recv() => (),
            }
            if closing.is_cancelled() {
                std::process::exit(1);
            }
            tracing::info!("finishing what is under way");
            closing.cancel();
        }
    });
    Ok(())
}
