//! What every warehouse does, against a naive evaluator that knows no SQL.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics has failed, which is its job")]

mod concurrent;
mod derived;
mod engines;
mod export;
mod generated;
mod intake;
mod killed;
mod naive;
mod plain;
mod reconciled;
mod renamed;
mod schema;
mod shop;
mod sums;
mod swept;
mod unconverted;
