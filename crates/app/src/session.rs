//! Sessions: logging in, staying logged in, logging out, on every device of a user.

use std::net::IpAddr;

use barker_domain::{
    Code, Email, Error, Result, SessionId, UserId, password,
    session::{ACCESS_TOKEN_LIFE_MS, MAX_PER_USER, REFRESH_TOKEN_LIFE_MS, RefreshToken, Session, Worth, worth},
    trail::{Action, Actor, Entry, Event, Origin},
    user::User,
};
use barker_store::Transaction;
use serde_json::json;

use crate::{
    App,
    access_token::Claims,
    attempt::Attempt,
    secret::{Digest, new_hex, new_secret, successor_of},
    user::wrong_password,
};

/// Longest name of a browser or program that is kept, in characters.
const MAX_AGENT_CHARS: usize = 255;

/// What somebody logs in with.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// Their e-mail.
    pub email: String,
    /// Their password.
    pub password: String,
    /// What their browser or program calls itself.
    pub agent: Option<String>,
}

/// What opens things for them from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// For requests, good for [`ACCESS_TOKEN_LIFE_MS`].
    pub access_token: String,
    /// For the next tokens, good once and for [`REFRESH_TOKEN_LIFE_MS`].
    pub refresh_token: String,
    /// How long the access token is good, in milliseconds.
    pub expires_in_ms: i64,
}

/// Somebody who is logged in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// In which of their sessions.
    pub session_id: SessionId,
    /// Who, and what they may do.
    pub standing: std::sync::Arc<crate::standing::Standing>,
}

/// Logs somebody in. An unknown e-mail and a wrong password are answered alike, after the same work.
///
/// # Errors
/// [`Code::SignInFailed`], [`Code::TooManyAttempts`], [`Code::AccountBlocked`]; [`Code::Busy`].
pub async fn sign_in(app: &App, wanted: SignIn, origin: &Origin) -> Result<Tokens> {
    let Ok(email) = Email::parse("/email", &wanted.email) else { return Err(Error::of(Code::SignInFailed)) };
    let attempt = Attempt::begin(app, email.folded(), origin).await?;
    let known = app.inner.store.find_credentials_by_email(&email).await?;
    let (user, stored) = known.map_or((None, None), |known| (Some(known.user), Some(known.password_hash)));
    let is_right = app.inner.passwords.is_right(wanted.password, stored).await?;
    let user_id = user.as_ref().map(|user| user.id);
    let Some(user) = user.filter(|_| is_right) else {
        return Err(attempt.refuse(app, Code::SignInFailed, (user_id, origin)).await);
    };
    if user.is_blocked() {
        return Err(attempt.refuse(app, Code::AccountBlocked, (user_id, origin)).await);
    }
    start(app, &user, wanted.agent, (origin, Some(attempt))).await
}

/// Logs in a user who has just proved who they are in another way.
pub(crate) async fn start(app: &App, user: &User, agent: Option<String>, (origin, attempt): (&Origin, Option<Attempt>)) -> Result<Tokens> {
    let (now_ms, refresh_token) = (app.now_ms(), new_secret()?);
    let session = Session {
        id: SessionId::generate(),
        user_id: user.id,
        created_at_ms: now_ms,
        refreshed_at_ms: now_ms,
        expires_at_ms: now_ms + REFRESH_TOKEN_LIFE_MS,
        ended_at_ms: None,
        address: origin.address.as_ref().map(IpAddr::to_string),
        agent: agent.map(|agent| agent.chars().filter(|character| !character.is_control()).take(MAX_AGENT_CHARS).collect()),
    };
    let token = stored(session.id, 0, &refresh_token, now_ms)?;
    let claims = Claims { user_id: user.id, session_id: session.id };
    let entry = app.entry(Event::new(Action::SessionStarted).about(session.id), &origin.by(Actor::User(user.id)));
    let store = app.inner.store.clone();
    let insert = async move {
        let insert = store.write((session, token, entry, attempt), |transaction, (session, token, entry, attempt)| {
            Box::pin(async move {
                if let Some(attempt) = attempt {
                    attempt.succeed(transaction).await?;
                }
                make_room(transaction, &session).await?;
                transaction.insert_session(&session).await?;
                transaction.insert_refresh_token(&token).await?;
                transaction.record(&entry).await
            })
        });
        insert.await
    };
    app.see_change_of(user.id, insert).await?;
    tokens(app, claims, refresh_token)
}

