//! A collector of traces: takes spans in over OTLP (protobuf in HTTP/1.1), and remembers them.

use std::sync::{Arc, Mutex, PoisonError};

use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{AnyValue, KeyValue, any_value},
    trace::v1::Span,
};
use prost::Message;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// Answers everything with 200, and stops when it is dropped.
#[derive(Debug)]
pub struct Collector {
    /// Where it listens, without a path.
    pub endpoint: String,
    taken: Arc<Mutex<Taken>>,
    listening: tokio::task::JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Taken {
    heads: Vec<String>,
    batches: Vec<ExportTraceServiceRequest>,
}

/// A span with what is told about it.
#[derive(Debug, Clone)]
pub struct CollectedSpan {
    /// What was done.
    pub name: String,
    /// Its trace, in hexadecimal.
    pub trace_id: String,
    /// The span above it, in hexadecimal; empty: none.
    pub parent_span_id: String,
    /// What kind: 1 internal, 2 server.
    pub kind: i32,
    /// How it ended: 0 unset, 2 error.
    pub status: i32,
    attributes: Vec<KeyValue>,
}

impl Collector {
    /// Listens on a free port.
    ///
    /// # Panics
    /// When there is none.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let taken = Arc::default();
        let listening = tokio::spawn(accept(listener, Arc::clone(&taken)));
        Self { endpoint, taken, listening }
    }

    /// Every span it was sent, in that order.
    pub fn spans(&self) -> Vec<CollectedSpan> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let scopes = taken.batches.iter().flat_map(|batch| &batch.resource_spans).flat_map(|resource| &resource.scope_spans);
        scopes.flat_map(|scope| &scope.spans).map(CollectedSpan::from).collect()
    }

    /// What its senders say about themselves, each once.
    pub fn resources(&self) -> Vec<Vec<(String, String)>> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let resources = taken.batches.iter().flat_map(|batch| &batch.resource_spans).filter_map(|spans| spans.resource.as_ref());
        let told = |attribute: &KeyValue| (attribute.key.clone(), text(attribute.value.as_ref()));
        let mut resources: Vec<Vec<_>> = resources.map(|resource| resource.attributes.iter().map(told).collect()).collect();
        for attributes in &mut resources {
            attributes.sort();
        }
        resources.dedup();
        resources
    }

    /// The head of every request, in lower case.
    pub fn heads(&self) -> Vec<String> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).heads.clone()
    }

    /// Everything it was sent, as text to search in.
    pub fn everything(&self) -> String {
        format!("{:?}", self.taken.lock().unwrap_or_else(PoisonError::into_inner).batches)
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl CollectedSpan {
    /// What is told under that name, as text; empty: nothing.
    pub fn attribute(&self, name: &str) -> String {
        text(self.attributes.iter().find(|attribute| attribute.key == name).and_then(|attribute| attribute.value.as_ref()))
    }

    /// The names of everything that is told.
    pub fn attribute_names(&self) -> Vec<&str> {
        self.attributes.iter().map(|attribute| attribute.key.as_str()).collect()
    }
}

impl From<&Span> for CollectedSpan {
    fn from(span: &Span) -> Self {
        Self {
            name: span.name.clone(),
            trace_id: hexadecimal(&span.trace_id),
            parent_span_id: hexadecimal(&span.parent_span_id),
            kind: span.kind,
            status: span.status.as_ref().map_or(0, |status| status.code),
            attributes: span.attributes.clone(),
        }
    }
}

async fn accept(listener: TcpListener, taken: Arc<Mutex<Taken>>) {
    while let Ok((connection, _)) = listener.accept().await {
        tokio::spawn(answer(connection, Arc::clone(&taken)));
    }
}

/// Answers one request and closes the connection.
async fn answer(mut connection: TcpStream, taken: Arc<Mutex<Taken>>) {
    let Some((head, body)) = read(&mut connection).await else { return };
    let batch = ExportTraceServiceRequest::decode(body.as_slice());
    let is_right = batch.is_ok() && head.starts_with("post /v1/traces ") && head.contains("content-type: application/x-protobuf");
    if let (Ok(batch), true) = (batch, is_right) {
        let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.heads.push(head);
        taken.batches.push(batch);
    }
    let status = if is_right { "200 OK" } else { "400 Bad Request" };
    let response = format!("HTTP/1.1 {status}\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    // The sender may be gone.
    let _gone = connection.write_all(response.as_bytes()).await;
}

/// Head (in lower case) and body of a request.
async fn read(connection: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let end_of_head = loop {
        if let Some(place) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break place;
        }
        if connection.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let mut body = bytes.split_off(end_of_head + 4);
    let head = String::from_utf8_lossy(&bytes).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"))?.trim().parse().ok()?;
    while body.len() < length {
        if connection.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    Some((head, body))
}

fn text(value: Option<&AnyValue>) -> String {
    match value.and_then(|value| value.value.as_ref()) {
        Some(any_value::Value::StringValue(text)) => text.clone(),
        Some(any_value::Value::IntValue(number)) => number.to_string(),
        Some(any_value::Value::BoolValue(answer)) => answer.to_string(),
        Some(any_value::Value::DoubleValue(number)) => number.to_string(),
        _ => String::new(),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
