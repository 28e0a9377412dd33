//! What each service promises, wherever its home is: against real servers, or stand-ins that are as strict as they are.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics has failed, which is its job")]

mod cache;
mod home;
mod mail;
mod objects;
mod objects_unreachable;
mod rate_limit;
mod redis_outage;

use rstest_reuse::template;

/// Whatever a test says, it says about both homes.
#[template]
#[rstest]
#[case::in_process(Home::InProcess)]
#[case::redis(Home::Redis)]
fn every_home(#[case] home: Home) {}
