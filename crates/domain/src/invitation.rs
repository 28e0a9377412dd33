//! An invitation: a link in a mail that makes whoever reads it a member of a project, once.

use crate::{Email, InvitationId, ProjectId, UserId, membership::Role};

/// How long an invitation is good, in milliseconds: a week.
pub const LIFE_MS: i64 = 7 * 24 * 60 * 60 * 1_000;
/// Most invitations of a project that wait to be accepted.
pub const MAX_OPEN_PER_PROJECT: u64 = 100;

/// An invitation, as it is known once its link was mailed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Made by Barker, unique within the project.
    pub id: InvitationId,
    /// Into which project.
    pub project_id: ProjectId,
    /// Whom: only somebody with this e-mail can accept it.
    pub email: Email,
    /// What they may do there.
    pub role: Role,
    /// Who invites them.
    pub invited_by: UserId,
    /// Milliseconds UTC.
    pub created_at_ms: i64,
    /// When it was accepted or withdrawn; `None`: neither.
    pub closed_at_ms: Option<i64>,
}

impl Invitation {
    /// When it ends by itself, in milliseconds UTC.
    #[must_use]
    pub fn expires_at_ms(&self) -> i64 {
        self.created_at_ms + LIFE_MS
    }

    /// Whether it can be accepted.
    #[must_use]
    pub fn is_open(&self, now_ms: i64) -> bool {
        self.closed_at_ms.is_none() && now_ms < self.expires_at_ms()
    }
}
