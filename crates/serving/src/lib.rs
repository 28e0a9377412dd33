//! The decision engine: which ad a client gets, within exact limits.
//!
//! Pure and in memory. It is told what campaigns exist and what they may still spend, and it answers who is shown
//! what, with a reservation that keeps the promise until the impression is durable. No IO, no async, no SQL, no HTTP.

pub mod allowance;
pub mod budget;
pub mod engine;
mod glance;
pub mod hindrance;
pub mod listing;
pub mod market;
pub mod ranking;
mod roster;
mod rotation;
pub mod score_distribution;
pub mod viewer;

pub use allowance::{Allowance, Reservation};
pub use engine::{Decision, Engine};
pub use hindrance::{Candidacy, Hindrance, Line, Refusal, Shortage};
pub use listing::{HeldBack, Listing, Meter};
pub use ranking::Strategy;
pub use viewer::{Shown, Viewer};
