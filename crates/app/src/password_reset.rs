//! Lost passwords: a link by mail, good once and for an hour. No answer tells whether an e-mail is known.

use barker_domain::{
    Code, Email, Error, Result, UserId, password,
    trail::{Action, Actor, Event, Origin},
    user::User,
};

use crate::{
    App,
    attempt::Attempt,
    letter,
    secret::{Digest, new_secret},
    session,
};

/// Mails a link to set a new password, if somebody has an account with that e-mail. Whether they have is found out after
/// this has answered.
///
/// # Errors
/// [`Code::InvalidRequest`] for what is no e-mail; [`Code::TooManyAttempts`].
pub async fn request(app: &App, email: &str, public_url: String, origin: Origin) -> Result<()> {
    let email = Email::parse("/email", email).map_err(|fault| Error::invalid(vec![fault]))?;
    // It stays counted: nobody fills another's mailbox.
    Attempt::begin(app, &format!("reset {}", email.folded()), &origin).await?;
    let whole = app.clone();
    app.inner.tasks.spawn(async move {
        if let Err(error) = send(&whole, &email, &public_url, &origin).await {
            tracing::warn!(code = error.code.as_str(), "a link to set a new password could not be sent");
        }
    });
    Ok(())
}

async fn send(app: &App, email: &Email, public_url: &str, origin: &Origin) -> Result<()> {
    let known = app.inner.store.find_credentials_by_email(email).await?.map(|known| known.user);
    let Some(user) = known.filter(|user| !user.is_blocked()) else { return Ok(()) };
    let secret = new_secret()?;
    let entry = app.entry(Event::new(Action::ResetRequested).about(user.id), origin);
    let given = (user.id, Digest::of(secret.as_bytes()), entry);
    let insert = app.inner.store.write(given, |transaction, (user_id, digest, entry)| {
        Box::pin(async move {
            transaction.insert_password_reset(user_id, digest.to_hex(), entry.occurred_at_ms).await?;
            transaction.record(&entry).await
        })
    });
    insert.await?;
    app.mailer().send(&letter::reset(&user.email, user.locale, &format!("{public_url}/reset-password#{secret}"))).await
}

/// Sets a new password by the link in a mail, and ends all sessions of the user.
///
/// # Errors
/// [`Code::LinkInvalid`]; [`Code::InvalidRequest`] when the password breaks a rule, and then the link is still good;
/// [`Code::TooManyAttempts`].
pub async fn set(app: &App, secret: &str, new_password: String, origin: &Origin) -> Result<()> {
    let attempt = Attempt::begin_from_address(app, origin).await?;
    let digest = Digest::of(secret.as_bytes());
    let user = find(app, digest, attempt).await?;
    if let Some(fault) = password::fault("/new_password", &new_password, &user.email) {
        return Err(Error::invalid(vec![fault]));
    }
    let password_hash = app.inner.passwords.hash(new_password).await?;
    let change = session::NewPasswordHash { password_hash, kept: None, proof: session::Proof::Link(digest) };
    session::set_password(app, &user, change, &origin.by(Actor::User(user.id))).await
}

/// Whose password the link sets.
async fn find(app: &App, digest: Digest, attempt: Attempt) -> Result<User> {
    let find = app.inner.store.write((digest, attempt, app.now_ms()), |transaction, (digest, attempt, now_ms)| {
        Box::pin(async move {
            let user_id: Option<UserId> = transaction.find_password_reset(&digest.to_hex(), now_ms).await?;
            let user_id = user_id.ok_or_else(|| Error::of(Code::LinkInvalid))?;
            attempt.succeed(transaction).await?;
            let user = transaction.find_user(user_id).await?.filter(|user| !user.is_blocked());
            user.ok_or_else(|| Error::of(Code::LinkInvalid))
        })
    });
    find.await
}
