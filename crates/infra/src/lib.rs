//! Services outside of Barker, each with a home inside the process and one outside: which it is, settings say.
//!
//! One file for each need. No rules of the business, no SQL of business data, no knowledge of who calls.

pub mod cache;
pub mod courier;
pub mod job_queue;
pub mod mail;
pub mod object_storage;
pub mod rate_limit;
mod redis;
mod services;

pub use redis::RedisSettings;
pub use services::{CacheSettings, Services, Settings};
