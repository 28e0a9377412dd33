//! What tests need and nothing else uses: throw-away databases and database servers, a mail server, a collector of traces,
//! builders of nouns, and a clock that is moved by hand.

#![allow(clippy::expect_used, clippy::panic, reason = "a test without its database has failed, and says so")]

pub mod build;
mod clock;
pub mod collector;
mod database;
pub mod mail;
pub mod server;
mod template;

pub use clock::ManualClock;
pub use database::{
    Backend, CLICKHOUSE_URL, MYSQL_URL, PGBOUNCER_URL, POSTGRES_URL, RABBITMQ_URL, REDIS_URL, S3_URL, TestDatabase, execute,
};
pub use template::{TEMPLATES, drop_templates};
