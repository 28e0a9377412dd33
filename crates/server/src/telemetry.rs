//! Logs, metrics and traces of the process. Logs go to standard error. People's identifiers get into none of them.

mod traces;

use std::sync::OnceLock;

use barker_app::span;
use barker_domain::{Code, Error, Result};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{FilterExt, filter_fn},
    fmt,
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::config::{Log, LogFormat};

pub use traces::{TraceSettings, Traces};

/// Upper bounds of request and commit times, in seconds.
const SECONDS: [f64; 11] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];
/// Upper bounds of batch sizes.
const SIZES: [f64; 10] = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0];

/// Starts logging and, with somewhere to send them to, traces.
///
/// # Errors
/// [`Code::Misconfigured`] when `log.level` is not a level.
pub fn start(log: &Log, traces: Option<&Traces>) -> Result<()> {
    let misconfigured = |error| Error::new(Code::Misconfigured, format!("log.level is not a level: {error}"));
    let filter = EnvFilter::try_new(&log.level).map_err(misconfigured)?;
    // A log that cannot be written (its disk is full) must not end the request that is logged.
    let lines = fmt::layer().with_writer(std::io::stderr).log_internal_errors(false);
    let lines = match log.format {
        LogFormat::Text => lines.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    // Spans for a collector are no matter of the log; where there is none, nobody is interested and they are not made.
    let lines = lines.with_filter(filter.and(filter_fn(|metadata| metadata.target() != span::TARGET)));
    // Whoever started logging before (a test) keeps it.
    let _ignored = tracing_subscriber::registry().with(lines).with(traces.map(Traces::layer)).try_init();
    Ok(())
}

/// The recorder of all metrics of this process, installed at the first call.
///
/// # Errors
/// [`Code::Internal`] when another recorder is installed.
pub fn metrics() -> Result<PrometheusHandle> {
    static INSTALLED: OnceLock<PrometheusHandle> = OnceLock::new();
    if let Some(handle) = INSTALLED.get() {
        return Ok(handle.clone());
    }
    let failed = |error| Error::new(Code::Internal, "cannot record metrics").caused_by(error);
    let builder = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS).map_err(failed)?;
    let builder = builder.set_buckets_for_metric(Matcher::Suffix("_size".into()), &SIZES).map_err(failed)?;
    match builder.install_recorder() {
        Ok(handle) => Ok(INSTALLED.get_or_init(|| handle).clone()),
        // Two first calls at once: the other one has installed it.
        Err(error) => INSTALLED.get().cloned().ok_or_else(|| failed(error)),
    }
}
