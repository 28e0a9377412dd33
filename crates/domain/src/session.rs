//! A session: one log-in of a user, kept alive by refresh tokens that replace each other.
//!
//! Each refresh token is used once. One that was just replaced answers its successor, because a browser's tabs or a lost
//! answer present it twice; one that was replaced longer ago has been stolen, from its owner or by them.

use crate::{SessionId, UserId};

/// How long an access token is good for, in milliseconds.
pub const ACCESS_TOKEN_LIFE_MS: i64 = 15 * 60 * 1_000;
/// How long a refresh token is good for, in milliseconds; each successor begins anew.
pub const REFRESH_TOKEN_LIFE_MS: i64 = 30 * 24 * 60 * 60 * 1_000;
/// How long after its replacement a refresh token answers its successor, in milliseconds.
pub const GRACE_MS: i64 = 10_000;
/// How long a link to set a new password is good, in milliseconds: an hour.
pub const RESET_LIFE_MS: i64 = 60 * 60 * 1_000;
/// Most sessions of a user at once; another log-in ends the one that was quiet for longest.
pub const MAX_PER_USER: usize = 50;

/// One log-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Made by Barker; access tokens carry it.
    pub id: SessionId,
    /// Whose.
    pub user_id: UserId,
    /// When they logged in, in milliseconds UTC.
    pub created_at_ms: i64,
    /// When its tokens were last renewed.
    pub refreshed_at_ms: i64,
    /// When it ends by itself unless it is renewed.
    pub expires_at_ms: i64,
    /// When it was ended; `None`: it was not.
    pub ended_at_ms: Option<i64>,
    /// The address it came from.
    pub address: Option<String>,
    /// What the browser or program called itself.
    pub agent: Option<String>,
}

impl Session {
    /// Whether it still opens anything.
    #[must_use]
    pub fn is_live(&self, now_ms: i64) -> bool {
        self.ended_at_ms.is_none() && now_ms < self.expires_at_ms
    }
}

/// One refresh token of a session, as it is stored: nobody can be let in with this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshToken {
    /// Which session it keeps alive.
    pub session_id: SessionId,
    /// Its place in the line of successors, from 0.
    pub generation: i32,
    /// SHA-256 of the token.
    pub token_hash: String,
    /// What makes the successor out of the token.
    pub successor_salt: String,
    /// When it was issued, in milliseconds UTC.
    pub issued_at_ms: i64,
    /// When a successor took its place.
    pub replaced_at_ms: Option<i64>,
}

/// What a refresh token that somebody presents is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worth {
    /// It is the newest: a successor takes its place.
    Renewal,
    /// It was replaced a moment ago: the newest successor is the answer.
    Successor,
    /// It was used long after its replacement: two people hold it, so the session ends.
    Theft,
    /// The session is over.
    Nothing,
}

/// Judges a token of a session.
#[must_use]
pub fn worth(token: &RefreshToken, session: &Session, now_ms: i64) -> Worth {
    let is_expired = now_ms - token.issued_at_ms >= REFRESH_TOKEN_LIFE_MS;
    if !session.is_live(now_ms) || is_expired {
        return Worth::Nothing;
    }
    match token.replaced_at_ms {
        None => Worth::Renewal,
        Some(replaced_at_ms) if now_ms - replaced_at_ms <= GRACE_MS => Worth::Successor,
        Some(_) => Worth::Theft,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_used_once_with_ten_seconds_of_grace() {
        let session = Session {
            id: SessionId::generate(),
            user_id: UserId::generate(),
            created_at_ms: 0,
            refreshed_at_ms: 0,
            expires_at_ms: REFRESH_TOKEN_LIFE_MS,
            ended_at_ms: None,
            address: None,
            agent: None,
        };
        let token = |replaced_at_ms| RefreshToken {
            session_id: session.id,
            generation: 0,
            token_hash: String::new(),
            successor_salt: String::new(),
            issued_at_ms: 0,
            replaced_at_ms,
        };
        let cases = [
            (None, 1, Worth::Renewal),
            (None, REFRESH_TOKEN_LIFE_MS - 1, Worth::Renewal),
            (None, REFRESH_TOKEN_LIFE_MS, Worth::Nothing),
            (Some(100), 100 + GRACE_MS, Worth::Successor),
            (Some(100), 101 + GRACE_MS, Worth::Theft),
        ];
        for (replaced_at_ms, now_ms, expected) in cases {
            assert_eq!(worth(&token(replaced_at_ms), &session, now_ms), expected, "{replaced_at_ms:?} at {now_ms}");
        }
        let ended = Session { ended_at_ms: Some(5), ..session.clone() };
        assert_eq!(worth(&token(Some(100)), &ended, 50_000), Worth::Nothing, "a session ends once");
    }
}
