//! What tests need and nothing else uses: throw-away databases, builders of nouns, and a clock that is moved by hand.

pub mod build;
mod clock;
mod database;

pub use clock::ManualClock;
pub use database::TestDatabase;
