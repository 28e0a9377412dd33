//! Counts of everything on the way to the server and back that was not the expected answer.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

/// A count that many requests in flight add to.
#[derive(Debug, Default)]
pub(super) struct Count(AtomicU64);

impl Count {
    pub(super) fn add_one(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Counts while they grow; see [`TroubleCounts`] for their meaning.
#[derive(Debug, Default)]
pub(super) struct Troubles {
    pub(super) server_errors: Count,
    pub(super) nothing_to_show: Count,
    pub(super) not_found_elsewhere: Count,
    pub(super) unexpected_answers: Count,
    pub(super) refused_changes: Count,
    pub(super) busy_answers: Count,
    pub(super) transport_errors: Count,
    pub(super) lost_answers: Count,
}

/// What went otherwise than planned, in all phases of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_field_names, reason = "the names of the scoreboard's JSON")]
pub(super) struct TroubleCounts {
    /// Answers of 500 and above, except a 503 with Retry-After that was answered properly in the end.
    pub(super) error_5xx_count: u64,
    /// Every 404: nothing to show, and elsewhere.
    pub(super) error_404_count: u64,
    /// 404 of an operation on something that exists.
    pub(super) error_404_elsewhere_count: u64,
    /// Any other status than the contract's, and bodies that are not what the contract says.
    pub(super) unexpected_answers_count: u64,
    /// Overnight price changes that the server did not want; the old prices stay in force.
    pub(super) refused_changes_count: u64,
    /// 503 with Retry-After, each of which was waited for.
    pub(super) busy_answers_count: u64,
    /// Attempts without an answer: refused, reset or timed out.
    pub(super) transport_errors_count: u64,
    /// Requests that may have reached the server and stayed without an answer: it may count what nobody was told of.
    pub(super) lost_answers_count: u64,
}

impl Troubles {
    /// The counts so far.
    pub(super) fn counts(&self) -> TroubleCounts {
        TroubleCounts {
            error_5xx_count: self.server_errors.get(),
            error_404_count: self.nothing_to_show.get() + self.not_found_elsewhere.get(),
            error_404_elsewhere_count: self.not_found_elsewhere.get(),
            unexpected_answers_count: self.unexpected_answers.get(),
            refused_changes_count: self.refused_changes.get(),
            busy_answers_count: self.busy_answers.get(),
            transport_errors_count: self.transport_errors.get(),
            lost_answers_count: self.lost_answers.get(),
        }
    }
}
