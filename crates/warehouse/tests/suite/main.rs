//! What every warehouse does, against a naive evaluator that knows no SQL.

mod generated;
mod intake;
mod naive;
mod schema;
mod sums;
