//! The HTTP surface over a real server: requests in, statuses and bodies out.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics has failed, which is its job")]

mod ads;
mod advertisers;
mod bad_input;
mod campaigns;
mod clicks;
mod clients;
mod concurrency;
mod harness;
mod openapi;
mod operation;
mod scores;
mod statistics;
mod time;
