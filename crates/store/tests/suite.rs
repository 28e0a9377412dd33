//! What the store promises, against a real database.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is its job")]

mod suite {
    mod audit;
    mod events;
    mod outbox;
    mod tenancy;
    pub(crate) mod world;
}
