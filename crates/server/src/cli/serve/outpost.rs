//! `barker serve` without the role `api`: jobs, health and metrics.

use std::{future::IntoFuture, sync::Arc};

use barker_app::job::Outpost;
use barker_domain::{
    Code, Error, Result,
    clock::{SharedClock, SystemClock},
};
use barker_infra::Services;
use barker_store::Store;
use tokio_util::sync::CancellationToken;

use super::{bind, close_on_signal, local_address, own_data_dir};
use crate::{cli::table::say, config::Config, http::outpost_router, roles::Roles, telemetry};

pub(super) async fn run(config: &Config, roles: Roles) -> Result<()> {
    let _owned = own_data_dir(config).await?;
    let store = Store::connect(&config.store_settings()).await?;
    let clock: SharedClock = Arc::new(SystemClock);
    let services = Services::open(&config.service_settings(), &clock)?;
    // Before the first job counts anything.
    let metrics = telemetry::metrics()?;
    let outpost = Arc::new(Outpost::start(store, services, clock, config.jobs.settings(roles)).await?);
    let listener = bind(config.server.listen).await?;
    let address = local_address(&listener)?;
    let closing = CancellationToken::new();
    close_on_signal(&closing)?;
    say(&format!("listening on http://{address}"));
    tracing::info!(%roles, "no requests but for health and metrics are answered here");
    let serving = axum::serve(listener, outpost_router(Arc::clone(&outpost), metrics));
    let served = serving.with_graceful_shutdown(closing.cancelled_owned()).into_future().await;
    served.map_err(|error| Error::new(Code::Internal, "the server failed").caused_by(error))?;
    outpost.shut_down().await?;
    tracing::info!("stopped");
    Ok(())
}
