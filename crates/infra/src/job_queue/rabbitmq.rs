//! Tickets in `RabbitMQ`, as a backend that apalis' workers take them from.
//!
//! Not with apalis-amqp, which acknowledges on a channel that its worker has not opened yet, and brings a TLS provider of
//! its own.

use std::{
    pin::Pin,
    sync::PoisonError,
    task::{Context, Poll, ready},
};

use apalis_core::{
    backend::{Backend, BackendConfig, finalize::Ephemeral},
    error::BoxDynError,
    layers::Identity,
    task::{Task, builder::TaskBuilder, data::Data},
    worker::{builder::WorkerBuilder, context::WorkerContext},
};
use barker_domain::{Code, Error, Result};
use futures::Stream;
use lapin::{
    Acker, BasicProperties, Channel, Connection, ConnectionProperties, Consumer,
    options::{BasicAckOptions, BasicConsumeOptions, BasicPublishOptions, BasicQosOptions, ConfirmSelectOptions, QueueDeclareOptions},
    types::FieldTable,
    uri::AMQPUri,
};
use secrecy::{ExposeSecret, SecretString};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    BATCH, Handler, Line, failed,
    worker::{closed, ended, name, one_at_a_time},
};

/// Tickets that wait in one queue. Older ones make room: they are written again while their jobs wait.
const MAX_WAITING: i32 = 10_000;
/// A message that is written to disk.
const PERSISTENT: u8 = 2;

pub(super) struct Queue {
    url: SecretString,
    prefix: String,
    place: String,
    /// The way in, once somebody has used it.
    entrance: std::sync::Mutex<Option<Entrance>>,
}

#[derive(Clone)]
struct Entrance {
    channel: Channel,
    /// A connection ends with the last who holds it.
    _connection: std::sync::Arc<Connection>,
}

/// The URL knows the password.
impl std::fmt::Debug for Queue {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Queue").field("place", &self.place).finish_non_exhaustive()
    }
}

impl Queue {
    pub(super) fn open(url: SecretString, prefix: &str) -> Result<Self> {
        let uri: AMQPUri = url.expose_secret().parse().map_err(|_reason: String| {
            // The reason may quote the URL with its password.
            Error::new(Code::Misconfigured, "jobs.rabbitmq_url must be amqp://user:password@host:port/vhost, or amqps:// with TLS")
        })?;
        let place = format!("{}:{}", uri.authority.host, uri.authority.port);
        Ok(Self { url, prefix: prefix.to_owned(), place, entrance: std::sync::Mutex::default() })
    }

    async fn connect(&self) -> Result<(Connection, Channel)> {
        let failed = |error: lapin::Error| failed("be reached")(error.into());
        let connection = Connection::connect(self.url.expose_secret(), ConnectionProperties::default()).await.map_err(failed)?;
        let channel = connection.create_channel().await.map_err(failed)?;
        for line in Line::ALL {
            let mut arguments = FieldTable::default();
            arguments.insert("x-max-length".into(), MAX_WAITING.into());
            let options = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
            channel.queue_declare(line.name(&self.prefix).into(), options, arguments).await.map_err(failed)?;
        }
        Ok((connection, channel))
    }

    async fn entrance(&self) -> Result<Entrance> {
        let kept = self.entrance.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(entrance) = kept.filter(|entrance| entrance.channel.status().connected()) {
            return Ok(entrance);
        }
        let (connection, channel) = self.connect().await?;
        channel.confirm_select(ConfirmSelectOptions::default()).await.map_err(|error| failed("confirm tickets")(error.into()))?;
        let entrance = Entrance { channel, _connection: std::sync::Arc::new(connection) };
        *self.entrance.lock().unwrap_or_else(PoisonError::into_inner) = Some(entrance.clone());
        Ok(entrance)
    }

