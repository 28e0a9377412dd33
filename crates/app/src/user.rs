//! Users: registered, made by an operator, changed, blocked. What they log in with is the business of [`crate::session`].

use barker_domain::{
    Code, Email, Error, FieldError, Result, UserId,
    error::unless_faulty,
    installation::Registration,
    page::{Listed, Page},
    password,
    trail::{Action, Actor, Event, Origin},
    user::{Locale, User},
};
use barker_store::Transaction;
use serde_json::{Value, json};

use crate::{App, attempt::Attempt, invitation, secret::Digest};

/// What somebody says about themselves when they register.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Where they are reached.
    pub email: String,
    /// What they will log in with.
    pub password: String,
    /// What they are called; may be empty.
    pub name: String,
    /// The language of their mails.
    pub locale: Locale,
    /// The secret of the link in the mail that invited them.
    pub invitation: Option<String>,
}

/// What a user, or an administrator, changes; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct UserChange {
    /// What they are called.
    pub name: Option<String>,
    /// The language of their mails.
    pub locale: Option<Locale>,
    /// Whether they run the installation.
    pub is_administrator: Option<bool>,
    /// Whether they are shut out.
    pub is_blocked: Option<bool>,
}

/// Who may register, as somebody who has no account sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegistrationRule {
    /// Who may.
    pub registration: Registration,
    /// Whether nobody has an account yet.
    pub is_first: bool,
}

/// Who may register now.
///
/// # Errors
/// When the database does not answer.
pub async fn registration(app: &App) -> Result<RegistrationRule> {
    let is_first = !app.inner.store.has_users().await?;
    Ok(RegistrationRule { registration: app.installation().settings.registration, is_first })
}

/// Makes an account for somebody who asks for one, and accepts their invitation with it. The first of an installation
/// becomes its administrator.
///
/// # Errors
/// [`Code::RegistrationClosed`]; [`Code::InvalidRequest`] with every field at fault; [`Code::EmailTaken`];
/// [`Code::LinkInvalid`]; [`Code::TooManyAttempts`].
pub async fn register(app: &App, new: NewUser, origin: &Origin) -> Result<User> {
    if app.installation().settings.registration == Registration::Closed {
        return Err(Error::of(Code::RegistrationClosed));
    }
    // Whoever looks for e-mails that are taken is slowed down like one who looks for passwords.
    let attempt = Attempt::begin_from_address(app, origin).await?;
    let invitation = new.invitation.as_ref().map(|secret| Digest::of(secret.as_bytes()));
    let (user, password_hash) = prepare(app, new).await?;
    let entry = app.entry(Event::new(Action::UserCreated).about(user.id), &origin.by(Actor::User(user.id)));
    let given = (user, (password_hash, invitation), entry, (attempt, app.inner.installation.configured().clone()));
    let insert = app.inner.store.write(given, |transaction, (mut user, (password_hash, invitation), mut entry, (attempt, configured))| {
        Box::pin(async move {
            attempt.succeed(transaction).await?;
            // Transactions that write take turns, so exactly one finds nobody there.
            user.is_administrator = !transaction.has_users().await?;
            // As it is in this moment: hashing a password takes its time.
            let may_register = match transaction.get_decisions().await?.over(&configured).registration {
                Registration::Open => true,
                Registration::Invite => user.is_administrator || invitation.is_some(),
                Registration::Closed => false,
            };
            if !may_register {
                return Err(Error::of(Code::RegistrationClosed));
            }
            insert(transaction, &user, password_hash).await?;
            entry.event.after = Some(json_of(&user));
            transaction.record(&entry).await?;
            if let Some(digest) = invitation {
                invitation::accept_in(transaction, digest, &user, (&entry.origin, entry.occurred_at_ms)).await?;
            }
            Ok(user)
        })
    });
    insert.await
}

/// Makes an account for somebody else, whoever may register.
///
/// # Errors
/// [`Code::InvalidRequest`] with every field at fault; [`Code::EmailTaken`].
pub async fn create(app: &App, new: NewUser, is_administrator: bool, origin: &Origin) -> Result<User> {
    let (user, password_hash) = prepare(app, new).await?;
    let user = User { is_administrator, ..user };
    let entry = app.entry(Event::new(Action::UserCreated).about(user.id).to(json_of(&user)), origin);
    let insert = app.inner.store.write((user, password_hash, entry), |transaction, (user, password_hash, entry)| {
        Box::pin(async move {
            insert(transaction, &user, password_hash).await?;
            transaction.record(&entry).await.map(|()| user)
        })
    });
    insert.await
}

