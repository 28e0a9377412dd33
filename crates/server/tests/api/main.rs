//! The HTTP surface over a real server: requests in, statuses and bodies out.

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
