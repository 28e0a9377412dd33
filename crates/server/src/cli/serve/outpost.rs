//! `barker serve` without the role `api`: jobs, health and metrics.

use std::sync::Arc;

use axum::Router;
use barker_app::job::Outpost;
use barker_domain::{
    Result,
    clock::{SharedClock, SystemClock},
};
use barker_infra::Services;
use barker_store::Store;
use tokio_util::sync::CancellationToken;

use super::{address, bind, close_on_signal, own_data_dir};
use crate::{
    cli::table::say,
    config::Config,
    http::{listener, outpost_router},
    roles::Roles,
    telemetry,
};

pub(super) async fn run(config: &Config, roles: Roles) -> Result<()> {
    let _owned = own_data_dir(config).await?;
    // Before the first job counts anything.
    let metrics = telemetry::metrics()?;
    let outpost = Arc::new(start(config, roles).await?);
    serve(config, outpost_router(Arc::clone(&outpost), metrics)).await?;
    outpost.shut_down().await
}

async fn serve(config: &Config, router: Router) -> Result<()> {
    let settings = config.listener_settings()?;
    let listener = bind(config.server.listen).await?;
    let closing = CancellationToken::new();
    close_on_signal(&closing)?;
    say(&format!("listening on {}", address(&listener, &settings)?));
    listener::serve(listener, router, &settings, (&closing, config.drain_timeout())).await;
    Ok(())
}

async fn start(config: &Config, roles: Roles) -> Result<Outpost> {
    let store = Store::connect(&config.store_settings()).await?;
    let clock: SharedClock = Arc::new(SystemClock);
    let services = Services::open(&config.service_settings(), &clock)?;
    Outpost::start(store, services, clock, config.jobs.settings(roles)).await
}
