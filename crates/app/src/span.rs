//! Spans for a collector of traces. Nobody but the collector's layer looks at them: where none is configured, they cost
//! nothing.
//!
//! A span says what was done, how much of it and what came of it. Never who is concerned: no id of a client, a user or a
//! project, no address and no secret.

/// The target of every span that a collector gets.
pub const TARGET: &str = "barker_span";
