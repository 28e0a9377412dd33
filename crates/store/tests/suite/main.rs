//! What the store promises, against a real database.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics has failed, which is its job")]

mod ads;
mod audit;
mod copy;
mod events;
mod ledger;
mod numbers;
mod outbox;
mod planner;
mod references;
mod schema;
mod scores;
mod tenancy;
mod text;
mod world;
mod writers;

use rstest_reuse::template;

/// Whatever a test says, it says about every database.
#[template]
#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[case::pgbouncer(Backend::PgBouncer)]
#[case::mysql(Backend::MySql)]
fn every_database(#[case] on: Backend) {}
