//! Logs, metrics and traces of the process. Logs go to standard error. People's identifiers get into none of them.

mod traces;

use std::sync::OnceLock;

use barker_app::span;
use barker_domain::{Code, Error, Result};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing::{Subscriber, level_filters::LevelFilter};
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
    // Whoever started logging before (a test) keeps it.
    let _ignored = subscriber(log, traces)?.try_init();
    Ok(())
}

fn subscriber(log: &Log, traces: Option<&Traces>) -> Result<impl Subscriber + use<>> {
    let misconfigured = |error| Error::new(Code::Misconfigured, format!("log.level is not a level: {error}"));
    let filter = EnvFilter::try_new(&log.level).map_err(misconfigured)?;
    // A log that cannot be written (its disk is full) must not end the request that is logged.
    let lines = fmt::layer().with_writer(std::io::stderr).log_internal_errors(false);
    let lines = match log.format {
        LogFormat::Text => lines.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    // Spans for a collector are no matter of the log. Without the hint, all that libraries trace would be looked at.
    let is_no_span = filter_fn(|metadata| metadata.target() != span::TARGET).with_max_level_hint(LevelFilter::TRACE);
    let lines = lines.with_filter(filter.and(is_no_span)).boxed();
    // A list, and no layer that may be none: such a one is interested in everything, and every span would be made for nobody.
    let layers: Vec<_> = std::iter::once(lines).chain(traces.map(|traces| traces.layer().boxed())).collect();
    Ok(tracing_subscriber::registry().with(layers))
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

#[cfg(test)]
mod tests {
    use super::*;
    use tracing::{Level, enabled, subscriber::with_default};

    /// The finest level that anybody looks at. And whether somebody wants a span for a collector, a library's span, a line of ours, and a
    /// finer one.
    #[expect(clippy::cognitive_complexity, reason = "the macros count as branches")]
    fn wanted(level: &str, traces: Option<&Traces>) -> (LevelFilter, [bool; 4]) {
        let log = Log { level: level.to_owned(), format: LogFormat::Text };
        with_default(subscriber(&log, traces).unwrap(), || {
            let for_a_collector = !tracing::info_span!(target: span::TARGET, "request").is_disabled();
            let of_a_library = !tracing::info_span!(target: "sea_orm", "query").is_disabled();
            (LevelFilter::current(), [for_a_collector, of_a_library, enabled!(Level::INFO), enabled!(Level::DEBUG)])
        })
    }

    #[test]
    fn without_a_collector_its_spans_are_not_made_and_nothing_finer_than_the_log_is_looked_at() {
        assert_eq!(wanted("warn", None), (LevelFilter::WARN, [false, false, false, false]));
        assert_eq!(wanted("info", None), (LevelFilter::INFO, [false, true, true, false]));
        assert_eq!(wanted("warn,barker_server=debug", None), (LevelFilter::DEBUG, [false, false, true, true]));
    }

    #[tokio::test]
    async fn a_collector_gets_its_spans_and_those_of_no_library() {
        // As the program does at its start; somebody may have before.
        let _already = rustls::crypto::ring::default_provider().install_default();
        let settings = TraceSettings {
            url: "http://127.0.0.1:1/v1/traces".to_owned(),
            service_name: "barker".to_owned(),
            sample_ratio: 0.0,
            headers: std::collections::HashMap::new(),
        };
        let traces = Traces::open(settings).unwrap();
        assert_eq!(wanted("warn", Some(&traces)), (LevelFilter::INFO, [true, false, false, false]));
    }
}