/// Ends the sessions that were quiet for longest when there is one too many.
async fn make_room(transaction: &Transaction, new: &Session) -> Result<()> {
    let live = transaction.list_live_sessions(new.user_id, new.created_at_ms).await?;
    let surplus: Vec<_> = live.iter().skip(MAX_PER_USER - 1).map(|session| session.id).collect();
    if surplus.is_empty() { Ok(()) } else { transaction.end_sessions(&surplus, new.created_at_ms).await }
}

/// What renewing a token came to inside its transaction.
enum Renewed {
    Tokens { claims: Claims, refresh_token: String },
    Nothing,
    Theft { user_id: UserId },
}

/// Answers new tokens for a refresh token. One that was used before and long ago ends its session, for both who hold it.
///
/// # Errors
/// [`Code::Unauthorized`].
pub async fn refresh(app: &App, refresh_token: String, origin: Origin) -> Result<Tokens> {
    let whole = app.clone();
    // To the end: a thief who hangs up must not keep what they have.
    app.see_through(async move { refresh_whole(&whole, refresh_token, origin).await }).await
}

async fn refresh_whole(app: &App, refresh_token: String, origin: Origin) -> Result<Tokens> {
    let given = (refresh_token, new_hex()?, origin, app.now_ms());
    let renew = app.inner.store.write(given, |transaction, (refresh_token, salt, origin, now_ms)| {
        Box::pin(async move { renew(transaction, (refresh_token, salt), &origin, now_ms).await })
    });
    match renew.await? {
        Renewed::Tokens { claims, refresh_token } => tokens(app, claims, refresh_token),
        Renewed::Nothing => Err(not_valid()),
        Renewed::Theft { user_id } => app.after_change_of(user_id, Err(not_valid())),
    }
}

fn not_valid() -> Error {
    Error::new(Code::Unauthorized, "the refresh token is not valid; log in again")
}

async fn renew(transaction: &Transaction, (presented, salt): (String, String), origin: &Origin, now_ms: i64) -> Result<Renewed> {
    let found = transaction.find_refresh_token(&Digest::of(presented.as_bytes()).to_hex()).await?;
    let Some((token, session)) = found else { return Ok(Renewed::Nothing) };
    let claims = Claims { user_id: session.user_id, session_id: session.id };
    match worth(&token, &session, now_ms) {
        Worth::Nothing => Ok(Renewed::Nothing),
        Worth::Renewal => {
            let refresh_token = successor_of(&presented, &token.successor_salt);
            let successor = RefreshToken {
                session_id: session.id,
                generation: token.generation + 1,
                token_hash: Digest::of(refresh_token.as_bytes()).to_hex(),
                successor_salt: salt,
                issued_at_ms: now_ms,
                replaced_at_ms: None,
            };
            transaction.replace_refresh_token(&token, &successor).await?;
            Ok(Renewed::Tokens { claims, refresh_token })
        }
        Worth::Successor => {
            let line = transaction.list_refresh_tokens_from(session.id, token.generation).await?;
            let replaced = line.iter().filter(|token| token.replaced_at_ms.is_some());
            let refresh_token = replaced.fold(presented, |secret, token| successor_of(&secret, &token.successor_salt));
            Ok(Renewed::Tokens { claims, refresh_token })
        }
        Worth::Theft => {
            transaction.end_sessions(&[session.id], now_ms).await?;
            let event = Event::new(Action::TokenReused).about(session.id).from(json!({"user_id": session.user_id}));
            transaction.record(&Entry::now(event, origin.clone(), now_ms)).await?;
            Ok(Renewed::Theft { user_id: session.user_id })
        }
    }
}

/// Who sends a request with this access token.
///
/// # Errors
/// [`Code::Unauthorized`] when it is forged or has expired, or its session has ended.
pub async fn authenticate(app: &App, access_token: &str) -> Result<SignedIn> {
    let claims = app.inner.access_tokens.read(access_token, app.now_ms())?;
    let standing = app.standing_of(claims.user_id).await?.filter(|standing| standing.is_open(claims.session_id));
    let over = || Error::new(Code::Unauthorized, "the session has ended; log in again");
    Ok(SignedIn { session_id: claims.session_id, standing: standing.ok_or_else(over)? })
}

/// A user's sessions, the one used last first.
///
/// # Errors
/// When the database does not answer.
pub async fn list(app: &App, user_id: UserId) -> Result<Vec<Session>> {
    app.inner.store.list_live_sessions(user_id, app.now_ms()).await
}

