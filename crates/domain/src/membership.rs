//! Membership: what a user may do in a project.

use crate::{ProjectId, UserId};

/// What a member may do. Each role may do everything that the ones before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Sees everything.
    Viewer,
    /// Changes campaigns and whatever belongs to the daily work.
    Marketer,
    /// Decides about the project itself: members, keys, settings.
    Owner,
}

impl Role {
    /// Every role there is.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Marketer, Self::Owner];

    /// Its name in the API and in storage.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Marketer => "marketer",
            Self::Owner => "owner",
        }
    }

    /// The role of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
}

/// A user in a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// Where.
    pub project_id: ProjectId,
    /// Who.
    pub user_id: UserId,
    /// What they may do.
    pub role: Role,
    /// Since when, in milliseconds UTC.
    pub created_at_ms: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_may_what_a_marketer_may_and_a_marketer_what_a_viewer_may() {
        assert!(Role::Owner > Role::Marketer && Role::Marketer > Role::Viewer);
        assert!(Role::ALL.iter().all(|role| Role::named(role.as_str()) == Some(*role)));
    }
}
