//! Traces: spans leave for a collector over OTLP (protobuf in HTTP), in batches, from a thread of their own.
//!
//! Whatever the collector does, nobody waits for it: what does not fit into the queue, or is not taken, is dropped and counted.

mod carrier;

use std::{collections::HashMap, time::Duration};

use barker_app::span;
use barker_domain::{Code, Error, Result};
use opentelemetry::{KeyValue, trace::TracerProvider};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracerProvider},
};
use secrecy::{ExposeSecret, SecretString};
use tracing::{Subscriber, level_filters::LevelFilter};
use tracing_subscriber::{Layer, filter::FilterFn, registry::LookupSpan};

use carrier::Carrier;

/// Spans that wait to be sent; one more is dropped. A span takes about a kilobyte.
const MAX_QUEUE: usize = 8_192;
/// Spans sent together.
const MAX_BATCH: usize = 1_024;
/// How long a span waits for others.
const INTERVAL: Duration = Duration::from_secs(2);
/// Longest time the collector may take.
const TIMEOUT: Duration = Duration::from_secs(5);
/// How long the end of the process waits for what is left to be sent.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(3);

/// Where traces go.
#[derive(Debug, Clone)]
pub struct TraceSettings {
    /// Where spans are sent: the collector's address with the path for traces.
    pub url: String,
    /// What the collector calls us.
    pub service_name: String,
    /// How many of the traces that begin here are sent, 0 to 1.
    pub sample_ratio: f64,
    /// Header fields that are sent along. Their values may be secrets.
    pub headers: HashMap<String, SecretString>,
}

/// Traces that are on their way.
#[derive(Debug)]
pub struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// Opens the way to the collector, whether it answers or not. Call it inside of the runtime that sends.
    ///
    /// # Errors
    /// [`Code::Misconfigured`] when the address cannot be one.
    pub fn open(settings: TraceSettings) -> Result<Self> {
        let misconfigured = |error| Error::new(Code::Misconfigured, "telemetry.endpoint cannot be used").caused_by(error);
        let headers = settings.headers.into_iter().map(|(name, value)| (name, value.expose_secret().to_owned()));
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Carrier::new(TIMEOUT)?)
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(settings.url)
            .with_timeout(TIMEOUT)
            .with_headers(headers.collect())
            .build()
            .map_err(misconfigured)?;
        let batches = BatchConfigBuilder::default()
            .with_max_queue_size(MAX_QUEUE)
            .with_max_export_batch_size(MAX_BATCH)
            .with_scheduled_delay(INTERVAL);
        let resource = Resource::builder_empty().with_attributes([
            KeyValue::new("service.name", settings.service_name),
            KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
        ]);
        let provider = SdkTracerProvider::builder()
            .with_span_processor(BatchSpanProcessor::builder(exporter).with_batch_config(batches.build()).build())
            // Whoever calls with a trace of their own has decided already whether it is sampled.
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(settings.sample_ratio))))
            .with_resource(resource.build())
            .build();
        Ok(Self { provider })
    }

    /// What takes spans in.
    pub(super) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        let layer = tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer("barker"))
            .with_location(false)
            .with_threads(false)
            .with_level(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_context_activation(false);
        // No span of a library: nobody knows what it holds.
        layer.with_filter(FilterFn::new(|metadata| metadata.target() == span::TARGET).with_max_level_hint(LevelFilter::INFO))
    }

    /// Sends what is left, for as long as the process may wait for it.
    #[expect(clippy::cognitive_complexity, reason = "the logging macros count as branches")]
    pub async fn shut_down(self) {
        let shut_down = tokio::task::spawn_blocking(move || self.provider.shutdown_with_timeout(FLUSH_TIMEOUT));
        if !matches!(shut_down.await, Ok(Ok(()))) {
            tracing::warn!("the last traces did not reach the collector");
        }
    }
}