/// Ends one of a user's sessions.
///
/// # Errors
/// [`Code::SessionNotFound`] when it is none of theirs, or over.
pub async fn end(app: &App, user_id: UserId, session_id: SessionId, origin: &Origin) -> Result<()> {
    let entry = app.entry(Event::new(Action::SessionEnded).about(session_id), origin);
    let store = app.inner.store.clone();
    let end = async move {
        let end = store.write((user_id, session_id, entry), |transaction, (user_id, session_id, entry)| {
            Box::pin(async move {
                let live = transaction.list_live_sessions(user_id, entry.occurred_at_ms).await?;
                if !live.iter().any(|session| session.id == session_id) {
                    return Err(Error::of(Code::SessionNotFound));
                }
                transaction.end_sessions(&[session_id], entry.occurred_at_ms).await?;
                transaction.record(&entry).await
            })
        });
        end.await
    };
    app.see_change_of(user_id, end).await
}

/// A password in the place of another.
#[derive(Debug, Clone)]
pub struct PasswordChange {
    /// The one until now.
    pub current: String,
    /// The one from now on.
    pub new: String,
}

/// Sets another password, and ends all sessions of the user but this one.
///
/// # Errors
/// [`Code::InvalidRequest`] when the present password is not right or the new one breaks a rule; [`Code::TooManyAttempts`].
pub async fn change_password(app: &App, signed_in: &SignedIn, change: PasswordChange, origin: &Origin) -> Result<()> {
    let user = &signed_in.standing.user;
    if let Some(fault) = password::fault("/new_password", &change.new, &user.email) {
        return Err(Error::invalid(vec![fault]));
    }
    let attempt = Attempt::begin(app, user.email.folded(), origin).await?;
    let known = app.inner.store.find_credentials(user.id).await?.ok_or_else(|| Error::of(Code::UserNotFound))?;
    if !app.inner.passwords.is_right(change.current, Some(known.password_hash)).await? {
        return Err(wrong_password("/current_password"));
    }
    let password_hash = app.inner.passwords.hash(change.new).await?;
    let change = NewPasswordHash { password_hash, kept: Some(signed_in.session_id), proof: Proof::Password(attempt) };
    set_password(app, user, change, origin).await
}

/// What proves that a password may be set.
#[derive(Debug, Clone)]
pub(crate) enum Proof {
    /// The password until now.
    Password(Attempt),
    /// The link in a mail, by its digest.
    Link(Digest),
}

/// A password to be set.
#[derive(Debug, Clone)]
pub(crate) struct NewPasswordHash {
    pub(crate) password_hash: String,
    /// The session that goes on; all others end.
    pub(crate) kept: Option<SessionId>,
    pub(crate) proof: Proof,
}

/// Sets a password, uses its proof and every link up, and ends the user's sessions.
pub(crate) async fn set_password(app: &App, user: &User, change: NewPasswordHash, origin: &Origin) -> Result<()> {
    let entry = app.entry(Event::new(Action::PasswordChanged).about(user.id), origin);
    let (store, user_id) = (app.inner.store.clone(), user.id);
    let update = async move {
        let update = store.write((user_id, change, entry), |transaction, (user_id, change, entry)| {
            Box::pin(async move { set_password_in(transaction, user_id, change, &entry).await })
        });
        update.await
    };
    app.see_change_of(user_id, update).await
}

async fn set_password_in(transaction: &Transaction, user_id: UserId, change: NewPasswordHash, entry: &Entry) -> Result<()> {
    let now_ms = entry.occurred_at_ms;
    match change.proof {
        Proof::Password(attempt) => attempt.succeed(transaction).await?,
        Proof::Link(digest) => {
            // Of two who follow it at once, one comes second.
            let of_link = transaction.find_password_reset(&digest.to_hex(), now_ms).await?;
            of_link.filter(|of_link| *of_link == user_id).ok_or_else(|| Error::of(Code::LinkInvalid))?;
        }
    }
    transaction.delete_password_resets_of(user_id).await?;
    transaction.update_password(user_id, change.password_hash).await?;
    let live = transaction.list_live_sessions(user_id, now_ms).await?;
    let others: Vec<_> = live.iter().map(|session| session.id).filter(|id| Some(*id) != change.kept).collect();
    transaction.end_sessions(&others, now_ms).await?;
    transaction.record(entry).await
}

fn stored(session_id: SessionId, generation: i32, refresh_token: &str, now_ms: i64) -> Result<RefreshToken> {
    Ok(RefreshToken {
        session_id,
        generation,
        token_hash: Digest::of(refresh_token.as_bytes()).to_hex(),
        successor_salt: new_hex()?,
        issued_at_ms: now_ms,
        replaced_at_ms: None,
    })
}

fn tokens(app: &App, claims: Claims, refresh_token: String) -> Result<Tokens> {
    let access_token = app.inner.access_tokens.issue(claims, app.now_ms())?;
    Ok(Tokens { access_token, refresh_token, expires_in_ms: ACCESS_TOKEN_LIFE_MS })
}
