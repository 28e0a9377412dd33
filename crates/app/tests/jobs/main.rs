//! Jobs on every queue: killed in the middle, poisoned, scheduled twice, asked for by many, and robbed of their queue.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics has failed, which is its job")]

mod child;
mod kinds;
mod life;
mod outage;
mod place;
mod unique;

use rstest_reuse::template;

/// Whatever a test says, it says about every queue.
#[template]
#[rstest]
#[case::sqlite(Tickets::Sqlite)]
#[case::postgres(Tickets::Postgres)]
#[case::redis(Tickets::Redis)]
#[case::rabbitmq(Tickets::RabbitMq)]
fn every_queue(#[case] on: Tickets) {}

/// Whatever a test says, it says about every database.
#[template]
#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[case::pgbouncer(Backend::PgBouncer)]
#[case::mysql(Backend::MySql)]
fn every_database(#[case] on: Backend) {}
