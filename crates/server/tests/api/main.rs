//! The HTTP surface over a real server: requests in, statuses and bodies out.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics has failed, which is its job")]

mod accounts;
mod ads;
mod advertisers;
mod advertising;
mod bad_input;
mod cabinet;
mod campaign_ads;
mod campaign_budgets;
mod campaign_delivery;
mod campaign_plans;
mod campaigns;
mod clicks;
mod clients;
mod concurrency;
mod connections;
mod dashboards;
mod demo;
mod edge;
mod engines;
mod erasure;
mod events;
mod files;
mod harness;
mod imports;
mod installation;
mod installation_settings;
mod jobs;
mod keys;
mod limits;
mod links;
mod mail_links;
mod money;
mod openapi;
mod operation;
mod own_facts;
mod people;
mod projects;
mod reconciliation;
mod report_cache;
mod report_files;
mod reports;
mod roles;
mod scores;
mod shop;
mod statements;
mod statistics;
mod tenants;
mod time;
mod tls;
mod trail;
mod webhooks;

use rstest_reuse::template;

/// Whatever a test says, it says about every database.
#[template]
#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[case::mysql(Backend::MySql)]
fn every_database(#[case] on: Backend) {}

/// The same where connections matter as well: many at a time, transactions that meet, locks, what is written in portions. Every
/// statement goes through a pool of connections in the tests of the store.
#[template]
#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[case::pgbouncer(Backend::PgBouncer)]
#[case::mysql(Backend::MySql)]
fn every_connection(#[case] on: Backend) {}