async fn prepare(app: &App, new: NewUser) -> Result<(User, String)> {
    let email = Email::parse("/email", &new.email).map_err(|fault| Error::invalid(vec![fault]))?;
    let user = User {
        id: UserId::generate(),
        email,
        name: new.name.trim().to_owned(),
        locale: new.locale,
        is_administrator: false,
        blocked_at_ms: None,
        created_at_ms: app.now_ms(),
    };
    let faults = user.faults().into_iter().chain(password::fault("/password", &new.password, &user.email)).collect();
    let user = unless_faulty(user, faults)?;
    let password_hash = app.inner.passwords.hash(new.password).await?;
    Ok((user, password_hash))
}

async fn insert(transaction: &Transaction, user: &User, password_hash: String) -> Result<()> {
    if transaction.find_user_by_email(&user.email).await?.is_some() {
        return Err(Error::of(Code::EmailTaken));
    }
    transaction.insert_user(user, password_hash).await
}

/// The user with that id.
///
/// # Errors
/// [`Code::UserNotFound`].
pub async fn get(app: &App, id: UserId) -> Result<User> {
    app.inner.store.find_user(id).await?.ok_or_else(|| Error::of(Code::UserNotFound))
}

/// A page of users, newest first; with `search`, those whose e-mail or name contains it in any case.
///
/// # Errors
/// When the database does not answer.
pub async fn list(app: &App, page: Page, search: Option<&str>) -> Result<Listed<User>> {
    app.inner.store.list_users(page, search).await
}

/// Changes a user. One administrator who may log in is always left. Who is blocked has no sessions any more.
///
/// # Errors
/// [`Code::UserNotFound`]; [`Code::InvalidRequest`]; [`Code::LastOwner`].
pub async fn change(app: &App, id: UserId, change: UserChange, origin: &Origin) -> Result<User> {
    let given = (id, change, origin.clone(), app.now_ms());
    let store = app.inner.store.clone();
    let update = async move {
        let update = store.write(given, |transaction, (id, change, origin, now_ms)| {
            Box::pin(async move {
                let before = transaction.find_user(id).await?.ok_or_else(|| Error::of(Code::UserNotFound))?;
                let after = change.applied_to(&before, now_ms)?;
                if before == after {
                    return Ok(after);
                }
                transaction.update_user(&after).await?;
                if transaction.count_administrators().await? == 0 {
                    return Err(Error::new(Code::LastOwner, "the installation keeps at least one administrator"));
                }
                if after.is_blocked() {
                    let sessions: Vec<_> = transaction.list_live_sessions(id, now_ms).await?.iter().map(|session| session.id).collect();
                    transaction.end_sessions(&sessions, now_ms).await?;
                }
                let event = Event::new(action_of(&before, &after)).about(id).from(json_of(&before)).to(json_of(&after));
                transaction.record(&barker_domain::trail::Entry::now(event, origin, now_ms)).await.map(|()| after)
            })
        });
        update.await
    };
    app.see_change_of(id, update).await
}

impl UserChange {
    fn applied_to(&self, before: &User, now_ms: i64) -> Result<User> {
        let blocked_at_ms = match self.is_blocked {
            None => before.blocked_at_ms,
            Some(false) => None,
            Some(true) => Some(before.blocked_at_ms.unwrap_or(now_ms)),
        };
        let after = User {
            name: self.name.as_ref().map_or_else(|| before.name.clone(), |name| name.trim().to_owned()),
            locale: self.locale.unwrap_or(before.locale),
            is_administrator: self.is_administrator.unwrap_or(before.is_administrator),
            blocked_at_ms,
            ..before.clone()
        };
        let faults = after.faults();
        unless_faulty(after, faults)
    }
}

fn action_of(before: &User, after: &User) -> Action {
    match (before.is_blocked(), after.is_blocked()) {
        (false, true) => Action::UserBlocked,
        (true, false) => Action::UserUnblocked,
        _ => Action::UserChanged,
    }
}

/// A user as the trail shows them.
fn json_of(user: &User) -> Value {
    json!({
        "email": user.email.as_str(), "name": user.name, "locale": user.locale.as_str(),
        "is_administrator": user.is_administrator, "is_blocked": user.is_blocked(),
    })
}

/// The fault of a password that was to prove who somebody is, and did not.
pub(crate) fn wrong_password(pointer: &str) -> Error {
    Error::invalid(vec![FieldError::new(pointer, "wrong", "is not the password")])
}
