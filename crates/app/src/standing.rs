//! Standings: who somebody is and what they may do, in memory, so that no request asks the database for it.
//!
//! This process alone writes to the database, so whoever changes something about a user lets their standing be read anew,
//! before the caller hears of the change.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, PoisonError, RwLock},
};

use barker_domain::{Error, ProjectId, Result, SessionId, UserId, membership::Role, user::User};

use crate::App;

/// Users whose standing is kept at once; when there are more, all are read anew as they come. A standing takes about a
/// kilobyte.
const MAX_KEPT: usize = 50_000;

/// A user, their sessions and their memberships.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The user.
    pub user: User,
    /// The sessions that have not ended.
    sessions: HashSet<SessionId>,
    memberships: HashMap<ProjectId, Role>,
}

impl Standing {
    /// Whether that session of theirs is still open to them.
    #[must_use]
    pub fn is_open(&self, session_id: SessionId) -> bool {
        !self.user.is_blocked() && self.sessions.contains(&session_id)
    }

    /// What they may do in a project; administrators may everything everywhere.
    #[must_use]
    pub fn role_in(&self, project_id: ProjectId) -> Option<Role> {
        if self.user.is_administrator { Some(Role::Owner) } else { self.memberships.get(&project_id).copied() }
    }

    /// Where they are members.
    #[must_use]
    pub fn projects(&self) -> Vec<ProjectId> {
        self.memberships.keys().copied().collect()
    }
}

/// What is known of users that were here lately.
#[derive(Debug, Default)]
pub(crate) struct Standings {
    kept: RwLock<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    by_user: HashMap<UserId, Arc<Standing>>,
    /// How often something was forgotten: what was read before that may be old.
    forgotten: u64,
}

impl Standings {
    fn find(&self, user_id: UserId) -> (Option<Arc<Standing>>, u64) {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        (kept.by_user.get(&user_id).map(Arc::clone), kept.forgotten)
    }

    /// Keeps what was read, unless somebody has changed something since `forgotten` was seen.
    fn keep(&self, standing: &Arc<Standing>, forgotten: u64) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.forgotten != forgotten {
            return;
        }
        if kept.by_user.len() >= MAX_KEPT {
            kept.by_user.clear();
        }
        kept.by_user.insert(standing.user.id, Arc::clone(standing));
    }

    fn forget(&self, user_id: UserId) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        kept.forgotten += 1;
        kept.by_user.remove(&user_id);
    }
}

impl App {
    /// The standing of a user; `None` when there is no such user.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn standing_of(&self, user_id: UserId) -> Result<Option<Arc<Standing>>> {
        let (kept, forgotten) = self.inner.standings.find(user_id);
        if kept.is_some() {
            return Ok(kept);
        }
        let Some(user) = self.inner.store.find_user(user_id).await? else { return Ok(None) };
        let sessions = self.inner.store.list_live_sessions(user_id, self.now_ms()).await?;
        let memberships = self.inner.store.list_memberships_of(user_id).await?;
        let standing = Arc::new(Standing {
            user,
            sessions: sessions.into_iter().map(|session| session.id).collect(),
            memberships: memberships.into_iter().map(|membership| (membership.project_id, membership.role)).collect(),
        });
        self.inner.standings.keep(&standing, forgotten);
        Ok(Some(standing))
    }

    /// Makes a change of this user, to its end even when whoever asked for it stops waiting: what is kept of them must not
    /// outlive it.
    pub(crate) async fn see_change_of<T: Send + 'static>(
        &self,
        user_id: UserId,
        change: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        let app = self.clone();
        self.see_through(async move { app.after_change_of(user_id, change.await) }).await
    }

    /// Hands over what a change of this user came to, once their standing will be read anew. When the outcome of the change
    /// is open, it will be read anew a second time, after it is known.
    pub(crate) fn after_change_of<T>(&self, user_id: UserId, changed: Result<T>) -> Result<T> {
        self.inner.standings.forget(user_id);
        changed.map_err(|error: Error| {
            self.or_in_doubt(error, None, move |app| {
                app.inner.standings.forget(user_id);
                std::future::ready(Ok(()))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use barker_domain::{Email, user::Locale};

    fn standing(user_id: UserId) -> Arc<Standing> {
        let user = User {
            id: user_id,
            email: Email::parse("", "a@example.com").unwrap(),
            name: String::new(),
            locale: Locale::En,
            is_administrator: false,
            blocked_at_ms: None,
            created_at_ms: 0,
        };
        Arc::new(Standing { user, sessions: HashSet::new(), memberships: HashMap::new() })
    }

    #[test]
    fn what_was_read_before_a_change_is_not_kept_after_it() {
        let (standings, user_id) = (Standings::default(), UserId::generate());
        let (_, before) = standings.find(user_id);
        standings.forget(user_id);
        standings.keep(&standing(user_id), before);
        let (kept, now) = standings.find(user_id);
        assert!(kept.is_none());
        standings.keep(&standing(user_id), now);
        assert!(standings.find(user_id).0.is_some());
        standings.forget(user_id);
        assert!(standings.find(user_id).0.is_none());
    }
}
