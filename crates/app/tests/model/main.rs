//! Whatever callers do, and in whatever order, agrees with a model that is too simple to be wrong: lists that are
//! searched from end to end, written from the rules of the ad API and not from the code that keeps them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics has failed, which is its job")]

mod budget;
mod burst;
mod disagreement;
mod money;
mod naive;
mod own_facts;
mod replay;
mod reread;
mod step;
mod term;
mod world;

use barker_testkit::Backend;
use rstest::rstest;
use rstest_reuse::{apply, template};

use world::World;

/// Generated sequences on a file, unless `PROPTEST_CASES` says otherwise.
const SEQUENCES: u32 = 64;
/// Generated bursts on a file, likewise.
const BURSTS: u32 = 16;
/// On servers, where each takes longer, it is one for so many: every run generates others.
const ONE_FOR: u32 = 2;

/// Whatever a test says, it says about every kind of database.
#[template]
#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[case::mysql(Backend::MySql)]
fn every_database(#[case] on: Backend) {}

fn cases(on: Backend, on_a_file: u32) -> u32 {
    if on == Backend::Sqlite { on_a_file } else { on_a_file / ONE_FOR }
}

#[apply(every_database)]
fn any_interleaving_agrees_with_the_naive_model(#[case] on: Backend) {
    World::start(on).hold(cases(on, SEQUENCES), &step::sequences(), &replay::run);
}

#[apply(every_database)]
fn bursts_that_no_model_can_order_keep_every_invariant(#[case] on: Backend) {
    World::start(on).hold(cases(on, BURSTS), &burst::bursts(), &burst::run);
}

#[apply(every_database)]
fn waves_of_views_clicks_and_money_never_pass_a_credit_limit(#[case] on: Backend) {
    World::start(on).hold(cases(on, BURSTS), &money::tides(), &money::run);
}

#[apply(every_database)]
fn waves_of_views_clicks_and_days_never_pass_a_budget_or_a_cap(#[case] on: Backend) {
    World::start(on).hold(cases(on, BURSTS), &budget::floods(), &budget::run);
}