    pub(super) async fn push(&self, line: Line, tickets: &[Uuid]) -> Result<()> {
        let entrance = self.entrance().await?;
        let queue = line.name(&self.prefix);
        let mut confirmations = Vec::with_capacity(tickets.len());
        for ticket in tickets {
            let properties = BasicProperties::default().with_delivery_mode(PERSISTENT);
            let options = BasicPublishOptions::default();
            let publish = entrance.channel.basic_publish("".into(), queue.as_str().into(), options, ticket.as_bytes(), properties);
            confirmations.push(publish.await.map_err(|error| failed("take tickets")(error.into()))?);
        }
        for confirmation in confirmations {
            let confirmed = confirmation.await.map_err(|error| failed("confirm tickets")(error.into()))?;
            if !confirmed.is_ack() {
                return Err(Error::new(Code::ServiceUnavailable, "the queue of jobs has refused a ticket"));
            }
        }
        Ok(())
    }

    pub(super) async fn work(&self, line: Line, handler: Handler, closing: CancellationToken) -> Result<()> {
        let failed = |error: lapin::Error| failed("be worked on")(error.into());
        let (connection, channel) = self.connect().await?;
        let prefetched = u16::try_from(BATCH).unwrap_or(u16::MAX);
        channel.basic_qos(prefetched, BasicQosOptions::default()).await.map_err(failed)?;
        let (queue, worker) = (line.name(&self.prefix), name());
        let options = BasicConsumeOptions::default();
        let consumer = channel.basic_consume(queue.into(), worker.as_str().into(), options, FieldTable::default()).await.map_err(failed)?;
        let worker = WorkerBuilder::new(worker).backend(Deliveries { consumer }).layer(one_at_a_time()).data(handler).build(take);
        let outcome = ended(worker.run_until(closed(closing)).await);
        // What was not acknowledged goes to others.
        let _closed = connection.close(0, "done".into()).await;
        outcome
    }

    pub(super) async fn probe(&self) -> Result<String> {
        let (connection, _channel) = self.connect().await?;
        let _closed = connection.close(0, "done".into()).await;
        Ok(format!("RabbitMQ at {}", self.place))
    }
}

/// A message with how to acknowledge it.
struct Delivered {
    ticket: Option<Uuid>,
    acker: Acker,
}

async fn take(delivered: Delivered, handler: Data<Handler>) -> Result<(), BoxDynError> {
    // What is no ticket was written by somebody else, and is thrown away.
    if let Some(ticket) = delivered.ticket {
        handler.handle(ticket).await;
    }
    delivered.acker.ack(BasicAckOptions::default()).await?;
    Ok(())
}

/// Messages of one consumer.
struct Deliveries {
    consumer: Consumer,
}

/// Why no more messages come.
#[derive(Debug, thiserror::Error)]
enum Interrupted {
    #[error("the connection has failed")]
    Failed(#[from] lapin::Error),
    #[error("the server has ended the subscription")]
    Ended,
}

impl Backend for Deliveries {
    type Task = Task<Delivered>;
    type Error = Interrupted;

    fn poll_ready(&mut self, _: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), Interrupted>> {
        Poll::Ready(Ok(()))
    }

    fn poll_next(&mut self, context: &mut Context<'_>, _: &WorkerContext) -> Poll<Option<Result<Self::Task, Interrupted>>> {
        let delivery = match ready!(Pin::new(&mut self.consumer).poll_next(context)) {
            Some(Ok(delivery)) => delivery,
            Some(Err(error)) => return Poll::Ready(Some(Err(error.into()))),
            None => return Poll::Ready(Some(Err(Interrupted::Ended))),
        };
        let ticket = Uuid::from_slice(&delivery.data).ok();
        Poll::Ready(Some(Ok(TaskBuilder::new(Delivered { ticket, acker: delivery.acker }).build())))
    }

    fn poll_close(&mut self, _: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), Interrupted>> {
        Poll::Ready(Ok(()))
    }
}

impl BackendConfig for Deliveries {
    type Args = Delivered;
    type Id = Uuid;
    type Kind = Ephemeral;
    type Config = ();
    type Layer = Identity;

    fn config(&self) -> &() {
        &()
    }

    fn middleware(&mut self, _: &mut WorkerContext) -> Identity {
        Identity::new()
    }
}
